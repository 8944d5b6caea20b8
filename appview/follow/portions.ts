// How much of what is given one commit takes. Where a thread writes a backlog while the next is decided, the first commit is small, so that the thread soon
// has something to do; then they double, as long as one is stored within a second: meanwhile nobody else can write to the file.

import type { Clock } from '../../server/clock.ts'
import type { Folding } from '../store/store.ts'
import type { Part } from './fold-in-line.ts'
import { BACKLOG_COMMIT_MS, BACKLOG_FIRST_LEAVES, BACKLOG_ROWS } from './limits.ts'

export type Portions = {
  readonly take: (parts: readonly Part[]) => readonly Part[]
  /** Sees how long so many leaves take until they are stored. */
  readonly stored: <T>(leaves: number, commit: () => Promise<T>) => Promise<T>
  /** While all of it is worked off. */
  readonly during: <T>(parts: readonly Part[], isNew: boolean, work: () => Promise<T>) => Promise<T>
}

export const openPortions = ({ soon, prepare }: Folding, clock: Pick<Clock, 'monotonicMs'>): Portions => {
  let [underWay, most, inTime] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  return {
    take: (parts) => {
      const now = Number.isFinite(most) ? Math.min(most, inTime) : most
      most *= 2
      // What would be left over goes along: a small commit behind a large one waits for it.
      return parts.length < 2 * now ? parts : parts.slice(0, now)
    },
    stored: async (leaves, commit) => {
      const begun = clock.monotonicMs()
      const answer = await commit()
      const leavesOfAMs = leaves / (clock.monotonicMs() - begun)
      if (leaves >= BACKLOG_FIRST_LEAVES) inTime = Math.max(BACKLOG_FIRST_LEAVES, Math.floor(leavesOfAMs * BACKLOG_COMMIT_MS))
      return answer
    },
    during: async (parts, isNew, work) => {
      const rows = parts.reduce((sum, part) => sum + part.rows.length, 0)
      if (isNew) soon?.(rows)
      const isBacklog = prepare !== undefined && rows >= BACKLOG_ROWS
      if (underWay === 0) most = isBacklog ? BACKLOG_FIRST_LEAVES : Number.POSITIVE_INFINITY
      underWay += 1
      try {
        return await work()
      } finally {
        underWay -= 1
      }
    },
  }
}
