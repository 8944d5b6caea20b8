// A set of statements of one town, year or month, or of a person who chose to show theirs: title, period, known-at, sheets, notes, data.

import { say, type Lang, type Words } from './lang.ts'
import { lackingNotice } from './lacking-notice.ts'
import { layout, type Page, type Shell } from './layout.ts'
import { html, type Html } from './markup.ts'
import { id, notice, pageHead, pairs } from './parts/block.ts'
import { breakable, instantText } from './parts/date.ts'
import { downloadCards, statementCards } from './parts/download-cards.ts'
import { chip } from './parts/icon.ts'
import { statementSheet, statementTable, type Column, type Row } from './parts/statement-table.ts'
import { versionChips, versionNotices, versionProof, type VersionView } from './versions.ts'
import { TITLE } from './words.ts'

export type SheetView = {
  readonly id: string
  readonly title: Words
  readonly sub: Words | null
  readonly unit: Words
  readonly first: Words
  readonly columns: readonly Column[]
  /** One table, or two that stand side by side: assets, and liabilities with net assets. */
  readonly tables: readonly (readonly Row[])[]
  readonly showAccounts: boolean
  readonly tail: Words | null
}
/** `source` is quoted as the town wrote it, in Japanese. */
export type NoteView = { readonly title: Words; readonly text: Words; readonly source?: string }
export type StatementView = {
  readonly who: Words
  readonly period: Words
  readonly closed: boolean
  /** Of a year that has been closed. */
  readonly version: VersionView | null
  readonly knownAt: { readonly origin: string; readonly leaf: number; readonly instant: string }
  readonly lead: Words
  /** Entries that the books behind these figures lack; absent where nobody asks. */
  readonly lacking?: number
  /** Too few people: only the title stands. */
  readonly hidden: boolean
  readonly sheets: readonly SheetView[]
  readonly notes: readonly NoteView[]
  /** Each statement of the set as canonical JSON, with the hash of it. */
  readonly files: readonly { readonly label: Words; readonly hash: string; readonly path: string }[]
  /** Where the same set stands as CSV, XLSX and PDF: this and the end of a file's name. */
  readonly exportPath: string
  readonly crumbs: NonNullable<Page['crumbs']>
}

export const sheetBlock = (lang: Lang, view: SheetView): Html => {
  const { first, columns, showAccounts } = view
  const longest = Math.max(...view.tables.map((rows) => rows.length))
  const tables = view.tables.map((rows) =>
    statementTable(lang, { caption: view.title, first, columns, rows, showAccounts, fill: longest - rows.length }),
  )
  return statementSheet(lang, {
    id: view.id,
    title: view.title,
    ...(view.sub === null ? {} : { sub: say(lang, view.sub) }),
    unit: view.unit,
    body: tables.length > 1 ? html`<div class="bs">${tables}</div>` : tables,
    ...(view.tail === null ? {} : { tail: say(lang, view.tail) }),
  })
}

const contents = (lang: Lang, view: StatementView): Html => {
  const entries = [
    ...view.sheets.map(({ id: anchor, title }) => ({ anchor, title })),
    { anchor: 'notes', title: { ja: '注記', en: 'Notes' } },
  ]
  return html`<nav class="toc" aria-label="${say(lang, { ja: 'この決算書の中身', en: 'Contents' })}"><ol>${entries.map(({ anchor, title }) => html`<li><a href="#${anchor}">${say(lang, title)}</a></li>`)}</ol></nav>`
}

export const notesBlock = (lang: Lang, notes: readonly NoteView[]): Html =>
  html`<section class="block" id="notes" aria-labelledby="notesh"><h2 id="notesh">${say(lang, { ja: '注記', en: 'Notes' })}</h2><ol class="notes">${notes.map((note) => html`<li><div><b>${say(lang, note.title)}</b><p>${say(lang, note.text)}${note.source !== undefined && html` ${say(lang, { ja: '出典：', en: 'Source: ' })}<span lang="ja">${note.source}</span>`}</p></div></li>`)}</ol></section>`

const data = (lang: Lang, view: StatementView): Html => {
  const title = say(lang, { ja: 'データを受け取る・たしかめる', en: 'Take the data, check it' })
  const sentence = say(lang, {
    ja: '要約値は、JSONのファイルのSHA-256です。同じ記録からは、誰が計算しても同じ値になります。記録簿の署名は、まだありません。',
    en: 'The hash is the SHA-256 of the JSON file. From the same records anyone computes the same. The log is not signed yet.',
  })
  const rows = view.files.map(({ label, hash }): readonly [string, Html] => [say(lang, label), id(hash)])
  const checked = (label: Words): Words => ({ ja: `検算用・${label.ja}`, en: `to check: ${label.en}` })
  return html`<section class="block" id="data" aria-labelledby="datah">
    <h2 id="datah">${title}</h2>
    ${downloadCards(lang, [...statementCards(view.exportPath), ...view.files.map(({ label, path }) => ({ path, form: 'JSON', use: checked(label) }))])}
    <p class="read small">
      ${say(lang, { ja: '文字化けする古いソフトには、', en: 'For older software that shows garbled text, take the ' })}<a
        href="${view.exportPath}.csv?encoding=cp932"
        >${say(lang, { ja: '文字コードがCP932のCSV', en: 'CSV in CP932' })}</a
      >${say(lang, { ja: 'をお使いください。', en: '.' })}
    </p>
    ${view.version !== null && versionProof(lang, view.version)} ${pairs(rows)}
    <p class="read">${sentence}</p>
  </section>`
}

/** The title of the set, broken where a reader would break it. */
const title = (lang: Lang): Html | string =>
  lang === 'ja' ? html`<span class="nb">和の決算書</span><span class="nb">（地方自治法の決算ではありません）</span>` : TITLE.en

export const statementPage = (shell: Shell, view: StatementView): string => {
  const { lang } = shell
  const { version } = view
  const state =
    version !== null
      ? versionChips(lang, version)
      : view.closed
        ? chip('ok', say(lang, { ja: '年度の記録', en: 'Year complete' }))
        : chip('wait', say(lang, { ja: '速報・未監査', en: 'Provisional' }))
  const known = chip(
    'plain',
    say(lang, { ja: `${instantText(lang, view.knownAt.instant)}までの記録`, en: `as known at ${instantText(lang, view.knownAt.instant)}` }),
  )
  const few = notice('calm', say(lang, { ja: '人数が少ないため載せていません', en: 'Too few people to show figures' }), null)
  const books = html`<div class="with-toc">${contents(lang, view)}<div>${view.sheets.map((one) => sheetBlock(lang, one))}${notesBlock(lang, view.notes)}${data(lang, view)}</div></div>`
  return layout(shell, {
    title: `${say(lang, { ja: '和の決算書', en: 'Statement of Wa' })} ${say(lang, view.who)} ${say(lang, view.period)}`,
    place: 'statement',
    crumbs: view.crumbs,
    description: `${say(lang, view.who)} ${say(lang, view.period)} ${say(lang, TITLE)}`,
    main: html`<div class="wrap">${pageHead(title(lang), html`<p class="lead">${say(lang, view.who)}　${breakable(say(lang, view.period))}</p><p class="row">${state}${known}</p><p class="read">${say(lang, view.lead)}</p>${version !== null && versionNotices(lang, version)}${lackingNotice(lang, view.lacking ?? 0)}`)}${view.hidden ? few : books}</div>`,
  })
}
