// Confirmation records: refused, parked until their action is seen, kept while they do not qualify yet, or deciding.

import { differs, lapseOf, rejectClaim, stopWaiting, tryRecognise } from './claims.ts'
import { openDispute } from './disputes.ts'
import type { ActionDoc, ConfirmationNote, ParkedConfirmation } from './documents.ts'
import { occasionOfRow, type Draft, type Occasion } from './draft.ts'
import { flagRefusal, flagScopeOf } from './flags.ts'
import { householdKey } from './household.ts'
import { judgeConfirmation, refusalOfHousehold } from './judge-confirmation.ts'
import { levelOf, standingOf } from './level.ts'
import type { Due, IntakeRow } from './model.ts'
import { moverOf } from './moves.ts'
import { parseConfirmation } from './parse-confirmation.ts'
import { policyDefaults } from './policy.ts'
import type { RefusalCode } from './refusals.ts'
import { hasRoom, isSameVoice } from './room.ts'

/** `spoke`: of what its version before spoke. */
export const decideConfirmation = (draft: Draft, row: IntakeRow, spoke: string | null): void => {
  const occasion = occasionOfRow(row)
  const parsed = row.refusal ?? parseConfirmation(row)
  const earlier = draft.get('confirmation', row.uri)?.action ?? spoke ?? (typeof parsed === 'string' ? null : parsed.action)
  const standing = earlier === null ? undefined : standingNote(draft, earlier, row.uri)
  const isReplay = standing !== undefined && standing.leaf === row.leaf && standing.op === row.op
  if (isReplay && row.action !== 'delete') return
  if (row.action !== 'delete' && standing?.cid === row.cid) return draft.refuse(row, 'record.repeated')
  if (standing !== undefined && earlier !== null) forget(draft, row.uri, earlier)
  if (row.action === 'delete') return
  if (typeof parsed === 'string') return draft.refuse(row, parsed)
  const { action: uri, note } = parsed
  draft.want(() => [`action:${uri}`, `parked:${uri}`, `hosts:${row.repo}`, `admissions:${row.repo}`])
  const action = draft.get('action', uri)
  if (action === null) park(draft, uri, note, occasion)
  else consider(draft, action, note, occasion)
}

/** The note under a uri that an action has or that is parked for it. */
const standingNote = (draft: Draft, actionUri: string, uri: string): ConfirmationNote | undefined => {
  draft.want(() => [`action:${actionUri}`, `parked:${actionUri}`])
  const action = draft.get('action', actionUri)
  return action === null ? parkedNote(draft, actionUri, uri) : action.confirmations.find((note) => note.uri === uri)
}

const parkedNote = (draft: Draft, actionUri: string, uri: string): ParkedConfirmation | undefined =>
  draft.get('parked', actionUri)?.waiting.find((note) => note.uri === uri)

/** The record is gone: before recognition it no longer counts; after, nothing changes in the books. */
const forget = (draft: Draft, uri: string, actionUri: string): void => {
  const action = draft.get('action', actionUri)
  const gone = action?.confirmations.find((note) => note.uri === uri)
  if (action !== null && gone !== undefined) {
    const confirmations = action.confirmations.filter((note) => note !== gone)
    draft.put('action', actionUri, { ...action, confirmations })
    const isAwaited = moverOf(action.giver) === gone.repo || confirmations.some(({ repo }) => repo === gone.repo)
    if (!isAwaited) stopWaiting(draft, actionUri, [gone.repo])
  }
  unpark(draft, actionUri, uri)
}

const refuse = (draft: Draft, note: ConfirmationNote, code: RefusalCode): void => draft.refuse(note, code)

const refuseOf = (draft: Draft, action: ActionDoc, note: ConfirmationNote, code: RefusalCode, occasion: Occasion): void => {
  flagRefusal(draft, flagScopeOf(action), action, note, code, occasion)
  refuse(draft, note, code)
}

/** What a confirmation does to an action that is seen. */
const consider = (draft: Draft, action: ActionDoc, note: ConfirmationNote, occasion: Occasion): void => {
  const refusal = judgeConfirmation(draft, action, note, occasion)
  if (refusal !== undefined) return refuseOf(draft, action, note, refusal, occasion)
  const { recognised, dispute } = action
  const opens = recognised !== null && dispute === null && occasion.leaf !== null && differs(action, recognised.minutes, note)
  const replaced = replacedBy(action, note)
  const others = action.confirmations.filter((other) => !replaced.includes(other))
  // A word that decides something is always heard.
  const decides = recognised === null ? note.verdict === 'rejected' : opens
  const isHeard = decides || hasRoom(draft, others, note, (one) => levelOf(draft, one, occasion.day))
  if (!isHeard) return refuse(draft, note, 'confirmation.too-many')
  const noted: ActionDoc = { ...action, confirmations: [...others, note] }
  if (recognised !== null) draft.put('action', action.uri, opens ? openDispute(draft, noted, recognised, note.uri, occasion.leaf) : noted)
  else if (note.verdict === 'rejected') rejectClaim(draft, { ...action, confirmations: others }, note, occasion)
  else tryRecognise(draft, noted, occasion)
}

/** The author's earlier words, which this one takes the place of; not the one that stood when the action was recognised. */
const replacedBy = (action: ActionDoc, note: ConfirmationNote): readonly ConfirmationNote[] =>
  action.confirmations.filter((other) => isSameVoice(other, note)).slice(action.recognised === null ? 0 : 1)

const parkedDue = (note: { readonly lapsesAt: string; readonly uri: string }): Due => ({
  at: note.lapsesAt,
  kind: 'parked-lapse',
  uri: note.uri,
})

const park = (draft: Draft, action: string, note: ConfirmationNote, occasion: Occasion): void => {
  const standing = draft.get('parked', action)?.waiting ?? []
  const replaced = standing.filter((other) => isSameVoice(other, note))
  const waiting = standing.filter((other) => !replaced.includes(other))
  if (!hasRoom(draft, waiting, note, (one) => standingOf(draft, one, occasion.day))) return refuse(draft, note, 'confirmation.too-many')
  for (const earlier of replaced) {
    draft.cancel(parkedDue(earlier))
    draft.put('confirmation', earlier.uri, null)
  }
  const parked = { ...note, lapsesAt: lapseOf(occasion.day, policyDefaults.claimDays) }
  draft.put('parked', action, { kind: 'parked', waiting: [...waiting, parked] })
  draft.schedule(parkedDue(parked))
  draft.put('confirmation', note.uri, { kind: 'confirmation', action })
}

const unpark = (draft: Draft, action: string, uri: string): ConfirmationNote | undefined => {
  const parked = parkedNote(draft, action, uri)
  if (parked === undefined) return undefined
  const left = (draft.get('parked', action)?.waiting ?? []).filter((note) => note.uri !== uri)
  draft.put('parked', action, left.length === 0 ? null : { kind: 'parked', waiting: left })
  draft.put('confirmation', uri, null)
  draft.cancel(parkedDue(parked))
  const { lapsesAt: _, ...note } = parked
  return note
}

/** A person who waited is admitted now: their words on an open action that cannot be heard are refused. Gives what is left. */
export const withoutUnheard = (draft: Draft, action: ActionDoc, did: string, occasion: Occasion): ActionDoc => {
  const confirmations = action.confirmations.filter((note) => {
    const refusal = note.repo === did ? refusalOfHousehold(draft, action, note) : undefined
    if (refusal !== undefined) refuseOf(draft, action, note, refusal, occasion)
    return refusal === undefined
  })
  return confirmations.length === action.confirmations.length ? action : { ...action, confirmations }
}

/** Considers what waited for an action, in leaf order, now that it is seen. */
export const considerParked = (draft: Draft, actionUri: string, occasion: Occasion): void => {
  const waiting = draft.get('parked', actionUri)?.waiting ?? []
  if (waiting.length === 0) return
  draft.want(() => [
    householdKey(actionUri.split('/')[2] ?? ''),
    'mergers:all',
    ...waiting.flatMap(({ repo }) => [`hosts:${repo}`, `admissions:${repo}`, `suspensions:${repo}`]),
  ])
  for (const { uri } of waiting) {
    const note = unpark(draft, actionUri, uri)
    const action = draft.get('action', actionUri)
    if (note === undefined || action === null) continue
    consider(draft, action, note, occasion)
  }
}

/** A parked confirmation has waited as long as a claim may: it is refused. */
export const lapseParked = (draft: Draft, due: Due): void => {
  const action = draft.get('confirmation', due.uri)?.action
  // One that was edited meanwhile waits as long as its last version may.
  if (action === undefined || parkedNote(draft, action, due.uri)?.lapsesAt !== due.at) return
  const note = unpark(draft, action, due.uri)
  if (note !== undefined) refuse(draft, note, 'confirmation.action-not-seen')
}
