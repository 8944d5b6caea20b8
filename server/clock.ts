// The two clocks of contracts.md "Time". Real time serves tokens, back-off and limits; civil time serves what ends in the log and the books.
// They are the same, except under a settable clock: there civil time stands still, moves only forward when told, and `run` lets it follow real time.
// This is the only file that reads the wall clock or starts timers.

import { StartError } from './start-error.ts'

export interface Clock {
  /** Epoch milliseconds of civil time: revs, event times, receive times, the books. */
  civilMs(): number
  /** Epoch milliseconds of real time: tokens, back-off, leases, metrics. */
  realMs(): number
  /** Milliseconds since some fixed start, with fractions; for durations. */
  monotonicMs(): number
  /** Resolves after `ms` of real time; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `fn` every `ms` of real time until disposed; does not keep the process alive. */
  every(ms: number, fn: () => void): Disposable
  /** Calls `fn(civilMs)` after each step of civil time that somebody set; never under a system clock. */
  onCivilStep(fn: (civilMs: number) => void): Disposable
}

export interface SettableClock extends Clock {
  /** Moves civil time to this instant and stops it there. A refusal is a `ClockRefusal`: not an instant, or backwards. */
  set(iso: string): number
  /** Civil time catches up with real time and goes on with it; it never goes back. */
  run(): number
  readonly running: boolean
}

/** Why civil time was not moved. */
export class ClockRefusal extends Error {
  override readonly name = 'ClockRefusal'
}

export const MAX_TIMER_MS = 2 ** 31 - 1

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const aborted = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      },
      Math.min(ms, MAX_TIMER_MS),
    )
    signal?.addEventListener('abort', aborted, { once: true })
  })

const every = (ms: number, fn: () => void): Disposable => {
  const timer = setInterval(fn, Math.min(ms, MAX_TIMER_MS))
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

const realTime = { realMs: () => Date.now(), monotonicMs: () => performance.now(), sleep, every }

/** Civil time is real time. */
export const systemClock = (): Clock => ({ ...realTime, civilMs: () => Date.now(), onCivilStep: () => ({ [Symbol.dispose]: () => {} }) })

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** Epoch milliseconds of an ISO instant with its offset; undefined when it is none. */
export const parseInstant = (iso: string): number | undefined => {
  const ms = INSTANT.test(iso) ? Date.parse(iso) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** Civil time stands at `startMs` (now, when not given) until it is set or run. */
export const settableClock = (startMs: number = Date.now()): SettableClock => {
  let standing = startMs
  let running = false
  const listeners = new Set<(civilMs: number) => void>()
  const civilMs = () => (running ? (standing = Math.max(standing, Date.now())) : standing)
  const step = (to: number) => {
    for (const listener of listeners) listener(to)
    return to
  }
  return {
    ...realTime,
    civilMs,
    get running() {
      return running
    },
    set(iso) {
      const to = parseInstant(iso)
      if (to === undefined) throw new ClockRefusal(`"${iso}" is not an instant like 2026-04-01T00:00:00.000Z`)
      const now = civilMs()
      if (to < now)
        throw new ClockRefusal(`civil time is ${new Date(now).toISOString()} and does not go back to ${new Date(to).toISOString()}`)
      running = false
      standing = to
      return step(to)
    },
    run() {
      running = true
      return step(civilMs())
    },
    onCivilStep(fn) {
      listeners.add(fn)
      return { [Symbol.dispose]: () => listeners.delete(fn) }
    },
  }
}

export const isSettable = (clock: Clock): clock is SettableClock => 'set' in clock && 'run' in clock

/** The clock a server's settings ask for: SETTABLE_CLOCK, and SETTABLE_CLOCK_START as an ISO instant. */
export const readClock = (settable: boolean, startIso?: string): Clock => {
  if (!settable) return systemClock()
  const start = startIso === undefined ? undefined : parseInstant(startIso)
  if (startIso !== undefined && start === undefined) throw new StartError(`SETTABLE_CLOCK_START: "${startIso}" is not an ISO instant`)
  return settableClock(start)
}
