// Waiting after failures, ever longer, by one's own monotonic clock alone: no instant of another try is stored, so that no machine waits by the clock of
// another. A process that has seen no failure tries at once.

import type { Clock } from './clock.ts'

export type BackOff = {
  /** `before`: how often it had failed before this time. */
  failed(key: string, before: number): void
  /** Nothing is waited for any more. */
  done(key: string): void
  isWaiting(key: string): boolean
  waiting(): readonly string[]
}

/** After the first failure it waits `firstMs`, then twice as long each time, up to `maxMs`. */
export const openBackOff = (
  clock: Pick<Clock, 'monotonicMs'>,
  { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number },
): BackOff => {
  const untils = new Map<string, number>()
  const drop = (): void => {
    for (const [key, until] of untils) if (clock.monotonicMs() >= until) untils.delete(key)
  }
  return {
    failed: (key, before) => void untils.set(key, clock.monotonicMs() + Math.min(firstMs * 2 ** before, maxMs)),
    done: (key) => void untils.delete(key),
    isWaiting: (key) => (untils.get(key) ?? 0) > clock.monotonicMs(),
    waiting: () => {
      drop()
      return [...untils.keys()]
    },
  }
}
