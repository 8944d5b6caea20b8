// All that is folded, as lines of text in a fixed order: two stores with equal intake give equal lines.

import { flowDumpSql } from './sqlite-flows.ts'
import { readDids } from './sqlite-dids.ts'
import type { Tables } from './sqlite-tables.ts'

// Each query names keys instead of integer ids, so that the lines do not depend on how a store numbers them.
const QUERIES: readonly string[] = [
  "SELECT 'doc', plain(key), plain(value) FROM doc ORDER BY 2",
  "SELECT 'ask', plain(uri), plain(did), plain(giver), place FROM ask ORDER BY 2, 3",
  "SELECT 'due', at, kind, plain(uri), plain(value) FROM due ORDER BY 2, 3, 4",
  "SELECT 'refusal', plain(repo), plain(uri), plain(value) FROM refusal ORDER BY 2, 3, leaf, op, code",
  `SELECT 'bucket', scope.key, plain(entity.key), unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM bucket JOIN entity ON entity.id = entity JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category
   ORDER BY 2, 3, 4, 5, 6, 7, 8`,
  `SELECT 'scope_bucket', scope.key, unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM scope_bucket JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category ORDER BY 2, 3, 4, 5, 6, 7`,
  flowDumpSql,
]

export async function* dumpFolded(tables: Tables): AsyncGenerator<string> {
  // While rows are read, nothing else can be: what stands for whom is read before.
  const names = tables.dids.all()
  tables.db.function('plain', { deterministic: true }, (text: unknown) => readDids(String(text), (id) => names.get(id) ?? ''))
  for (const query of QUERIES) for (const row of tables.db.prepare<[], unknown[]>(query).raw().iterate()) yield JSON.stringify(row)
  yield* dumpTransactions(tables)
}

const PAGE = 1_000

type Head = { readonly position: number; readonly leaf: number | null; readonly recorded_at: string; readonly head: string }

/** In fold order. What falls due at one instant has no order of its own but that of uris, and these may have given way to names: it is put in order here. */
async function* dumpTransactions({ db, dids }: Tables): AsyncGenerator<string> {
  const heads = db.prepare<[number, number], Head>(
    'SELECT position, leaf, recorded_at, head FROM tx WHERE position > ? ORDER BY position LIMIT ?',
  )
  const lines = db.prepare<[number], unknown[]>(
    `SELECT line, plain(entity.key), scope.key, account, unit, amount, effective, own_effective, category.key, receiver
     FROM posting JOIN entity ON entity.id = entity JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category
     WHERE position = ? ORDER BY line`,
  )
  lines.raw()
  const textOf = ({ position, leaf, recorded_at, head }: Head): string =>
    JSON.stringify(['tx', leaf, recorded_at, dids.read(head), lines.all(position)])
  let run: Head[] = []
  for (let after = 0; ;) {
    const page = heads.all(after, PAGE)
    for (const head of page) {
      const last = run.at(-1)
      if (last !== undefined && (head.leaf !== null || last.leaf !== null || head.recorded_at !== last.recorded_at)) {
        yield* run.map(textOf).toSorted()
        run = []
      }
      run.push(head)
    }
    after = page.at(-1)?.position ?? after
    if (page.length === PAGE) continue
    yield* run.map(textOf).toSorted()
    return
  }
}
