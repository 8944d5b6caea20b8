// All that is folded, as lines of text in a fixed order: two stores with equal intake give equal lines.

import { flowDumpSql } from './sqlite-flows.ts'
import type { Tables } from './sqlite-tables.ts'

// Each query names keys instead of integer ids, so that the lines do not depend on how a store numbers them.
const QUERIES: readonly string[] = [
  "SELECT 'doc', key, value FROM doc ORDER BY key",
  "SELECT 'ask', uri, did, giver, place FROM ask ORDER BY uri, did",
  "SELECT 'due', at, kind, uri, value FROM due ORDER BY at, kind, uri",
  "SELECT 'refusal', repo, uri, value FROM refusal ORDER BY repo, uri, leaf, op, code",
  `SELECT 'bucket', scope.key, entity.key, unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM bucket JOIN entity ON entity.id = entity JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category
   ORDER BY 2, 3, 4, 5, 6, 7, 8`,
  `SELECT 'scope_bucket', scope.key, unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM scope_bucket JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category ORDER BY 2, 3, 4, 5, 6, 7`,
  flowDumpSql,
]

export async function* dumpFolded(tables: Tables): AsyncGenerator<string> {
  for (const query of QUERIES) for (const row of tables.db.prepare<[], unknown[]>(query).raw().iterate()) yield JSON.stringify(row)
  yield* dumpTransactions(tables)
}

const PAGE = 1_000

type Head = { readonly position: number; readonly leaf: number | null; readonly recorded_at: string; readonly head: string }

/** In fold order. What falls due at one instant has no order of its own but that of uris, and these may have given way to names: it is put in order here. */
async function* dumpTransactions({ db }: Tables): AsyncGenerator<string> {
  const heads = db.prepare<[number, number], Head>(
    'SELECT position, leaf, recorded_at, head FROM tx WHERE position > ? ORDER BY position LIMIT ?',
  )
  const lines = db.prepare<[number], unknown[]>(
    `SELECT line, entity.key, scope.key, account, unit, amount, effective, own_effective, category.key, receiver
     FROM posting JOIN entity ON entity.id = entity JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category
     WHERE position = ? ORDER BY line`,
  )
  lines.raw()
  const textOf = ({ position, leaf, recorded_at, head }: Head): string =>
    JSON.stringify(['tx', leaf, recorded_at, head, lines.all(position)])
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
