// A set of statements as an Excel workbook: a front page, one sheet for each statement, the notes. Codes are text, so that their zeros stay; figures
// are numbers. Nothing in it is a formula.

import writeExcelFile from 'write-excel-file/node'
import type { CellObject, Row, Sheet } from 'write-excel-file/node'
import { TITLE } from '../statements/words.ts'
import { eraInstant } from './era.ts'
import { printSheets, type PrintRow, type PrintSheet } from './print-sheets.ts'
import type { StatementSet } from './statement-set.ts'

type Book = Sheet<never>
type CellStyle = Omit<CellObject, 'value' | 'type'>

const FONT = 'Yu Gothic'
const FIGURE = '#,##0;[Black]△#,##0'
const WIDTHS = { name: 40, code: 10, figure: 16, label: 24, text: 90 } as const
const LONGEST_SHEET_NAME = 31
const HEADER: CellStyle = { fontWeight: 'bold', backgroundColor: '#E6E6E6', bottomBorderStyle: 'thin', topBorderStyle: 'thin' }
const INDENT: Readonly<Record<PrintRow['style'], number>> = { h: 0, l1: 1, l2: 2, sum: 0, end: 0 }

const text = (value: string, style: CellStyle = {}): CellObject => ({ value, type: String, ...style })
const figure = (value: number | null | undefined, style: CellStyle): CellObject =>
  typeof value === 'number' ? { value, type: Number, format: FIGURE, ...style } : { ...style }

export const statementXlsx = (set: StatementSet): Promise<Buffer> => {
  const name = sheetNames()
  const sheets: Book[] = [
    frontPage(set),
    ...printSheets(set).map((sheet) => ({ ...sheetOf(set, sheet), sheet: name(sheet.title) })),
    notes(set),
  ]
  return writeExcelFile(sheets, { fontFamily: FONT, fontSize: 11 }).toBuffer()
}

const frontPage = (set: StatementSet): Book => {
  const { code, town, who, periodName, state, knownAt, parts, proof } = set
  const facts: readonly (readonly [string, string])[] = [
    ...(code === '' ? [] : [['全国地方公共団体コード', code] as const]),
    ['地方公共団体名', town.ja],
    ['だれの決算書か', who.ja],
    ['期間', periodName.ja],
    ['状態', state.ja],
    ['いつまでの記録か', `${eraInstant(knownAt.instant)}（記録簿 ${knownAt.origin}、葉 ${knownAt.leaf} まで）`],
    ...parts.flatMap(({ statement, hash }): [string, string][] =>
      hash === null ? [] : [[`要約値 SHA-256（${statement.kind === 'scope' ? '地域全体' : who.ja}）`, hash]],
    ),
    ['たしかめる先', proof.url],
    ...(proof.uri === null ? [] : [['署名された記録', proof.uri] as const]),
    ...(set.isSample ? [['見本データ', '実在の人や決算とは関係ありません'] as const] : []),
    ...(parts.some(({ statement }) => 'hidden' in statement) ? [['ご注意', '人数が少ないため載せていません'] as const] : []),
  ]
  return {
    sheet: '表紙',
    columns: [{ width: WIDTHS.label }, { width: WIDTHS.text }],
    data: [
      [text(TITLE.ja, { fontWeight: 'bold', fontSize: 14 })],
      [],
      ...facts.map(([label, value]): Row => [text(label, HEADER), text(value, { wrap: true })]),
    ],
  }
}

const sheetOf = (set: StatementSet, { title, sub, unit, first, columns, tables, tail }: PrintSheet): Omit<Book, 'sheet'> => {
  const head: Row[] = [
    [text(title, { fontWeight: 'bold', fontSize: 14 })],
    [text(`${set.town.ja}　${set.code}`.trim())],
    [text(`${sub}　${unit}`)],
    [text(first, HEADER), text('番号', HEADER), ...columns.map(({ name }) => text(name, { ...HEADER, align: 'right' }))],
  ]
  return {
    columns: [{ width: WIDTHS.name }, { width: WIDTHS.code }, ...columns.map(() => ({ width: WIDTHS.figure }))],
    stickyRowsCount: head.length,
    data: [
      ...head,
      ...tables.flatMap((rows, index): Row[] => [...(index === 0 ? [] : [[]]), ...rows.map(rowOf)]),
      ...(tail === null ? [] : [[], [text(tail)]]),
    ],
  }
}

const rowOf = ({ name, account, style, figures }: PrintRow): Row => {
  const isTotal = style === 'sum' || style === 'end'
  const line: CellStyle = {
    ...(isTotal || style === 'h' ? { fontWeight: 'bold' } : {}),
    ...(isTotal ? { topBorderStyle: 'thin' } : {}),
    ...(style === 'end' ? { bottomBorderStyle: 'double' } : {}),
  }
  return [
    text(name, { ...line, indent: INDENT[style] }),
    account === null ? { ...line } : text(String(account), line),
    ...figures.map((one) => figure(one, line)),
  ]
}

const notes = (set: StatementSet): Book => ({
  sheet: '注記',
  columns: [{ width: WIDTHS.label }, { width: WIDTHS.text }],
  stickyRowsCount: 1,
  data: [
    [text('注記', HEADER), text('内容', HEADER)],
    ...set.notes.map(({ title, text: words, source }): Row => [
      text(title.ja, { alignVertical: 'top' }),
      text(source === undefined ? words.ja : `${words.ja}出典：${source}`, { wrap: true }),
    ]),
  ],
})

/** Names of sheets are short, hold no sign that addresses use, and differ. */
const sheetNames = (): ((title: string) => string) => {
  const used = new Set(['表紙', '注記'])
  return (title) => {
    const plain = title.replaceAll(/[\\/?*[\]:']/g, ' ').slice(0, LONGEST_SHEET_NAME)
    let name = plain
    for (let n = 2; used.has(name); n += 1) name = `${plain.slice(0, LONGEST_SHEET_NAME - String(n).length - 1)} ${n}`
    used.add(name)
    return name
  }
}
