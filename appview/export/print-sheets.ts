// The sheets of a set as they stand on paper and in a workbook: each with its title, the days it speaks of, its unit, its columns and lines.

import type { ColumnUnit, LayoutRow, LayoutSheet } from '../statements/layout.ts'
import { eraDay } from './era.ts'
import { sheetsOf, unitNames } from './statement-rows.ts'
import type { SetPart, StatementSet, Worksheet } from './statement-set.ts'

export type PrintRow = {
  readonly name: string
  readonly account: number | null
  readonly style: LayoutRow['style']
  /** Null: the line has none, or it is not shown; undefined: a heading. */
  readonly figures: readonly (number | null | undefined)[]
}

export type PrintSheet = {
  readonly title: string
  readonly sub: string
  readonly unit: string
  readonly first: string
  readonly columns: readonly { readonly name: string; readonly isReference: boolean }[]
  /** One table, or two that stand side by side. */
  readonly tables: readonly (readonly PrintRow[])[]
  readonly tail: string | null
}

const AREA = '地域全体'
const AREA_TAIL = '提供と享受の差は、ほかの市町との間の支え合いです。'
const REFERENCE_YEN = '参考円は、分を単価表で円に直した目安です。円での支払いや債務を表すものではありません。'

export const printSheets = (set: StatementSet): readonly PrintSheet[] => [
  ...set.parts.flatMap((part) => partSheets(set, part)),
  ...set.worksheets.map((sheet) => worksheetOf(set, sheet)),
]

const unitLine = (units: readonly (ColumnUnit | 'PT')[]): string =>
  `（単位：${units.map((unit) => (unit === 'JPY' ? '円' : unitNames[unit])).join('、')}）`

const span = ({ period }: StatementSet): string => `自　${eraDay(period.from)}　至　${eraDay(period.through)}`

const partSheets = (set: StatementSet, part: SetPart): readonly PrintSheet[] => {
  const isArea = part.statement.kind === 'scope'
  const of = part.of === undefined ? '' : `　${part.of.ja}`
  return sheetsOf(part, set).map((sheet) => ({
    title: isArea && !sheet.title.ja.startsWith('地域') ? `${sheet.title.ja}（${AREA}）` : sheet.title.ja,
    sub: `${sheet.id === 'balance-sheet' ? `${eraDay(set.period.through)}現在` : span(set)}${of}`,
    unit: unitLine(sheet.columns),
    first: sheet.first.ja,
    columns: sheet.columns.map((unit) => ({ name: unitNames[unit], isReference: unit === 'JPY' })),
    tables: sheet.tables.map((rows) => rows.map(printRow)),
    tail: tailOf(sheet, isArea),
  }))
}

const tailOf = ({ id, columns }: LayoutSheet, isArea: boolean): string | null => {
  if (id !== 'activities') return null
  if (isArea) return AREA_TAIL
  return columns.includes('JPY') ? REFERENCE_YEN : null
}

const printRow = ({ name, account, style, figures }: LayoutRow): PrintRow => ({
  name: name.ja,
  account: account ?? null,
  style,
  figures: figures.map((figure) => (figure === null && style === 'h' ? undefined : figure)),
})

const worksheetOf = (set: StatementSet, { unit, title, tail, rows }: Worksheet): PrintSheet => ({
  title: title.ja,
  sub: span(set),
  unit: unitLine([unit]),
  first: '科目',
  columns: ['単純合計', '相殺消去', '純計'].map((name) => ({ name, isReference: false })),
  tables: [
    rows.map(({ name, account, style, simple, eliminated, net }) => ({
      name: name.ja,
      account: account ?? null,
      style,
      figures: [simple, eliminated, net].map((figure) => (figure === null && style === 'h' ? undefined : figure)),
    })),
  ],
  tail: tail === null ? null : tail.ja,
})
