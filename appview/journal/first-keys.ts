// The documents an event needs as far as the event alone tells, so that most of them are loaded in one go.

import { nsid } from '../../lexicons/authority.ts'
import { didOf, fieldsOf, listOf, strongRefOf, textOf } from './fields.ts'
import { householdKey } from './household.ts'
import type { IntakeRow, JournalEvent } from './model.ts'

/** Asked for wherever somebody's municipality counts. */
const MERGERS = 'mergers:all'

export const firstKeys = (event: JournalEvent): readonly string[] => {
  if (event.kind === 'row') return event.row.source === 'account' ? [`account:${event.row.repo}`] : keysOfRow(event.row)
  const { kind, uri } = event.due
  if (kind === 'claim-lapse') return [`action:${uri}`]
  if (kind === 'merger') return [MERGERS]
  return kind === 'parked-lapse' ? [`confirmation:${uri}`] : [`account:${uri.slice('at://'.length)}`]
}

const keysOfRow = (row: IntakeRow): readonly string[] => {
  switch (row.collection) {
    case nsid.action:
      return keysOfAction(row)
    case nsid.confirmation:
      return keysOfConfirmation(row)
    case nsid.admission:
      return [`record:${row.uri}`, MERGERS]
    case nsid.hostBody:
      return [`record:${row.uri}`]
    default:
      return []
  }
}

const keysOfAction = (row: IntakeRow): readonly string[] => {
  const own = [`action:${row.uri}`, MERGERS, `hosts:${row.repo}`, `admissions:${row.repo}`, `parked:${row.uri}`]
  if (row.action === 'delete') return own
  const fields = fieldsOf(row.value)
  const code = textOf(fieldsOf(fields?.['municipality'])?.['code'])
  const eventId = textOf(fields?.['eventId'])
  return [
    ...own,
    `giver:P:${row.repo}`,
    ...(code === undefined ? [] : [`policies:${code}`, `rates:${code}`]),
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
    MERGERS,
    ...(subject === undefined ? [] : [`action:${subject}`, `parked:${subject}`]),
    ...people.flatMap((did) => [`admissions:${did}`, `hosts:${did}`, `balance:P:${did}`, householdKey(did)]),
    ...(giver === undefined ? [] : [`giver:P:${giver}`]),
  ]
}
