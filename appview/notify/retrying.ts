// Something done again and again, one at a time: after a failure it waits, ever longer, and nobody else notices.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { NOTIFY_RETRY_FIRST_MS, NOTIFY_RETRY_MAX_MS } from './limits.ts'

export type Retrying = { turn(): Promise<void>; close(): Promise<void> }

export const retrying = (
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  event: string,
  work: () => Promise<void>,
): Retrying => {
  let [failures, notBefore, isClosed] = [0, 0, false]
  let under: Promise<void> | null = null
  const once = async (): Promise<void> => {
    try {
      await work()
      failures = 0
    } catch (error) {
      notBefore = clock.monotonicMs() + Math.min(NOTIFY_RETRY_FIRST_MS * 2 ** failures, NOTIFY_RETRY_MAX_MS)
      failures += 1
      log.warn(event, { failures, error })
    }
  }
  return {
    turn: () => {
      if (isClosed || (failures > 0 && clock.monotonicMs() < notBefore)) return Promise.resolve()
      under ??= once().finally(() => {
        under = null
      })
      return under
    },
    close: async () => {
      isClosed = true
      await under
    },
  }
}
