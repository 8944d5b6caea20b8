// The private register: looked through by a word, a page at a time; the ways to bring in a file and to admit somebody.

import type { Reason } from '../../../../desk/outcome.ts'
import { href, say, type Lang, type Words } from '../../lang.ts'
import { html, type Content, type Html } from '../../markup.ts'
import { block, fold } from '../../parts/block.ts'
import { spanText } from '../../parts/date.ts'
import { numText } from '../../parts/figure.ts'
import { chip } from '../../parts/icon.ts'
import type { AtDesk } from '../door.ts'
import { input, type Form } from '../fields.ts'
import { deskPage } from '../frame.ts'
import type { Admission, PersonRow } from './people.ts'

export type RegisterView = {
  readonly find: string
  readonly people: readonly PersonRow[]
  readonly total: number
  /** The id behind which the list goes on. */
  readonly after: string | null
  readonly mayChange: boolean
  readonly today: string
  readonly input: { readonly who: string; readonly from: string }
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

const ADMIT_FIELDS: Readonly<Record<string, string>> = {
  'admission.did-invalid': 'who',
  'admission.protected': 'who',
  'admission.already-admitted': 'who',
  'admission.date-impossible': 'from',
}

const STATES: Readonly<Record<Admission['state'], { readonly kind: 'ok' | 'plain'; readonly words: Words }>> = {
  admitted: { kind: 'ok', words: { ja: '登録済み', en: 'Admitted' } },
  ended: { kind: 'plain', words: { ja: '登録終了', en: 'Ended' } },
  elsewhere: { kind: 'plain', words: { ja: 'ほかの自治体', en: 'Elsewhere' } },
  none: { kind: 'plain', words: { ja: '未登録', en: 'Not admitted' } },
}

export const admissionChip = (lang: Lang, admission: Admission | null): Html =>
  admission === null
    ? html`<span class="soft small">${say(lang, { ja: 'アカウントなし', en: 'No account' })}</span>`
    : chip(STATES[admission.state].kind, say(lang, STATES[admission.state].words))

export const protectedChip = (lang: Lang): Html => chip('lock', say(lang, { ja: '支援措置', en: 'Protected' }))

const row = (lang: Lang, at: AtDesk, { resident, handle, admission }: PersonRow): Html => {
  const { id, name, from, until, household, isProtected } = resident
  const label = (words: Words) => html` data-l="${say(lang, words)}"`
  return html`<tr>
    <th scope="row"><a href="${href(lang, at.path(`/register/person?id=${encodeURIComponent(id)}`))}">${name}</a>${isProtected && html` ${protectedChip(lang)}`}</th>
    <td${label({ ja: '番号', en: 'Id' })}><span class="id">${id}</span></td>
    <td${label({ ja: 'アカウント', en: 'Account' })}>${handle === null ? '–' : handle}</td>
    <td${label({ ja: '公開の登録', en: 'Admission' })}>${admissionChip(lang, admission)}</td>
    <td${label({ ja: '台帳の期間', en: 'In the register' })}>${spanText(lang, from, until)}</td>
    <td${label({ ja: '世帯', en: 'Household' })}>${household ?? '–'}</td>
  </tr>`
}

const table = (lang: Lang, at: AtDesk, { people }: RegisterView): Html =>
  html`<div class="scroll">
    <table class="grid-t stack-t">
      <caption class="vh">${say(lang, { ja: '台帳', en: 'Register' })}</caption>
      <thead>
        <tr>
          ${[
            { ja: '名前', en: 'Name' },
            { ja: '番号', en: 'Id' },
            { ja: 'アカウント', en: 'Account' },
            { ja: '公開の登録', en: 'Admission' },
            { ja: '台帳の期間', en: 'In the register' },
            { ja: '世帯', en: 'Household' },
          ].map((words) => html`<th scope="col">${say(lang, words)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${people.map((person) => row(lang, at, person))}
      </tbody>
    </table>
  </div>`

const search = (lang: Lang, at: AtDesk, { find }: RegisterView): Html =>
  html`<form class="row" role="search" action="${at.path('/register')}">
    ${lang === 'en' && html`<input type="hidden" name="lang" value="en" />`}<label for="find">${say(lang, { ja: '名前・番号・DID', en: 'Name, id or DID' })}</label
    ><input id="find" name="find" type="search" value="${find}" autocomplete="off" /><button class="btn line">${say(lang, { ja: 'さがす', en: 'Search' })}</button>
  </form>`

const found = (lang: Lang, at: AtDesk, view: RegisterView): Content => {
  const { people, after, find, total } = view
  const none =
    total === 0
      ? { ja: 'まだだれもいません。表を取り込むと、ここに並びます。', en: 'Nobody yet. Bring in a table, and they stand here.' }
      : { ja: '見つかりません。', en: 'Nobody found.' }
  const more = new URLSearchParams({ ...(find === '' ? {} : { find }), after: after ?? '' }).toString()
  return html`${people.length === 0 ? html`<p class="read">${say(lang, none)}</p>` : table(lang, at, view)}
  ${after !== null && html`<p class="row"><a class="btn line" href="${href(lang, at.path(`/register?${more}`))}">${say(lang, { ja: 'つづきを見る', en: 'Go on' })}</a></p>`}`
}

const admitForm = (lang: Lang, at: AtDesk, view: RegisterView): Html => {
  const form: Form = { lang, reasons: view.reasons, fieldOf: (code) => ADMIT_FIELDS[code] }
  return html`<form class="form" method="post" action="${href(lang, at.path('/register/admit'))}">
    ${input(form, { name: 'who', label: { ja: 'ハンドルまたはDID', en: 'Handle or DID' }, value: view.input.who })}
    ${input(form, { name: 'from', label: { ja: 'いつから', en: 'From' }, value: view.input.from }, 'date')}
    <p class="help">${say(lang, { ja: 'この方のアカウントを、この自治体の住民として公開の記録に書きます。', en: 'Their account is written into a public record as a resident’s.' })}</p>
    <p class="row"><button class="btn line">${say(lang, { ja: '住民として登録する', en: 'Admit' })}</button></p>
  </form>`
}

export const registerPage = (at: AtDesk, view: RegisterView): string => {
  const { lang } = at.shell
  return deskPage(at, {
    room: 'register',
    title: { ja: '住民の台帳', en: 'Register of residents' },
    lead: html`<p class="lead">${say(lang, { ja: `${numText(view.total)}人`, en: `${numText(view.total)} ${view.total === 1 ? 'person' : 'people'}` })}</p>`,
    done: view.done,
    reasons: view.reasons,
    fieldOf: (code) => ADMIT_FIELDS[code],
    main: html`${view.mayChange && html`<p class="row"><a class="btn big" href="${href(lang, at.path('/register/import'))}">${say(lang, { ja: '表を取り込む', en: 'Bring in a table' })}</a><a class="btn line" href="${href(lang, at.path('/register/opening'))}">${say(lang, { ja: '開始残高', en: 'Opening balances' })}</a></p>`}
    ${block('r1', say(lang, { ja: 'さがす', en: 'Look up' }), html`${search(lang, at, view)}${found(lang, at, view)}`)}
    ${view.mayChange && block('r2', say(lang, { ja: '住民としての登録', en: 'Admission' }), html`<div>${fold(say(lang, { ja: '台帳にない方を登録する', en: 'Admit somebody who is not in the register' }), admitForm(lang, at, view), view.reasons.length > 0)}</div>`)}`,
  })
}
