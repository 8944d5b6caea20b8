// A stamp sheet as typed or as kept → its type, or what is wrong with the sheet as a whole. Lines are judged later, against the books.

import { isWellFormedDid } from '../../atproto/did.ts'
import { AUTHORITY } from '../../lexicons/authority.ts'
import { addDays, isCivilDate } from '../journal/calendar.ts'
import { isCategory } from '../journal/categories.ts'
import { fieldsOf, listOf, textOf } from '../journal/fields.ts'
import type { Json } from '../journal/model.ts'
import { meantCategory, unknownIn } from './misspelt.ts'
import type { StampRow, StampSheet } from './operations.ts'
import { done, refused, type Outcome } from './outcome.ts'

export const SHEET_MAX_ROWS = 200
export const MINUTES_MAX = 720
/** Of a record's codes, in bytes, as its lexicon counts. */
const CODE_MAX_BYTES = 64
const TEXT_MAX = 256
const SHEET = `${AUTHORITY}.desk.defs#sheet`

/** Rows are its lines, from 1. */
const lineIn = ([list, index]: readonly (string | number)[]): number | null =>
  list === 'rows' && typeof index === 'number' ? index + 1 : null

/** `today` and how many days back may be claimed. */
export const judgeSheet = (sheet: StampSheet, today: string, actDays: number): Outcome<StampSheet> => {
  const { title, eventId, performedOn, category, minutes, hostBody, rows } = sheet
  const unknown = unknownIn(SHEET, sheet, 'sheet.field-unknown', lineIn)
  if (unknown.length > 0) return { ok: false, reasons: unknown }
  if (title === '' || title.length > TEXT_MAX || eventId === '') return refused('sheet.event-missing')
  if (isTooLong(eventId)) return refused('sheet.event-too-long', eventId)
  if (!isCivilDate(performedOn) || performedOn > today) return refused('sheet.date-impossible', performedOn)
  if (performedOn < addDays(today, -actDays)) return refused('sheet.too-old', performedOn)
  if (!isCategory(category)) return refused('sheet.category-unknown', meantCategory(category))
  if (!isMinutes(minutes)) return refused('sheet.minutes-out-of-range', String(minutes))
  if (hostBody !== undefined && !isWellFormedDid(hostBody)) return refused('hostBody.did-invalid', hostBody)
  if (rows.length > SHEET_MAX_ROWS) return refused('sheet.too-many', String(rows.length))
  return done(sheet)
}

const isTooLong = (code: string): boolean => Buffer.byteLength(code) > CODE_MAX_BYTES

/** A card's number as it is written on records: however it was typed, the same card is the same. */
const cardOf = (typed: string): string => typed.normalize('NFKC').trim().replaceAll(/\s+/gu, ' ')

/** A sheet with its cards so. */
export const asWritten = (sheet: StampSheet): StampSheet => ({
  ...sheet,
  rows: sheet.rows.map((row) => ('card' in row.who ? { ...row, who: { card: cardOf(row.who.card) } } : row)),
})

/** Cards that differ in capitals alone are taken for one. */
export const inOneCase = (card: string): string => card.toLowerCase()

export const isCard = (card: string): boolean => !isTooLong(card) && !/\p{C}/u.test(card)

export const isMinutes = (minutes: number): boolean => Number.isInteger(minutes) && minutes >= 1 && minutes <= MINUTES_MAX

/** What a line brought forth, by its number as text. */
export type Sent = Readonly<Record<string, { readonly action: string; readonly confirmation: string; readonly minutes: number }>>
export type SheetBody = { readonly sheet: StampSheet; readonly sent: Sent }

/** As it stands in a draft's body, which only `bodyOf` writes. */
export const parseSheetBody = (body: Json): SheetBody => {
  const fields = fieldsOf(body)
  return { sheet: parseSheet(fields?.['sheet'] ?? null), sent: parseSent(fields?.['sent'] ?? null) }
}

export const bodyOf = ({ sheet, sent }: SheetBody): Json => parseJson(JSON.parse(JSON.stringify({ sheet, sent })))

/** Anything that has the form of a sheet; what is missing is empty and refused by `judgeSheet`. */
export const parseSheet = (value: Json): StampSheet => {
  const fields = fieldsOf(value)
  const hostBody = textOf(fields?.['hostBody'])
  return {
    title: textOf(fields?.['title']) ?? '',
    eventId: textOf(fields?.['eventId']) ?? '',
    performedOn: textOf(fields?.['performedOn']) ?? '',
    category: textOf(fields?.['category']) ?? '',
    minutes: numberOf(fields?.['minutes']) ?? 0,
    receiver: fields?.['receiver'] === 'unnamed' ? 'unnamed' : 'public',
    ...(hostBody === undefined ? {} : { hostBody }),
    rows: (listOf(fields?.['rows']) ?? []).map(parseRow),
  }
}

const parseRow = (value: Json): StampRow => {
  const fields = fieldsOf(value)
  const who = fieldsOf(fields?.['who'])
  const [did, resident, card] = [textOf(who?.['did']), textOf(who?.['resident']), textOf(who?.['card'])]
  const [label, category, note] = [textOf(fields?.['label']), textOf(fields?.['category']), textOf(fields?.['note'])]
  const minutes = numberOf(fields?.['minutes'])
  return {
    who: did !== undefined ? { did } : card !== undefined ? { card } : { resident: resident ?? '' },
    ...(label === undefined ? {} : { label: label.slice(0, TEXT_MAX) }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(category === undefined ? {} : { category }),
    ...(fields?.['isAbsent'] === true ? { isAbsent: true } : {}),
    ...(note === undefined ? {} : { note: note.slice(0, TEXT_MAX) }),
  }
}

const numberOf = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

const parseSent = (value: Json): Sent => {
  const sent: Record<string, Sent[string]> = {}
  for (const [line, one] of Object.entries(fieldsOf(value) ?? {})) {
    const fields = fieldsOf(one)
    sent[line] = {
      action: textOf(fields?.['action']) ?? '',
      confirmation: textOf(fields?.['confirmation']) ?? '',
      minutes: numberOf(fields?.['minutes']) ?? 0,
    }
  }
  return sent
}

// What JSON.parse gives is JSON.
const parseJson = (value: unknown): Json => value as Json
