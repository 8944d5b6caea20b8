// What is typed about an event, as text; and the sheet it stands for.

import { randomBytes } from 'node:crypto'
import type { StampSheet } from '../../../../desk/operations.ts'
import type { PagesDeps } from '../../deps.ts'
import type { Fields } from '../../form.ts'
import { didBehind } from '../did-behind.ts'
import type { FieldOf } from '../problems.ts'
import { minutesOf, rowsOf, sheetText } from './sheet-text.ts'

export type EventInput = {
  readonly title: string
  readonly eventId: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: string
  readonly receiver: string
  readonly hostBody: string
  readonly lines: string
}

const CODE_BYTES = 3
const EVENT_FIELDS: Readonly<Record<string, string>> = {
  'sheet.event-missing': 'title',
  'sheet.date-impossible': 'performedOn',
  'sheet.too-old': 'performedOn',
  'sheet.category-unknown': 'category',
  'sheet.minutes-out-of-range': 'minutes',
  'hostBody.did-invalid': 'hostBody',
  'sheet.too-many': 'lines',
  'sheet.empty': 'lines',
}

export const eventFieldOf: FieldOf = (code) => EVENT_FIELDS[code]

export const emptyEvent = (today: string): EventInput => ({
  title: '',
  eventId: '',
  performedOn: today,
  category: 'community',
  minutes: '60',
  receiver: 'public',
  hostBody: '',
  lines: '',
})

export const eventIn = (field: Fields): EventInput => ({
  title: field('title').trim(),
  eventId: field('eventId').trim(),
  performedOn: field('performedOn'),
  category: field('category'),
  minutes: field('minutes'),
  receiver: field('receiver'),
  hostBody: field('hostBody'),
  lines: field('lines'),
})

export const eventOf = (sheet: StampSheet): EventInput => ({
  ...sheet,
  minutes: String(sheet.minutes),
  hostBody: sheet.hostBody ?? '',
  lines: sheetText(sheet.rows),
})

/** An event without a code of its own gets one; residents who write it into their record are found by it. */
export const sheetIn = async (deps: PagesDeps, event: EventInput): Promise<StampSheet> => ({
  title: event.title,
  eventId: event.eventId === '' && event.title !== '' ? newCode(event.performedOn) : event.eventId,
  performedOn: event.performedOn,
  category: event.category,
  minutes: minutesOf(event.minutes),
  receiver: event.receiver === 'unnamed' ? 'unnamed' : 'public',
  ...(event.hostBody === '' ? {} : { hostBody: event.hostBody }),
  rows: await rowsOf(event.lines, (handle) => didBehind(deps, handle)),
})

const newCode = (day: string): string => `${day}-${randomBytes(CODE_BYTES).toString('hex')}`
