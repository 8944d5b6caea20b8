// One after the other: what waits in between is done by one at a time.

export type Turn = <T>(work: () => Promise<T>) => Promise<T>

export const inTurn = (): Turn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine.catch(() => {})
    return mine
  }
}
