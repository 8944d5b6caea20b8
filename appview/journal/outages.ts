// Outages: days on which a municipality says, by a notice in the log, that people could not record or confirm. They do not count in the windows of acts
// in its books that were running: `claimDays` and `actDays` are so many days longer, by what the log says when it matters. The cut-off of a fiscal
// year stays where it is, and so does what has lapsed already. What has counted counts, whatever becomes of the notice's record.

import { addDays, dayOf, isCivilDate, midnightOf } from './calendar.ts'
import type { ActionDoc } from './documents.ts'
import type { Outage, OutagesDoc } from './documents-desk.ts'
import { placeOf } from './disputes.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { fieldsOf, textOf } from './fields.ts'
import { mergersOf, successorOn } from './mergers.ts'
import type { IntakeRow } from './model.ts'
import type { RefusalCode } from './refusals.ts'
import { townOf } from './roster.ts'

export const OUTAGE = 'outage'
/** Days in one notice. A longer outage is told in several. */
export const OUTAGE_MAX_DAYS = 31
/** So many days after its last day it can still be told. */
export const OUTAGE_LATE_DAYS = 30

export const decideNotice = (draft: Draft, row: IntakeRow): void => {
  const fields = fieldsOf(row.value)
  if (row.action !== 'create' || fields?.['kind'] !== OUTAGE) return
  const town = townOf(draft.roster, row.repo, row.leaf)
  if (town === undefined) return draft.refuse(row, 'town.not-in-roster')
  const [from, until] = [textOf(fields['from']), textOf(fields['until'])]
  if (from === undefined || until === undefined) return draft.refuse(row, 'record.malformed')
  const { day } = occasionOfRow(row)
  const refusal = refusalOfOutage({ from, until }, day)
  if (refusal !== undefined) return draft.refuse(row, refusal)
  // Claims of municipalities that are part of this one by now wait in their old books.
  const mergers = mergersOf(draft)
  const codes = new Set([town, ...draft.roster.map(({ code }) => code).filter((code) => successorOn(mergers, code, day) === town)])
  draft.want(() => [...codes].map((code) => `outages:${code}`))
  for (const code of codes) {
    const known = draft.get('outages', code)?.outages ?? []
    if (known.some(({ notice }) => notice === placeOf(row))) continue
    draft.put('outages', code, { kind: 'outages', outages: [...known, { notice: placeOf(row), from, until }] })
  }
}

type OutageRefusal = Extract<RefusalCode, 'town.date-impossible' | `outage.${string}`>

/** Why a notice of an outage does not count on the day it is logged; the desk asks the same. */
export const refusalOfOutage = ({ from, until }: Pick<Outage, 'from' | 'until'>, day: string): OutageRefusal | undefined => {
  if (!isCivilDate(from) || !isCivilDate(until) || until < from) return 'town.date-impossible'
  if (until >= addDays(from, OUTAGE_MAX_DAYS)) return 'outage.too-long'
  if (from > day) return 'outage.not-begun'
  return addDays(until, OUTAGE_LATE_DAYS) < day ? 'outage.too-late' : undefined
}

/** By how many days all outages known by now put off the lapse of an open claim. */
export const putOffBy = (draft: Draft, action: ActionDoc): number =>
  putOffIn(action.memo === null ? null : draft.get('outages', action.memo.scope), action)

/** When an open claim lapses by what the outages of its books say now. */
export const lapseNow = (doc: OutagesDoc | null, action: ActionDoc): string => {
  const more = putOffIn(doc, action) - (action.putOffDays ?? 0)
  return more > 0 ? midnightOf(addDays(dayOf(action.lapsesAt), more)) : action.lapsesAt
}

const putOffIn = (doc: OutagesDoc | null, { recordedAt, lapsesAt, putOffDays = 0 }: ActionDoc): number => {
  const outages = doc?.outages ?? []
  if (outages.length === 0) return putOffDays
  const [from, first] = [dayOf(recordedAt), addDays(dayOf(lapsesAt), -putOffDays)]
  for (let days = 0; ;) {
    const more = outageDays(outages, from, addDays(first, days))
    if (more === days) return days
    days = more
  }
}

type Window = { readonly from: string; readonly day: string; readonly actDays: number }

/** Whether more than `actDays` days lie between both dates that are no days of an outage. */
export const isTooOld = (draft: Draft, scope: string, { from, day, actDays }: Window): boolean => {
  const outages = draft.get('outages', scope)?.outages ?? []
  return addDays(from, actDays + outageDays(outages, from, day)) < day
}

/** How many days from `from` up to but without `end` are days of an outage. */
const outageDays = (outages: readonly Outage[], from: string, end: string): number => {
  const days = new Set<string>()
  for (const outage of outages) {
    const last = outage.until < end ? outage.until : addDays(end, -1)
    for (let day = outage.from > from ? outage.from : from; day <= last; day = addDays(day, 1)) days.add(day)
  }
  return days.size
}
