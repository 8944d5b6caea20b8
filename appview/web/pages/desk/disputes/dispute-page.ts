// Disputes: those that are open, each with its act; a ruling that one proposes and another approves; a new one; what followed
// rulings; and the flags the books raised.

import type { Reason } from '../../../../desk/outcome.ts'
import type { DisputeView, FlagView } from '../../../../desk/operations.ts'
import { fieldsOf, textOf } from '../../../../journal/fields.ts'
import { sentenceOf } from '../../../../journal/refusals.ts'
import type { Draft } from '../../../../store/desk.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold, notice, pairs } from '../../parts/block.ts'
import { dateText, monthText } from '../../parts/date.ts'
import { duration } from '../../parts/figure.ts'
import { categoryName } from '../../words.ts'
import type { AtDesk } from '../door.ts'
import { area, hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import { approvalForm } from '../stamps/approval-form.ts'
import { followUpFieldOf, rulingsPart, type RulingsView } from './rulings-part.ts'

export type OpenDispute = DisputeView & { readonly giver: string; readonly category: string | null }
export type DisputesView = {
  readonly disputes: readonly OpenDispute[]
  readonly flags: readonly FlagView[]
  /** What people are called, by entity. */
  readonly names: ReadonlyMap<string, string>
  readonly older: string | null
  readonly mayOpen: boolean
  readonly mayRule: boolean
  readonly mayDismiss: boolean
  /** Rulings that took an act back, and what follows. */
  readonly followUps: RulingsView
  /** What was typed, by field. */
  readonly typed: (field: string) => string
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const OUTCOMES: Readonly<Record<string, Words>> = {
  upheld: { ja: '申し立てを認める（記帳を取り消す）', en: 'Uphold it (the entry is reversed)' },
  dismissed: { ja: '申し立てを認めない（記帳はそのまま）', en: 'Dismiss it (the entry stays)' },
}
const FLAGS: Readonly<Record<string, Words>> = {
  'action.same-day': {
    ja: '同じ人の同じ日・同じ分類の記録がほかにもあります。',
    en: 'The same person, day and category stand there twice.',
  },
  'audit.sample': { ja: '記帳された行動から無作為に選ばれました。', en: 'Drawn at random from what is recognised.' },
  'audit.top-earner': {
    ja: '記帳された時間が、もっとも多い方の一人です。',
    en: 'One of those to whom most minutes were booked.',
  },
}
const FIELDS: Readonly<Record<string, string>> = {
  'dispute.subject-invalid': 'uri',
  'dispute.action-unknown': 'uri',
  'dispute.action-not-recognised': 'uri',
  'dispute.already-open': 'uri',
  'dispute.reason-missing': 'why',
  'role.did-invalid': 'by',
}
const REASON_ROWS = 3
const MONTH_LENGTH = 'YYYY-MM'.length
/** Where a refusal of a ruling or of a flag stands is told by what was sent. */
export const disputeFieldOf =
  (typed: DisputesView['typed']) =>
  (code: string): string | undefined => {
    const followed = followUpFieldOf(typed, code)
    if (followed !== undefined) return followed
    if (code === 'ruling.reason-missing') return `why-${typed('rkey')}`
    if (code === 'flag.reason-missing') return `why-${typed('flag').replaceAll(/[^\w-]/g, '-')}`
    return FIELDS[code]
  }

const traceLink = (lang: Lang, at: AtDesk, uri: string): Html =>
  html`<a href="${href(lang, at.path(`/trace?uri=${encodeURIComponent(uri)}`))}">${say(lang, { ja: '記録をたどる', en: 'Trace the record' })}</a>`

const rulingOf = ({ body }: Draft): { readonly outcome: string; readonly reason: string } => ({
  outcome: textOf(fieldsOf(body)?.['outcome']) ?? '',
  reason: textOf(fieldsOf(body)?.['reason']) ?? '',
})

const proposed = (lang: Lang, at: AtDesk, draft: Draft, isMain: boolean): Html => {
  const { outcome, reason } = rulingOf(draft)
  return html`${notice(
    'warn',
    say(lang, { ja: '裁定案：', en: 'Proposed ruling: ' }) + say(lang, OUTCOMES[outcome] ?? { ja: outcome, en: outcome }),
    html`<p>${reason}</p>`,
  )}${approvalForm(at, draft, { path: `/disputes/rulings/${draft.id}`, approve: { ja: 'この裁定を承認する', en: 'Approve this ruling' }, isMain })}`
}

const rulingForm = (lang: Lang, at: AtDesk, view: DisputesView, dispute: OpenDispute): Html => {
  const rkey = dispute.uri.split('/').at(-1) ?? ''
  const isThis = view.typed('rkey') === rkey
  const form: Form = { lang, reasons: isThis ? view.reasons : [], fieldOf: disputeFieldOf(view.typed) }
  const why = `why-${rkey}`
  return fold(
    say(lang, { ja: '裁定案をつくる', en: 'Propose a ruling' }),
    html`<form class="form" method="post" action="${href(lang, at.path('/disputes/rulings'))}">
      ${hidden('dispute', dispute.uri)}${hidden('rkey', rkey)}
      <fieldset class="field">
        <legend class="label">${say(lang, { ja: '裁定', en: 'Ruling' })}</legend>
        ${Object.entries(OUTCOMES).map(([value, words]) => html`<label class="tile"><input type="radio" name="outcome" value="${value}"${(isThis ? view.typed('outcome') : 'dismissed') === value && html` checked`} />${say(lang, words)}</label>`)}
      </fieldset>
      ${area(form, { name: why, label: { ja: '理由', en: 'Reason' }, value: isThis ? view.typed(why) : '', help: { ja: '公開されません。二人目と監査の担当者が読みます。', en: 'Not public. Read by the second person and by auditors.' } }, REASON_ROWS)}
      <p class="row"><button class="btn line">${say(lang, { ja: '二人目に回す', en: 'Pass it to the second person' })}</button></p>
    </form>`,
    isThis,
  )
}

const card = (lang: Lang, at: AtDesk, view: DisputesView, dispute: OpenDispute): Html =>
  html`<li class="card">
    <h3>${dateText(lang, dispute.effectiveDate)}　${dispute.category !== null && say(lang, categoryName(dispute.category))}　<span class="nb">${duration(lang, dispute.minutes)}</span></h3>
    ${pairs([
      [say(lang, { ja: 'した人', en: 'Giver' }), dispute.giver],
      [
        say(lang, { ja: '申し立て', en: 'Dispute' }),
        dispute.reason ?? say(lang, { ja: '確認の食い違い', en: 'Confirmations that differ' }),
      ],
      [say(lang, { ja: '記録', en: 'Record' }), traceLink(lang, at, dispute.action)],
    ])}
    ${dispute.ruling !== null ? proposed(lang, at, dispute.ruling, view.disputes.find(({ ruling }) => ruling !== null) === dispute) : view.mayRule && rulingForm(lang, at, view, dispute)}
  </li>`

const newDispute = (lang: Lang, at: AtDesk, { typed, reasons }: DisputesView): Html => {
  const form: Form = { lang, reasons, fieldOf: disputeFieldOf(typed) }
  return fold(
    say(lang, { ja: '申し立てを受け付ける', en: 'Take a dispute' }),
    html`<form class="form" method="post" action="${href(lang, at.path('/disputes'))}">
      ${input(form, { name: 'uri', label: { ja: '記録の名前（at://…）', en: 'Address of the record (at://…)' }, value: typed('uri') })}
      ${area(form, { name: 'why', label: { ja: '申し立ての内容', en: 'What is disputed' }, value: typed('why') }, REASON_ROWS)}
      ${input(form, { name: 'by', label: { ja: '申し立てた方のハンドルまたはDID', en: 'Handle or DID of who disputes it' }, value: typed('by'), help: { ja: '任意。公開されません。', en: 'Optional, not public.' } })}
      <p class="help">${say(lang, { ja: '申し立ての間も、分数は決算書に含めます。結論は、二人の担当者が出します。', en: 'Meanwhile the minutes stay in the statements. Two people decide.' })}</p>
      <p class="row"><button class="btn line">${say(lang, { ja: '受け付ける', en: 'Take it' })}</button></p>
    </form>`,
    typed('uri') !== '',
  )
}

const flagItem = (lang: Lang, at: AtDesk, view: DisputesView, flag: FlagView): Html => {
  const why = `why-${flag.id.replaceAll(/[^\w-]/g, '-')}`
  const isThis = view.typed('flag') === flag.id
  const form: Form = { lang, reasons: isThis ? view.reasons : [], fieldOf: disputeFieldOf(view.typed) }
  const words = FLAGS[flag.code] ?? sentenceOf(flag.code) ?? { ja: flag.code, en: flag.code }
  const dismiss = html`<form class="form" method="post" action="${href(lang, at.path('/disputes/flags'))}">
    ${hidden('flag', flag.id)}${input(form, { name: why, label: { ja: '問題ないと考えた理由', en: 'Why it is in order' }, value: isThis ? view.typed(why) : '' })}
    <p class="row"><button class="btn line">${say(lang, { ja: '確かめたことにする', en: 'Set it aside' })}</button></p>
  </form>`
  return html`<li class="card">
    <h3>${flag.earner === undefined ? dateText(lang, flag.day) : monthText(lang, flag.day.slice(0, MONTH_LENGTH))}　${say(lang, words)}</h3>
    <p class="row">
      <span class="soft small">${say(lang, { ja: '理由', en: 'reason' })} <span class="id">${flag.code}</span></span>${flag.uri !== null && traceLink(lang, at, flag.uri)}${view.mayOpen && flag.uri !== null && html`<a href="${href(lang, at.path(`/disputes?uri=${encodeURIComponent(flag.uri)}&why=audit#d2`))}">${say(lang, { ja: '申し立てにする', en: 'Make it a dispute' })}</a>`}
    </p>
    ${flag.earner !== undefined && earnerFacts(lang, at, view, flag.earner)}
    ${view.mayDismiss && fold(say(lang, { ja: '問題がないとき', en: 'If it is in order' }), dismiss, isThis)}
  </li>`
}

/** Whose month it is, and where to begin to look. */
const earnerFacts = (lang: Lang, at: AtDesk, { names }: DisputesView, { entity, minutes, acts }: Required<FlagView>['earner']): Html =>
  pairs([
    [say(lang, { ja: 'した人', en: 'Giver' }), names.get(entity) ?? entity],
    [say(lang, { ja: 'この月の時間', en: 'Of the month' }), html`<span class="nb">${duration(lang, minutes)}</span>`],
    [
      say(lang, { ja: 'もとの記録', en: 'The acts' }),
      html`<span class="row">${acts.map((uri, index) => html`<a href="${href(lang, at.path(`/trace?uri=${encodeURIComponent(uri)}`))}">${say(lang, { ja: `記録${index + 1}`, en: `Act ${index + 1}` })}</a>`)}</span>`,
    ],
  ])

const flagList = (lang: Lang, at: AtDesk, view: DisputesView): Content => {
  const waiting = view.flags.filter(({ isDismissed }) => !isDismissed)
  const seen = view.flags.length - waiting.length
  return html`<p class="read">${say(lang, { ja: '帳簿が見つけた、念のため見ておくものです。印だけでは、数字は変わりません。', en: 'What the books found worth a second look. A flag alone changes no figure.' })}</p>
    ${waiting.length === 0 ? html`<p class="read">${say(lang, { ja: 'ありません。', en: 'None.' })}</p>` : html`<ul class="asks">${waiting.map((flag) => flagItem(lang, at, view, flag))}</ul>`}
    ${seen > 0 && html`<p class="soft">${say(lang, { ja: `確かめたもの：${seen}件`, en: `Set aside: ${seen}` })}</p>`}${view.older !== null && html`<p class="row"><a class="btn line" href="${href(lang, at.path(`/disputes?before=${view.older}#flags`))}">${say(lang, { ja: '前の印を見る', en: 'Older flags' })}</a></p>`}`
}

export const disputesPage = (at: AtDesk, view: DisputesView): string => {
  const { lang } = at.shell
  const none = html`<p class="read">${say(lang, { ja: '開いている申し立てはありません。', en: 'No dispute is open.' })}</p>`
  return deskPage(at, {
    room: 'disputes',
    title: { ja: '申し立て', en: 'Disputes' },
    done: view.done,
    reasons: view.reasons,
    fieldOf: disputeFieldOf(view.typed),
    main: html`${block('d1', say(lang, { ja: `開いている申し立て（${view.disputes.length}件）`, en: `Open disputes (${view.disputes.length})` }), view.disputes.length === 0 ? none : html`<ul class="asks">${view.disputes.map((dispute) => card(lang, at, view, dispute))}</ul>`)}
    ${view.mayOpen && block('d2', say(lang, { ja: '新しい申し立て', en: 'A new dispute' }), html`<div>${newDispute(lang, at, view)}</div>`)}
    ${block('rulings', say(lang, { ja: '裁定のあと', en: 'After a ruling' }), rulingsPart(at, view.followUps))}
    ${block('flags', say(lang, { ja: '見直しの印', en: 'Flags' }), flagList(lang, at, view))}`,
  })
}
