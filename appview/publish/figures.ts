// What waits to be published, as figures: how many records, and for how long that which has stood first in its repo longest has stood there, by the clock of
// this process since it first saw it there.

import type { Clock } from '../../server/clock.ts'
import type { Metrics } from '../../server/metrics.ts'
import type { Unsent, Work } from '../store/work.ts'
import { WAITING_LOOKED_EVERY_MS } from './limits.ts'

const MS_PER_SECOND = 1_000

type Stood = { readonly first: number; readonly sinceMs: number }

/** Shown as nothing once it is disposed of: then another process sends. */
export const showWaiting = (work: Pick<Work, 'unsent'>, clock: Clock, metrics: Metrics): Disposable => {
  const records = metrics.gauge('records_waiting', 'records that wait to be published, where this process publishes')
  const age = metrics.gauge('records_waiting_seconds', 'how long the first of those of a repo has been the first, of all repos the longest')
  let stood: ReadonlyMap<string, Stood> = new Map()
  let [isLooking, isOver] = [false, false]
  const show = (unsent: readonly Unsent[]): void => {
    const nowMs = clock.monotonicMs()
    const before = stood
    const since = ({ repo, first }: Unsent): Stood => {
      const known = before.get(repo)
      return known?.first === first ? known : { first, sinceMs: nowMs }
    }
    stood = new Map(unsent.map((one) => [one.repo, since(one)]))
    records.set(unsent.reduce((sum, { count }) => sum + count, 0))
    age.set(Math.max(0, ...[...stood.values()].map(({ sinceMs }) => nowMs - sinceMs)) / MS_PER_SECOND)
  }
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      const unsent = await work.unsent()
      if (!isOver) show(unsent)
    } catch {
      // A store that does not answer is told elsewhere (/ready).
    } finally {
      isLooking = false
    }
  }
  const timer = clock.every(WAITING_LOOKED_EVERY_MS, () => void look())
  return {
    [Symbol.dispose]: () => {
      isOver = true
      timer[Symbol.dispose]()
      show([])
    },
  }
}
