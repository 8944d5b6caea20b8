// The time an event is received at: civil, and never before any time given before, so that time rises along the log.

export type ReceiveTime = { now(): number }

/** `lastMs` is the time of the newest leaf. */
export const createReceiveTime = (civilMs: () => number, lastMs: number): ReceiveTime => {
  let last = lastMs
  return { now: () => (last = Math.max(last, civilMs())) }
}
