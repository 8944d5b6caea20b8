// Rulings that took an act back, each with what can follow: an appeal until its last day, what two others decide on it, and whose confirming is suspended.
// Everything but taking in an appeal is proposed here by one and approved by another.

import type { UpheldRulingView, SuspensionView } from '../../../../desk/operations.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { fieldsOf, textOf } from '../../../../journal/fields.ts'
import type { Draft } from '../../../../store/desk.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { fold, notice, pairs } from '../../parts/block.ts'
import { dateText } from '../../parts/date.ts'
import { duration } from '../../parts/figure.ts'
import { chip } from '../../parts/icon.ts'
import { categoryName } from '../../words.ts'
import type { AtDesk } from '../door.ts'
import { area, hidden, input, type Form } from '../fields.ts'
import { approvalForm } from '../stamps/approval-form.ts'

export type RuledAct = UpheldRulingView & { readonly giver: string; readonly category: string | null }
export type RulingsView = {
  readonly rulings: readonly RuledAct[]
  /** What people are called, by DID. */
  readonly people: ReadonlyMap<string, string>
  readonly today: string
  readonly mayAppeal: boolean
  readonly mayDecide: boolean
  readonly maySuspend: boolean
  readonly typed: (field: string) => string
  readonly reasons: readonly Reason[]
}

const REASON_ROWS = 3
const OUTCOMES: Readonly<Record<string, Words>> = {
  upheld: { ja: '裁定を維持する（記帳は取り消されたまま）', en: 'The ruling stands (the entry stays taken back)' },
  restored: { ja: '不服を認める（もう一度記帳する）', en: 'The appeal is upheld (it is booked again)' },
}
const STATES: Readonly<Record<UpheldRulingView['state'], { readonly kind: 'plain' | 'ok' | 'bad'; readonly words: Words }>> = {
  upheld: { kind: 'bad', words: { ja: '記帳を取消し', en: 'Entry taken back' } },
  'upheld-again': { kind: 'bad', words: { ja: '不服を認めず（取消しのまま）', en: 'Appeal not upheld' } },
  restored: { kind: 'ok', words: { ja: '不服を認め、もう一度記帳', en: 'Appeal upheld, booked again' } },
}
const REASON_HELP: Words = {
  ja: '公開されません。二人目と監査の担当者が読みます。',
  en: 'Not public. Read by the second person and by auditors.',
}

/** Where a refusal stands is told by what was sent: which form, of which record. */
export const followUpFieldOf = (typed: RulingsView['typed'], code: string): string | undefined => {
  const [form, rkey] = [typed('form'), typed('rkey')]
  if (!/^(?:appeal|suspend|decide|end)$/.test(form)) return undefined
  if (code === 'role.did-invalid') return form === 'suspend' ? `suspend-who-${rkey}` : `appeal-by-${rkey}`
  if (/^suspension\.(?:date-impossible|over-already|too-long)$/.test(code)) return `suspend-until-${rkey}`
  if (/^suspension\.(?:did-invalid|not-a-party|not-resident|repeated|own-matter)$/.test(code) && form === 'suspend')
    return `suspend-who-${rkey}`
  return /^(?:appeal|suspension)\./.test(code) ? `${form}-why-${rkey}` : undefined
}

type Sending = {
  readonly name: 'appeal' | 'decide' | 'suspend' | 'end'
  readonly rkey: string
  readonly to: string
  readonly button: Words
}

/** A fold with a form; `fields` are given what was typed in it before. */
const sendForm = (
  lang: Lang,
  at: AtDesk,
  view: RulingsView,
  { name, rkey, to, button }: Sending,
  [summary, fields]: readonly [Words, (form: Form, typed: (field: string) => string) => Content],
): Html => {
  const isThis = view.typed('form') === name && view.typed('rkey') === rkey
  const form: Form = { lang, reasons: isThis ? view.reasons : [], fieldOf: (code) => followUpFieldOf(view.typed, code) }
  return fold(
    say(lang, summary),
    html`<form class="form" method="post" action="${href(lang, at.path(to))}">
      ${hidden('form', name)}${hidden('rkey', rkey)}${fields(form, isThis ? view.typed : () => '')}
      <p class="row"><button class="btn line">${say(lang, button)}</button></p>
    </form>`,
    isThis,
  )
}

const PASS: Words = { ja: '二人目に回す', en: 'Pass it to the second person' }
const rkeyOf = (uri: string): string => uri.split('/').at(-1) ?? ''

const why = (form: Form, name: string, typed: (field: string) => string, label: Words = { ja: '理由', en: 'Reason' }): Html =>
  area(form, { name, label, value: typed(name), help: REASON_HELP }, REASON_ROWS)

const appealForm = (lang: Lang, at: AtDesk, view: RulingsView, { uri }: RuledAct): Html => {
  const rkey = rkeyOf(uri)
  const send: Sending = { name: 'appeal', rkey, to: '/disputes/appeals', button: { ja: '受け付ける', en: 'Take it' } }
  return sendForm(lang, at, view, send, [
    { ja: '不服の申し立てを受け付ける', en: 'Take an appeal' },
    (
      form,
      typed,
    ) => html`${hidden('ruling', uri)}${why(form, `appeal-why-${rkey}`, typed, { ja: '申し立ての内容', en: 'What is said against it' })}
      ${input(form, { name: `appeal-by-${rkey}`, label: { ja: '申し立てた方のハンドルまたはDID', en: 'Handle or DID of who appeals' }, value: typed(`appeal-by-${rkey}`), help: { ja: '任意。公開されません。', en: 'Optional, not public.' } })}`,
  ])
}

const decideForm = (lang: Lang, at: AtDesk, view: RulingsView, { uri }: RuledAct): Html => {
  const rkey = rkeyOf(uri)
  const send: Sending = { name: 'decide', rkey, to: '/disputes/appeals/decisions', button: PASS }
  return sendForm(lang, at, view, send, [
    { ja: '決定案をつくる', en: 'Propose a decision' },
    (form, typed) => html`${hidden('ruling', uri)}
      <fieldset class="field">
        <legend class="label">${say(lang, { ja: '決定', en: 'Decision' })}</legend>
        ${Object.entries(OUTCOMES).map(([value, words]) => html`<label class="tile"><input type="radio" name="outcome" value="${value}"${(typed('outcome') || 'upheld') === value && html` checked`} />${say(lang, words)}</label>`)}
      </fieldset>
      <p class="help">${say(lang, { ja: 'はじめの裁定をした二人は、決められません。', en: 'The two who ruled the first time cannot decide it.' })}</p>
      ${why(form, `decide-why-${rkey}`, typed)}`,
  ])
}

const suspendForm = (lang: Lang, at: AtDesk, view: RulingsView, { uri }: RuledAct): Html => {
  const rkey = rkeyOf(uri)
  const send: Sending = { name: 'suspend', rkey, to: '/disputes/suspensions', button: PASS }
  const [who, until] = [`suspend-who-${rkey}`, `suspend-until-${rkey}`]
  return sendForm(lang, at, view, send, [
    { ja: '確認することを止める', en: 'Suspend somebody’s confirming' },
    (form, typed) => html`${hidden('ruling', uri)}
      ${input(form, { name: who, label: { ja: '止める方のハンドルまたはDID', en: 'Handle or DID of whom' }, value: typed(who), help: { ja: 'この行動をした方か、確認した方です。', en: 'Who gave this act, or confirmed it.' } })}
      ${input(form, { name: until, label: { ja: 'いつまで（その日まで）', en: 'Last day' }, value: typed(until), help: { ja: '180日までです。これまでの確認は、そのままです。', en: 'At most 180 days. What was confirmed before stands.' } }, 'date')}
      ${why(form, `suspend-why-${rkey}`, typed)}`,
  ])
}

const endForm = (lang: Lang, at: AtDesk, view: RulingsView, { uri, did }: SuspensionView): Html => {
  const rkey = rkeyOf(uri)
  const send: Sending = { name: 'end', rkey, to: '/disputes/suspensions/ends', button: PASS }
  return sendForm(lang, at, view, send, [
    { ja: '期限の前に解除する', en: 'End it before its last day' },
    (form, typed) => html`${hidden('suspension', uri)}${hidden('did', did)}${why(form, `end-why-${rkey}`, typed)}`,
  ])
}

const bodyOf = ({ body }: Draft, field: string): string => textOf(fieldsOf(body)?.[field]) ?? ''

/** What one has proposed and another may approve. */
const proposed = (lang: Lang, at: AtDesk, draft: Draft, [title, approve]: readonly [Words, Words]): Html =>
  html`${notice('warn', say(lang, title), html`<p>${bodyOf(draft, 'reason')}</p>`)}${approvalForm(at, draft, { path: `/disputes/follow-ups/${draft.id}`, approve, isMain: false })}`

const decision = (lang: Lang, at: AtDesk, draft: Draft): Html => {
  const words = OUTCOMES[bodyOf(draft, 'outcome')] ?? { ja: '', en: '' }
  const title = { ja: `決定案：${words.ja}`, en: `Proposed decision: ${words.en}` }
  return proposed(lang, at, draft, [title, { ja: 'この決定を承認する', en: 'Approve this decision' }])
}

const nameIn = ({ people }: RulingsView, did: string): string => people.get(did) ?? did

const suspending = (lang: Lang, at: AtDesk, view: RulingsView, draft: Draft): Html => {
  const [name, until] = [nameIn(view, bodyOf(draft, 'did')), bodyOf(draft, 'until')]
  const title = {
    ja: `停止案：${name} の確認を ${dateText('ja', until)}まで止める`,
    en: `Proposed: what ${name} confirms does not count until ${dateText('en', until)}`,
  }
  return proposed(lang, at, draft, [title, { ja: 'この停止を承認する', en: 'Approve this suspension' }])
}

const suspension = (lang: Lang, at: AtDesk, view: RulingsView, one: SuspensionView): Html => {
  const state = one.isRunning
    ? chip('wait', say(lang, { ja: '停止中', en: 'Suspended' }))
    : chip('plain', say(lang, { ja: '終了', en: 'Over' }))
  const end = { ja: '解除案', en: 'Proposed: it ends now' }
  return html`<p class="row">${state} ${say(lang, { ja: `${nameIn(view, one.did)} の確認は、${dateText('ja', one.until)}まで数えられません`, en: `What ${nameIn(view, one.did)} confirms does not count until ${dateText('en', one.until)}` })}</p>
    ${one.ending !== null ? proposed(lang, at, one.ending, [end, { ja: 'この解除を承認する', en: 'Approve its end' }]) : one.isRunning && view.maySuspend && endForm(lang, at, view, one)}`
}

const appealText = (lang: Lang, { today }: RulingsView, { state, appeal, action, lastDayOfAppeal }: RuledAct): string => {
  const last = dateText(lang, lastDayOfAppeal)
  if (state !== 'upheld') return say(lang, { ja: '決定ずみ', en: 'Decided' })
  if (appeal !== null) return say(lang, { ja: '受け付けて、決定を待っています', en: 'Taken, waits for a decision' })
  if (action === null) return say(lang, { ja: '行動の記録が取り下げられています', en: 'The act has been withdrawn' })
  return today <= lastDayOfAppeal
    ? say(lang, { ja: `${last}まで受け付けます`, en: `Can be taken until ${last}` })
    : say(lang, { ja: `${last}で期限が終わりました`, en: `Ended on ${last}` })
}

const card = (lang: Lang, at: AtDesk, view: RulingsView, ruling: RuledAct): Html => {
  const { action, appeal, state, effectiveDate, category, minutes } = ruling
  const isOpenToAppeal = state === 'upheld' && appeal === null && action !== null && view.today <= ruling.lastDayOfAppeal
  return html`<li class="card">
    <h3>${effectiveDate === null ? say(lang, { ja: '取り下げられた行動', en: 'An act that was withdrawn' }) : dateText(lang, effectiveDate)}　${category !== null && say(lang, categoryName(category))}　${minutes !== null && html`<span class="nb">${duration(lang, minutes)}</span>`}</h3>
    <p class="row">${chip(STATES[state].kind, say(lang, STATES[state].words))}</p>
    ${pairs([
      [say(lang, { ja: 'した人', en: 'Giver' }), ruling.giver],
      [say(lang, { ja: '裁定の日', en: 'Ruled on' }), dateText(lang, ruling.day)],
      [say(lang, { ja: '裁定の理由', en: 'Reason' }), ruling.reason ?? '–'],
      [say(lang, { ja: '不服', en: 'Appeal' }), appealText(lang, view, ruling)],
      ...(action === null
        ? []
        : ([
            [
              say(lang, { ja: '記録', en: 'Record' }),
              html`<a href="${href(lang, at.path(`/trace?uri=${encodeURIComponent(action)}`))}">${say(lang, { ja: '記録をたどる', en: 'Trace the record' })}</a>`,
            ],
          ] as const)),
    ])}
    ${appeal !== null && notice('warn', say(lang, { ja: '不服の申し立て', en: 'The appeal' }), html`<p>${appeal.reason ?? '–'}</p>`)}
    ${ruling.decision !== null ? decision(lang, at, ruling.decision) : appeal !== null && view.mayDecide && decideForm(lang, at, view, ruling)}
    ${isOpenToAppeal && view.mayAppeal && appealForm(lang, at, view, ruling)}
    ${ruling.suspensions.map((one) => suspension(lang, at, view, one))}
    ${ruling.suspending.map((draft) => suspending(lang, at, view, draft))}
    ${state !== 'restored' && view.maySuspend && suspendForm(lang, at, view, ruling)}
  </li>`
}

export const rulingsPart = (at: AtDesk, view: RulingsView): Html => {
  const { lang } = at.shell
  return html`<p class="read">${say(lang, { ja: '記帳を取り消した裁定です。30日のあいだ、不服の申し立てを受け付けます。', en: 'Rulings that took an entry back. For 30 days there can be an appeal.' })}</p>
    ${view.rulings.length === 0 ? html`<p class="read">${say(lang, { ja: 'ありません。', en: 'None.' })}</p>` : html`<ul class="asks">${view.rulings.map((ruling) => card(lang, at, view, ruling))}</ul>`}`
}
