// How often something may be done by one name in a while of real time. Counted before it is tried: many at once are no way around it.
// Bounded: beyond NAMES_KEPT the names that came first are forgotten.

import type { Clock } from './clock.ts'

export type RateLimit = {
  /** Counts one more; null when it may be done, else the headers of a 429 answer (Retry-After, RateLimit-…). */
  take(name: string): Readonly<Record<string, string>> | null
  /** What was taken does not count. */
  giveBack(name: string): void
}

export type RateLimitOptions = { readonly allowed: number; readonly windowMs: number; readonly clock: Clock }

const NAMES_KEPT = 10_000

export const createRateLimit = ({ allowed, windowMs, clock }: RateLimitOptions): RateLimit => {
  const taken = new Map<string, { count: number; readonly untilMs: number }>()
  const current = (name: string) => {
    const found = taken.get(name)
    return found !== undefined && found.untilMs > clock.realMs() ? found : undefined
  }
  const headersOf = (untilMs: number): Record<string, string> => ({
    'retry-after': String(Math.ceil((untilMs - clock.realMs()) / 1000)),
    'ratelimit-limit': String(allowed),
    'ratelimit-remaining': '0',
    'ratelimit-reset': String(Math.ceil(untilMs / 1000)),
    'ratelimit-policy': `${allowed};w=${windowMs / 1000}`,
  })
  return {
    take(name) {
      const found = current(name) ?? { count: 0, untilMs: clock.realMs() + windowMs }
      if (found.count >= allowed) return headersOf(found.untilMs)
      found.count++
      taken.delete(name)
      taken.set(name, found)
      if (taken.size > NAMES_KEPT) taken.delete(taken.keys().next().value ?? name)
      return null
    },
    giveBack(name) {
      const found = current(name)
      if (found !== undefined && found.count > 0) found.count--
    },
  }
}
