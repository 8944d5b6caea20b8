// The life of a claim: counted among its giver's open claims and days, then recognised, rejected, lapsed or withdrawn. Whatever ends it releases
// the memo pair and its due entry; whatever takes its minutes back frees the day.

import { addDays, dayOf, midnightOf } from './calendar.ts'
import type { ActionDoc, ConfirmationNote, GiverDoc } from './documents.ts'
import type { Draft, Occasion } from './draft.ts'
import { closeDispute, openDispute } from './disputes.ts'
import { flag, flagScopeOf, isDrawn } from './flags.ts'
import { addToDay, daysKey, takeFromDay } from './giver-days.ts'
import { levelOf } from './level.ts'
import { postRelease } from './memo.ts'
import type { Due } from './model.ts'
import { moverOf } from './moves.ts'
import { putOffBy } from './outages.ts'
import { policyOn } from './policy.ts'
import { namesHousehold } from './receivers.ts'
import { postNegation, postRecognition, postRestoration } from './recognise.ts'
import { mergersOf, residenceOf, successorOn } from './mergers.ts'
import { bookScopeOn, isAdmitted, scopeOn } from './residence.ts'

const MAX_WAITING = 1000

export const EMPTY_GIVER: GiverDoc = { kind: 'giver', open: [] }

/** When a claim lapses that was recorded on a day: at 00:00 of that day + claimDays. */
export const lapseOf = (day: string, claimDays: number): string => midnightOf(addDays(day, claimDays))

const lapseDue = (action: ActionDoc): Due => ({ at: action.lapsesAt, kind: 'claim-lapse', uri: action.uri })

/** Enters a new claim among its giver's. */
export const enterClaim = (draft: Draft, action: ActionDoc): void => {
  const { open } = draft.get('giver', action.giver) ?? EMPTY_GIVER
  draft.put('giver', action.giver, { kind: 'giver', open: [...open, action.uri] })
  addToDay(draft, action)
  if (action.eventId !== null) draft.put('event', `${action.giver}/${action.eventId}`, { kind: 'event', action: action.uri })
  draft.schedule(lapseDue(action))
}

/** Takes a claim out of the open ones; `freesDay` gives its minutes back to the day, and its event to the giver. */
const leaveOpen = (draft: Draft, action: ActionDoc, { freesDay }: { freesDay: boolean }): void => {
  if (freesDay) draft.want(() => [`giver:${action.giver}`, daysKey(action.giver, action.performedOn)])
  const { open } = draft.get('giver', action.giver) ?? EMPTY_GIVER
  draft.put('giver', action.giver, { kind: 'giver', open: open.filter((uri) => uri !== action.uri) })
  if (freesDay) takeFromDay(draft, action)
  if (action.state === 'open') draft.cancel(lapseDue(action))
  const event = action.eventId === null ? null : `${action.giver}/${action.eventId}`
  if (freesDay && event !== null && draft.get('event', event)?.action === action.uri) draft.put('event', event, null)
}

type Naming = { readonly extraSources: readonly string[]; readonly suffix: string }
const PLAIN: Naming = { extraSources: [], suffix: '' }

/** Recognises an open claim by the first confirmation that qualifies now; else leaves it waiting. */
export const tryRecognise = (draft: Draft, action: ActionDoc, occasion: Occasion, { extraSources, suffix }: Naming = PLAIN): void => {
  draft.want(() => action.confirmations.map(({ repo }) => `admissions:${repo}`))
  const level = requiredLevel(draft, action)
  const first = level === undefined ? -1 : action.confirmations.findIndex((candidate) => levelOf(draft, candidate, occasion.day) >= level)
  const note = action.confirmations[first]
  if (level === undefined || note === undefined) {
    awaitAdmissions(draft, action, occasion)
    draft.put('action', action.uri, action)
    return
  }
  const sources = [note.uri, ...extraSources]
  postRelease(draft, action, occasion, { kind: 'memo-release', sources, rule: `memo-release${suffix}` })
  const recognised = postRecognition(draft, action, note, occasion, {
    sources: [action.uri, ...sources],
    rule: (kind) => `${kind}${suffix}`,
  })
  leaveOpen(draft, action, { freesDay: false })
  const settled: ActionDoc = { ...action, state: 'recognised', memo: null, recognised }
  const differing = action.confirmations
    .slice(first + 1)
    .find((other) => levelOf(draft, other, occasion.day) > 0 && differs(action, recognised.minutes, other))
  if (namesHousehold(draft, action, note)) flag(draft, flagScopeOf(settled), settled, note, 'receiver.same-household', occasion)
  if (isDrawn(settled, occasion)) flag(draft, flagScopeOf(settled), settled, note, 'audit.sample', occasion)
  const isDisputed = differing !== undefined && occasion.leaf !== null
  draft.put('action', action.uri, isDisputed ? openDispute(draft, settled, recognised, differing.uri, occasion.leaf) : settled)
}

/** The level time is recognised at; undefined while the giver is not admitted for the day of the act. */
const requiredLevel = (draft: Draft, action: ActionDoc): number | undefined => {
  const did = moverOf(action.giver)
  const scope = did === undefined ? action.memo?.scope : scopeOn(residenceOf(draft, did), action.performedOn)
  return scope === undefined ? undefined : policyOn(draft.get('policies', scope), action.performedOn).timeLevel
}

const awaitAdmissions = (draft: Draft, action: ActionDoc, occasion: Occasion): void => {
  const giver = moverOf(action.giver)
  const givers = giver !== undefined && scopeOn(draft.get('admissions', giver), action.performedOn) === undefined ? [giver] : []
  const confirmers = action.confirmations
    .filter((note) => levelOf(draft, note, occasion.day) === 0 && !isAdmitted(draft.get('admissions', note.repo), occasion.day))
    .map(({ repo }) => repo)
  if (action.confirmations.length === 0) return
  const awaited = new Set([...givers, ...confirmers])
  draft.want(() => [...awaited].map((did) => `waiting:${did}`))
  for (const did of awaited) {
    const waiting = draft.get('waiting', did)?.actions ?? []
    if (!waiting.includes(action.uri) && waiting.length < MAX_WAITING)
      draft.put('waiting', did, { kind: 'waiting', actions: [...waiting, action.uri] })
  }
}

/** The action waits for these persons' admissions no longer. */
export const stopWaiting = (draft: Draft, uri: string, dids: readonly string[]): void => {
  draft.want(() => dids.map((did) => `waiting:${did}`))
  for (const did of new Set(dids)) {
    const actions = draft.get('waiting', did)?.actions ?? []
    const left = actions.filter((other) => other !== uri)
    if (left.length < actions.length) draft.put('waiting', did, left.length === 0 ? null : { kind: 'waiting', actions: left })
  }
}

/** Whether a confirmation says something else than what was recognised. */
export const differs = (action: ActionDoc, recognisedMinutes: number, note: ConfirmationNote): boolean =>
  note.verdict === 'rejected' || Math.min(action.minutes, note.minutes ?? action.minutes) !== recognisedMinutes

export const rejectClaim = (draft: Draft, action: ActionDoc, note: ConfirmationNote, occasion: Occasion): void => {
  postRelease(draft, action, occasion, { kind: 'memo-release', sources: [note.uri] })
  leaveOpen(draft, action, { freesDay: true })
  draft.put('action', action.uri, { ...action, state: 'rejected', memo: null, confirmations: [...action.confirmations, note] })
}

/** A claim is due: it lapses, or waits as many days longer as an outage has taken of its window by what is known now. */
export const lapseClaim = (draft: Draft, action: ActionDoc, occasion: Occasion): void => {
  const putOffDays = putOffBy(draft, action)
  if (putOffDays > (action.putOffDays ?? 0)) {
    const day = addDays(dayOf(action.lapsesAt), putOffDays - (action.putOffDays ?? 0))
    const waiting: ActionDoc = { ...action, lapsesAt: midnightOf(day), putOffDays }
    draft.put('action', action.uri, waiting)
    return draft.schedule(lapseDue(waiting))
  }
  postRelease(draft, action, occasion, { kind: 'claim-lapse', sources: [] })
  leaveOpen(draft, action, { freesDay: true })
  draft.put('action', action.uri, { ...action, state: 'lapsed', memo: null })
}

/** The record is gone: an open claim is released, a recognised one negated. The document goes too, and with it what it held. */
export const withdrawAction = (draft: Draft, action: ActionDoc, occasion: Occasion, sources: readonly string[], suffix = ''): void => {
  if (action.state === 'open') postRelease(draft, action, occasion, { kind: 'memo-release', sources, rule: `memo-release${suffix}` })
  if (action.state === 'recognised' && action.recognised !== null) {
    closeDispute(draft, action, occasion)
    postNegation(draft, action, action.recognised, occasion, { kind: 'retract', sources })
  }
  if (action.state === 'open' || action.state === 'recognised') leaveOpen(draft, action, { freesDay: true })
  const giver = moverOf(action.giver)
  stopWaiting(draft, action.uri, [...(giver === undefined ? [] : [giver]), ...action.confirmations.map(({ repo }) => repo)])
  draft.put('action', action.uri, null)
}

/** A ruling upholds the dispute: the recognition is negated and the action stays as reversed. */
export const reverseAction = (draft: Draft, action: ActionDoc, occasion: Occasion, ruling: string): void => {
  if (action.recognised === null) return
  const undisputed = closeDispute(draft, action, occasion)
  postNegation(draft, action, action.recognised, occasion, { kind: 'reversal', sources: [ruling] })
  leaveOpen(draft, action, { freesDay: true })
  const reversed = { ruling, booked: action.recognised }
  draft.put('action', action.uri, { ...undisputed, state: 'reversed', recognised: null, reversed })
}

/** A second decision takes the ruling back: what was booked before it is booked again, and counts on its day again, whatever came there meanwhile. */
export const restoreAction = (draft: Draft, { reversed, ...action }: ActionDoc, occasion: Occasion, decision: string): void => {
  if (reversed === undefined) return
  const recognised = postRestoration(draft, action, reversed.booked, occasion, [action.uri, reversed.ruling, decision])
  countDay(draft, action)
  draft.put('action', action.uri, { ...action, state: 'recognised', recognised })
}

const countDay = (draft: Draft, action: ActionDoc): void => {
  addToDay(draft, action)
  const event = action.eventId === null ? null : `${action.giver}/${action.eventId}`
  if (event !== null && draft.get('event', event) === null) draft.put('event', event, { kind: 'event', action: action.uri })
}

/** The scope a claim is made in: the giver's municipality on that day; as claimed while the giver is not admitted. */
export const claimScope = (draft: Draft, giver: string, performedOn: string, claimed: string, memoDate: string): string => {
  const did = moverOf(giver)
  const doc = did === undefined ? null : residenceOf(draft, did)
  const stated = successorOn(mergersOf(draft), claimed, memoDate)
  return scopeOn(doc, performedOn) === undefined ? stated : (bookScopeOn(doc, memoDate) ?? stated)
}
