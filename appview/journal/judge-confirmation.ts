// Why a confirmation of an action that is seen is not heard. What it is held against, in order: the two records themselves; who its author is, as the
// towns publish it; the receivers it names; whether its author's confirming is suspended. Only then, and only of authors who count for something, what the books and the private register know:
// whoever has no level learns nothing of either but that the action no longer waits. Nobody learns who lives with a third person: what a confirmation
// says of others is flagged, not refused (receivers.ts).

import type { ActionDoc, ConfirmationNote } from './documents.ts'
import type { Draft, Occasion } from './draft.ts'
import { isSameHousehold } from './household.ts'
import { isOffice, levelOf, refusalOfAuthor } from './level.ts'
import { moverOf } from './moves.ts'
import { refusalOfReceivers } from './receivers.ts'
import type { RefusalCode } from './refusals.ts'
import { isSuspended } from './suspensions.ts'

export const judgeConfirmation = (draft: Draft, action: ActionDoc, note: ConfirmationNote, occasion: Occasion): RefusalCode | undefined => {
  const refusal = refusalOfSubject(action, note) ?? refusalOfAuthor(draft, action, note) ?? refusalOfReceivers(draft, action, note)
  if (refusal !== undefined) return refusal
  if (isSuspended(draft, note)) return 'confirmation.suspended'
  if (levelOf(draft, note, occasion.day) === 0) return action.state === 'open' ? undefined : 'confirmation.not-admitted'
  return refusalOfState(action, occasion) ?? refusalOfHousehold(draft, action, note)
}

/** What author and subject alone tell. */
const refusalOfSubject = (action: ActionDoc, note: ConfirmationNote): RefusalCode | undefined => {
  if (action.giver === `P:${note.repo}` || action.giver === `O:${note.repo}`) return 'confirmation.own-action'
  if (action.repo === note.repo) return 'confirmation.own-card'
  return action.cid === note.subjectCid ? undefined : 'confirmation.cid-mismatch'
}

const refusalOfState = (action: ActionDoc, { recordedAt }: Occasion): RefusalCode | undefined => {
  if (action.state === 'refused') return 'confirmation.action-refused'
  if (action.state === 'lapsed' || (action.state === 'open' && recordedAt >= action.lapsesAt)) return 'confirmation.claim-lapsed'
  if (action.state === 'rejected') return 'confirmation.action-rejected'
  return action.state === 'reversed' ? 'confirmation.action-reversed' : undefined
}

/** A person does not confirm what somebody did with whom they live. */
export const refusalOfHousehold = (draft: Draft, action: ActionDoc, { role, repo }: ConfirmationNote): RefusalCode | undefined => {
  const giver = moverOf(action.giver)
  return !isOffice(role) && giver !== undefined && isSameHousehold(draft, giver, repo) ? 'confirmation.same-household' : undefined
}
