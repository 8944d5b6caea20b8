// Somebody of the register: what it says, and what the town can do for them in public: admit, end, say that a household is one, that somebody died.

import type { Reason } from '../../../../desk/outcome.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold, id as idText, notice, pairs } from '../../parts/block.ts'
import { spanText } from '../../parts/date.ts'
import type { AtDesk } from '../door.ts'
import { hidden, input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import type { PersonRow } from './people.ts'
import { admissionChip, protectedChip } from './register-page.ts'

export type PersonView = {
  readonly person: PersonRow
  readonly today: string
  readonly mayAdmit: boolean
  readonly mayTell: boolean
  /** What was typed, by field. */
  readonly typed: (field: string) => string
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const FIELDS: ReadonlyMap<string, string> = new Map([
  ['death.date-impossible', 'on'],
  ['death.not-resident', 'on'],
])
/** A date of an admission is that of the one form on the page. */
const fieldOf = (code: string): string | undefined => FIELDS.get(code) ?? (code === 'admission.date-impossible' ? 'day' : undefined)

const facts = (lang: Lang, { person: { resident, handle, admission } }: PersonView): Html => {
  const { id, did, from, until, household } = resident
  return pairs([
    [say(lang, { ja: '番号', en: 'Id' }), idText(id)],
    [say(lang, { ja: '台帳の期間', en: 'In the register' }), spanText(lang, from, until)],
    [say(lang, { ja: '世帯', en: 'Household' }), household ?? '–'],
    [say(lang, { ja: 'アカウント', en: 'Account' }), did === null ? '–' : html`${handle} ${handle !== did && idText(did)}`],
    [
      say(lang, { ja: '公開の登録', en: 'Admission' }),
      html`${admissionChip(lang, admission)} ${admission?.from != null && html`<span class="soft">${spanText(lang, admission.from, admission.until)}</span>`}`,
    ],
  ])
}

const admission = (lang: Lang, at: AtDesk, view: PersonView): Content => {
  const { did, id, isProtected } = view.person.resident
  const form: Form = { lang, reasons: view.reasons, fieldOf }
  if (isProtected)
    return notice(
      'calm',
      say(lang, { ja: '支援措置のある方です', en: 'A protected person' }),
      html`<p>${say(lang, { ja: '公開の登録はしません。受入機関のカードで参加します。', en: 'Never admitted in public; takes part by a card of a host body.' })}</p>`,
    )
  if (did === null)
    return html`<p class="read">${say(lang, { ja: 'アカウント（DID）がないため、登録できません。カードで参加できます。', en: 'Without an account (DID) there is nothing to admit. A card works without.' })}</p>`
  const isIn = view.person.admission?.state === 'admitted'
  const path = isIn ? '/register/end' : '/register/admit'
  const day: Words = isIn ? { ja: 'いつまで', en: 'Until' } : { ja: 'いつから', en: 'From' }
  return html`<form class="form" method="post" action="${href(lang, at.path(path))}">
    ${hidden('id', id)}${hidden('who', did)}${input(form, { name: 'day', label: day, value: view.typed('day') || view.today }, 'date')}
    <p class="row">
      ${isIn ? html`<button class="btn line">${say(lang, { ja: '登録を終える', en: 'End the admission' })}</button>` : html`<button class="btn big">${say(lang, { ja: '住民として登録する', en: 'Admit' })}</button>`}
    </p>
  </form>`
}

const household = (lang: Lang, at: AtDesk, { person: { resident } }: PersonView): Content =>
  resident.household !== null &&
  fold(
    say(lang, { ja: '世帯を帳簿に伝える', en: 'Tell the books about the household' }),
    html`<form class="form" method="post" action="${href(lang, at.path('/register/household'))}">
      ${hidden('id', resident.id)}${hidden('household', resident.household)}
      <p class="read">
        ${say(lang, { ja: '同じ世帯どうしの確認は数えません。公開されるのは、内容の分からない印だけです。', en: 'Confirmations within one household do not count. Public is only a mark that tells nothing of its content.' })}
      </p>
      <p class="row"><button class="btn line">${say(lang, { ja: `世帯 ${resident.household} を伝える`, en: `Tell about household ${resident.household}` })}</button></p>
    </form>`,
  )

const death = (lang: Lang, at: AtDesk, view: PersonView): Content => {
  const { did, id } = view.person.resident
  const form: Form = { lang, reasons: view.reasons, fieldOf }
  return (
    did !== null &&
    fold(
      say(lang, { ja: '亡くなったことを記録する', en: 'Record a death' }),
      html`<form class="form" method="post" action="${href(lang, at.path('/register/death'))}">
        ${hidden('id', id)}${hidden('who', did)}${input(form, { name: 'on', label: { ja: '亡くなった日', en: 'Day of death' }, value: view.typed('on') }, 'date', html` max="${view.today}"`)}
        <p class="row"><button class="btn line">${say(lang, { ja: '記録する', en: 'Record it' })}</button></p>
      </form>`,
      view.typed('on') !== '',
    )
  )
}

export const personPage = (at: AtDesk, view: PersonView): string => {
  const { lang } = at.shell
  const { resident } = view.person
  return deskPage(at, {
    room: 'register',
    title: { ja: resident.name, en: resident.name },
    inside: true,
    lead: resident.isProtected && html`<p class="row">${protectedChip(lang)}</p>`,
    done: view.done,
    reasons: view.reasons,
    fieldOf,
    main: html`${block('p1', say(lang, { ja: '台帳', en: 'Register' }), facts(lang, view))}
    ${view.mayAdmit && block('p2', say(lang, { ja: '住民としての登録', en: 'Admission' }), admission(lang, at, view))}
    ${view.mayTell && !resident.isProtected && block('p3', say(lang, { ja: '帳簿に伝える', en: 'For the books' }), html`<div>${household(lang, at, view)}${death(lang, at, view)}</div>`)}`,
  })
}
