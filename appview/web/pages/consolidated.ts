// Several municipalities as one: a prefecture, or all of the roster. Title, period, known-at; the municipalities beside each other in the order of their
// codes; the bodies' cost and net assets, the areas' activities, the worksheet; notes; data.

import { checkBlock, type CheckRow } from './consolidated-check.ts'
import { href, say, type Lang, type Words } from './lang.ts'
import { lackingNotice } from './lacking-notice.ts'
import { layout, type Page, type Shell } from './layout.ts'
import { html, type Html } from './markup.ts'
import { block, id, notice, pageHead, pairs } from './parts/block.ts'
import { breakable, instantText } from './parts/date.ts'
import { downloadCards, statementCards } from './parts/download-cards.ts'
import { chip } from './parts/icon.ts'
import { pairBars } from './parts/pair-bars.ts'
import { notesBlock, sheetBlock, type NoteView, type SheetView } from './statement.ts'
import { TITLE } from './words.ts'

/** `given` and `received` null: too few people to show. */
export type MemberRow = { readonly name: Words; readonly path: string; readonly given: number | null; readonly received: number | null }
export type ConsolidatedView = {
  readonly who: Words
  readonly period: Words
  readonly closed: boolean
  readonly knownAt: { readonly origin: string; readonly leaf: number; readonly instant: string }
  readonly lead: Words
  /** Entries of the municipalities that these books lack. */
  readonly lacking: number
  /** Municipalities of a prefecture; of the whole, prefectures. */
  readonly membersTitle: Words
  readonly members: readonly MemberRow[]
  /** What each municipality has signed of the year. */
  readonly signed: readonly CheckRow[]
  readonly sheets: readonly SheetView[]
  readonly notes: readonly NoteView[]
  /** `base`: the address of each file, but for its end. */
  readonly file: { readonly hash: string; readonly base: string }
  readonly others: readonly { readonly name: Words; readonly path: string }[]
  readonly crumbs: NonNullable<Page['crumbs']>
}

const NOTES = { ja: '注記', en: 'Notes' }

const contents = (lang: Lang, view: ConsolidatedView): Html => {
  const entries = [
    { anchor: 'members', title: view.membersTitle },
    ...view.sheets.map(({ id: anchor, title }) => ({ anchor, title })),
    { anchor: 'notes', title: NOTES },
  ]
  return html`<nav class="toc" aria-label="${say(lang, { ja: 'この決算書の中身', en: 'Contents' })}">
    <ol>
      ${entries.map(({ anchor, title }) => html`<li><a href="#${anchor}">${say(lang, title)}</a></li>`)}
    </ol>
  </nav>`
}

const members = (lang: Lang, { membersTitle, members: rows }: ConsolidatedView): Html =>
  block(
    'members',
    say(lang, membersTitle),
    html`${pairBars(lang, {
      caption: membersTitle,
      first: { ja: '名前', en: 'Name' },
      rows: rows.map(({ name, path, given, received }) => ({
        name: html`<a href="${href(lang, path)}">${say(lang, name)}</a>`,
        given,
        received,
      })),
    })}
      <p class="read small">
        ${say(lang, { ja: '団体コードの順です。多いほど良いというものではなく、していただくことも支え合いの一部です。', en: 'In the order of their codes. More is not better: receiving is part of mutual aid too.' })}
      </p>`,
  )

const data = (lang: Lang, { file, others }: ConsolidatedView): Html =>
  block(
    'data',
    say(lang, { ja: 'データを受け取る・たしかめる', en: 'Take the data, check it' }),
    html`${downloadCards(lang, [...statementCards(file.base), { path: `${file.base}.json`, form: 'JSON', use: { ja: '検算用', en: 'to check' } }])}
      ${pairs([[say(lang, { ja: '要約値', en: 'Hash' }), id(file.hash)]])}
      <p class="read">
        ${say(lang, { ja: '要約値は、JSONのファイルのSHA-256です。同じ記録からは、誰が計算しても同じ値になります。', en: 'The hash is the SHA-256 of the JSON file. From the same records anyone computes the same.' })}
      </p>
      ${others.length > 0 && html`<p class="row">${say(lang, { ja: 'ほかの年度：', en: 'Other years: ' })}${others.map(({ name, path }) => html`<a href="${href(lang, path)}">${say(lang, name)}</a> `)}</p>`}`,
  )

const title = (lang: Lang): Html | string =>
  lang === 'ja' ? html`<span class="nb">和の決算書</span><span class="nb">（地方自治法の決算ではありません）</span>` : TITLE.en

export const consolidatedPage = (shell: Shell, view: ConsolidatedView): string => {
  const { lang } = shell
  const state = view.closed
    ? chip('ok', say(lang, { ja: '年度の記録', en: 'Year complete' }))
    : chip('wait', say(lang, { ja: '速報・未監査', en: 'Provisional' }))
  const at = instantText(lang, view.knownAt.instant)
  const known = chip('plain', say(lang, { ja: `${at}までの記録`, en: `as known at ${at}` }))
  const few = notice('calm', say(lang, { ja: '人数が少ないため、合計は載せていません', en: 'Too few people to show sums' }), null)
  return layout(shell, {
    title: `${say(lang, { ja: '和の決算書', en: 'Statement of Wa' })} ${say(lang, view.who)} ${say(lang, view.period)}`,
    place: null,
    crumbs: view.crumbs,
    description: `${say(lang, view.who)} ${say(lang, view.period)} ${say(lang, TITLE)}`,
    main: html`<div class="wrap">
      ${pageHead(title(lang), html`<p class="lead">${say(lang, view.who)}　${breakable(say(lang, view.period))}</p><p class="row">${state}${known}</p><p class="read">${say(lang, view.lead)}</p>${lackingNotice(lang, view.lacking)}`)}
      <div class="with-toc">
        ${contents(lang, view)}
        <div>
          ${members(lang, view)}${checkBlock(lang, view.signed)}${view.sheets.length === 0 ? few : view.sheets.map((one) => sheetBlock(lang, one))}${notesBlock(lang, view.notes)}${data(lang, view)}
        </div>
      </div>
    </div>`,
  })
}
