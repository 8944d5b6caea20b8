// Whether somebody may speak of an action, and with what level: L1 an admitted beneficiary or witness, L2 a host body registered that day,
// L3 the municipality. Derived, never read from the record. Published on behalf, it has the level of the person behind it, a receiver or a witness.

import { dayOf } from './calendar.ts'
import type { ActionDoc, ConfirmationNote } from './documents.ts'
import type { Draft } from './draft.ts'
import { mergersOf, successorOn } from './mergers.ts'
import type { RefusalCode } from './refusals.ts'
import { isAdmitted, isHostOn } from './residence.ts'
import { townOf } from './roster.ts'

const LEVELS = { hostBody: 2, municipality: 3 } as const
const PERSONS_LEVEL = 1

/** 0: it counts once its author is admitted. */
export type Level = 0 | 1 | 2 | 3

/** Of a note whose author may speak of the action. */
export const levelOf = (draft: Draft, note: ConfirmationNote, day: string): Level => {
  if (note.role === 'municipality' || note.role === 'hostBody') return note.onBehalf === null ? LEVELS[note.role] : PERSONS_LEVEL
  return isAdmitted(draft.get('admissions', note.repo), day) ? PERSONS_LEVEL : 0
}

/** What a note would count whose action is not seen yet: of an office that it is one, of a person that they are admitted. */
export const standingOf = (draft: Draft, note: ConfirmationNote, day: string): Level => {
  const { role, repo, leaf } = note
  if (role === 'hostBody' && !isHostOn(draft.get('hosts', repo), day)) return 0
  if (role === 'municipality' && townOf(draft.roster, repo, leaf) === undefined) return 0
  return levelOf(draft, note, day)
}

/** The municipality of the action or of its giver, or what has become of it. */
const speaksFor = (draft: Draft, code: string, action: ActionDoc, { recordedAt }: ConfirmationNote): boolean => {
  const mergers = mergersOf(draft)
  const scopes = [action.municipality, action.recognised?.giverScope ?? action.memo?.scope ?? action.municipality]
  return scopes.some((scope) => code === scope || code === successorOn(mergers, scope, dayOf(recordedAt)))
}

export const isOffice = (role: ConfirmationNote['role']): boolean => role === 'municipality' || role === 'hostBody'

/** Who only saw it takes nothing of it back: fewer minutes are for receivers, the host body and the municipality to say. */
const saysLess = ({ minutes: claimed }: ActionDoc, { role, onBehalf, minutes }: ConfirmationNote): boolean =>
  (role === 'witness' || onBehalf === 'witness') && minutes !== null && minutes < claimed

/** Why its author may not speak of this action at all, as everybody can see. */
export const refusalOfAuthor = (draft: Draft, action: ActionDoc, note: ConfirmationNote): RefusalCode | undefined => {
  const { role, repo, onBehalf } = note
  if (onBehalf !== null && !isOffice(role)) return 'confirmation.on-behalf-not-allowed'
  if (onBehalf !== null && isOffice(onBehalf)) return 'confirmation.on-behalf-of-office'
  const named = action.beneficiaries.flatMap(({ did }) => did ?? [])
  // In the place of persons who are named no witness speaks, whoever publishes it.
  const isForOthers = onBehalf === 'witness' && named.length > 0
  if (role === 'municipality') {
    const code = townOf(draft.roster, repo, note.leaf)
    if (code === undefined || !speaksFor(draft, code, action, note)) return 'confirmation.not-the-municipality'
    if (isForOthers) return 'confirmation.not-entitled'
    return saysLess(action, note) ? 'confirmation.witness-says-less' : undefined
  }
  if (role === 'hostBody' && !isHostOn(draft.get('hosts', repo), action.performedOn)) return 'confirmation.host-body-not-registered'
  if (isForOthers) return 'confirmation.not-entitled'
  if (named.length > 0 && !(role === 'hostBody' ? repo === action.hostBody : named.includes(repo))) return 'confirmation.not-entitled'
  if (note.verdict === 'rejected' && named.length === 0 && role !== 'hostBody') return 'confirmation.rejection-not-entitled'
  return saysLess(action, note) ? 'confirmation.witness-says-less' : undefined
}
