// Sums of postings by (entity, account, unit, category), from monthly buckets. Only the month in which known-at falls is counted from postings, from
// whichever of its ends is nearer. A period that cuts a month is counted from postings altogether.

import type { Document } from 'mongodb'
import { dayNumber, isFirstOfMonth, isLastOfMonth, monthOfDay } from './months.ts'
import { keyOf } from './mongo-keys.ts'
import { between, planAt } from './mongo-positions.ts'
import type { View, Work } from './mongo-transaction.ts'
import { unitOf } from './sqlite-tables.ts'
import type { Books, Sum, SumQuery } from './store.ts'

/** 'entity': one entity. 'scope': the whole scope, entities not told apart. 'each': every entity of the scope. */
type SumKind = 'entity' | 'scope' | 'each'

type Cut = { readonly kind: SumKind; readonly s: number; readonly e: number; readonly from: number; readonly through: number }
type Row = { e: number; a: number; u: number; c: number; amount: number; postings: number; signs: number }

export const openSums = (work: Work): Pick<Books, 'sums' | 'sumsByEntity'> => ({
  sums: (query) => work.view((view) => sumsIn(view, query.entity === undefined ? 'scope' : 'entity', query)),
  sumsByEntity: (query) => work.view((view) => sumsIn(view, 'each', query)),
})

const sumsIn = async (view: View, kind: SumKind, query: SumQuery): Promise<Sum[]> => {
  const { names } = view
  const [s = 0] = await names.scope.find([query.scope])
  const [e = 0] = query.entity === undefined ? [] : await names.entity.find([query.entity])
  if (s === 0 || (kind === 'entity' && e === 0)) return []
  const cut = { kind, s, e, from: query.from === undefined ? 0 : dayNumber(query.from), through: dayNumber(query.through) }
  const isWhole = (cut.from === 0 || isFirstOfMonth(cut.from)) && isLastOfMonth(cut.through)
  const plan = await planAt(view, query.knownAt)
  const rows = isWhole
    ? [
        ...(await bucketed(view, cut, plan.month)),
        ...(await scanned(view, cut, plan.after, plan.through)).map((row) => signed(row, plan.sign)),
      ]
    : await scanned(view, cut, 0, plan.boundary)
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
  for (const row of rows) {
    const key = `${row.e} ${row.u} ${row.a} ${row.c}`
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, { ...row })
    else {
      known.amount += row.amount
      known.postings += row.postings
      known.signs += row.signs
    }
  }
  return [...byKey.values()].filter((row) => row.postings !== 0).toSorted((x, y) => x.e - y.e || x.u - y.u || x.a - y.a || x.c - y.c)
}

const bucketed = async ({ tables, session, folded: b }: View, { kind, s, e, from, through }: Cut, month: number): Promise<Row[]> => {
  const [first, last] = [monthOfDay(from), monthOfDay(through)]
  const whole = { e: { $ifNull: ['$e', 0] }, a: '$a', u: '$u', c: '$c' }
  const sums = { _id: whole, amount: { $sum: '$amount' }, postings: { $sum: '$postings' }, signs: { $sum: '$signs' } }
  const where =
    kind === 'each'
      ? { b, s, d: { $gte: first, $lte: last } }
      : {
          b,
          _id:
            kind === 'entity'
              ? { $gte: keyOf(b, s, e, first), $lt: keyOf(b, s, e, last + 1) }
              : { $gte: keyOf(b, s, first), $lt: keyOf(b, s, last + 1) },
        }
  const stages = [{ $match: { ...where, r: { $lte: month } } }, { $group: sums }, FLAT]
  const table = kind === 'scope' ? tables.scopeBucket : tables.bucket
  return table.aggregate<Row>(stages, { session }).toArray()
}

const FLAT: Document = {
  $project: { _id: 0, e: '$_id.e', a: '$_id.a', u: '$_id.u', c: '$_id.c', amount: 1, postings: 1, signs: 1 },
}

const scanned = async ({ tables, session, folded: b }: View, cut: Cut, after: number, through: number): Promise<Row[]> => {
  if (through <= after) return []
  const { kind, s, e, from, through: day } = cut
  const one = kind === 'entity'
  const lines = { 'lines.s': s, 'lines.d': { $gte: from, $lte: day }, ...(one ? { 'lines.e': e } : {}) }
  const _id = { e: kind === 'scope' ? { $literal: 0 } : '$lines.e', a: '$lines.a', u: '$lines.u', c: '$lines.c' }
  const sums = { _id, amount: { $sum: '$lines.m' }, postings: { $sum: 1 }, signs: { $sum: { $cmp: ['$lines.m', 0] } } }
  const stages = [
    { $match: { b, ...(one ? { who: e } : {}), _id: between(b, after, through) } },
    { $project: { lines: 1 } },
    { $unwind: '$lines' },
    { $match: lines },
    { $group: sums },
    FLAT,
  ]
  return tables.tx.aggregate<Row>(stages, { session }).toArray()
}
