// The sheets of a statement as rows for a page or a file (bookkeeping.md 4.7): which line stands where, in Japanese and English.
// Columns are minutes and, where wanted, yen as reference. Figures are integers; null where a line has none.

import { accountOf } from '../journal/chart.ts'
import { activitySheets } from './activity-sheets.ts'
import { balanceSheetOf, netAssetSheet } from './balance-sheets.ts'
import { categorySheet } from './category-sheet.ts'
import type { Statement } from './statement.ts'
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

/** `yen`: with the reference column; organisations never have one. */
export const layoutOf = (statement: Statement, { yen }: { readonly yen: boolean }): readonly LayoutSheet[] => {
  const columns: readonly ColumnUnit[] = yen && statement.kind !== 'organisation' ? ['MIN', 'JPY'] : ['MIN']
  return [
    activitySheets[statement.kind](statement, columns),
    ...categorySheet(statement, columns),
    balanceSheetOf(statement, columns),
    netAssetSheet(statement, columns),
  ]
}

/** The name of an account of the chart. */
export const nameOf = (account: number): Words => {
  const { ja, en } = accountOf(account) ?? { ja: String(account), en: String(account) }
  return { ja, en }
}
