// The documents an event needs as far as the event alone tells, so that most of them are loaded in one go.

import { nsid } from '../../lexicons/authority.ts'
import { dayOf } from './calendar.ts'
import { erasedIn } from './decide-account.ts'
import { didOf, fieldsOf, listOf, strongRefOf, textOf } from './fields.ts'
import { flagsOf } from './flags.ts'
import { daysKey } from './giver-days.ts'
import { householdKey } from './household.ts'
import type { IntakeRow, JournalEvent, Roster } from './model.ts'
import { rollKey } from './roll.ts'

const MERGERS = 'mergers:all'

/** More towns than this are asked for when they are needed. */
const FEW_TOWNS = 64

/** What nearly every batch needs of the towns, whatever its events: mergers, and by town its pool and its roll. */
export const standingKeys = (roster: Roster): readonly string[] =>
  roster.length > FEW_TOWNS ? [MERGERS] : [MERGERS, ...roster.flatMap(({ code }) => [`balance:X:${code}`, rollKey(code)])]

export const firstKeys = (event: JournalEvent): readonly string[] => {
  if (event.kind === 'row') return event.row.source === 'account' ? [`account:${event.row.repo}`] : keysOfRow(event.row, event.spoke)
  const { kind, uri } = event.due
  if (kind === 'claim-lapse') return [`action:${uri}`]
  if (kind === 'merger') return [`municipality:${uri.slice('at://'.length)}`]
  if (kind === 'residence') return [`record:${uri}`]
  return kind === 'parked-lapse' ? [`confirmation:${uri}`] : [`account:${erasedIn(event.due)}`]
}

const keysOfRow = (row: IntakeRow, spoke: string | null): readonly string[] => {
  switch (row.collection) {
    case nsid.action:
      return keysOfAction(row)
    case nsid.confirmation:
      return [...(spoke === null ? [] : [`action:${spoke}`, `parked:${spoke}`]), ...keysOfConfirmation(row)]
    case nsid.admission:
    case nsid.hostBody:
      return [`record:${row.uri}`]
    default:
      return []
  }
}

const keysOfAction = (row: IntakeRow): readonly string[] => {
  const own = [`action:${row.uri}`, `hosts:${row.repo}`, `admissions:${row.repo}`, `parked:${row.uri}`]
  if (row.action === 'delete') return own
  const fields = fieldsOf(row.value)
  const code = textOf(fieldsOf(fields?.['municipality'])?.['code'])
  const eventId = textOf(fields?.['eventId'])
  const performedOn = textOf(fields?.['performedOn'])
  return [
    ...own,
    ...(row.cid === null ? [] : [`gone:${row.cid}`]),
    `giver:P:${row.repo}`,
    ...(performedOn === undefined ? [] : [daysKey(`P:${row.repo}`, performedOn)]),
    ...(code === undefined ? [] : [`policies:${code}`, `rates:${code}`, `flags:${flagsOf(code, dayOf(row.recordedAt))}`]),
    ...(eventId === undefined ? [] : [`event:P:${row.repo}/${eventId}`]),
  ]
}

const keysOfConfirmation = (row: IntakeRow): readonly string[] => {
  const fields = fieldsOf(row.value)
  const subject = strongRefOf(fields?.['subject'])?.uri
  const giver = subject?.split('/')[2]
  const named = (listOf(fields?.['receivers']) ?? []).flatMap((receiver) => didOf(fieldsOf(receiver)?.['did']) ?? [])
  const people = [row.repo, ...named, ...(giver === undefined ? [] : [giver])]
  return [
    `confirmation:${row.uri}`,
    `suspensions:${row.repo}`,
    ...(subject === undefined ? [] : [`action:${subject}`, `parked:${subject}`]),
    ...people.flatMap((did) => [`admissions:${did}`, `hosts:${did}`, `balance:P:${did}`]),
    ...(giver === undefined ? [] : [`giver:P:${giver}`, householdKey(giver)]),
  ]
}
