// The balances of an earlier scheme as the desk brings them, and the text whose hash is approved: a CSV of the rows.

import { isCivilDate } from './calendar.ts'
import type { ImportRow } from './documents-desk.ts'
import { didOf, fieldsOf, integerOf, listOf, textOf } from './fields.ts'
import type { Json } from './model.ts'

const MAX_ROWS = 10_000
const MAX_POINTS = 1_000_000_000
const MAX_MINUTES = 100_000_000
const MAX_APPROVALS = 8
const SHA256 = /^[0-9a-f]{64}$/
const COLUMNS = ['holder', 'points', 'usableUntil', 'minutes'] as const

/** Header line and rows, CRLF, a value that is not there empty. */
export const openingCsv = (rows: readonly ImportRow[]): string =>
  [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? ''))].map((cells) => `${cells.join(',')}\r\n`).join('')

export const parseImport = (payload: Json): { readonly sha256: string; readonly rows: readonly ImportRow[] } | undefined => {
  const fields = fieldsOf(payload)
  const sha256 = hashOf(fields?.['sha256'])
  const rows = listOf(fields?.['rows'])?.map(parseRow)
  if (sha256 === undefined || rows === undefined || rows.length === 0 || rows.length > MAX_ROWS) return undefined
  return rows.every((row) => row !== undefined) ? { sha256, rows } : undefined
}

const parseRow = (value: Json): ImportRow | undefined => {
  const fields = fieldsOf(value)
  const holder = didOf(fields?.['holder'])
  const points = integerOf(fields?.['points'], 0, MAX_POINTS)
  const minutes = integerOf(fields?.['minutes'], 0, MAX_MINUTES)
  const usableUntil = fields?.['usableUntil'] === null ? null : textOf(fields?.['usableUntil'])
  if (holder === undefined || points === undefined || minutes === undefined || usableUntil === undefined) return undefined
  return usableUntil === null || isCivilDate(usableUntil) ? { holder, points, usableUntil, minutes } : undefined
}

export type Opening = {
  readonly sha256: string
  readonly control: { readonly rows: number; readonly points: number; readonly minutes: number }
  readonly approvals: readonly string[]
}

export const parseOpening = (payload: Json): Opening | undefined => {
  const fields = fieldsOf(payload)
  const control = fieldsOf(fields?.['control'])
  const sha256 = hashOf(fields?.['sha256'])
  const rows = integerOf(control?.['rows'], 0, Number.MAX_SAFE_INTEGER)
  const points = integerOf(control?.['points'], 0, Number.MAX_SAFE_INTEGER)
  const minutes = integerOf(control?.['minutes'], 0, Number.MAX_SAFE_INTEGER)
  const approvals = listOf(fields?.['approvals'])?.map(didOf)
  if (sha256 === undefined || rows === undefined || points === undefined || minutes === undefined) return undefined
  if (approvals === undefined || approvals.length > MAX_APPROVALS || !approvals.every((did) => did !== undefined)) return undefined
  return { sha256, control: { rows, points, minutes }, approvals }
}

const hashOf = (value: Json | undefined): string | undefined => {
  const text = textOf(value)
  return text !== undefined && SHA256.test(text) ? text : undefined
}
