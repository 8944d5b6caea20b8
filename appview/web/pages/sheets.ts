// From the rows a statement is laid out in (statements/layout.ts) to the tables of a page.

import { categories } from '../../journal/categories.ts'
import type { Period } from '../../journal/calendar.ts'
import type { ColumnUnit, LayoutRow, LayoutSheet } from '../../statements/layout.ts'
import type { Words } from './lang.ts'
import { eraDateText } from './parts/date.ts'
import { MINUTES_COLUMN, UNIT_MIN, UNIT_MIN_YEN, YEN_COLUMN, type Column, type Row } from './parts/statement-table.ts'
import type { SheetView } from './statement.ts'
import { categoryName } from './words.ts'

const columnOf: Readonly<Record<ColumnUnit, Column>> = { MIN: MINUTES_COLUMN, JPY: YEN_COLUMN }

/** Categories are called on every page as in its pictures. */
const categoryWords = (name: Words): Words => {
  const found = categories.find(({ ja }) => ja === name.ja)
  return found === undefined ? name : categoryName(found.code)
}

/** A heading that has no figure stays empty; a dash would say that there could be one. */
export const rowOf = ({ name, account, style, figures }: LayoutRow): Row => ({
  name: categoryWords(name),
  ...(account === undefined ? {} : { account }),
  style,
  figures: figures.map((figure) => figure ?? 'blank'),
})

const span = ({ from, through }: Period): Words => ({
  ja: `自　${eraDateText('ja', from)}　至　${eraDateText('ja', through)}`,
  en: `${eraDateText('en', from)} to ${eraDateText('en', through)}`,
})
const day = ({ through }: Period): Words => ({ ja: `${eraDateText('ja', through)}現在`, en: `as at ${eraDateText('en', through)}` })

export type SheetContext = { readonly period: Period; readonly tail: Words | null }

/** One sheet of a set, with the days it speaks of. */
export const sheetOf = (sheet: LayoutSheet, { period, tail }: SheetContext): SheetView => ({
  id: sheet.id,
  title: sheet.title,
  sub: sheet.id === 'balance-sheet' ? day(period) : span(period),
  unit: sheet.columns.includes('JPY') ? UNIT_MIN_YEN : UNIT_MIN,
  first: sheet.first,
  columns: sheet.columns.map((unit) => columnOf[unit]),
  tables: sheet.tables.map((rows) => rows.map(rowOf)),
  showAccounts: sheet.id === 'activities' || sheet.id === 'net-assets',
  tail,
})
