// Commits of a repo that were read ahead: what a repo fetched late is worked back by.

import type { Did } from '../../atproto/did.ts'
import type { Clock } from '../../server/clock.ts'
import type { ReadLeaf } from './continuity.ts'
import { LATER_COOL_DOWN_MS, LATER_PATIENCE_MS, LATER_STEP_MS } from './limits.ts'
import type { ReadAhead } from './read-ahead.ts'

/** Commits of one repo that wait behind the leaves at hand; those still on their way are waited for a moment. */
export const laterCommits = (clock: Clock, queue: Pick<ReadAhead<ReadLeaf>, 'ahead'>, signal: AbortSignal) => {
  let tiredUntilMs = 0
  return async (did: Did, rev: string, behind: readonly ReadLeaf[]): Promise<ReadLeaf[]> => {
    const startMs = clock.monotonicMs()
    for (;;) {
      const found = [...behind, ...queue.ahead()].filter(({ event }) => event?.kind === 'commit' && event.repo === did && event.rev <= rev)
      const last = found.at(-1)?.event
      if ((last?.kind === 'commit' && last.rev === rev) || startMs < tiredUntilMs) return found
      if (clock.monotonicMs() - startMs > LATER_PATIENCE_MS) tiredUntilMs = startMs + LATER_COOL_DOWN_MS
      await clock.sleep(LATER_STEP_MS, signal)
    }
  }
}
