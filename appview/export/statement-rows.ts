// Statements as rows of a table, with the columns of the municipalities' standard open data (bookkeeping.md §7): one row per line and unit.

import { canonicalHash } from '../statements/canonical-json.ts'
import { layoutOf, type ColumnUnit, type LayoutRow, type LayoutSheet } from '../statements/layout.ts'
import type { Statement, StatementKind } from '../statements/statement.ts'
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

const partRows = (set: StatementSet, { statement, hash }: SetPart): readonly (readonly Cell[])[] => {
  const head = headOf(set, entityNames[statement.kind])
  const proof = [...head, '要約値', '', 'SHA-256', 'SHA-256', '', null, null, null, hash]
  if ('hidden' in statement) return [[...head, '', '', '', '', '', null, null, null, FEW], proof]
  return [...layoutOf(statement, { yen: set.yen }).flatMap((sheet) => sheetRows(head, statement, sheet)), proof]
}

const sheetRows = (head: readonly string[], statement: Statement, sheet: LayoutSheet): readonly (readonly Cell[])[] => {
  const codeOf = rowCodes(sheetCodes[sheet.id])
  return sheet.tables.flatMap((rows) =>
    rows.flatMap((row) => {
      const code = codeOf(row.name, row.account)
      return sheet.columns.flatMap((unit, index) =>
        lineRow([...head, sheet.title.ja, code], statement, row, unit, row.figures[index] ?? null),
      )
    }),
  )
}

/** A heading has no figure; another line without one is not shown. What a whole area adds up to is 単純合計; of one body nothing cancels. */
const lineRow = (
  head: readonly Cell[],
  { kind }: Statement,
  row: LayoutRow,
  unit: ColumnUnit,
  figure: number | null,
): readonly Cell[][] => {
  if (figure === null && row.style === 'h') return []
  const isArea = kind === 'scope'
  const figures: readonly Cell[] = figure === null ? [null, null, null] : [figure, isArea ? null : 0, isArea ? null : figure]
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
