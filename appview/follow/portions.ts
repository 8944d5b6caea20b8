// How much of what is given one commit takes, in rows of intake. Where a thread writes a backlog while the next is decided, the first commit is small, so
// that the thread soon has something to do; then they double, as long as one is stored within a second: meanwhile nobody else can write to the file.

import type { Clock } from '../../server/clock.ts'
import type { Folding } from '../store/store.ts'
import type { Part } from './fold-in-line.ts'
import { BACKLOG_COMMIT_MS, BACKLOG_FIRST_ROWS, BACKLOG_ROWS, COMMIT_MAX_ROWS, COMMIT_MAX_ROWS_AWAY } from './limits.ts'

export type Portions = {
  /** At least one. */
  readonly take: (parts: readonly Part[]) => readonly Part[]
  /** Sees how long so many rows take until they are stored. */
  readonly stored: <T>(rows: number, commit: () => Promise<T>) => Promise<T>
  /** While all of it is worked off. */
  readonly during: <T>(parts: readonly Part[], isNew: boolean, work: () => Promise<T>) => Promise<T>
}

export const openPortions = ({ soon, prepare }: Folding, clock: Pick<Clock, 'monotonicMs'>): Portions => {
  const most = prepare === undefined ? COMMIT_MAX_ROWS_AWAY : COMMIT_MAX_ROWS
  let [underWay, next, inTime] = [0, most, most]
  return {
    take: (parts) => {
      const now = Math.min(next, inTime, most)
      next *= 2
      // What would be left over goes along: a small commit behind a large one waits for it.
      return rowsOf(parts) < Math.min(2 * now, most) ? parts : parts.slice(0, countWithin(parts, now))
    },
    stored: async (rows, commit) => {
      const begun = clock.monotonicMs()
      const answer = await commit()
      const ofASecond = (rows / (clock.monotonicMs() - begun)) * BACKLOG_COMMIT_MS
      if (prepare !== undefined && rows >= BACKLOG_FIRST_ROWS) inTime = Math.max(BACKLOG_FIRST_ROWS, Math.floor(ofASecond))
      return answer
    },
    during: async (parts, isNew, work) => {
      const rows = rowsOf(parts)
      if (isNew) soon?.(rows)
      if (underWay === 0) next = prepare !== undefined && rows >= BACKLOG_ROWS ? BACKLOG_FIRST_ROWS : most
      underWay += 1
      try {
        return await work()
      } finally {
        underWay -= 1
      }
    },
  }
}

const rowsOf = (parts: readonly Part[]): number => parts.reduce((sum, { rows }) => sum + rows.length, 0)

/** How many of the first have so many rows together; at least one. */
const countWithin = (parts: readonly Part[], most: number): number => {
  let rows = 0
  const over = parts.findIndex((part) => (rows += part.rows.length) > most)
  return over < 0 ? parts.length : Math.max(1, over)
}
