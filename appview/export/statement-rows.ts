// Statements as rows of a table, with the columns of the municipalities' standard open data (bookkeeping.md §7): one row per line and unit.

import { canonicalHash } from '../statements/canonical-json.ts'
import { layoutOf, type ColumnUnit, type LayoutRow, type LayoutSheet } from '../statements/layout.ts'
import type { StatementKind } from '../statements/statement.ts'
import type { Cell } from './csv.ts'
import type { SetPart, StatementSet, Words, Worksheet } from './statement-set.ts'

export const STATEMENT_COLUMNS = [
  '全国地方公共団体コード',
  '地方公共団体名',
  '年度',
  '会計単位',
  '表',
  '行コード',
  '科目名',
  'Account',
  '単位',
  '単純合計',
  '相殺消去',
  '純計',
  '注記',
] as const

export const unitNames: Readonly<Record<ColumnUnit | 'PT', string>> = { MIN: '分', JPY: '参考円', PT: '和貨' }
const entityNames: Readonly<Record<StatementKind, string>> = {
  municipality: '団体',
  scope: '地域全体',
  person: '個人',
  organisation: '受入機関等',
}
const sheetCodes: Readonly<Record<LayoutSheet['id'], string>> = {
  activities: 'AC',
  categories: 'CT',
  'balance-sheet': 'BS',
  'net-assets': 'NA',
}
const FEW = '人数が少ないため載せていません'
const NOT_SHOWN = '載せていません'

/** 2026 for the fiscal year, 2026-05 for a month. */
export const yearName = ({ period }: StatementSet): string =>
  period.fiscalYear === undefined ? period.from.slice(0, 'YYYY-MM'.length) : String(period.fiscalYear)

/** All rows of a set below its header: the lines of every statement, the worksheets, the notes. */
export const statementRows = (set: StatementSet): readonly (readonly Cell[])[] => [
  ...set.parts.flatMap((part) => partRows(set, part)),
  ...set.worksheets.flatMap((sheet) => worksheetRows(set, sheet)),
  ...set.notes.map(({ title, text, source }) => [
    ...headOf(set, entityNames[set.parts[0]?.statement.kind ?? 'municipality']),
    '注記',
    '',
    title.ja,
    title.en,
    '',
    null,
    null,
    null,
    source === undefined ? text.ja : `${text.ja}出典：${source}`,
  ]),
]

const headOf = (set: StatementSet, unit: string): readonly [string, string, string, string] => [set.code, set.town.ja, yearName(set), unit]

const partRows = (set: StatementSet, part: SetPart): readonly (readonly Cell[])[] => {
  const { statement, hash, of } = part
  const head = headOf(set, entityNames[statement.kind])
  const proof = hash === null ? [] : [[...head, '要約値', '', 'SHA-256', 'SHA-256', '', null, null, null, hash]]
  if ('hidden' in statement) return [[...head, '', '', '', '', '', null, null, null, FEW], ...proof]
  const isSum = statement.kind === 'scope' || of !== undefined
  return [...sheetsOf(part, set).flatMap((sheet) => sheetRows(head, sheet, isSum)), ...proof]
}

/** The sheets of a part that is shown. */
export const sheetsOf = ({ statement, sheets }: SetPart, { yen }: Pick<StatementSet, 'yen'>): readonly LayoutSheet[] =>
  'hidden' in statement ? [] : layoutOf(statement, { yen }).filter(({ id }) => sheets?.includes(id) ?? true)

const sheetRows = (head: readonly string[], sheet: LayoutSheet, isSum: boolean): readonly (readonly Cell[])[] => {
  const codeOf = rowCodes(sheetCodes[sheet.id])
  return sheet.tables.flatMap((rows) =>
    rows.flatMap((row) => {
      const code = codeOf(row.name, row.account)
      return sheet.columns.flatMap((unit, index) =>
        lineRow([...head, sheet.title.ja, code], row, unit, { figure: row.figures[index] ?? null, isSum }),
      )
    }),
  )
}

/** A heading has no figure; another line without one is not shown. What several add up to is 単純合計; of one body nothing cancels. */
const lineRow = (
  head: readonly Cell[],
  row: LayoutRow,
  unit: ColumnUnit,
  { figure, isSum }: { readonly figure: number | null; readonly isSum: boolean },
): readonly Cell[][] => {
  if (figure === null && row.style === 'h') return []
  const figures: readonly Cell[] = figure === null ? [null, null, null] : [figure, isSum ? null : 0, isSum ? null : figure]
  return [[...head, row.name.ja, row.name.en, unitNames[unit], ...figures, figure === null ? NOT_SHOWN : '']]
}

const worksheetRows = (set: StatementSet, { unit, title, rows }: Worksheet): readonly (readonly Cell[])[] => {
  const codeOf = rowCodes('WS')
  return rows
    .filter(({ simple, eliminated, net }) => simple !== null || eliminated !== null || net !== null)
    .map(({ name, account, simple, eliminated, net }) => [
      ...headOf(set, entityNames.scope),
      title.ja,
      codeOf(name, account),
      name.ja,
      name.en,
      unitNames[unit],
      simple,
      eliminated,
      net,
      '',
    ])
}

const slug = ({ en }: Words): string =>
  en
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

/** AC.5130 for a line of an account, AC.net-cost for another; a second one of the same kind says its name too. */
const rowCodes = (prefix: string): ((name: Words, account?: number) => string) => {
  const used = new Set<string>()
  return (name, account) => {
    const short = `${prefix}.${account ?? slug(name)}`
    const long = account === undefined ? short : `${short}.${slug(name)}`
    let code = used.has(short) ? long : short
    for (let n = 2; used.has(code); n += 1) code = `${long}.${n}`
    used.add(code)
    return code
  }
}

/** Names a set by what is in it: equal hashes, equal files. */
export const setHash = (set: StatementSet): string => canonicalHash(set)
