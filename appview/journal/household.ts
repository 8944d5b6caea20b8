// Households, as the desk knows them: care within one is no act for others (ICATUS 3 and 4), and its members do not confirm one another's.

import type { Draft } from './draft.ts'

export const householdKey = (did: string): string => `household:${did}`

export const isSameHousehold = (draft: Draft, one: string, other: string): boolean =>
  one !== other && draft.get('household', one)?.members.includes(other) === true

/** These live together from here on, and with nobody else; alone, somebody is of no household. */
export const putHousehold = (draft: Draft, members: readonly string[]): void => {
  draft.want(() => members.map(householdKey))
  const left = new Set(members.flatMap((did) => draft.get('household', did)?.members ?? []).filter((did) => !members.includes(did)))
  draft.want(() => [...left].map(householdKey))
  for (const did of left) put(draft, did, draft.get('household', did)?.members.filter((other) => !members.includes(other)) ?? [])
  for (const did of members) put(draft, did, members)
}

const put = (draft: Draft, did: string, members: readonly string[]): void =>
  draft.put('household', did, members.length < 2 ? null : { kind: 'household', members })
