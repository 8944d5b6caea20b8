// The sheets of a statement as rows for a page or a file (bookkeeping.md 4.7): which line stands where, in Japanese and English.
// Columns are minutes and, where wanted, yen as reference. Figures are integers; null where a line has
// none, or where it is left out of a published statement. Sheets that are left out are not there.

import { activitySheets } from './activity-sheets.ts'
import { balanceSheetOf, netAssetSheet } from './balance-sheets.ts'
import { categorySheet } from './category-sheet.ts'
import { isLeftOut, type ColumnUnit, type LayoutSheet } from './lines.ts'
import type { Statement } from './statement.ts'

export type { ColumnUnit, LayoutRow, LayoutSheet } from './lines.ts'

/** `yen`: with the reference column; organisations never have one. */
export const layoutOf = (statement: Statement, { yen }: { readonly yen: boolean }): readonly LayoutSheet[] => {
  const columns: readonly ColumnUnit[] = yen && statement.kind !== 'organisation' ? ['MIN', 'JPY'] : ['MIN']
  return [
    activitySheets[statement.kind](statement, columns),
    ...categorySheet(statement, columns),
    ...(isLeftOut(statement.units.MIN, 'BS') ? [] : [balanceSheetOf(statement, columns)]),
    ...(isLeftOut(statement.units.MIN, 'NA') ? [] : [netAssetSheet(statement, columns)]),
  ]
}
