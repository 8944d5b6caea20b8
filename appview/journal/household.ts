// Households, as the desk knows them: care within one is no act for others (ICATUS 3 and 4), and its members do not confirm one another's.

import type { Draft } from './draft.ts'

export const householdKey = (did: string): string => `household:${did}`

export const isSameHousehold = (draft: Draft, one: string, other: string): boolean => {
  draft.want([one, other].map(householdKey))
  const group = draft.get('household', one)?.group
  return group !== undefined && one !== other && draft.get('household', other)?.group === group
}
