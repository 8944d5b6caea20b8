// Who may take the intake away now: so many at once, and for anybody so long after the one before.

import type { Clock } from '../../server/clock.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { BUSY_RETRY_SECONDS, DESK_EXPORTS_AT_ONCE, PUBLIC_EXPORTS_AT_ONCE, PUBLIC_EXPORT_PAUSE_MS } from './limits.ts'

export type Turnstile = {
  /** A place until it is disposed. Throws XrpcError 503 Busy or 429 RateLimitExceeded, with Retry-After. */
  enter(isPublic: boolean): Disposable
}

const SECOND_MS = 1_000

export const createTurnstile = (clock: Clock): Turnstile => {
  const inside = { public: 0, desk: 0 }
  let nextMs = 0
  return {
    enter: (isPublic) => {
      const kind = isPublic ? 'public' : 'desk'
      if (inside[kind] >= (isPublic ? PUBLIC_EXPORTS_AT_ONCE : DESK_EXPORTS_AT_ONCE))
        throw new XrpcError(503, 'Busy', 'Others are taking the intake away; ask again in a little while', {
          'retry-after': String(BUSY_RETRY_SECONDS),
        })
      const waitMs = nextMs - clock.monotonicMs()
      if (isPublic && waitMs > 0)
        throw new XrpcError(429, 'RateLimitExceeded', 'The intake was taken away just now; ask again later', {
          'retry-after': String(Math.ceil(waitMs / SECOND_MS)),
        })
      inside[kind] += 1
      if (isPublic) nextMs = clock.monotonicMs() + PUBLIC_EXPORT_PAUSE_MS
      let isOver = false
      return {
        [Symbol.dispose]: () => {
          if (isOver) return
          isOver = true
          inside[kind] -= 1
        },
      }
    },
  }
}
