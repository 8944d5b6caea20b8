// How often a name may be signed in with a wrong password, in real time. Counted per name and address; bounded: beyond NAMES_KEPT the oldest are forgotten.

import type { Clock } from '../../server/clock.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

export const FAILURES_ALLOWED = 30
export const FAILURE_WINDOW_MS = 5 * 60_000
const NAMES_KEPT = 10_000

export type Attempts = {
  /** Throws XrpcError 429 RateLimitExceeded with Retry-After after too many failures. */
  check(name: string): void
  failed(name: string): void
}

export const createAttempts = (clock: Clock): Attempts => {
  const failures = new Map<string, { count: number; readonly untilMs: number }>()
  const current = (name: string) => {
    const found = failures.get(name)
    return found !== undefined && found.untilMs > clock.realMs() ? found : undefined
  }
  return {
    check(name) {
      const found = current(name)
      if (found === undefined || found.count < FAILURES_ALLOWED) return
      const seconds = Math.ceil((found.untilMs - clock.realMs()) / 1000)
      throw new XrpcError(429, 'RateLimitExceeded', 'Too many wrong passwords: try again later', { 'retry-after': String(seconds) })
    },
    failed(name) {
      const found = current(name) ?? { count: 0, untilMs: clock.realMs() + FAILURE_WINDOW_MS }
      found.count++
      failures.delete(name)
      failures.set(name, found)
      if (failures.size > NAMES_KEPT) failures.delete(failures.keys().next().value ?? name)
    },
  }
}
