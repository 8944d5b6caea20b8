// Action records: every action is a claim first. An edit is a delete and then a create in the same leaf; a record that cannot be claimed is kept
// as refused, so that confirmations of it are refused too.

import { addDays } from './calendar.ts'
import { isSensitive } from './categories.ts'
import { claimScope, EMPTY_GIVER, enterClaim, lapseOf, withdrawAction } from './claims.ts'
import { considerParked } from './decide-confirmation.ts'
import type { ActionDoc } from './documents.ts'
import { occasionOfRow, type Draft, type Occasion } from './draft.ts'
import { flag, flagRefusal } from './flags.ts'
import { dayOfGiver, daysKey } from './giver-days.ts'
import { householdKey, isSameHousehold } from './household.ts'
import { openDate, postClaim } from './memo.ts'
import type { IntakeRow } from './model.ts'
import { parseAction, type ParsedAction } from './parse-action.ts'
import { isTooOld } from './outages.ts'
import { policyOn, type Rules } from './policy.ts'
import type { RefusalCode } from './refusals.ts'
import { entityOf, isHostOn } from './residence.ts'
import { isInRoster } from './roster.ts'

const MAX_OPEN_CLAIMS = 1000

export const decideAction = (draft: Draft, row: IntakeRow): void => {
  const occasion = occasionOfRow(row)
  const standing = draft.get('action', row.uri)
  const isReplay = standing !== null && standing.leaf === row.leaf && standing.op === row.op
  if (row.action === 'delete') {
    if (standing !== null) withdrawAction(draft, standing, occasion, [row.uri])
    return
  }
  if (isReplay) return
  if (row.cid === null) return draft.refuse(row, 'record.malformed')
  if (standing?.cid === row.cid || draft.get('gone', row.cid) !== null) return draft.refuse(row, 'record.repeated')
  if (standing !== null) withdrawAction(draft, standing, occasion, [row.uri])
  const parsed = row.refusal ?? parseAction(row.value)
  if (typeof parsed === 'string') return draft.refuse(row, parsed)
  claim(draft, row, row.cid, parsed, occasion)
}

const claim = (draft: Draft, row: IntakeRow, cid: string, parsed: ParsedAction, occasion: Occasion): void => {
  draft.want(() => [
    `hosts:${row.repo}`,
    `admissions:${row.repo}`,
    `parked:${row.uri}`,
    ...(parsed.hostBody === null ? [] : [`hosts:${parsed.hostBody}`]),
    ...(parsed.beneficiaries.some(({ did }) => did !== null) ? [householdKey(row.repo)] : []),
  ])
  const giver = parsed.card === null ? entityOf(row.repo, draft.get('hosts', row.repo)) : `C:${row.repo}/${parsed.card}`
  const scope = claimScope(draft, giver, parsed.performedOn, parsed.municipality, openDate(parsed.performedOn, occasion))
  const policy = policyOn(draft.get('policies', scope), occasion.day)
  draft.want(() => [`giver:${giver}`, daysKey(giver, parsed.performedOn)])
  const day = dayOfGiver(draft, giver, parsed.performedOn)
  const refusal = refusalOf(draft, row, parsed, giver, { day: occasion.day, scope, ...policy })
  const action: ActionDoc = {
    kind: 'action',
    uri: row.uri,
    cid,
    leaf: row.leaf,
    op: row.op,
    recordedAt: row.recordedAt,
    repo: row.repo,
    giver,
    category: parsed.category,
    minutes: parsed.minutes,
    performedOn: parsed.performedOn,
    municipality: parsed.municipality,
    hostBody: parsed.hostBody,
    eventId: parsed.eventId,
    beneficiaries: parsed.beneficiaries,
    state: refusal === undefined ? 'open' : 'refused',
    refusal: refusal ?? null,
    lapsesAt: lapseOf(occasion.day, policy.claimDays),
    memo: null,
    confirmations: [],
    recognised: null,
    dispute: null,
  }
  if (refusal === undefined) {
    const open: ActionDoc = { ...action, memo: postClaim(draft, action, scope, occasion) }
    draft.put('action', row.uri, open)
    enterClaim(draft, open)
    if (day.categories.includes(parsed.category)) flag(draft, scope, action, action, 'action.same-day', occasion)
  } else {
    draft.refuse(row, refusal)
    draft.put('action', row.uri, action)
    flagRefusal(draft, scope, action, action, refusal, occasion)
  }
  considerParked(draft, row.uri, occasion)
}

/** The first reason in order of precedence why the claim cannot stand. */
const refusalOf = (
  draft: Draft,
  row: IntakeRow,
  parsed: ParsedAction,
  giver: string,
  { day, scope, actDays, minutesPerAct, minutesPerDay }: Rules & { readonly day: string; readonly scope: string },
): RefusalCode | undefined => {
  const { performedOn, hostBody, beneficiaries, category } = parsed
  const own = draft.get('giver', giver) ?? EMPTY_GIVER
  const isOutside = (code: string): boolean => !isInRoster(draft.roster, code, row.leaf)
  if (isOutside(parsed.municipality) || beneficiaries.some(({ scope: of }) => of !== null && isOutside(of)))
    return 'action.municipality-not-in-roster'
  if (performedOn > day) return 'action.performed-in-future'
  if (performedOn < addDays(day, -actDays) && isTooOld(draft, scope, { from: performedOn, day, actDays })) return 'action.too-old'
  if (parsed.card !== null && !isHostOn(draft.get('hosts', row.repo), performedOn)) return 'action.card-without-host-body'
  if (hostBody !== null && !isHostOn(draft.get('hosts', hostBody), performedOn)) return 'action.host-body-not-registered'
  if (parsed.card === null && beneficiaries.some(({ did }) => did === row.repo)) return 'action.beneficiary-is-giver'
  if (parsed.card === null && beneficiaries.some(({ did }) => did !== null && isSameHousehold(draft, row.repo, did)))
    return 'action.beneficiary-same-household'
  if (isSensitive(category) && beneficiaries.some(({ did }) => did !== null)) return 'action.beneficiary-sensitive'
  if (parsed.eventId !== null && draft.get('event', `${giver}/${parsed.eventId}`) !== null) return 'action.event-repeated'
  if (parsed.minutes > minutesPerAct) return 'action.minutes-over-limit'
  if (dayOfGiver(draft, giver, performedOn).minutes + parsed.minutes > minutesPerDay) return 'action.day-full'
  if (own.open.length >= MAX_OPEN_CLAIMS) return 'action.too-many-open'
  return undefined
}
