// Host bodies (受入機関) of the town: who may receive help and attest it, since when; registering and ending. And notices to everybody.

import type { Reason } from '../../../../desk/outcome.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold, id as idText, pairs } from '../../parts/block.ts'
import { instantText, spanText } from '../../parts/date.ts'
import { chip } from '../../parts/icon.ts'
import { categoryNames } from '../../words.ts'
import type { AtDesk } from '../door.ts'
import { area, hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'

export type HostRow = {
  readonly did: string
  readonly handle: string
  readonly names: Words
  readonly from: string
  readonly to: string | null
  readonly isNow: boolean
}
export type NoticeRow = {
  readonly title: string
  readonly body: string
  readonly createdAt: string
  readonly outage: { readonly from: string; readonly until: string } | null
}
export type HostsView = {
  readonly hosts: readonly HostRow[]
  readonly notices: readonly NoticeRow[]
  readonly mayChange: boolean
  readonly today: string
  readonly typed: (field: string) => string
  /** Categories that are ticked. */
  readonly ticked: ReadonlySet<string>
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const BODY_ROWS = 5
export const hostFieldOf =
  (typed: HostsView['typed']) =>
  (code: string): string | undefined => {
    if (code.startsWith('notice.')) return 'title'
    if (code.startsWith('outage.')) return code === 'outage.not-begun' ? 'outageFrom' : 'outageUntil'
    if (code === 'hostBody.name-missing') return 'ja'
    if (code === 'hostBody.category-unknown') return 'categories'
    if (code === 'hostBody.date-impossible') return typed('validTo') === '' ? 'validFrom' : `until-${typed('key')}`
    if (code === 'hostBody.not-registered') return `until-${typed('key')}`
    return code.startsWith('hostBody.') ? 'who' : undefined
  }

const endForm = (lang: Lang, at: AtDesk, view: HostsView, { did }: HostRow): Html => {
  const key = did.replaceAll(/[^\w-]/g, '-')
  const isThis = view.typed('key') === key
  const form: Form = { lang, reasons: isThis ? view.reasons : [], fieldOf: hostFieldOf(view.typed) }
  return fold(
    say(lang, { ja: '登録を終える', en: 'End the registration' }),
    html`<form class="form" method="post" action="${href(lang, at.path('/hosts/end'))}">
      ${hidden('who', did)}${hidden('key', key)}${input(form, { name: `until-${key}`, label: { ja: 'いつまで', en: 'Until' }, value: isThis ? view.typed('validTo') : view.today }, 'date')}
      <p class="row"><button class="btn line">${say(lang, { ja: '登録を終える', en: 'End it' })}</button></p>
    </form>`,
    isThis,
  )
}

const card = (lang: Lang, at: AtDesk, view: HostsView, host: HostRow): Html =>
  html`<li class="card">
    <h3>${say(lang, host.names)}</h3>
    <p class="row">${host.isNow ? chip('ok', say(lang, { ja: '登録中', en: 'Registered' })) : chip('plain', say(lang, { ja: '登録終了', en: 'Ended' }))}</p>
    ${pairs([
      [say(lang, { ja: 'アカウント', en: 'Account' }), html`${host.handle} ${host.handle !== host.did && idText(host.did)}`],
      [say(lang, { ja: '期間', en: 'Registered' }), spanText(lang, host.from, host.to)],
    ])}
    ${view.mayChange && host.to === null && endForm(lang, at, view, host)}
  </li>`

const addForm = (lang: Lang, at: AtDesk, { typed, ticked, reasons, today }: HostsView): Html => {
  const form: Form = { lang, reasons, fieldOf: hostFieldOf(typed) }
  return html`<form class="form" method="post" action="${href(lang, at.path('/hosts'))}">
    ${input(form, { name: 'who', label: { ja: '団体のハンドルまたはDID', en: 'Handle or DID of the body' }, value: typed('who'), isNeeded: true })}
    ${input(form, { name: 'ja', label: { ja: '団体の名前', en: 'Name in Japanese' }, value: typed('ja'), isNeeded: true })}
    ${input(form, { name: 'en', label: { ja: '英語の名前', en: 'Name in English' }, value: typed('en') })}
    ${input(form, { name: 'validFrom', label: { ja: 'いつから', en: 'From' }, value: typed('validFrom') || today, isNeeded: true }, 'date')}
    <fieldset class="field" id="categories">
      <legend class="label">${say(lang, { ja: '分類', en: 'Categories' })}</legend>
      <p class="help">${say(lang, { ja: '選ばなければ、すべての分類を確かめられます。', en: 'None ticked: it may attest them all.' })}</p>
      <div class="tiles">
        ${Object.entries(categoryNames).map(([value, words]) => html`<label class="tile"><input type="checkbox" name="c-${value}" value="1"${ticked.has(value) && html` checked`} />${say(lang, words)}</label>`)}
      </div>
    </fieldset>
    <p class="row"><button class="btn big">${say(lang, { ja: '受入機関として登録する', en: 'Register it' })}</button></p>
    <p class="help">${say(lang, { ja: '名前と期間は公開されます。', en: 'Name and dates are public.' })}</p>
  </form>`
}

const notices = (lang: Lang, at: AtDesk, { notices: all, typed, reasons, mayChange }: HostsView): Html => {
  const form: Form = { lang, reasons, fieldOf: hostFieldOf(typed) }
  const isTyped = typed('title') !== '' || typed('body') !== ''
  const write = html`<form class="form" method="post" action="${href(lang, at.path('/hosts/notices'))}">
    ${input(form, { name: 'title', label: { ja: '題名', en: 'Title' }, value: typed('title') })}
    ${area(form, { name: 'body', label: { ja: '本文', en: 'Text' }, value: typed('body'), help: { ja: 'だれでも読めます。人の名前は書かないでください。', en: 'Anyone can read it. Name no people.' } }, BODY_ROWS)}
    ${input(form, { name: 'outageFrom', label: { ja: '障害の最初の日', en: 'First day of an outage' }, value: typed('outageFrom'), help: { ja: '障害のお知らせのときだけ入れます。最初の日から最後の日までは、確認と申告の期限に数えません。年度の締めは変わりません。', en: 'For an outage only. From its first day through its last no day counts in the time for confirming and claiming. The close of a year stays where it is.' } }, 'date')}
    ${input(form, { name: 'outageUntil', label: { ja: '障害の最後の日', en: 'Last day of an outage' }, value: typed('outageUntil') }, 'date')}
    <p class="row"><button class="btn line">${say(lang, { ja: 'お知らせを公開する', en: 'Publish the notice' })}</button></p>
  </form>`
  const list: Content =
    all.length === 0
      ? html`<p class="read">${say(lang, { ja: 'まだありません。', en: 'None yet.' })}</p>`
      : html`<ul class="trail">
          ${all.map((one) => html`<li><span class="soft small">${instantText(lang, one.createdAt)}</span> <b>${one.title}</b>${one.outage !== null && html`　${chip('wait', say(lang, { ja: '障害', en: 'Outage' }))} ${spanText(lang, one.outage.from, one.outage.until)}`}<br />${one.body}</li>`)}
        </ul>`
  return html`${list}${mayChange && html`<div>${fold(say(lang, { ja: 'お知らせを書く', en: 'Write a notice' }), write, isTyped || reasons.some(({ code }) => /^(?:notice|outage)\./.test(code)))}</div>`}`
}

export const hostsPage = (at: AtDesk, view: HostsView): string => {
  const { lang } = at.shell
  const none = html`<p class="read">${say(lang, { ja: 'まだ登録がありません。', en: 'None registered yet.' })}</p>`
  return deskPage(at, {
    room: 'hosts',
    title: { ja: '受入機関とお知らせ', en: 'Host bodies and notices' },
    done: view.done,
    reasons: view.reasons,
    fieldOf: hostFieldOf(view.typed),
    main: html`${block('h1', say(lang, { ja: '受入機関', en: 'Host bodies' }), view.hosts.length === 0 ? none : html`<ul class="asks">${view.hosts.map((host) => card(lang, at, view, host))}</ul>`)}
    ${view.mayChange && block('h2', say(lang, { ja: '受入機関を登録する', en: 'Register a host body' }), addForm(lang, at, view))}
    ${block('notices', say(lang, { ja: 'お知らせ', en: 'Notices' }), notices(lang, at, view))}`,
  })
}
