// Who does what waits in a store is woken when something was added, by this process or another. The timer of whoever does it stays behind it.

import type { Work } from './work.ts'

export type Woken = { close(): Promise<void> }

/** `failed`: nobody is woken any more, but by the timer. */
export const wokenBy = (work: Pick<Work, 'waiting'>, wake: () => void, failed: (error: unknown) => void): Woken => {
  const over = new AbortController()
  const following = follow(work.waiting(over.signal), wake).catch(failed)
  return {
    close: async () => {
      over.abort()
      await following
    },
  }
}

const follow = async (waiting: AsyncIterable<undefined>, wake: () => void): Promise<void> => {
  let isFirst = true
  for await (const _ of waiting) {
    if (!isFirst) wake()
    isFirst = false
  }
}
