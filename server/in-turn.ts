// One after the other: what waits in between is done by one at a time, of everything or of what has one key.

export type Turn = <T>(work: () => Promise<T>) => Promise<T>

export const inTurn = (): Turn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine.catch(() => {})
    return mine
  }
}

export type TurnByKey = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Keys of which nothing waits any more are forgotten. */
export const inTurnByKey = (): TurnByKey => {
  const turns = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const mine = (turns.get(key) ?? Promise.resolve()).then(work)
    const settled = mine.catch(() => {})
    turns.set(key, settled)
    try {
      return await mine
    } finally {
      if (turns.get(key) === settled) turns.delete(key)
    }
  }
}
