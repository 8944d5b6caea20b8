// Closes and restatements of one town, one after the other: what the second finds is what the first has put on its way.

/** By the desk whose deeds they are. */
const turnsOf = new WeakMap<object, Map<string, Promise<unknown>>>()

export const inTurn = <T>(desk: object, town: string, work: () => Promise<T>): Promise<T> => {
  const turns = turnsOf.get(desk) ?? new Map<string, Promise<unknown>>()
  turnsOf.set(desk, turns)
  const next = (turns.get(town) ?? Promise.resolve()).catch(() => {}).then(work)
  turns.set(town, next)
  return next
}
