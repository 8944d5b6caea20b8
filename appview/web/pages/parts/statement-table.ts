// Tables of a statement: accounts down, units across, one rule over sums, a double rule under the last.

import { say, type Lang, type Words } from '../lang.ts'
import { html, type Content, type Html } from '../markup.ts'
import { amount } from './figure.ts'

export type Column = { readonly name: Words; /** 参考円: always last and soft. */ readonly reference?: boolean }
/** `style`: h heading · l1, l2 indented · sum single rule · end double rule · gap space above. */
export type Row = {
  readonly name: Words
  readonly account?: number
  readonly style?: string
  readonly figures: readonly (number | null | 'blank')[]
}
export type Table = {
  readonly caption: Words
  readonly first: Words
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly showAccounts?: boolean
  /** Empty lines above the last, so that tables side by side end on one line. */
  readonly fill?: number
}

export const MINUTES_COLUMN: Column = { name: { ja: '分', en: 'min' } }
export const YEN_COLUMN: Column = { name: { ja: '参考円', en: 'Yen (ref.)' }, reference: true }
export const UNIT_MIN_YEN: Words = { ja: '（単位：分、円）', en: '(minutes, yen)' }
export const UNIT_MIN: Words = { ja: '（単位：分）', en: '(minutes)' }

export const statementTable = (lang: Lang, table: Table): Html => {
  const codes = table.showAccounts === true
  const head = table.columns.map(
    (column) => html`<th scope="col" class="r num-col${column.reference === true && ' ref'}">${say(lang, column.name)}</th>`,
  )
  const cell = (figure: number | null | 'blank', i: number): Html =>
    html`<td${table.columns[i]?.reference === true && html` class="ref"`}>${figure !== 'blank' && amount(lang, figure)}</td>`
  const width = table.columns.length + (codes ? 2 : 1)
  const filling = html`<tr class="fill" aria-hidden="true"><td colspan="${width}">&nbsp;</td></tr>`
  const line = (row: Row): Html =>
    html`<tr${row.style !== undefined && html` class="${row.style}"`}><th scope="row">${say(lang, row.name)}</th>${codes && html`<td class="code">${row.account}</td>`}${row.figures.map(cell)}</tr>`
  return html`<table class="fs">
    <caption class="vh">
      ${say(lang, table.caption)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${say(lang, table.first)}</th>
        ${codes && html`<th scope="col" class="code">${say(lang, { ja: '番号', en: 'No.' })}</th>`}${head}
      </tr>
    </thead>
    <tbody>
      ${table.rows.slice(0, -1).map(line)}${Array.from({ length: table.fill ?? 0 }, () => filling)}${table.rows.slice(-1).map(line)}
    </tbody>
  </table>`
}

export type Sheet = {
  readonly id: string
  readonly title: Words
  readonly sub?: string
  readonly unit: Words
  readonly body: Content
  readonly tail?: string
}

/** One statement of a set: never broken across printed pages. */
export const statementSheet = (lang: Lang, sheet: Sheet): Html =>
  html`<section class="st block" id="${sheet.id}" aria-labelledby="${sheet.id}h">
    <div class="st-head">
      <h2 id="${sheet.id}h">${say(lang, sheet.title)}</h2>
      ${sheet.sub !== undefined && html`<p>${sheet.sub}</p>`}
    </div>
    <p class="unit">${say(lang, sheet.unit)}</p>
    ${sheet.body}${sheet.tail !== undefined && html`<p class="tail">${sheet.tail}</p>`}
  </section>`
