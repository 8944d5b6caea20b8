// The time an event is received at: civil, and never before any time given or promised before, so that time rises along the log.

export type ReceiveTime = {
  now(): number
  /** A whole second before which no later leaf will lie, also after a restart: it is stored before it is given out. */
  promise(): number
}

const SECOND_MS = 1_000

/** `lastMs` is the time of the newest leaf, `promisedMs` the last promise; `keep` stores one, at most once a second. */
export const createReceiveTime = (
  civilMs: () => number,
  lastMs: number,
  promisedMs: number,
  keep: (promisedMs: number) => void,
): ReceiveTime => {
  let last = Math.max(lastMs, promisedMs)
  let promised = promisedMs
  const now = (): number => (last = Math.max(last, civilMs()))
  const promise = (): number => {
    const second = Math.floor(now() / SECOND_MS) * SECOND_MS
    if (second > promised) {
      keep(second)
      promised = second
    }
    return promised
  }
  return { now, promise }
}
