// Who may take the intake away now: so many of anybody at once, all together and from one address, and so many of desks.

import type { Clock } from '../../server/clock.ts'
import { createRateLimit } from '../../server/rate-limit.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import {
  BUSY_RETRY_SECONDS,
  DESK_EXPORTS_AT_ONCE,
  PUBLIC_EXPORTS_PER_ADDRESS,
  PUBLIC_EXPORTS_WINDOW_MS,
  PUBLIC_READERS_AT_ONCE,
  PUBLIC_READERS_PER_ADDRESS,
} from './limits.ts'

export type Turnstile = {
  /** A place until it is disposed, for a desk or for anybody at an address. Throws XrpcError 503 Busy or 429 RateLimitExceeded, with Retry-After. */
  enter(who: 'desk' | { readonly address: string }): Disposable
}

export const createTurnstile = (clock: Clock): Turnstile => {
  const begun = createRateLimit({ allowed: PUBLIC_EXPORTS_PER_ADDRESS, windowMs: PUBLIC_EXPORTS_WINDOW_MS, clock })
  const desks = createPlaces()
  const everybody = createPlaces()
  return {
    enter: (who) => {
      if (who === 'desk') {
        if (desks.all() >= DESK_EXPORTS_AT_ONCE) throw busy('Others are taking the intake away; ask again in a little while')
        return desks.take('')
      }
      const { address } = who
      if (everybody.of(address) >= PUBLIC_READERS_PER_ADDRESS)
        throw busy('So many are taking the intake away from your address already; ask again when one has it')
      if (everybody.all() >= PUBLIC_READERS_AT_ONCE) throw busy('Others are taking the intake away; ask again in a little while')
      const tooMany = begun.take(address)
      if (tooMany !== null)
        throw new XrpcError(429, 'RateLimitExceeded', 'The intake was taken away from your address just now; ask again later', tooMany)
      return everybody.take(address)
    },
  }
}

const busy = (sentence: string): XrpcError => new XrpcError(503, 'Busy', sentence, { 'retry-after': String(BUSY_RETRY_SECONDS) })

type Places = { all(): number; of(name: string): number; take(name: string): Disposable }

const createPlaces = (): Places => {
  const taken = new Map<string, number>()
  let all = 0
  const of = (name: string): number => taken.get(name) ?? 0
  const change = (name: string, by: number): void => {
    all += by
    if (of(name) + by === 0) taken.delete(name)
    else taken.set(name, of(name) + by)
  }
  return {
    all: () => all,
    of,
    take: (name) => {
      change(name, 1)
      let isOver = false
      return {
        [Symbol.dispose]: () => {
          if (!isOver) change(name, -1)
          isOver = true
        },
      }
    },
  }
}
