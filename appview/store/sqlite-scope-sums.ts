// Sums of a whole scope over whole months, from its buckets. What was recorded in months that are over never changes: it is remembered by the months asked
// for, so that of years of buckets only those are added up again that were recorded since.

import { monthBefore, recordedMonth } from './months.ts'
import type { Tables } from './sqlite-tables.ts'

export type SumRow = { entity: number; account: number; unit: number; category: number; amount: number; postings: number; signs: number }

/** By effective months, first and last, and the last month of recording. One key may stand in two rows. */
export type ScopeSums = (where: number, from: number, through: number, month: number) => readonly SumRow[]

/** Each is some dozens of rows. */
const MOST_KEPT = 4_000

type Kept = { readonly over: number; readonly rows: readonly SumRow[] }

export const openScopeSums = ({ db, onForget }: Pick<Tables, 'db' | 'onForget'>): ScopeSums => {
  const select = db.prepare<number[], SumRow>(
    `SELECT 0 AS entity, account, unit, category, sum(amount) AS amount, sum(postings) AS postings, sum(signs) AS signs FROM scope_bucket
     WHERE scope = ? AND effective BETWEEN ? AND ? AND recorded > ? AND recorded <= ? GROUP BY unit, account, category`,
  )
  const newestPage = db.prepare<[], string>('SELECT recorded_at FROM page ORDER BY page DESC LIMIT 1').pluck()
  const kept = new Map<string, Kept>()
  onForget(() => kept.clear())
  /** The last month in which nothing is recorded any more: transactions lie in the order in which they were recorded. */
  const lastOver = (): number => {
    const recordedAt = newestPage.get()
    return recordedAt === undefined ? 0 : monthBefore(recordedMonth(recordedAt))
  }
  return (where, from, through, month) => {
    const over = Math.min(month, lastOver())
    const asked = `${where} ${from} ${through}`
    const known = kept.get(asked)
    // Only a known-at of long ago ends before the months that are remembered.
    if (known !== undefined && known.over > over) return select.all(where, from, through, 0, month)
    const rows = known?.over === over ? known.rows : select.all(where, from, through, 0, over)
    if (known?.over !== over) {
      if (kept.size >= MOST_KEPT) kept.clear()
      kept.set(asked, { over, rows })
    }
    return month > over ? [...rows, ...select.all(where, from, through, over, month)] : rows
  }
}
