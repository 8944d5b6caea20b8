// Lines and sheets of a statement, and their makers: a line reads its figures from the sheets of each unit.

import { accountOf } from '../journal/chart.ts'
import type { Statement, UnitFigures } from './statement.ts'
import type { Words } from './words.ts'

export type ColumnUnit = 'MIN' | 'JPY'

/** `style`: h heading · l1, l2 indented · sum single rule · end double rule. */
export type LayoutRow = {
  readonly name: Words
  readonly account?: number
  readonly style: 'h' | 'l1' | 'l2' | 'sum' | 'end'
  readonly figures: readonly (number | null)[]
}

export type LayoutSheet = {
  readonly id: 'activities' | 'categories' | 'balance-sheet' | 'net-assets'
  readonly title: Words
  readonly first: Words
  readonly columns: readonly ColumnUnit[]
  /** One table, or two that stand side by side. */
  readonly tables: readonly (readonly LayoutRow[])[]
}

type Sheet = 'PL' | 'BS' | 'NA'
type Reader = (figures: UnitFigures) => number | null

/** Whether a published statement shows this sheet, account or total to nobody. */
export const isLeftOut = ({ leftOut }: UnitFigures, name: string): boolean => leftOut?.includes(name) === true

export const readers = {
  /** Null where it is left out. */
  of:
    (sheet: Sheet, key: string, sign: 1 | -1 = 1): Reader =>
    (figures) => {
      if (isLeftOut(figures, sheet) || isLeftOut(figures, key)) return null
      const amount = figures[sheet][key] ?? 0
      return amount === 0 ? 0 : sign * amount
    },
  sum:
    (...parts: readonly Reader[]): Reader =>
    (figures) =>
      parts.reduce<number | null>((total, part) => {
        const amount = part(figures)
        return total === null || amount === null ? null : total + amount
      }, 0),
  minus:
    (part: Reader): Reader =>
    (figures) => {
      const amount = part(figures)
      return amount === null ? null : 0 - amount
    },
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

/** The name of an account of the chart. */
export const nameOf = (account: number): Words => {
  const { ja, en } = accountOf(account) ?? { ja: String(account), en: String(account) }
  return { ja, en }
}
