// All that is folded, as lines of text in a fixed order: two stores with equal intake give equal lines.

import { compareBytes } from '../journal/units.ts'
import { jsonOfText } from './doc-text.ts'
import type { PackedLine } from './packed-lines.ts'
import { accountOfKind, categoryOfKind, eachSum, monthAt, unitOfKind } from './packed-sums.ts'
import { flowDumpSql } from './sqlite-flows.ts'
import { readDids } from './sqlite-dids.ts'
import { partsOf } from '../journal/doc-changes.ts'
import { openPage } from './sqlite-pages.ts'
import type { PageRow } from './sqlite-pages.ts'
import type { Tables } from './sqlite-tables.ts'

// Each query names keys instead of integer ids, so that the lines do not depend on how a store numbers them.
const BEFORE_BUCKETS: readonly string[] = [
  "SELECT 'doc', plain(key), document(plain(key), plain(value)) FROM doc ORDER BY 2",
  "SELECT 'ask', plain(uri), plain(did), plain(giver), place FROM ask ORDER BY 2, 3",
  "SELECT 'due', at, kind, plain(uri), plain(value) FROM due ORDER BY 2, 3, 4",
  "SELECT 'refusal', plain(repo), plain(uri), plain(value) FROM refusal ORDER BY 2, 3, leaf, op, code",
] as const
const AFTER_BUCKETS: readonly string[] = [
  `SELECT 'scope_bucket', scope.key, unit, account, coalesce(category.key, ''), effective, recorded, amount, postings, signs
   FROM scope_bucket JOIN scope ON scope.id = scope LEFT JOIN category ON category.id = category ORDER BY 2, 3, 4, 5, 6, 7`,
  flowDumpSql,
]

export async function* dumpFolded(tables: Tables): AsyncGenerator<string> {
  // While rows are read, nothing else can be: what stands for whom is read before.
  const names = tables.dids.all()
  tables.db.function('plain', { deterministic: true }, (text: unknown) => readDids(String(text), (id) => names.get(id) ?? ''))
  const document = (key: unknown, text: unknown): string => {
    const [kind, id] = partsOf(String(key))
    return jsonOfText(kind, id, String(text))
  }
  tables.db.function('document', { deterministic: true }, document)
  const linesOf = (query: string): Iterable<unknown[]> => tables.db.prepare<[], unknown[]>(query).raw().iterate()
  for (const query of BEFORE_BUCKETS) for (const row of linesOf(query)) yield JSON.stringify(row)
  yield* dumpBuckets(tables)
  for (const query of AFTER_BUCKETS) for (const row of linesOf(query)) yield JSON.stringify(row)
  yield* dumpTransactions(tables)
}

type Home = { readonly scope: number; readonly entity: number; readonly code: string; readonly key: string }
type BucketLine = readonly [string, string, string, number, number, string, number, number, number, number, number]

/** Of each home what stands on it, by unit, account, category and months. */
function* dumpBuckets({ db, category }: Tables): Generator<string> {
  const homes = db.prepare<[], Home>(
    `SELECT scope, entity, scope.key AS code, plain(entity.key) AS key FROM (SELECT DISTINCT scope, entity FROM bucket)
     JOIN scope ON scope.id = scope JOIN entity ON entity.id = entity ORDER BY 3, 4`,
  )
  const sumsOf = db
    .prepare<[number, number], [number, Uint8Array]>('SELECT recorded, sums FROM bucket WHERE scope = ? AND entity = ?')
    .raw()
  for (const { scope, entity, code, key } of homes.iterate()) {
    const lines: BucketLine[] = []
    for (const [recorded, sums] of sumsOf.all(scope, entity))
      eachSum(sums, (kind, effective, amount, postings, signs) => {
        const name = categoryOfKind(kind) === 0 ? '' : category.text(categoryOfKind(kind))
        const month = monthAt(effective)
        lines.push(['bucket', code, key, unitOfKind(kind), accountOfKind(kind), name, month, recorded, amount, postings, signs])
      })
    for (const line of lines.toSorted(byLine)) yield JSON.stringify(line)
  }
}

const byLine = ([, , , u1, a1, c1, e1, r1]: BucketLine, [, , , u2, a2, c2, e2, r2]: BucketLine): number =>
  u1 - u2 || a1 - a2 || compareBytes(c1, c2) || e1 - e2 || r1 - r2

type Dumped = { readonly leaf: number | null; readonly recordedAt: string; readonly text: string }

/** In fold order. What falls due at one instant has no order of its own but that of uris, and these may have given way to names: it is put in order here. */
function* dumpTransactions(tables: Tables): Generator<string> {
  const pages = tables.db.prepare<[], PageRow>('SELECT page, lines, heads FROM page ORDER BY page')
  let run: Dumped[] = []
  for (const row of pages.iterate()) {
    const page = openPage(row, tables)
    for (let nth = 0; nth < page.size; nth += 1) {
      const { leaf, recordedAt } = page.heads.stamp(nth)
      const last = run.at(-1)
      if (last !== undefined && (leaf !== null || last.leaf !== null || recordedAt !== last.recordedAt)) {
        yield* textsOf(run)
        run = []
      }
      const head = JSON.stringify(page.head(nth))
      const lines = (page.lines[nth] ?? []).map((line) => cellsOf(line, tables))
      run.push({ leaf, recordedAt, text: JSON.stringify(['tx', leaf, recordedAt, head, lines]) })
    }
  }
  yield* textsOf(run)
}

const textsOf = (run: readonly Dumped[]): string[] => run.map(({ text }) => text).toSorted()

const cellsOf = (one: PackedLine, { entity, scope, category }: Tables) => [
  one.line,
  entity.text(one.entity),
  scope.text(one.scope),
  one.account,
  one.unit,
  one.amount,
  one.effective,
  one.isOwn ? 1 : 0,
  one.category === 0 ? null : category.text(one.category),
  one.receiver < 0 ? null : one.receiver,
]
