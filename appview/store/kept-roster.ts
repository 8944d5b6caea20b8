// The roster as a store keeps it: also who has left it, so that a roster file that still lists them takes nobody in again.

import type { Roster } from '../journal/model.ts'

/** From a leaf that never comes. */
const GONE = Number.MAX_SAFE_INTEGER

export const inBooks = (kept: Roster): Roster => kept.filter(({ fromLeaf }) => fromLeaf !== GONE)

export const gone = (kept: Roster): Roster => kept.filter(({ fromLeaf }) => fromLeaf === GONE)

/** What is kept once another roster is in its place. */
export const keptAfter = (kept: Roster, next: Roster): Roster => {
  const left = kept.filter(({ code, did }) => !next.some((town) => town.code === code && town.did === did))
  return [...next, ...left.map((town) => ({ ...town, fromLeaf: GONE }))]
}
