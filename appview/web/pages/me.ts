// わたしの和: what one gave and received, what one is asked to confirm, one's records; the books folded below. Seen by its owner only.

import { ownerChip, recordRow, type MyRecord } from './acts.ts'
import { askList, type Asks } from './asks.ts'
import type { Attested } from '../../queries/attested.ts'
import { attestedNote } from './below-the-line.ts'
import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell } from './layout.ts'
import { html, type Content, type Html } from './markup.ts'
import { block, fold, notice, pageHead } from './parts/block.ts'
import { breakable, dayText, fiscalYearText, instantText } from './parts/date.ts'
import { downloadCards, ownCards } from './parts/download-cards.ts'
import { duration } from './parts/figure.ts'
import { icons } from './parts/icon.ts'
import { monthPairs, type MonthPair } from './parts/months.ts'
import { MINUTES_COLUMN, statementTable, UNIT_MIN, type Row } from './parts/statement-table.ts'
import { categoryName, MY_WA } from './words.ts'

export type Half = {
  readonly minutes: number
  readonly acts: number
  readonly byCategory: readonly { readonly category: string; readonly minutes: number }[]
}
export type Sheet = { readonly title: Words; readonly rows: readonly Row[] }
export type Books = { readonly activities: Sheet; readonly balanceSheet: Sheet; readonly unconfirmedMinutes: number }
export type MeView = {
  readonly name: Words
  /** Of a municipality's own account: where its home is. */
  readonly townPath: string | null
  readonly town: Words | null
  readonly fiscalYear: number
  readonly from: string
  readonly through: string
  /** Null: what is known now. */
  readonly knownAt: { readonly origin: string; readonly leaf: number; readonly instant: string } | null
  readonly given: Half
  readonly received: Half
  /** Of an organisation: what it attested for others; null for others, and where too few people stand behind it. */
  readonly attested: Attested | null
  readonly months: readonly MonthPair[]
  readonly asks: Asks
  readonly records: readonly MyRecord[]
  readonly hasMore: boolean
  readonly books: Books | null
  readonly visibility: 'private' | 'public'
}

const half = (lang: Lang, title: Words, part: Half, second: boolean): Html =>
  html`<div class="half${second && ' b'}">
    <h3>${say(lang, title)}</h3>
    <p class="big">${duration(lang, part.minutes)}</p>
    <p class="soft">${part.acts}${say(lang, { ja: '回', en: part.acts === 1 ? ' act' : ' acts' })}</p>
    <ul>
      ${part.byCategory.map((row) => html`<li><span>${say(lang, categoryName(row.category))}</span><span>${duration(lang, row.minutes)}</span></li>`)}
    </ul>
  </div>`

const records = (lang: Lang, view: MeView): Html =>
  view.records.length === 0
    ? html`<p class="read">${say(lang, { ja: 'まだ記録がありません。', en: 'No records yet.' })}</p>`
    : html`<ul class="recs">
          ${view.records.map((record) => recordRow(lang, record))}
        </ul>
        ${view.hasMore && html`<p><a href="${href(lang, '/me/acts')}">${say(lang, { ja: '記録をすべて見る', en: 'See all records' })}</a></p>`}`

const books = (lang: Lang, view: MeView): Html => {
  const table = ({ title, rows }: Sheet): Html =>
    html`<p class="unit">${say(lang, UNIT_MIN)}</p>
      ${statementTable(lang, { caption: title, first: { ja: '科目', en: 'Account' }, columns: [MINUTES_COLUMN], rows })}`
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
    ${view.books === null ? noBooks : html`${fold(say(lang, view.books.activities.title), html`${table(view.books.activities)}${tail}`)}${fold(say(lang, view.books.balanceSheet.title), html`${table(view.books.balanceSheet)}${notClaims}`)}`}${view.books !== null && fold(say(lang, { ja: 'ファイルで受け取る', en: 'Take as files' }), downloadCards(lang, ownCards(view.fiscalYear)))}${fold(visibilitySummary(lang, view), visibilityForm(lang, view))}
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
      ${say(lang, { ja: '「だれでも」にすると、した・していただいた時間が、健康や障害なども含む分類ごとに、あなたのハンドルとともに見えます。あなたに支えてもらった人・あなたを支えた人の名前は出ません。', en: 'If everybody may, your minutes given and received are shown with your handle, by category, health and disability included. No names of people you helped or who helped you are shown.' })}
    </p>
    <p class="row"><button class="btn line">${say(lang, { ja: 'この設定にする', en: 'Keep this setting' })}</button></p>
  </form>`
}

/** A municipality signs in too: its work is done at its desk. */
const townNotice = (lang: Lang, path: string, desk: string | undefined): Html =>
  notice(
    'calm',
    say(lang, { ja: '市町のアカウントです', en: 'This is a municipality’s account' }),
    html`<p>
      ${desk !== undefined && html`${say(lang, { ja: '住民の登録、スタンプ、申し立て、決算は', en: 'Residents, stamps, disputes and the close are at ' })}<a href="${href(lang, desk)}">${say(lang, { ja: '窓口', en: 'the desk' })}</a>${say(lang, { ja: 'で行います。', en: '. ' })}`}
      <a href="${href(lang, path)}">${say(lang, { ja: '市町の決算書を見る', en: 'See the municipality’s statements' })}</a>
    </p>`,
  )

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
    ${say(lang, view.name)}　${breakable(`${fiscalYearText(lang, view.fiscalYear)}${period}`)}
  </p>`
  const both: Content = html`<div class="pair">
      ${half(lang, { ja: 'した', en: 'Given' }, view.given, false)}${half(lang, { ja: 'していただいた', en: 'Received' }, view.received, true)}
    </div>
    <p>
      ${say(lang, { ja: '授受あわせて ', en: 'Given and received: ' })}<b>${duration(lang, view.given.minutes + view.received.minutes)}</b>${say(lang, { ja: '。どちらも、まちの支え合いです。', en: '. Both are mutual aid.' })}
    </p>
    ${view.attested !== null && html`<p class="read">${say(lang, attestedNote(view.attested).title)}${say(lang, { ja: '：', en: ': ' })}${say(lang, attestedNote(view.attested).text)}</p>`}${view.months.length > 0 && monthPairs(lang, view.months)}`
  return layout(shell, {
    title: say(lang, MY_WA),
    place: 'me',
    own: true,
    main: html`<div class="wrap">
      ${pageHead(
        say(lang, MY_WA),
        html`${lead}
          <p class="row">${ownerChip(lang)}</p>`,
      )}
      ${view.townPath !== null && townNotice(lang, view.townPath, shell.desk)}${saved !== null && notice('ok', say(lang, saved), null)}${view.knownAt !== null && pastNotice(lang, view.knownAt)}
      <p class="row">
        <a class="btn big" href="${href(lang, '/me/record')}">${icons.pen}${say(lang, { ja: '行動を記録する', en: 'Record an act' })}</a>
      </p>
      ${block('b1', say(lang, { ja: 'した・していただいた', en: 'Given and received' }), both)} ${askList(lang, view.asks)}
      ${block('b3', say(lang, { ja: '最近の記録', en: 'Recent records' }), records(lang, view))}
      ${block('b5', say(lang, { ja: '会計のかたちで見る', en: 'As books' }), books(lang, view))}
      <form method="post" action="${href(lang, '/sign-out')}">
        <p class="row"><button class="btn text">${say(lang, { ja: 'サインアウトする', en: 'Sign out' })}</button></p>
      </form>
    </div>`,
  })
}
