// What is done beside the work, now and then: events past the replay window are pruned (their leaves stay), and the mark follows the log.

import type { Clock } from '../../server/clock.ts'
import type { EventLog } from '../../server/event-log.ts'
import type { Log } from '../../server/log.ts'
import { PRUNE_EVERY_MS } from '../limits.ts'
import { MARK_EVERY_MS, writeMark } from './mark.ts'

export type HousekeepingParts = {
  readonly dataDir: string
  readonly base: number
  readonly log: EventLog
  readonly clock: Clock
  readonly journal: Log
  /** 0 keeps every event. */
  readonly windowMs: number
}

/** Stops when awaited with `end`, after a last mark. */
export const keepHouse = ({ dataDir, base, log, clock, journal, windowMs }: HousekeepingParts): { end(): Promise<void> } => {
  let marked = 0
  let marking: Promise<void> = Promise.resolve()
  const mark = (): Promise<void> => {
    const leaf = log.last() === 0 ? 0 : log.last() - base
    if (leaf === marked) return marking
    marked = leaf
    marking = marking.then(() => writeMark(dataDir, leaf)).catch((error: unknown) => journal.warn('mark.failed', { error }))
    return marking
  }
  const prune = (): void => {
    if (windowMs === 0) return
    const pruned = log.prune(clock.civilMs() - windowMs)
    if (pruned > 0) journal.info('events.pruned', { pruned, first: log.first() })
  }
  prune()
  const marks = clock.every(MARK_EVERY_MS, () => void mark())
  const prunes = clock.every(PRUNE_EVERY_MS, prune)
  return {
    end: () => {
      marks[Symbol.dispose]()
      prunes[Symbol.dispose]()
      return mark()
    },
  }
}
