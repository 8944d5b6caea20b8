// Revenue arises on confirmation, dated to performance: the recognition of an action, and its exact negation later.

import { CLEARING, GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC, RESIDENTS_CONTRIBUTION } from './chart.ts'
import { isClosed } from './calendar.ts'
import type { ActionDoc, ConfirmationNote, Recognition, Share } from './documents.ts'
import type { Draft, Occasion } from './draft.ts'
import type { Posting } from './model.ts'
import { entityIn, mergersOf, residenceOf, successorOn } from './mergers.ts'
import { moverOf, postCarriedOn } from './moves.ts'
import { rateTableOn, yenPerHourOf } from './policy.ts'
import { receiversOf } from './receivers.ts'
import { bookScopeOn } from './residence.ts'
import { largestRemainder, yenOf } from './units.ts'

const isPublic = (entity: string): boolean => entity.startsWith('M:')

/** Books the action by the confirmation that recognises it, and gives back what was booked. `rule` is the last part of the id. */
export const postRecognition = (
  draft: Draft,
  action: ActionDoc,
  note: ConfirmationNote,
  occasion: Occasion,
  { sources, rule }: { sources: readonly string[]; rule: (kind: string) => string },
): Recognition => {
  const prior = isClosed(action.performedOn, occasion.recordedAt)
  const effectiveDate = prior ? occasion.day : action.performedOn
  const giverScope = scopeOfGiver(draft, action, effectiveDate)
  const minutes = Math.min(action.minutes, note.minutes ?? action.minutes)
  const table = rateTableOn(draft.get('rates', giverScope), action.performedOn)
  const yenPerHour = table === undefined ? undefined : yenPerHourOf(table, action.category)
  const isValued = table !== undefined && yenPerHour !== undefined
  const yen = yenPerHour === undefined ? 0 : yenOf(minutes, yenPerHour)
  const receivers = receiversOf(draft, action, note, effectiveDate)
  const minuteParts = largestRemainder(minutes, receivers)
  const yenParts = largestRemainder(yen, receivers)
  const shares = receivers.map(({ entity, scope }, index): Share => ({
    entity,
    scope,
    minutes: minuteParts[index] ?? 0,
    yen: yenParts[index] ?? 0,
  }))
  const kind = prior ? 'recognise-prior' : 'recognise'
  const id = `${occasion.prefix}/${rule(kind)}`
  const rate = isValued ? table.uri : null
  const rateCid = isValued ? table.cid : null
  const recognition = { transaction: id, effectiveDate, prior, minutes, yen, rate, rateCid, giverScope, shares }
  postCarriedOn(draft, { id, effectiveDate, kind, sources, action: action.uri, rate, rateCid }, linesOf(action, recognition, 1), occasion)
  return recognition
}

/** Books the negation: on the original date while its fiscal year is open, else on the recording date as prior-period, in the scopes of that date. */
export const postNegation = (
  draft: Draft,
  action: ActionDoc,
  recognition: Recognition,
  occasion: Occasion,
  { kind, sources }: { kind: 'retract' | 'reversal'; sources: readonly string[] },
): void => {
  const moved = asOf(draft, action, recognition, occasion)
  const id = `${occasion.prefix}/${kind}`
  const head = { id, effectiveDate: moved.effectiveDate, kind, sources, action: action.uri, rate: null, rateCid: null }
  postCarriedOn(draft, head, linesOf(action, moved, -1), occasion)
}

/** Books again what was negated, dated likewise, and gives back what was booked. */
export const postRestoration = (
  draft: Draft,
  action: ActionDoc,
  recognition: Recognition,
  occasion: Occasion,
  sources: readonly string[],
): Recognition => {
  const kind = 'restore'
  const moved = { ...asOf(draft, action, recognition, occasion), transaction: `${occasion.prefix}/${kind}` }
  const { transaction: id, effectiveDate, rate, rateCid } = moved
  postCarriedOn(draft, { id, effectiveDate, kind, sources, action: action.uri, rate, rateCid }, linesOf(action, moved, 1), occasion)
  return moved
}

/** What was recognised as it is booked now: as it was while its fiscal year is open, else as prior-period of today, in the scopes of today. */
const asOf = (draft: Draft, action: ActionDoc, recognition: Recognition, occasion: Occasion): Recognition => {
  if (!isClosed(recognition.effectiveDate, occasion.recordedAt)) return recognition
  const effectiveDate = occasion.day
  return {
    ...recognition,
    effectiveDate,
    prior: true,
    giverScope: scopeOfAll(draft, action.giver, recognition.giverScope, effectiveDate),
    shares: recognition.shares.map((share) => {
      const scope = scopeOfAll(draft, share.entity, share.scope, effectiveDate)
      return { ...share, scope, entity: entityIn(share.entity, scope) }
    }),
  }
}

const scopeOfGiver = (draft: Draft, { giver, memo, municipality }: ActionDoc, date: string): string =>
  scopeOfAll(draft, giver, memo?.scope ?? municipality, date)

/** Where an entity is on a date: who can move where they live, all others where they have been, or in what has become of it. */
const scopeOfAll = (draft: Draft, entity: string, scope: string, date: string): string => {
  const did = moverOf(entity)
  return (did === undefined ? undefined : bookScopeOn(residenceOf(draft, did), date)) ?? successorOn(mergersOf(draft), scope, date)
}

const linesOf = (
  { giver, category }: ActionDoc,
  { prior, minutes, yen, giverScope, shares }: Recognition,
  sign: 1 | -1,
): readonly Posting[] => {
  const lines: Posting[] = []
  const given = (unit: 'MIN' | 'JPY', amount: number): void => {
    if (amount === 0) return
    lines.push({ entity: giver, scope: giverScope, account: CLEARING, unit, amount: sign * amount })
    lines.push({ entity: giver, scope: giverScope, account: prior ? GIVEN_PRIOR : GIVEN, unit, amount: -sign * amount, category })
  }
  const received = ({ entity, scope }: Share, receiver: number, unit: 'MIN' | 'JPY', amount: number): void => {
    if (amount === 0) return
    const expense = prior ? RECEIVED_PRIOR : isPublic(entity) ? RECEIVED_PUBLIC : RECEIVED
    const counter = isPublic(entity) ? RESIDENTS_CONTRIBUTION : CLEARING
    lines.push({ entity, scope, account: expense, unit, amount: sign * amount, category, receiver })
    lines.push({ entity, scope, account: counter, unit, amount: -sign * amount, receiver })
  }
  given('MIN', minutes)
  given('JPY', yen)
  for (const [index, share] of shares.entries()) {
    received(share, index, 'MIN', share.minutes)
    received(share, index, 'JPY', share.yen)
  }
  return lines
}
