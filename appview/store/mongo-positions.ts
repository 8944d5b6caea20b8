// Where a known-at lies among the transactions, found by the indexes that are led by leaf and by instant. They are stored in fold order, so every known-at
// is a prefix: all up to one position.

import type { Filter } from 'mongodb'
import { endOfMonth, monthBefore, recordedMonth } from './months.ts'
import { whenOf } from './mongo-pages.ts'
import type { When } from './mongo-pages.ts'
import type { PageRow } from './mongo-tables.ts'
import { textsIn } from './mongo-texts.ts'
import type { View } from './mongo-transaction.ts'
import type { Position } from './store.ts'

export const lastPosition = ({ state }: View): number => state.counters.tx

/** The last transaction within a known-at: leaves ≤ leaf, due entries ≤ instant. */
export const upTo = async (view: View, knownAt: Position | undefined): Promise<number> => {
  const { state } = view
  const last = lastPosition(view)
  if (knownAt === undefined || (knownAt.leaf >= state.folded.leaf && knownAt.instant >= state.folded.instant)) return last
  const { leaf, instant } = knownAt
  return Math.min(await upToLeaf(view, leaf), await upToInstant(view, instant))
}

/** The last transaction before those of later leaves. */
export const upToLeaf = (view: View, leaf: number): Promise<number> =>
  // Whatever comes from here on is of a later leaf.
  remembered(view, `leaf ${leaf}`, leaf <= view.state.folded.leaf, async () =>
    before(view, { b: view.folded, leaf: { $gt: leaf } }, { b: 1, leaf: 1, _id: 1 }, (when) => when.leaf !== null && when.leaf > leaf),
  )

/** The last transaction before those that came by time later than this. */
const upToInstant = (view: View, instant: string): Promise<number> =>
  remembered(view, `due ${instant}`, instant <= view.state.folded.instant, async () =>
    before(
      view,
      { b: view.folded, due: { $gt: instant } },
      { b: 1, due: 1, _id: 1 },
      (when) => when.leaf === null && when.recordedAt > instant,
    ),
  )

/** The last transaction recorded before an instant. */
export const positionBefore = async (view: View, instant: string): Promise<number> =>
  instant > view.state.folded.instant
    ? lastPosition(view)
    : remembered(view, `at ${instant}`, true, async () =>
        before(view, { b: view.folded, at: { $gte: instant } }, { b: 1, at: 1, _id: 1 }, ({ recordedAt }) => recordedAt >= instant),
      )

const remembered = async ({ memo }: View, question: string, isSettled: boolean, find: () => Promise<number>): Promise<number> => {
  const known = isSettled ? memo.get(question) : undefined
  if (known !== undefined) return Number(known)
  const found = await find()
  if (isSettled) memo.set(question, found)
  return found
}

type Index = Readonly<Record<string, 1>>

/** The position before the first transaction of the first page found that is meant; the last one where there is none. */
const before = async (view: View, filter: Filter<PageRow>, index: Index, isMeant: (when: When) => boolean): Promise<number> => {
  const { tables, session } = view
  const page = await tables.page.findOne(filter, { session, sort: index, hint: index, projection: { n: 1, heads: 1 } })
  const nth = page === null ? -1 : textsIn(page.heads).findIndex((head) => isMeant(whenOf(head)))
  return page === null || nth < 0 ? lastPosition(view) : page.n + nth - 1
}

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
