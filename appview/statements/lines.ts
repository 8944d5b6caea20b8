// Small makers of statement lines: a line reads its figures from the sheets of each unit.

import type { ColumnUnit, LayoutRow } from './layout.ts'
import type { Statement, UnitFigures } from './statement.ts'
import type { Words } from './words.ts'

type Sheet = 'PL' | 'BS' | 'NA'
type Reader = (figures: UnitFigures) => number | null

export const readers = {
  of:
    (sheet: Sheet, key: string, sign: 1 | -1 = 1): Reader =>
    (figures) => {
      const amount = figures[sheet][key] ?? 0
      return amount === 0 ? 0 : sign * amount
    },
  sum:
    (...parts: readonly Reader[]): Reader =>
    (figures) =>
      parts.reduce((total, part) => total + (part(figures) ?? 0), 0),
  minus:
    (part: Reader): Reader =>
    (figures) =>
      0 - (part(figures) ?? 0),
} as const

export type LineMaker = (name: Words, style: LayoutRow['style'], read: Reader | null, account?: number) => LayoutRow

/** Lines of one statement in these columns. */
export const lineMaker =
  (statement: Statement, columns: readonly ColumnUnit[]): LineMaker =>
  (name, style, read, account) => ({
    name,
    style,
    ...(account === undefined ? {} : { account }),
    figures: columns.map((unit) => (read === null ? null : read(statement.units[unit]))),
  })
