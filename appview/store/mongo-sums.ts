// Sums of postings by (entity, account, unit, category), from monthly buckets. Only the month in which known-at falls is counted from postings, from
// whichever of its ends is nearer. A period that cuts a month is counted from postings altogether.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { dayNumber, isFirstOfMonth, isLastOfMonth, monthOfDay } from './months.ts'
import { bucketsIn, sumKey } from './mongo-buckets.ts'
import type { Bucket } from './mongo-buckets.ts'
import { BY_ID } from './mongo-keys.ts'
import { visitLines } from './mongo-pages.ts'
import { planAt, positionBefore } from './mongo-positions.ts'
import type { Line } from './mongo-tables.ts'
import type { View, Work } from './mongo-transaction.ts'
import { unitOf } from './sqlite-tables.ts'
import type { Books, Sum, SumQuery } from './store.ts'

/** 'entity': one entity. 'scope': the whole scope, entities not told apart. 'each': every entity of the scope. */
type SumKind = 'entity' | 'scope' | 'each'

type Cut = { readonly kind: SumKind; readonly s: number; readonly e: number; readonly from: number; readonly through: number }
type Row = { e: number; a: number; u: number; c: number; amount: number; postings: number; signs: number }

export const openSums = (work: Work): Pick<Books, 'sums' | 'sumsByEntity'> => {
  const reads = { linesOf: openLines(), bucketsOf: openBuckets() }
  return {
    sums: (query) => work.view((view) => sumsIn(view, reads, query.entity === undefined ? 'scope' : 'entity', query)),
    sumsByEntity: (query) => work.view((view) => sumsIn(view, reads, 'each', query)),
  }
}

type Reads = { readonly linesOf: LinesOf; readonly bucketsOf: BucketsOf }

const sumsIn = async (view: View, { linesOf, bucketsOf }: Reads, kind: SumKind, query: SumQuery): Promise<Sum[]> => {
  const { names } = view
  const [s = 0] = await names.scope.find([query.scope])
  const [e = 0] = query.entity === undefined ? [] : await names.entity.find([query.entity])
  if (s === 0 || (kind === 'entity' && e === 0)) return []
  const cut = { kind, s, e, from: query.from === undefined ? 0 : dayNumber(query.from), through: dayNumber(query.through) }
  const isWhole = (cut.from === 0 || isFirstOfMonth(cut.from)) && isLastOfMonth(cut.through)
  const plan = await planAt(view, query.knownAt)
  const rows = isWhole
    ? [
        ...(await bucketed(view, bucketsOf, cut, plan.month)),
        ...scanned(cut, await linesOf(view, cut, plan.after, plan.through)).map((row) => signed(row, plan.sign)),
      ]
    : scanned(cut, await linesOf(view, cut, await begins(view, query), plan.boundary))
  const found = merged(rows)
  const [entities, categories] = [
    await names.entity.texts(found.map((row) => row.e).filter(isNumbered)),
    await names.category.texts(found.map((row) => row.c).filter(isNumbered)),
  ]
  const [nextEntity, nextCategory] = [entities.values(), categories.values()]
  return found.map(({ e: who, a, u, c, amount, signs }) => ({
    entity: who === 0 ? null : (nextEntity.next().value ?? ''),
    account: a,
    unit: unitOf(u),
    category: c === 0 ? null : (nextCategory.next().value ?? ''),
    amount,
    signs,
  }))
}

/** Nothing is effective on a later day than it is recorded. */
const begins = async (view: View, { from }: SumQuery): Promise<number> =>
  from === undefined ? 0 : positionBefore(view, midnightOf(addDays(from, -1)))

const isNumbered = (id: number): boolean => id !== 0

const signed = (row: Row, sign: 1 | -1): Row => ({
  ...row,
  amount: sign * row.amount,
  postings: sign * row.postings,
  signs: sign * row.signs,
})

/** Rows of one key joined, those without a posting left out, in a fixed order. */
const merged = (rows: readonly Row[]): Row[] => {
  const byKey = new Map<string, Row>()
  for (const row of rows) addTo(byKey, row)
  return [...byKey.values()].filter((row) => row.postings !== 0).toSorted((x, y) => x.e - y.e || x.u - y.u || x.a - y.a || x.c - y.c)
}

const addTo = (sums: Map<string, Row>, row: Row): void => {
  const key = `${row.e} ${row.u} ${row.a} ${row.c}`
  const known = sums.get(key)
  if (known === undefined) sums.set(key, { ...row })
  else {
    known.amount += row.amount
    known.postings += row.postings
    known.signs += row.signs
  }
}

const rowOf = (e: number, { a, u, c, amount, postings, signs }: Omit<Row, 'e'>): Row => ({ e, a, u, c, amount, postings, signs })

/** From the buckets recorded up to a month. */
const bucketed = async (view: View, bucketsOf: BucketsOf, cut: Cut, month: number): Promise<Row[]> => {
  const [first, last] = [monthOfDay(cut.from), monthOfDay(cut.through)]
  const found = await bucketsOf(view, cut, first, last)
  return found.flatMap(({ d, e, buckets }) =>
    d < first || d > last ? [] : buckets.flatMap((bucket) => (bucket.r <= month ? [rowOf(e, bucket)] : [])),
  )
}

type OfMonth = { readonly d: number; readonly e: number; readonly buckets: readonly Bucket[] }
type BucketsOf = (view: View, cut: Cut, first: number, last: number) => Promise<readonly OfMonth[]>

/** A statement asks for what stood before its period, then for the period: whoever asks from the beginning has all months read, and the last are kept. */
const openBuckets = (): BucketsOf => {
  let kept: { readonly name: string; readonly found: readonly OfMonth[] } | null = null
  return async (view, cut, first, last) => {
    const { kind, s, e } = cut
    const name = [view.folded, view.state.renames, view.state.step, s, e].join(' ')
    if (kind === 'each') return readBuckets(view, cut, first, last)
    if (kept?.name === name) return kept.found
    if (first > 0) return readBuckets(view, cut, first, last)
    const found = await readBuckets(view, cut, 0, LAST_MONTH)
    kept = { name, found }
    return found
  }
}

const LAST_MONTH = 999_912

const readBuckets = async (
  { tables, session, folded: b }: View,
  { kind, s, e }: Cut,
  first: number,
  last: number,
): Promise<readonly OfMonth[]> => {
  const where =
    kind === 'each'
      ? { b, s, d: { $gte: first, $lte: last }, g: { $gt: 0 } }
      : { b, _id: { $gte: sumKey(b, s, e, first), $lt: sumKey(b, s, e, last + 1) } }
  const found = await tables.sum
    .find(where, {
      session,
      hint: kind === 'each' ? BY_MONTH : BY_ID,
      projection: { _id: 0, d: 1, [kind === 'each' ? 'v' : `v.${e}`]: 1 },
      batchSize: DOCUMENTS,
    })
    .toArray()
  return found.flatMap(({ d, v }) =>
    Object.entries(v).map(([whose, bytes]) => ({ d, e: Number(whose), buckets: bucketsIn(bytes.value()) })),
  )
}

const BY_MONTH = { b: 1, s: 1, d: 1 } as const
/** Read at once. */
const DOCUMENTS = 10_000

/** From postings. */
const scanned = ({ kind, from, through: day }: Cut, lines: readonly Scanned[]): Row[] => {
  const sums = new Map<string, Row>()
  for (const line of lines) {
    if (line.d < from || line.d > day) continue
    const { a, u, c, m } = line
    addTo(sums, { e: kind === 'scope' ? 0 : line.e, a, u, c, amount: m, postings: 1, signs: Math.sign(m) })
  }
  return [...sums.values()]
}

type Scanned = Pick<Line, 'e' | 'a' | 'u' | 'm' | 'd' | 'c'>
type LinesOf = (view: View, cut: Cut, after: number, through: number) => Promise<readonly Scanned[]>

/** A statement asks for sums of several periods as known at one moment: the lines that were read last are kept. */
const openLines = (): LinesOf => {
  let last: { readonly name: string; readonly lines: readonly Scanned[] } | null = null
  return async (view, { kind, s, e }, after, through) => {
    const name = [view.folded, view.state.renames, s, kind === 'entity' ? e : 0, after, through].join(' ')
    if (last?.name === name) return last.lines
    const lines = await readLines(view, s, kind === 'entity' ? e : undefined, after, through)
    last = { name, lines }
    return lines
  }
}

const readLines = async (view: View, s: number, e: number | undefined, after: number, through: number): Promise<readonly Scanned[]> => {
  const found: Scanned[] = []
  const take: Parameters<typeof visitLines>[3] = ({ scope, entity, account, unit, amount, effective, category }) => {
    if (scope === s && (e === undefined || entity === e))
      found.push({ e: entity, a: account, u: unit, m: amount, d: effective, c: category })
  }
  await visitLines(view, after, through, take, e)
  return found
}
