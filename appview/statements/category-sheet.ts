// What was given and received, category by category: for residents what they gave and received, for a town what the public received.

import { categories } from '../journal/categories.ts'
import { GIVEN, RECEIVED, RECEIVED_PUBLIC } from '../journal/chart.ts'
import { isLeftOut, nameOf, type ColumnUnit, type LayoutRow, type LayoutSheet } from './lines.ts'
import type { Statement } from './statement.ts'
import { W } from './words.ts'

const OTHER = 'other'
const ACCOUNTS = { person: [GIVEN, RECEIVED], organisation: [GIVEN, RECEIVED], municipality: [RECEIVED_PUBLIC], scope: [GIVEN] } as const

/** One table per account that has categories; nothing when there is none. Largest first, `other` last, then the total. */
export const categorySheet = (statement: Statement, columns: readonly ColumnUnit[]): readonly LayoutSheet[] => {
  const tables = ACCOUNTS[statement.kind].map((account) => tableOf(statement, columns, account)).filter((rows) => rows.length > 0)
  return tables.length === 0 ? [] : [{ id: 'categories', title: W.byCategory, first: W.category, columns, tables }]
}

const tableOf = (statement: Statement, columns: readonly ColumnUnit[], account: number): readonly LayoutRow[] => {
  const sign = account === GIVEN ? 1 : -1
  const figure = (unit: ColumnUnit, category: string): number => sign * (statement.units[unit].byCategory[category]?.[account] ?? 0)
  const isMerged = (statement.notes['mergedCategories'] ?? 0) > 0
  const rows = categories
    .filter(({ code }) => statement.units.MIN.byCategory[code]?.[account] !== undefined)
    .toSorted((a, b) => Number(a.code === OTHER) - Number(b.code === OTHER) || figure('MIN', b.code) - figure('MIN', a.code))
    .map(({ code, ja, en }): LayoutRow => ({
      name: code === OTHER && isMerged ? W.mergedOther : { ja, en },
      style: 'l1',
      figures: columns.map((unit) => (isLeftOut(statement.units[unit], 'byCategory') ? null : figure(unit, code))),
    }))
  if (rows.length === 0) return []
  const total = columns.map((unit) => (isLeftOut(statement.units[unit], 'PL') ? null : sign * (statement.units[unit].PL[account] ?? 0)))
  return [
    { name: nameOf(account), account, style: 'h', figures: columns.map(() => null) },
    ...rows,
    { name: W.total, style: 'end', figures: total },
  ]
}
