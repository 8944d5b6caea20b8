// A bounded queue between the reader of a stream and the writer of the books: the reader waits when it is full, the writer takes what is there.

export type ReadAhead<T> = {
  /** Resolves when there is room for more. */
  put(item: T): Promise<void>
  /** Resolves when something waits, or nothing more comes. */
  some(): Promise<void>
  /** All that waits, at most `max`. */
  take(max: number): T[]
  /** What waits, left where it is. */
  ahead(): readonly T[]
  /** Nothing more comes; what waits can still be taken. */
  end(): void
  readonly size: number
}

export type ReadAheadLimits<T> = { readonly items: number; readonly bytes: number; readonly sizeOf: (item: T) => number }

export const createReadAhead = <T>(limits: ReadAheadLimits<T>): ReadAhead<T> => {
  let items: T[] = []
  let bytes = 0
  const state = { hasEnded: false }
  let changed = Promise.withResolvers<void>()
  const signal = (): void => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }
  return {
    get size() {
      return items.length
    },
    put: async (item) => {
      items.push(item)
      bytes += limits.sizeOf(item)
      signal()
      while ((items.length >= limits.items || bytes >= limits.bytes) && !state.hasEnded) await changed.promise
    },
    some: async () => {
      while (items.length === 0 && !state.hasEnded) await changed.promise
    },
    take: (max) => {
      const taken = items.slice(0, max)
      items = items.slice(max)
      for (const item of taken) bytes -= limits.sizeOf(item)
      signal()
      return taken
    },
    ahead: () => items,
    end: () => {
      state.hasEnded = true
      signal()
    },
  }
}
