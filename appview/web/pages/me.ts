// わたしの和: what one gave and received, what one is asked to confirm, one's records; the books folded below. Seen by its owner only.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html, type Content, type Html } from './markup.ts'
import { block, fold, notice, pageHead } from './parts/block.ts'
import { breakable, dateText, dayText, fiscalYearText, instantText } from './parts/date.ts'
import { duration, num } from './parts/figure.ts'
import { chip, icons } from './parts/icon.ts'
import { monthPairs, type MonthPair } from './parts/months.ts'
import { MINUTES_COLUMN, statementTable, UNIT_MIN, type Row } from './parts/statement-table.ts'
import { categoryName } from './words.ts'

export type Half = {
  readonly minutes: number
  readonly acts: number
  readonly byCategory: readonly { readonly category: string; readonly minutes: number }[]
}
export type Ask = {
  readonly uri: string
  readonly cid: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: number
  readonly giver: string
}
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
export type Books = { readonly activities: readonly Row[]; readonly balanceSheet: readonly Row[]; readonly unconfirmedMinutes: number }
export type MeView = {
  readonly name: string
  readonly town: Words | null
  readonly isOrganisation: boolean
  readonly fiscalYear: number
  readonly from: string
  readonly through: string
  /** Null: what is known now. */
  readonly knownAt: { readonly origin: string; readonly leaf: number; readonly instant: string } | null
  readonly given: Half
  readonly received: Half
  readonly months: readonly MonthPair[]
  readonly asks: readonly Ask[]
  readonly records: readonly MyRecord[]
  readonly hasMore: boolean
  readonly books: Books | null
  readonly visibility: 'private' | 'public'
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

const half = (lang: Lang, title: Words, part: Half, second: boolean): Html =>
  html`<div class="half${second && ' b'}">
    <h3>${say(lang, title)}</h3>
    <p class="big">${duration(lang, part.minutes)}</p>
    <p class="soft">${part.acts}${say(lang, { ja: '回', en: part.acts === 1 ? ' act' : ' acts' })}</p>
    <ul>
      ${part.byCategory.map((row) => html`<li><span>${say(lang, categoryName(row.category))}</span><span>${duration(lang, row.minutes)}</span></li>`)}
    </ul>
  </div>`

const askCard = (lang: Lang, ask: Ask, i: number): Html =>
  html`<li class="ask">
    <div>
      <p class="what" id="ask${i}">
        <span class="nb">${dayText(lang, ask.performedOn)}</span> <span class="nb">${say(lang, categoryName(ask.category))}</span>
        <span class="nb">${duration(lang, ask.minutes)}</span>
      </p>
      <p class="soft">
        ${say(lang, { ja: `${ask.giver} さんが「あなたのために」と記録しました。`, en: `${ask.giver} recorded this as done for you.` })}
      </p>
    </div>
    <form action="${href(lang, '/me/asks')}" method="post" class="row" aria-labelledby="ask${i}">
      <input type="hidden" name="uri" value="${ask.uri}" /><input type="hidden" name="cid" value="${ask.cid}" /><button
        class="btn"
        name="verdict"
        value="confirmed"
      >
        ${say(lang, { ja: 'していただいた', en: 'I received this' })}</button
      ><button class="btn text" name="verdict" value="rejected">
        ${say(lang, { ja: '心当たりがない', en: 'I don’t recognise this' })}
      </button>
    </form>
  </li>`

const asks = (lang: Lang, view: MeView): Html => {
  const none = html`<p class="read">
    ${say(lang, { ja: '確認のお願いはありません。どなたかが「あなたのために」と記録すると、ここに届きます。', en: 'Nobody asks you to confirm anything. When somebody records an act for you, it arrives here.' })}
  </p>`
  const warning = html`<p class="read">
    ${say(lang, { ja: '答えは、あなたの公開の記録になります。', en: 'Your answer becomes a public record of yours.' })}
  </p>`
  return html`<section class="block" id="asks" aria-labelledby="b2">
    <h2 id="b2">${say(lang, { ja: `確認のお願い（${view.asks.length}件）`, en: `Asked to confirm (${view.asks.length})` })}</h2>
    ${
      view.asks.length === 0
        ? none
        : html`${warning}
            <ul class="asks">
              ${view.asks.map((ask, i) => askCard(lang, ask, i))}
            </ul>`
    }
  </section>`
}

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

const records = (lang: Lang, view: MeView): Html =>
  view.records.length === 0
    ? html`<p class="read">${say(lang, { ja: 'まだ記録がありません。', en: 'No records yet.' })}</p>`
    : html`<ul class="recs">
          ${view.records.map((record) => recordRow(lang, record))}
        </ul>
        ${view.hasMore && html`<p><a href="${href(lang, '/me/acts')}">${say(lang, { ja: '記録をすべて見る', en: 'See all records' })}</a></p>`}`

const books = (lang: Lang, view: MeView): Html => {
  const table = (caption: Words, rows: readonly Row[]): Html =>
    html`<p class="unit">${say(lang, UNIT_MIN)}</p>
      ${statementTable(lang, { caption, first: { ja: '科目', en: 'Account' }, columns: [MINUTES_COLUMN], rows })}`
  const pl: Words = view.isOrganisation
    ? { ja: '団体の和の活動計算書', en: 'Statement of the organisation’s Wa activities' }
    : { ja: '和の損益計算書', en: 'Statement of Wa activities' }
  const bs: Words = { ja: '和の貸借対照表', en: 'Balance sheet of Wa' }
  const unconfirmed = view.books?.unconfirmedMinutes ?? 0
  const tail = html`<p class="tail small soft">
    ${say(lang, { ja: '差額は、多いほど良いというものではありません。していただくことも、支え合いの一部です。', en: 'More is not better here: receiving is part of mutual aid too.' })}${unconfirmed > 0 && say(lang, { ja: `未確認の提供が${unconfirmed}分あります（上の表には含めていません）。`, en: ` ${unconfirmed} minutes are not confirmed yet and are not in the table.` })}
  </p>`
  const notClaims = html`<p class="small soft">
    ${say(lang, { ja: '分は、法的な債権・債務ではありません。', en: 'Minutes are no legal claims or debts.' })}
  </p>`
  const noBooks = html`<p class="read">
    ${say(lang, { ja: '市町に受け入れられると、ここに会計の表が現れます。', en: 'When a municipality admits you, your books appear here.' })}
  </p>`
  return html`<div>
    ${view.books === null ? noBooks : html`${fold(say(lang, pl), html`${table(pl, view.books.activities)}${tail}`)}${fold(say(lang, bs), html`${table(bs, view.books.balanceSheet)}${notClaims}`)}`}${fold(visibilitySummary(lang, view), visibilityForm(lang, view))}
  </div>`
}

const visibilitySummary = (lang: Lang, view: MeView): Html =>
  html`${say(lang, { ja: '見え方の設定', en: 'Who may see my statement' })}<span class="soft"
      >${say(lang, view.visibility === 'public' ? { ja: 'いま：だれでも', en: 'Now: everybody' } : { ja: 'いま：自分だけ', en: 'Now: only me' })}</span
    >`

const visibilityForm = (lang: Lang, view: MeView): Html => {
  const choice = (value: string, words: Words): Html =>
    html`<label class="tile"
      ><input type="radio" name="visibility" value="${value}" ${view.visibility === value && html` checked`} />${say(lang, words)}</label
    >`
  return html`<form class="form" method="post" action="${href(lang, '/me/visibility')}">
    <fieldset class="field">
      <legend class="label">${say(lang, { ja: 'わたしの決算書を見られる人', en: 'Who may see my statement' })}</legend>
      <div class="tiles">
        ${choice('private', { ja: '自分だけ', en: 'Only me' })}${choice('public', { ja: 'だれでも', en: 'Everybody' })}
      </div>
    </fieldset>
    <p class="help">
      ${say(lang, { ja: '「だれでも」にしても、あなたに支えてもらった人・あなたを支えた人の名前は出ません。', en: 'Even then no names of people you helped or who helped you are shown.' })}
    </p>
    <p class="row"><button class="btn line">${say(lang, { ja: 'この設定にする', en: 'Keep this setting' })}</button></p>
  </form>`
}

const owner = (lang: Lang): Html =>
  chip('lock', say(lang, { ja: 'この画面は、あなただけに見えています', en: 'Only you can see this page' }))

/** The books as they were known at a leaf that the address names. */
const pastNotice = (lang: Lang, { leaf, instant }: NonNullable<MeView['knownAt']>): Html =>
  notice(
    'calm',
    say(lang, { ja: `葉${leaf}の時点の帳簿です`, en: `The books as known at leaf ${leaf}` }),
    html`<p>
      ${say(lang, { ja: `${instantText(lang, instant, 'second')}までに入った記録だけを数えています。`, en: `Only what had arrived by ${instantText(lang, instant, 'second')} is counted. ` })}
      <a href="${href(lang, '/me')}">${say(lang, { ja: 'いまの帳簿を見る', en: 'See them as known now' })}</a>
    </p>`,
  )

/** `saved` names what the person just did, so that the page says it worked. */
export const mePage = (shell: Shell, view: MeView, saved: Words | null): string => {
  const { lang } = shell
  const period = say(lang, {
    ja: `（${dayText(lang, view.from)}〜${dayText(lang, view.through)}）`,
    en: ` (${dayText(lang, view.from)} – ${dayText(lang, view.through)})`,
  })
  const lead = html`<p class="lead">
    ${view.name}${lang === 'ja' && ' さん'}　${breakable(`${fiscalYearText(lang, view.fiscalYear)}${period}`)}
  </p>`
  const both: Content = html`<div class="pair">
      ${half(lang, { ja: 'した', en: 'Given' }, view.given, false)}${half(lang, { ja: 'していただいた', en: 'Received' }, view.received, true)}
    </div>
    <p>
      ${say(lang, { ja: '授受あわせて ', en: 'Given and received: ' })}<b>${duration(lang, view.given.minutes + view.received.minutes)}</b>${say(lang, { ja: '。どちらも、まちの支え合いです。', en: '. Both are mutual aid.' })}
    </p>
    ${view.months.length > 0 && monthPairs(lang, view.months)}`
  return layout(shell, {
    title: say(lang, { ja: 'わたしの和', en: 'My Wa' }),
    place: 'me',
    own: true,
    main: html`<div class="wrap">
      ${pageHead(
        say(lang, { ja: 'わたしの和', en: 'My Wa' }),
        html`${lead}
          <p class="row">${owner(lang)}</p>`,
      )}
      ${saved !== null && notice('ok', say(lang, saved), null)}${view.knownAt !== null && pastNotice(lang, view.knownAt)}
      <p class="row">
        <a class="btn big" href="${href(lang, '/me/record')}">${icons.pen}${say(lang, { ja: '行動を記録する', en: 'Record an act' })}</a>
      </p>
      ${block('b1', say(lang, { ja: 'した・していただいた', en: 'Given and received' }), both)} ${asks(lang, view)}
      ${block('b3', say(lang, { ja: '最近の記録', en: 'Recent records' }), records(lang, view))}
      ${block('b5', say(lang, { ja: '会計のかたちで見る', en: 'As books' }), books(lang, view))}
      <form method="post" action="${href(lang, '/sign-out')}">
        <p class="row"><button class="btn text">${say(lang, { ja: 'サインアウトする', en: 'Sign out' })}</button></p>
      </form>
    </div>`,
  })
}

/** All records of a person, newest first; `older` is the address of the next page. */
export const actsPage = (shell: Shell, list: readonly MyRecord[], older: string | null): string => {
  const { lang } = shell
  const title = say(lang, { ja: 'わたしの記録', en: 'My records' })
  return layout(shell, {
    title,
    place: 'me',
    own: true,
    crumbs: [
      { path: '/me', label: say(lang, { ja: 'わたしの和', en: 'My Wa' }) },
      { path: '/me/acts', label: title },
    ],
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="row">${owner(lang)}</p>`)}
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
