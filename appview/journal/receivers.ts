// Who receives: the confirmation's list; else its author as beneficiary; else the action's; else nobody named.
// A person is named in the public books only by their own word, and with a known residence; everybody else is in the pool of a municipality.

import { dayOf } from './calendar.ts'
import { isSensitive } from './categories.ts'
import type { ActionDoc, ConfirmationNote, Receiver } from './documents.ts'
import type { Draft } from './draft.ts'
import { moverOf } from './moves.ts'
import type { RefusalCode } from './refusals.ts'
import { isSameHousehold } from './household.ts'
import { mergersOf, residenceOf, successorOn } from './mergers.ts'
import { entityOf, isHostOn, scopeOn } from './residence.ts'
import { isInRoster, townOf } from './roster.ts'

export type ResolvedReceiver = { readonly entity: string; readonly scope: string; readonly weight: number }

const UNNAMED: Receiver = { class: 'unnamed', did: null, scope: null, weight: 1 }

/** Never empty; entity and scope as of the effective date. */
export const receiversOf = (
  draft: Draft,
  action: ActionDoc,
  note: ConfirmationNote,
  effectiveDate: string,
): readonly ResolvedReceiver[] => {
  const stated = statedReceivers(action, note)
  draft.want(() => stated.flatMap(({ did }) => (did === null ? [] : [`admissions:${did}`, `hosts:${did}`])))
  return stated.map((receiver) => resolve(draft, action, { receiver, author: note.repo }, effectiveDate))
}

/** As a word says it: its own list, its author, the action's, or nobody. */
export const statedReceivers = (action: ActionDoc, note: ConfirmationNote): readonly Receiver[] => {
  if (note.receivers.length > 0) return note.receivers
  if (note.role === 'beneficiary') return [{ class: 'person', did: note.repo, scope: null, weight: 1 }]
  return action.beneficiaries.length > 0 ? action.beneficiaries : [UNNAMED]
}

type Stated = { readonly receiver: Receiver; readonly author: string }

const resolve = (draft: Draft, action: ActionDoc, { receiver, author }: Stated, date: string): ResolvedReceiver => {
  const { weight, did } = receiver
  const stated = receiver.scope === null ? null : successorOn(mergersOf(draft), receiver.scope, date)
  const here = successorOn(mergersOf(draft), action.municipality, date)
  const scope = stated ?? here
  if (receiver.class === 'public') return { entity: `M:${scope}`, scope, weight }
  if (did === null) return { entity: `X:${scope}`, scope, weight }
  const residence = scopeOn(residenceOf(draft, did), date)
  if (did === author && residence !== undefined && (stated ?? residence) === residence)
    return { entity: entityOf(did, draft.get('hosts', did)), scope: residence, weight }
  const pool = stated ?? residence ?? here
  return { entity: `X:${pool}`, scope: pool, weight }
}

/** Whether somebody who lives with the giver is named as receiver by another: for an audit to look at, and for nobody else to learn. */
export const namesHousehold = (draft: Draft, action: ActionDoc, note: ConfirmationNote): boolean => {
  const giver = moverOf(action.giver)
  return giver !== undefined && statedReceivers(action, note).some(({ did }) => did !== null && isSameHousehold(draft, giver, did))
}

/** Why the receivers of a confirmation cannot stand, as everybody can see. */
export const refusalOfReceivers = (draft: Draft, action: ActionDoc, note: ConfirmationNote): RefusalCode | undefined => {
  const stated = statedReceivers(action, note)
  const giver = action.giver.slice(2)
  if (note.role === 'hostBody' && stated.some(({ did }) => did === note.repo)) return 'confirmation.own-benefit'
  if (stated.some(({ did }) => did === giver)) return 'confirmation.receiver-is-giver'
  if (isSensitive(action.category) && note.receivers.some(({ did }) => did !== null && did !== note.repo))
    return 'confirmation.receiver-sensitive'
  if (note.receivers.some(({ scope }) => scope !== null && !isInRoster(draft.roster, scope, note.leaf)))
    return 'confirmation.receiver-scope-unknown'
  return stated.some((receiver) => isOthersPublic(draft, action, note, receiver)) ? 'confirmation.public-elsewhere' : undefined
}

/** What another municipality itself is said to have received stands in its own statement: that is for it, or a host body of it, to say. */
const isOthersPublic = (draft: Draft, action: ActionDoc, note: ConfirmationNote, { class: of, scope }: Receiver): boolean => {
  if (of !== 'public' || scope === null) return false
  const [mergers, day] = [mergersOf(draft), dayOf(note.recordedAt)]
  const whose = successorOn(mergers, scope, day)
  if (whose === successorOn(mergers, action.municipality, day)) return false
  if (note.onBehalf !== null) return true
  if (note.role === 'municipality') return townOf(draft.roster, note.repo, note.leaf) !== whose
  return note.role !== 'hostBody' || !isHostOn(draft.get('hosts', note.repo), action.performedOn, whose)
}
