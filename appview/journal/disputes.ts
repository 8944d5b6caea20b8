// Disputes of recognised actions: opened by a confirmation that differs or by an entry, closed by a ruling or with the action. The minutes stay
// meanwhile; statements disclose them. Each scope keeps its own list by fiscal year, with the leaves between which
// a dispute was open.

import { fiscalYearOf, type Period } from './calendar.ts'
import type { ActionDoc, DisputeNote, DisputesDoc, Recognition } from './documents.ts'
import type { Draft, Occasion } from './draft.ts'
import { mergersOf, successorOn } from './mergers.ts'

const scopesOf = ({ giverScope, shares }: Recognition): readonly string[] => [...new Set([giverScope, ...shares.map(({ scope }) => scope)])]

/** The place of an action in the log. */
export const placeOf = ({ leaf, op }: { readonly leaf: number; readonly op: number }): string => `${leaf}/${op}`

/** Where disputes on what is effective in a fiscal year stand. */
export const disputesOf = (scope: string, fiscalYear: number): string => `${scope}/${fiscalYear}`

/** Whether a municipality has a part in an action: it names it, or its giver or a receiver belongs there, by then or now. */
export const hasPart = (draft: Draft, town: string, action: ActionDoc, day: string): boolean => {
  const mergers = mergersOf(draft)
  const { municipality, memo, recognised } = action
  const booked = recognised === null ? [] : [recognised.giverScope, ...recognised.shares.map(({ scope }) => scope)]
  const scopes = [municipality, ...(memo === null ? [] : [memo.scope]), ...booked]
  return scopes.some((scope) => scope === town || successorOn(mergers, scope, day) === town)
}

/** Opens a dispute on a recognised action that has none, and gives back the action with it. */
export const openDispute = (draft: Draft, action: ActionDoc, recognition: Recognition, uri: string, leaf: number): ActionDoc => {
  const { effectiveDate, giverScope, minutes, shares } = recognition
  const entities = [...new Set([action.giver, ...shares.map(({ entity }) => entity)])]
  const note: DisputeNote = {
    action: placeOf(action),
    effectiveDate,
    giver: action.giver,
    giverScope,
    minutes,
    entities,
    openedLeaf: leaf,
    closedLeaf: null,
  }
  draft.put('dispute', uri, { kind: 'dispute', action: action.uri })
  for (const scope of scopesOf(recognition)) {
    const year = disputesOf(scope, fiscalYearOf(effectiveDate))
    draft.put('disputes', year, { kind: 'disputes', disputes: [...(draft.get('disputes', year)?.disputes ?? []), note] })
  }
  return { ...action, dispute: uri }
}

/** Closes the open dispute of an action, if it has one, and gives back the action without it. */
export const closeDispute = (draft: Draft, action: ActionDoc, occasion: Occasion): ActionDoc => {
  const { dispute, recognised } = action
  if (dispute === null || recognised === null) return action
  draft.put('dispute', dispute, null)
  const closed = (note: DisputeNote): DisputeNote =>
    note.closedLeaf === null && note.action === placeOf(action) ? { ...note, closedLeaf: occasion.leaf } : note
  for (const scope of scopesOf(recognised)) {
    const year = disputesOf(scope, fiscalYearOf(recognised.effectiveDate))
    const doc = draft.get('disputes', year)
    if (doc !== null) draft.put('disputes', year, { kind: 'disputes', disputes: doc.disputes.map(closed) })
  }
  return { ...action, dispute: null }
}

/**
 * What a statement's notes say: disputes on actions effective in the period that are open at a leaf, and the minutes given that they concern.
 * `entity` null: the whole scope.
 */
export const disputeNotes = (
  doc: DisputesDoc | null,
  { entity, scope, period, leaf }: { entity: string | null; scope: string; period: Period; leaf: number },
): { readonly openDisputes: number; readonly disputedMinutesGiven: number } => {
  const open = (doc?.disputes ?? []).filter(
    (note) =>
      note.effectiveDate >= period.from &&
      note.effectiveDate <= period.through &&
      note.openedLeaf <= leaf &&
      (note.closedLeaf === null || note.closedLeaf > leaf) &&
      (entity === null || note.entities.includes(entity)),
  )
  const given = open.filter(({ giver, giverScope }) => giverScope === scope && (entity === null || giver === entity))
  return { openDisputes: open.length, disputedMinutesGiven: given.reduce((sum, { minutes }) => sum + minutes, 0) }
}
