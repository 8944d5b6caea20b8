// Where a known-at lies among the transactions, found by the indexes that are led by leaf and by instant. They are stored in fold order, so every known-at
// is a prefix: all up to one position.

import { endOfMonth, monthBefore, recordedMonth } from './months.ts'
import { keyOf } from './mongo-keys.ts'
import type { Range } from './mongo-keys.ts'
import type { View } from './mongo-transaction.ts'
import type { Position } from './store.ts'

export const lastPosition = ({ state }: View): number => state.counters.tx

/** The last transaction within a known-at: leaves ≤ leaf, due entries ≤ instant. */
export const upTo = async (view: View, knownAt: Position | undefined): Promise<number> => {
  const { tables, session, folded: b, state } = view
  const last = lastPosition(view)
  if (knownAt === undefined || (knownAt.leaf >= state.folded.leaf && knownAt.instant >= state.folded.instant)) return last
  const options = { session, projection: { n: 1 } } as const
  const byLeaf = await tables.tx.findOne({ b, leaf: { $gt: knownAt.leaf } }, { ...options, sort: { leaf: 1, at: 1, _id: 1 } })
  const byTime = await tables.tx.findOne({ b, leaf: null, at: { $gt: knownAt.instant } }, { ...options, sort: { at: 1, _id: 1 } })
  return Math.min(byLeaf?.n ?? last + 1, byTime?.n ?? last + 1) - 1
}

/** The last transaction recorded before an instant. */
export const positionBefore = async (view: View, instant: string): Promise<number> => {
  const { tables, session, folded: b } = view
  const first = await tables.tx.findOne({ b, at: { $gte: instant } }, { session, projection: { n: 1 }, sort: { at: 1, _id: 1 } })
  return (first?.n ?? lastPosition(view) + 1) - 1
}

/** Keys of transactions: after < position ≤ through. */
export const between = (folded: string, after: number, through: number): Range => ({
  $gt: keyOf(folded, after),
  $lte: keyOf(folded, through),
})

/** Which buckets (recorded months ≤ month), and which postings (after < position ≤ through) to add (1) or take away (−1). */
export type Plan = {
  readonly month: number
  readonly after: number
  readonly through: number
  readonly sign: 1 | -1
  readonly boundary: number
}

const LAST_MONTH = 999_912

/** Where a known-at cuts the buckets. */
export const planAt = async (view: View, knownAt: Position | undefined): Promise<Plan> => {
  const last = lastPosition(view)
  const boundary = await upTo(view, knownAt)
  if (knownAt === undefined || boundary === last) return { month: LAST_MONTH, after: 0, through: 0, sign: 1, boundary }
  const month = recordedMonth(knownAt.instant)
  const previous = monthBefore(month)
  const start = Math.min(await positionBefore(view, endOfMonth(previous)), boundary)
  const end = await positionBefore(view, endOfMonth(month))
  return boundary - start <= end - boundary
    ? { month: previous, after: start, through: boundary, sign: 1, boundary }
    : { month, after: boundary, through: end, sign: -1, boundary }
}
