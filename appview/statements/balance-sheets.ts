// Balance sheet and net-asset changes, for every kind of statement.

import { CLEARING, RESIDENTS_CONTRIBUTION, SCOPE_TRANSFER } from '../journal/chart.ts'
import { nameOf, lineMaker, readers, type ColumnUnit, type LayoutSheet } from './lines.ts'
import type { Statement, UnitFigures } from './statement.ts'
import { W } from './words.ts'

const { of, sum, minus } = readers
const OPENING_BALANCE = 3210
const INTO_POOL = 3320

const clearing = of('BS', String(CLEARING))
const side =
  (sign: 1 | -1) =>
  (figures: UnitFigures): number | null => {
    const amount = clearing(figures)
    return amount === null ? null : Math.max(sign * amount, 0)
  }
const lent = side(1)
const owed = side(-1)

/** Assets on one side, liabilities and net assets on the other. 1310 stands where its sign puts it. */
export const balanceSheetOf = (statement: Statement, columns: readonly ColumnUnit[]): LayoutSheet => {
  const line = lineMaker(statement, columns)
  const assets = [line(W.assets, 'h', null), line(W.lent, 'l1', lent, CLEARING), line(W.assetsTotal, 'end', of('BS', 'assets'))]
  const liabilities = [
    line(W.liabilities, 'h', null),
    line(W.owed, 'l1', owed, CLEARING),
    line(W.liabilitiesTotal, 'sum', of('BS', 'liabilities')),
    line(W.netAssets, 'l1', of('BS', 'netAssets')),
    line(W.bothTotal, 'end', sum(of('BS', 'liabilities'), of('BS', 'netAssets'))),
  ]
  return { id: 'balance-sheet', title: W.balanceSheet, first: W.item, columns, tables: [assets, liabilities] }
}

/** From net assets at the beginning to those at the end. */
export const netAssetSheet = (statement: Statement, columns: readonly ColumnUnit[]): LayoutSheet => {
  const line = lineMaker(statement, columns)
  const isCost = statement.kind === 'municipality'
  const other = (account: number, style: 'l1' | 'l2' = 'l1') => line(nameOf(account), style, of('NA', String(account)), account)
  const rows = [
    line(W.openingNetAssets, 'l1', of('NA', 'opening')),
    line(isCost ? W.netCostDeducted : W.net, 'l1', of('NA', 'net')),
    ...(isCost || statement.kind === 'scope'
      ? [line(W.funding, 'l1', of('NA', String(RESIDENTS_CONTRIBUTION))), other(RESIDENTS_CONTRIBUTION, 'l2')]
      : []),
    other(SCOPE_TRANSFER),
    ...[OPENING_BALANCE, INTO_POOL]
      .filter((account) => columns.some((unit) => statement.units[unit].NA[account] !== undefined))
      .map((account) => other(account)),
    line(W.change, 'sum', sum(of('NA', 'closing'), minus(of('NA', 'opening')))),
    line(W.closingNetAssets, 'end', of('NA', 'closing')),
  ]
  return { id: 'net-assets', title: W.netAssetChanges, first: W.item, columns, tables: [rows] }
}
