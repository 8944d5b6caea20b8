// How often a password may be tried, in real time: for one name from one address, and from one address for whatever names. An attempt counts from its
// beginning, and no longer once it turned out right.

import { countedAddress } from '../../server/caller-address.ts'
import type { Clock } from '../../server/clock.ts'
import { createRateLimit } from '../../server/rate-limit.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

export const FAILURES_ALLOWED = 30
export const FAILURES_PER_ADDRESS = 300
/** What is typed is kept no longer than names are. */
const NAME_CHARS = 320
export const FAILURE_WINDOW_MS = 5 * 60_000

/** The account that is tried, `admin` for the operator, or, where there is none, what was typed; and from where. */
export type Attempt = { readonly name: string; readonly ip: string | undefined }

export type Attempts = {
  /** Throws XrpcError 429 RateLimitExceeded with Retry-After when there were too many. */
  begin(attempt: Attempt): void
  right(attempt: Attempt): void
}

export const createAttempts = (clock: Clock): Attempts => {
  const ofName = createRateLimit({ allowed: FAILURES_ALLOWED, windowMs: FAILURE_WINDOW_MS, clock })
  const ofAddress = createRateLimit({ allowed: FAILURES_PER_ADDRESS, windowMs: FAILURE_WINDOW_MS, clock })
  const namesOf = ({ name, ip }: Attempt) => {
    const address = countedAddress(ip)
    return { address, name: `${name.slice(0, NAME_CHARS)} ${address}` }
  }
  return {
    begin(attempt) {
      const { name, address } = namesOf(attempt)
      const tooMany = ofName.take(name) ?? ofAddress.take(address)
      if (tooMany !== null) throw new XrpcError(429, 'RateLimitExceeded', 'Too many wrong passwords: try again later', tooMany)
    },
    right(attempt) {
      const { name, address } = namesOf(attempt)
      ofName.giveBack(name)
      ofAddress.giveBack(address)
    },
  }
}
