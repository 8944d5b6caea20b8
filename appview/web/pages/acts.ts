// One's records: each with its state, and where it does not count, why and what is still possible.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell, myWaCrumb } from './layout.ts'
import { html, type Html } from './markup.ts'
import { pageHead } from './parts/block.ts'
import { dateText, dayText } from './parts/date.ts'
import { duration, num } from './parts/figure.ts'
import { chip } from './parts/icon.ts'
import { categoryName } from './words.ts'

export type RecordState = 'waiting' | 'recognised' | 'refused' | 'lapsed' | 'rejected' | 'reversed' | 'withdrawn' | 'not-admitted'
export type MyRecord = {
  readonly rkey: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: number
  readonly state: RecordState
  /** Why the books refused it. */
  readonly code: string | null
  /** Where it does not count (yet): why, and what is still possible. */
  readonly prospect: Words | null
}

const stateWords: Readonly<Record<RecordState, { readonly kind: 'ok' | 'wait' | 'bad'; readonly words: Words }>> = {
  waiting: { kind: 'wait', words: { ja: '確認待ち', en: 'Waiting' } },
  recognised: { kind: 'ok', words: { ja: '確認済み', en: 'Confirmed' } },
  refused: { kind: 'bad', words: { ja: '数えられません', en: 'Not counted' } },
  lapsed: { kind: 'bad', words: { ja: '期限が過ぎました', en: 'Lapsed' } },
  rejected: { kind: 'bad', words: { ja: '心当たりがないとの回答', en: 'Not recognised' } },
  reversed: { kind: 'bad', words: { ja: '取り消し', en: 'Reversed' } },
  withdrawn: { kind: 'wait', words: { ja: '取り下げ', en: 'Withdrawn' } },
  'not-admitted': { kind: 'wait', words: { ja: '住民登録待ち', en: 'Not admitted yet' } },
}

export const stateChip = (lang: Lang, state: RecordState): Html => chip(stateWords[state].kind, say(lang, stateWords[state].words))

export const ownerChip = (lang: Lang): Html =>
  chip('lock', say(lang, { ja: 'この画面は、あなただけに見えています', en: 'Only you can see this page' }))

export const recordRow = (lang: Lang, record: MyRecord): Html =>
  html`<li>
    <span class="num">${dayText(lang, record.performedOn)}</span><span>${say(lang, categoryName(record.category))}</span
    ><b class="m">${duration(lang, record.minutes)}</b
    ><span class="st8"
      >${stateChip(lang, record.state)}<a href="${href(lang, `/me/acts/${record.rkey}`)}"
        >${say(lang, { ja: 'たどる', en: 'Trace' })}<span class="vh">
          ${dateText(lang, record.performedOn)} ${say(lang, categoryName(record.category))}</span
        ></a
      ></span
    >${record.prospect !== null && html`<span class="why small soft">${say(lang, record.prospect)}${record.code !== null && html` <span class="nb">${say(lang, { ja: '理由', en: 'Reason' })} <span class="id">${record.code}</span></span>`}</span>`}
  </li>`

/** All records of a person, newest first; `older` is the address of the next page. */
export const actsPage = (shell: Shell, list: readonly MyRecord[], older: string | null): string => {
  const { lang } = shell
  const title = say(lang, { ja: 'わたしの記録', en: 'My records' })
  return layout(shell, {
    title,
    place: 'me',
    own: true,
    crumbs: [myWaCrumb(lang), { path: '/me/acts', label: title }],
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="row">${ownerChip(lang)}</p>`)}
      <section class="block">
        <ul class="recs">
          ${list.map((record) => recordRow(lang, record))}
        </ul>
        ${list.length === 0 && html`<p class="read">${say(lang, { ja: 'まだ記録がありません。', en: 'No records yet.' })}</p>`}${older !== null && html`<p class="row"><a class="btn line" href="${href(lang, older)}">${say(lang, { ja: '前の記録を見る', en: 'Older records' })}</a></p>`}
        <p class="small soft">${num(list.length)}${say(lang, { ja: '件を表示しています', en: ' shown' })}</p>
      </section>
    </div>`,
  })
}
