// What the relay shows of its work at /metrics. Labels are kinds and codes only.

import type { Metrics } from '../../server/metrics.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import type { Note } from './notes.ts'

export interface Figures {
  appended(kind: string, receivedMs: number, hostTime: string): void
  refused(reason: EventRefusal): void
  noted(note: Note): void
  committed(events: number): void
}

const LAG_BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300]
const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128]

/** `receivedMs` given to `appended` is monotonic; the host's time is compared with civil time. */
export const createFigures = (metrics: Metrics, clock: { monotonicMs(): number; civilMs(): number }): Figures => {
  const events = metrics.counter('relay_events_total', 'Events appended to the log, by kind', ['kind'])
  const refusals = metrics.counter('relay_refusals_total', 'Events refused, by reason', ['reason'])
  const notes = metrics.counter('relay_notes_total', 'Events passed over, or passed on with a remark', ['note'])
  const own = metrics.histogram('relay_own_lag_seconds', 'From a frame received to its event published', [], LAG_BUCKETS_SECONDS)
  const whole = metrics.histogram(
    'relay_lag_seconds',
    'From the time the host gave an event to its publication here',
    [],
    LAG_BUCKETS_SECONDS,
  )
  const groups = metrics.histogram('relay_group_events', 'Events that shared one transaction', [], GROUP_BUCKETS)
  return {
    appended: (kind, receivedMs, hostTime) => {
      events.inc({ kind })
      own.observe(Math.max(0, clock.monotonicMs() - receivedMs) / 1000)
      whole.observe(Math.max(0, clock.civilMs() - Date.parse(hostTime)) / 1000)
    },
    refused: (reason) => refusals.inc({ reason }),
    noted: (note) => notes.inc({ note }),
    committed: (number) => groups.observe(number),
  }
}
