// How many events a host may send: a bucket that fills with time. Above it the host is made to wait; nothing is dropped.

import { HOST_BURST_SECONDS } from '../limits.ts'

/** Waits shorter than this are saved up, since a timer for each event would cost more than the event. */
const SHORTEST_WAIT_MS = 20

/** A function that takes one event and gives the milliseconds to wait after it, mostly 0. `nowMs` is monotonic. */
export const createAllowance = (eventsPerSecond: number): ((nowMs: number) => number) => {
  const capacity = eventsPerSecond * HOST_BURST_SECONDS
  let left = capacity
  let atMs: number | undefined
  return (nowMs) => {
    left = Math.min(capacity, left + ((nowMs - (atMs ?? nowMs)) / 1000) * eventsPerSecond)
    atMs = nowMs
    left -= 1
    const waitMs = left >= 0 ? 0 : (-left / eventsPerSecond) * 1000
    return waitMs < SHORTEST_WAIT_MS ? 0 : waitMs
  }
}
