// Puts rows and due entries into the order the journal decides them in.

import { dueOrder } from './draft.ts'
import type { Due, IntakeRow, JournalEvent } from './model.ts'

/**
 * Rows by (leaf, op) as given; before each row the due entries at or before its recordedAt. Later ones come last. `spoken`: by the place of a row, of
 * what a confirmation that is edited or deleted spoke before (earlier-words.ts).
 */
export const interleave = (
  rows: readonly IntakeRow[],
  dues: readonly Due[],
  spoken: ReadonlyMap<number, string>,
): readonly JournalEvent[] => {
  const waiting = dues.toSorted(dueOrder)
  const events: JournalEvent[] = []
  let next = 0
  const takeThrough = (instant: string): void => {
    for (let due = waiting[next]; due !== undefined && due.at <= instant; due = waiting[next]) {
      events.push({ kind: 'due', due })
      next += 1
    }
  }
  for (const [nth, row] of rows.entries()) {
    takeThrough(row.recordedAt)
    events.push({ kind: 'row', row, spoke: spoken.get(nth) ?? null })
  }
  for (const due of waiting.slice(next)) events.push({ kind: 'due', due })
  return events
}
