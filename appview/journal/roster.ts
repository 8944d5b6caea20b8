// The roster: which DID speaks for which municipality at a leaf.

import type { Roster } from './model.ts'

/** The code a DID speaks for at a leaf; undefined when it speaks for none. */
export const townOf = (roster: Roster, did: string, leaf: number): string | undefined => {
  const town = roster.find((candidate) => candidate.did === did && candidate.fromLeaf <= leaf)
  return town !== undefined && spokesman(roster, town.code, leaf) === did ? town.code : undefined
}

/** Whether the municipality takes part in these books at a leaf. */
export const isInRoster = (roster: Roster, code: string, leaf: number): boolean =>
  roster.some((town) => town.code === code && town.fromLeaf <= leaf)

const spokesman = (roster: Roster, code: string, leaf: number): string | undefined => {
  let best: Roster[number] | undefined
  for (const town of roster)
    if (town.code === code && town.fromLeaf <= leaf && (best === undefined || town.fromLeaf >= best.fromLeaf)) best = town
  return best?.did
}
