// How long to wait before a host is dialled again: doubled with each failure up to a bound, shortened by chance so that hosts that went together do
// not come back together. It never ends.

export type BackOff = {
  /** Milliseconds to wait now; each call counts one failure more. */
  next(): number
  /** The host has done something useful. */
  reset(): void
  readonly failures: number
}

/** `random` gives 0 ≤ x < 1. A wait lies between half of its nominal length and the whole. */
export const createBackOff = (
  limits: { readonly firstMs: number; readonly maxMs: number },
  random: () => number = Math.random,
): BackOff => {
  let failures = 0
  return {
    next: () => {
      const nominalMs = Math.min(limits.maxMs, limits.firstMs * 2 ** Math.min(failures, 30))
      failures += 1
      return nominalMs * (0.5 + random() / 2)
    },
    reset: () => {
      failures = 0
    },
    get failures() {
      return failures
    },
  }
}
