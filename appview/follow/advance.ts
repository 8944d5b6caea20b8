// Lets time-driven entries happen on a quiet log. They may only when no leaf recorded before them can still come: the relay says how many leaves it
// has and what time it is there; with all of those leaves folded, everything due up to that time is safe.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { Books } from '../store/store.ts'
import { StoreRefused } from '../store/store.ts'
import type { StatusKeeper } from './follow-status.ts'
import { ADVANCE_EVERY_MS } from './limits.ts'
import { OriginUnavailable, fetchOrigin } from './origin.ts'
import type { Writer } from './writer.ts'

export type AdvanceDeps = {
  readonly books: Books
  readonly writer: Writer
  readonly relayUrl: string
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
  readonly status: StatusKeeper
  readonly signal: AbortSignal
  readonly inTurn: (work: () => Promise<void>) => Promise<void>
  /** Told when the store refuses this writer for a newer one. */
  readonly passedBy: () => void
}

/** Looks every second, and when civil time is set, until disposed. */
export const keepAdvancing = (deps: AdvanceDeps): Disposable => {
  let isLooking = false
  const look = (): void => {
    if (isLooking) return
    isLooking = true
    void advanceOnce(deps)
      .catch((error: unknown) => {
        if (error instanceof StoreRefused && error.reason === 'epoch') deps.passedBy()
        if (!deps.signal.aborted && !(error instanceof OriginUnavailable)) deps.log.error('advance.failed', { error })
      })
      .finally(() => {
        isLooking = false
      })
  }
  const timer = deps.clock.every(ADVANCE_EVERY_MS, look)
  const steps = deps.clock.onCivilStep(look)
  return {
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]()
      steps[Symbol.dispose]()
    },
  }
}

const advanceOnce = async (deps: AdvanceDeps): Promise<void> => {
  if (deps.signal.aborted || deps.status.isRefused) return
  const next = await deps.books.nextDue()
  if (next === null || Date.parse(next) > deps.clock.civilMs()) return
  const { origin, leaves, time } = await fetchOrigin(deps.fetch, deps.relayUrl, deps.signal)
  deps.status.origin(origin, leaves)
  if (leaves === null || time === null || time < next) return
  await deps.inTurn(async () => {
    const bound = (await deps.books.state()).origin
    if (bound?.key !== origin.key || deps.writer.cursor().read.leaf < leaves) return
    await deps.writer.advance(time)
  })
}
