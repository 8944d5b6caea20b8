// A set of statements as the description of an A4 document, laid out as municipalities print their accounts: black on white, thin rules, figures to
// the right, △ for negatives, each statement whole on its page. Equal sets give equal documents: no clock, no chance.

import { TITLE } from '../statements/words.ts'
import { eraInstant } from './era.ts'
import { printSheets, type PrintRow, type PrintSheet } from './print-sheets.ts'
import type { Cell, Content, PdfDocument, Style, TableContent, TableLayout, TextContent } from './pdfmake.ts'
import type { StatementSet } from './statement-set.ts'

export const FONT = 'NotoSansJP'

const PAGE = { marginX: 56, top: 64, bottom: 60 }
const INDENT: Readonly<Record<PrintRow['style'], number>> = { h: 0, l1: 11, l2: 22, sum: 0, end: 0 }
const FIGURE_WIDTH = 88
const NARROW_FIGURE_WIDTH = { time: 46, reference: 58 }
const CODE_WIDTH = 34
const RULE = { heavy: 1, thin: 0.5, hair: 0.25 }
const DOUBLE_GAP = 1.6
const SOFT = '#444444'
const HAIR = '#bbbbbb'
const QR_SIZE = 84
/** The title begins with it. */
const NAME = '和の決算書'

/** `created` is the instant the statement knows of: a document has no other date. */
export const pdfDocument = (set: StatementSet): PdfDocument => {
  const { knownAt, parts, town, who, periodName } = set
  const created = new Date(knownAt.instant)
  const sheets = printSheets(set)
  const isHidden = parts.some(({ statement }) => 'hidden' in statement)
  return {
    info: {
      title: `${TITLE.ja} ${who.ja} ${periodName.ja}`,
      author: town.ja,
      creator: '和記 Waki',
      producer: '和記 Waki',
      creationDate: created,
      modDate: created,
    },
    language: 'ja',
    pageSize: 'A4',
    pageMargins: [PAGE.marginX, PAGE.top, PAGE.marginX, PAGE.bottom],
    defaultStyle: { font: FONT, fontSize: 9.5, lineHeight: 1.15 },
    header: (page) => (page === 1 ? sampleMark(set) : runningHead(set)),
    footer: (page, pages) => ({ text: `― ${page} / ${pages} ―`, alignment: 'center', fontSize: 8, margin: [0, 24, 0, 0] }),
    content: [...opening(set), ...(isHidden ? [few()] : []), ...sheets.map(sheetBlock), ...noteBlock(set), proofBlock(set)],
  }
}

const sampleMark = ({ isSample }: StatementSet): Content => ({
  text: isSample ? '見本データ（実在の人や決算とは関係ありません）' : '',
  alignment: 'right',
  fontSize: 8,
  margin: [0, 28, PAGE.marginX, 0],
})

const runningHead = ({ who, periodName, isSample }: StatementSet): Content => ({
  columns: [
    { text: `${NAME}　${who.ja}　${periodName.ja}`, fontSize: 8, color: SOFT },
    { text: isSample ? '見本データ' : '', fontSize: 8, alignment: 'right', width: 80 },
  ],
  margin: [PAGE.marginX, 28, PAGE.marginX, 0],
})

const opening = ({ who, periodName, state, knownAt }: StatementSet): Content[] => [
  {
    text: [
      { text: NAME, fontSize: 20, bold: true },
      { text: TITLE.ja.slice(NAME.length), fontSize: 11 },
    ],
    alignment: 'center',
    margin: [0, 0, 0, 14],
  },
  { text: who.ja, fontSize: 14, bold: true, alignment: 'center' },
  { text: periodName.ja, fontSize: 10.5, alignment: 'center', margin: [0, 3, 0, 6] },
  {
    text: `${state.ja}　　${eraInstant(knownAt.instant)}までの記録`,
    fontSize: 8.5,
    alignment: 'center',
    color: SOFT,
    margin: [0, 0, 0, 18],
  },
]

const few = (): Content => ({ text: '人数が少ないため載せていません。', fontSize: 11, alignment: 'center', margin: [0, 30, 0, 30] })

const sheetBlock = ({ title, sub, unit, first, columns, tables, tail }: PrintSheet): Content => {
  const longest = Math.max(...tables.map(({ length }) => length))
  const made = tables.map((rows) => tableOf({ first, columns, rows: filled(rows, longest), isNarrow: tables.length > 1 }))
  const [only] = made
  const table: Content = made.length === 1 && only !== undefined ? only : { columns: made, columnGap: 16 }
  return {
    unbreakable: true,
    margin: [0, 0, 0, 20],
    stack: [
      { text: title, fontSize: 13, bold: true, alignment: 'center' },
      { text: sub, fontSize: 8.5, alignment: 'center', margin: [0, 2, 0, 0] },
      { text: unit, fontSize: 8.5, alignment: 'right', margin: [0, 0, 0, 2] },
      table,
      ...(tail === null ? [] : [{ text: tail, fontSize: 7.5, color: SOFT, margin: [0, 4, 0, 0] } satisfies TextContent]),
    ],
  }
}

/** Tables side by side end on one line: empty lines before the last. */
const filled = (rows: readonly PrintRow[], length: number): readonly (PrintRow | null)[] => [
  ...rows.slice(0, -1),
  ...Array.from({ length: length - rows.length }, () => null),
  ...rows.slice(-1),
]

type TableSource = Pick<PrintSheet, 'first' | 'columns'> & { readonly rows: readonly (PrintRow | null)[]; readonly isNarrow: boolean }

const tableOf = ({ first, columns, rows, isNarrow }: TableSource): TableContent => {
  const hasCodes = !isNarrow && rows.some((row) => row?.account !== null && row?.account !== undefined)
  const head: Cell[] = [
    { text: first, bold: true },
    ...(hasCodes ? [{ text: '番号', bold: true, alignment: 'center' } satisfies Cell] : []),
    ...columns.map(({ name, isReference }): Cell => ({ text: name, bold: !isReference, alignment: 'right', ...soft(isReference) })),
  ]
  const body = rows.map((row) => (row === null ? head.map((): Cell => ({ text: ' ' })) : lineOf(row, columns, hasCodes)))
  const closing = head.map((): Cell => ({ text: '', fontSize: 0.1, lineHeight: 1 }))
  const { time, reference } = isNarrow ? NARROW_FIGURE_WIDTH : { time: FIGURE_WIDTH, reference: FIGURE_WIDTH }
  return {
    table: {
      widths: ['*', ...(hasCodes ? [CODE_WIDTH] : []), ...columns.map(({ isReference }) => (isReference ? reference : time))],
      heights: (index) => (index === rows.length + 1 ? DOUBLE_GAP : 'auto'),
      body: [head, ...body, closing],
    },
    layout: rules(rows, hasCodes ? 2 : 1),
  }
}

const soft = (isReference: boolean): Style => (isReference ? { color: SOFT } : {})

const lineOf = ({ name, account, style, figures }: PrintRow, columns: PrintSheet['columns'], hasCodes: boolean): Cell[] => {
  const bold = style === 'h' || style === 'sum' || style === 'end'
  return [
    { text: name, bold, margin: [INDENT[style], 0, 0, 0] },
    ...(hasCodes ? [{ text: account === null ? '' : String(account), alignment: 'center', color: SOFT } satisfies Cell] : []),
    ...figures.map((figure, index): Cell => {
      const isReference = columns[index]?.isReference === true
      return { text: figureText(figure), alignment: 'right', bold: bold && !isReference, ...soft(isReference) }
    }),
  ]
}

/** △1,234; a dash where there is none; nothing beside a heading. */
export const figureText = (figure: number | null | undefined): string => {
  if (figure === undefined) return ''
  if (figure === null) return '－'
  const digits = String(Math.abs(figure)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return figure < 0 ? `△${digits}` : digits
}

/** Heavy rules above and below, one over each sum in the columns of figures, a double one under the last line, hair lines between. */
const rules = (rows: readonly (PrintRow | null)[], firstFigure: number): TableLayout => {
  const last = rows.length + 1
  const startsSum = (index: number): boolean => ['sum', 'end'].includes(rows[index - 1]?.style ?? '')
  return {
    hLineWidth: (index) => (index === 0 || index === 1 ? RULE.heavy : index >= last || startsSum(index) ? RULE.thin * 1.4 : RULE.hair),
    hLineColor: (index, _node, column) => {
      const isOfFigures = column >= firstFigure
      if (index <= 1) return '#000000'
      if (index >= last) return isOfFigures ? '#000000' : '#ffffff'
      return startsSum(index) && isOfFigures ? '#000000' : HAIR
    },
    vLineWidth: () => 0,
    paddingTop: (index) => (index === last ? 0 : 2.2),
    paddingBottom: (index) => (index === last ? 0 : 2.2),
    paddingLeft: () => 3,
    paddingRight: () => 3,
  }
}

const noteBlock = ({ notes }: StatementSet): Content[] =>
  notes.length === 0
    ? []
    : [
        { text: '注記', fontSize: 13, bold: true, alignment: 'center', margin: [0, 4, 0, 8] },
        ...notes.map(({ title, text, source }, index): Content => ({
          unbreakable: true,
          columns: [
            { width: 20, text: `${index + 1}` },
            { width: 104, text: title.ja, bold: true },
            { width: '*', text: source === undefined ? text.ja : `${text.ja}出典：${source}` },
          ],
          margin: [0, 0, 0, 5],
        })),
      ]

/** Hashes and addresses have no place to break: they break anywhere. */
const code = (text: string): TextContent => ({ text, fontSize: 7.5, wordBreak: 'break-all', margin: [0, 0, 0, 3] })

const proofBlock = ({ parts, proof, who }: StatementSet): Content => ({
  unbreakable: true,
  margin: [0, 12, 0, 0],
  table: {
    widths: ['*', QR_SIZE + 8],
    body: [
      [
        {
          border: [true, true, false, true],
          stack: [
            { text: 'この決算書をたしかめる', bold: true, fontSize: 10.5, margin: [0, 0, 0, 4] },
            {
              text: '下の要約値は、同じアドレスで受け取れるJSONのSHA-256です。同じ記録からは、誰が計算しても同じ値になります。',
              fontSize: 8,
              margin: [0, 0, 0, 5],
            },
            ...parts.flatMap(({ statement, hash }): Content[] =>
              hash === null
                ? []
                : [
                    { text: statement.kind === 'scope' ? '要約値（地域全体）' : `要約値（${who.ja}）`, fontSize: 7.5, color: SOFT },
                    code(hash),
                  ],
            ),
            ...(proof.uri === null ? [] : [{ text: '署名された記録', fontSize: 7.5, color: SOFT } satisfies Content, code(proof.uri)]),
            { ...code(proof.url), link: proof.url },
          ],
          margin: [6, 6, 0, 6],
        },
        { border: [false, true, true, true], qr: proof.url, fit: QR_SIZE, alignment: 'right', margin: [0, 6, 6, 6] },
      ],
    ],
  },
  layout: { hLineWidth: () => RULE.thin, vLineWidth: () => RULE.thin },
})
