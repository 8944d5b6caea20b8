// The roster as a store keeps it: also who has left it, so that a roster file that still lists them takes nobody in again.

import type { Roster } from '../journal/model.ts'

/** From a leaf that never comes. */
const GONE = Number.MAX_SAFE_INTEGER

export const inBooks = (kept: Roster): Roster => kept.filter(({ fromLeaf }) => fromLeaf !== GONE)

export const gone = (kept: Roster): Roster => kept.filter(({ fromLeaf }) => fromLeaf === GONE)

const lacking = (towns: Roster, next: Roster): Roster =>
  towns.filter(({ code, did }) => !next.some((town) => town.code === code && town.did === did))

/** What is kept where towns were added. */
export const keptWith = (kept: Roster, next: Roster): Roster => [...next, ...lacking(gone(kept), next)]

/** What is kept where the books are other ones from here on: who is not in them any more has left. */
export const keptAfter = (kept: Roster, next: Roster): Roster => [
  ...next,
  ...lacking(kept, next).map((town) => ({ ...town, fromLeaf: GONE })),
]
