// The path of one record: record → commit → receipt → leaf → confirmation → posting → line of a statement, each station with ids and state.
// Where the path stops, it says so, why, and what is still possible.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell, myWaCrumb } from './layout.ts'
import { html, type Content, type Html } from './markup.ts'
import { block, fold, id, notice, pageHead, pairs } from './parts/block.ts'
import { dateText, instantText } from './parts/date.ts'
import { num } from './parts/figure.ts'
import { chip } from './parts/icon.ts'
import { statementTable, UNIT_MIN, type Row } from './parts/statement-table.ts'
import { categoryName } from './words.ts'
import { method } from '../../../lexicons/authority.ts'

export type StationState = 'verified' | 'stored' | 'booked' | 'waiting' | 'stopped'
export type Fact = {
  readonly name: Words
  readonly value: string
  readonly kind: 'id' | 'instant' | 'number' | 'text'
  /** Of kind text: shown instead of the value. */
  readonly words?: Words
}
export type Station = {
  readonly title: Words
  readonly state: StationState
  readonly sentence: Words
  readonly facts: readonly Fact[]
  /** Postings in minutes, debit and credit, for the station of the journal. */
  readonly postings?: readonly {
    readonly id: string
    readonly name: Words
    readonly account: number
    readonly debit: number | null
    readonly credit: number | null
  }[]
  readonly links?: readonly { readonly path: string; readonly label: Words }[]
}
export type TraceView = {
  /** Null while nothing of it has arrived, and after its deletion. */
  readonly performedOn: string | null
  readonly category: string | null
  readonly minutes: number | null
  readonly uri: string
  readonly result: {
    readonly kind: 'ok' | 'warn' | 'bad' | 'calm'
    readonly title: Words
    readonly sentence: Words
    readonly code: string | null
  }
  readonly stations: readonly Station[]
  /** Where a form takes the record back; null when there is nothing to take back. */
  readonly withdrawPath: string | null
}

const chips: Readonly<Record<StationState, { readonly kind: 'ok' | 'wait' | 'bad' | 'plain'; readonly words: Words }>> = {
  verified: { kind: 'ok', words: { ja: '照合済み', en: 'Checked' } },
  stored: { kind: 'ok', words: { ja: '記録済み', en: 'Stored' } },
  booked: { kind: 'ok', words: { ja: '記帳済み', en: 'Booked' } },
  waiting: { kind: 'wait', words: { ja: '待っています', en: 'Waiting' } },
  stopped: { kind: 'bad', words: { ja: 'ここで止まりました', en: 'Stopped here' } },
}

const factValue = (lang: Lang, fact: Fact): Content => {
  if (fact.kind === 'id') return id(fact.value)
  if (fact.kind === 'instant') return instantText(lang, fact.value, 'second')
  if (fact.kind === 'number') return num(Number(fact.value))
  return fact.words === undefined ? fact.value : say(lang, fact.words)
}

const postings = (lang: Lang, lines: NonNullable<Station['postings']>): Html => {
  const total = (part: 'debit' | 'credit'): number => lines.reduce((sum, line) => sum + (line[part] ?? 0), 0)
  const rows: Row[] = [
    ...lines.map((line) => ({ name: line.name, account: line.account, figures: [line.debit ?? 'blank', line.credit ?? 'blank'] as const })),
    { name: { ja: '計', en: 'Total' }, style: 'end', figures: [total('debit'), total('credit')] },
  ]
  const columns = [{ name: { ja: '借方', en: 'Debit' } }, { name: { ja: '貸方', en: 'Credit' } }]
  return html`<p class="unit">${say(lang, UNIT_MIN)}</p>
    ${statementTable(lang, { caption: { ja: '時間の仕訳', en: 'Postings in minutes' }, first: { ja: 'だれの・科目', en: 'Whose, account' }, columns, rows, showAccounts: true })}`
}

const station = (lang: Lang, one: Station, i: number): Html => {
  const state = chips[one.state]
  return html`<li>
    <span class="mark" aria-hidden="true">${i + 1}</span>
    <h3>${say(lang, one.title)}${chip(state.kind, say(lang, state.words))}</h3>
    <p>${say(lang, one.sentence)}</p>
    ${one.facts.length > 0 && pairs(one.facts.map((fact) => [say(lang, fact.name), factValue(lang, fact)]))}${one.postings !== undefined && one.postings.length > 0 && postings(lang, one.postings)}${
      one.links !== undefined &&
      html`<ul class="links">
        ${one.links.map((link) => html`<li><a href="${href(lang, link.path)}">${say(lang, link.label)}</a></li>`)}
      </ul>`
    }
  </li>`
}

/** All stations, in order. */
export const path = (lang: Lang, stations: readonly Station[]): Html =>
  html`<ol class="way">
    ${stations.map((one, i) => station(lang, one, i))}
  </ol>`

const withdrawal = (lang: Lang, path: string): Html =>
  fold(
    say(lang, { ja: 'この記録を取り下げる', en: 'Withdraw this record' }),
    html`<form method="post" action="${href(lang, path)}">
      <p class="read">
        ${say(lang, { ja: 'あなたの記録の置き場（PDS）から消します。決算書に入っていた分は、反対の仕訳で打ち消されます。もとには戻せません。', en: 'It is deleted from your server (PDS). What had been booked is offset by a contrary entry. This cannot be undone.' })}
      </p>
      <p class="row"><button class="btn line">${say(lang, { ja: '取り下げる', en: 'Withdraw it' })}</button></p>
    </form>`,
  )

/** Which act it is; nothing where nothing of it is held. */
const act = (lang: Lang, { performedOn, category, minutes }: TraceView): Content =>
  performedOn !== null &&
  category !== null &&
  html`<p class="lead">
    <span class="nb">${isDate(performedOn) ? dateText(lang, performedOn) : performedOn}</span>　<span class="nb">${say(lang, categoryName(category))}</span>　<span class="nb">${num(minutes ?? 0)}${say(lang, { ja: '分', en: ' min' })}</span>
  </p>`

/** A record the books refused may say anything for its day. */
const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text)

export const tracePage = (shell: Shell, view: TraceView): string => {
  const { lang } = shell
  const title = say(lang, { ja: '記録をたどる', en: 'Trace a record' })
  const { result } = view
  const reason: Content =
    result.code !== null && html` <span class="nb soft">${say(lang, { ja: '理由', en: 'Reason' })} ${id(result.code)}</span>`
  return layout(shell, {
    title,
    place: 'me',
    own: true,
    crumbs: [myWaCrumb(lang), { path: '/me/acts', label: title }],
    main: html`<div class="wrap">
      ${pageHead(
        title,
        html`${act(lang, view)}
          <p class="row">${chip('lock', say(lang, { ja: 'この画面は、あなただけに見えています', en: 'Only you can see this page' }))}</p>`,
      )}
      ${notice(result.kind, say(lang, result.title), html`<p>${say(lang, result.sentence)}${reason}</p>`)}
      ${block('t1', say(lang, { ja: '道すじ', en: 'The path' }), path(lang, view.stations))}
      ${block(
        't2',
        say(lang, { ja: '自分で確かめる', en: 'Check it yourself' }),
        html`<p class="read">
            ${say(lang, { ja: '証拠を受け取ると、この画面を信じなくても、手元で同じ計算ができます。', en: 'With the evidence you can compute the same by yourself, without trusting this page.' })}
          </p>
          <ul class="dl">
            <li>
              <a href="/xrpc/${method.traceWrite}?uri=${encodeURIComponent(view.uri)}"
                ><span>JSON</span><small>${say(lang, { ja: '葉・コミット・仕訳', en: 'leaf, commit, postings' })}</small></a
              >
            </li>
          </ul>`,
      )}
      ${view.withdrawPath !== null && withdrawal(lang, view.withdrawPath)}
    </div>`,
  })
}
