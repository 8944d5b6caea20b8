// Waking whoever waits for a change. While anybody waits the store is watched, once for all of them; while nobody does it is not.

export type Changes = {
  /** Something was changed, or may have been. */
  readonly tell: () => void
  /** Yields at first, and whenever something may have changed since, until the signal aborts. It wakes and proves nothing: who is woken looks. */
  readonly changed: (signal: AbortSignal) => AsyncGenerator<undefined>
}

/** `watch` begins to watch, and tells what it sees until it is disposed of. */
export const createChanges = (watch: (tell: () => void) => Disposable): Changes => {
  const waiting = new Set<() => void>()
  let watching: Disposable | null = null
  const tell = (): void => {
    for (const wake of waiting) wake()
  }
  const leave = (wake: () => void): void => {
    waiting.delete(wake)
    if (waiting.size > 0) return
    watching?.[Symbol.dispose]()
    watching = null
  }
  return {
    tell,
    changed: async function* (signal) {
      let isDue = true
      let woken = Promise.withResolvers<void>()
      const wake = (): void => {
        isDue = true
        woken.resolve()
      }
      waiting.add(wake)
      watching ??= watch(tell)
      signal.addEventListener('abort', wake, { once: true })
      try {
        while (!signal.aborted) {
          if (isDue) {
            ;[isDue, woken] = [false, Promise.withResolvers<void>()]
            yield undefined
          } else await woken.promise
        }
      } finally {
        signal.removeEventListener('abort', wake)
        leave(wake)
      }
    },
  }
}
