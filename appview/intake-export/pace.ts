// Whether somebody who takes the intake away is still taking it: only the time counts in which there was something to take.

import type { Clock } from '../../server/clock.ts'
import { EXPORT_LEAST_BYTES_A_SECOND, EXPORT_LIFE_MS, EXPORT_STALL_MS, EXPORT_WATCH_MS } from './limits.ts'

export type Pace = {
  /** So many bytes wait to be taken. */
  offered(bytes: number): void
  taken(): void
  isTooSlow(): boolean
}

const SECOND_MS = 1_000

export const createPace = (clock: Pick<Clock, 'monotonicMs'>): Pace => {
  let sinceMs: number | null = null
  let [waiting, bytesTaken, waitedMs] = [0, 0, 0]
  return {
    offered: (bytes) => {
      waiting = bytes
      sinceMs = clock.monotonicMs()
    },
    taken: () => {
      bytesTaken += waiting
      waitedMs += clock.monotonicMs() - (sinceMs ?? clock.monotonicMs())
      sinceMs = null
    },
    isTooSlow: () => {
      const nowMs = sinceMs === null ? 0 : clock.monotonicMs() - sinceMs
      const allMs = waitedMs + nowMs
      return nowMs > EXPORT_STALL_MS || (allMs > EXPORT_STALL_MS && bytesTaken < (allMs / SECOND_MS) * EXPORT_LEAST_BYTES_A_SECOND)
    },
  }
}

/** The same chunks; `end` is called when whoever takes them is too slow. */
export async function* paced(
  chunks: AsyncIterable<Uint8Array>,
  clock: Pick<Clock, 'monotonicMs' | 'every'>,
  end: () => void,
): AsyncGenerator<Uint8Array> {
  const pace = createPace(clock)
  using _life = clock.every(EXPORT_LIFE_MS, end)
  using _watch = clock.every(EXPORT_WATCH_MS, () => {
    if (pace.isTooSlow()) end()
  })
  for await (const chunk of chunks) {
    pace.offered(chunk.length)
    yield chunk
    pace.taken()
  }
}
