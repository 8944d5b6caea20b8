// The persons an action is about, by DID: what is private of it goes when one of them is erased.

import type { ActionDoc } from '../journal/documents.ts'

export const partiesOf = (action: ActionDoc, ...more: readonly (string | undefined)[]): readonly string[] => {
  const entities = [action.giver, ...(action.recognised?.shares ?? []).map(({ entity }) => entity)]
  const named = entities.flatMap((entity) => (entity.startsWith('P:') || entity.startsWith('O:') ? [entity.slice(2)] : []))
  return [...new Set([...named, ...more.filter((did) => did !== undefined)])]
}

/** Whether somebody gave, received or confirmed it themself: they take no part in what an office decides about it. */
export const isPartyTo = (action: ActionDoc, did: string): boolean =>
  action.repo === did ||
  partiesOf(action).includes(did) ||
  action.beneficiaries.some((one) => one.did === did) ||
  action.confirmations.some(({ repo, role }) => repo === did && role !== 'municipality')
