// The form that records an act: category, minutes, date; the rest folded. Errors keep what was entered and say what to do.

import { href, say, type Lang, type Words } from './lang.ts'
import { layout, type Shell, myWaCrumb } from './layout.ts'
import { html, type Content, type Html } from './markup.ts'
import { fold, notice, pageHead } from './parts/block.ts'
import { dateText } from './parts/date.ts'
import { chip, icons } from './parts/icon.ts'
import { categoryNames } from './words.ts'

export const QUICK_MINUTES = [15, 30, 45, 60, 90, 120] as const
export const MOST_MINUTES = 720
export const MOST_NOTE = 300
const CATEGORY_ORDER = [
  'elderly',
  'children',
  'disability',
  'health',
  'community',
  'safety',
  'environment',
  'culture',
  'disaster',
  'international',
  'other',
]

export type RecordInput = {
  readonly category: string
  readonly minutes: string
  readonly otherMinutes: string
  readonly performedOn: string
  readonly municipality: string
  readonly hostBody: string
  readonly beneficiary: string
  readonly note: string
}
export type RecordField = keyof RecordInput
export type RecordError = { readonly field: RecordField; readonly message: Words }
export type RecordView = {
  readonly today: string
  readonly earliest: string
  readonly towns: readonly { readonly code: string; readonly names: Words }[]
  readonly hostBodies: readonly { readonly did: string; readonly names: Words }[]
  readonly input: RecordInput
  readonly errors: readonly RecordError[]
}

export const emptyInput = (today: string, municipality: string): RecordInput => ({
  category: '',
  minutes: '',
  otherMinutes: '',
  performedOn: today,
  municipality,
  hostBody: '',
  beneficiary: '',
  note: '',
})

const need = (lang: Lang): Html => html`<span class="need">${say(lang, { ja: '※必須', en: 'required' })}</span>`

const errorOf = (lang: Lang, view: RecordView, field: RecordField): Content => {
  const found = view.errors.find((error) => error.field === field)
  return found !== undefined && html`<p class="err" id="${field}-e">${icons.bad}${say(lang, found.message)}</p>`
}
const invalid = (view: RecordView, field: RecordField): Content =>
  view.errors.some((error) => error.field === field) && html` aria-invalid="true" aria-describedby="${field}-e"`

const summary = (lang: Lang, view: RecordView): Content =>
  view.errors.length > 0 &&
  notice(
    'bad',
    say(lang, {
      ja: `${view.errors.length}か所を直してください`,
      en: `Please mend ${view.errors.length} ${view.errors.length === 1 ? 'place' : 'places'}`,
    }),
    html`<ul>
      ${view.errors.map((error) => html`<li><a href="#${error.field}">${say(lang, error.message)}</a></li>`)}
    </ul>`,
    true,
  )

const tile = (name: string, value: string, chosen: string, label: Content): Html =>
  html`<label class="tile"><input type="radio" name="${name}" value="${value}" ${value === chosen && html` checked`} />${label}</label>`

const category = (lang: Lang, view: RecordView): Html =>
  html`<fieldset class="field" id="category">
    <legend class="label">${say(lang, { ja: 'どんな行動ですか', en: 'What kind of act was it?' })}${need(lang)}</legend>
    ${errorOf(lang, view, 'category')}
    <div class="tiles">
      ${CATEGORY_ORDER.map((key) => tile('category', key, view.input.category, say(lang, categoryNames[key] ?? { ja: key, en: key })))}
    </div>
  </fieldset>`

const minutes = (lang: Lang, view: RecordView): Html =>
  html`<fieldset class="field" id="minutes">
    <legend class="label">${say(lang, { ja: '何分しましたか', en: 'How many minutes?' })}${need(lang)}</legend>
    ${errorOf(lang, view, 'minutes')}${errorOf(lang, view, 'otherMinutes')}
    <div class="tiles few">
      ${QUICK_MINUTES.map((value) => tile('minutes', String(value), view.input.minutes, html`<span class="num">${value}${say(lang, { ja: '分', en: ' min' })}</span>`))}
    </div>
    <label class="row" for="otherMinutes"
      >${say(lang, { ja: 'ほかの分数', en: 'Other minutes' })}<input
        id="otherMinutes"
        name="otherMinutes"
        type="number"
        inputmode="numeric"
        min="1"
        max="${MOST_MINUTES}"
        value="${view.input.otherMinutes}"
        ${
          view.errors.some(({ field }) => field === 'otherMinutes')
            ? html`aria-invalid="true" aria-describedby="otherMinutes-e otherMinutes-h"`
            : html`aria-describedby="otherMinutes-h"`
        }
    /></label>
    <p class="help" id="otherMinutes-h">
      ${say(lang, { ja: '1分から720分（12時間）まで。書いたときは、こちらを使います。', en: 'From 1 to 720 (12 hours). If given, this one is used.' })}
    </p>
  </fieldset>`

const day = (lang: Lang, view: RecordView): Html =>
  html`<div class="field">
    <label class="label" for="performedOn">${say(lang, { ja: 'いつですか', en: 'When?' })}${need(lang)}</label
    >${errorOf(lang, view, 'performedOn')}<input
      id="performedOn"
      name="performedOn"
      type="date"
      min="${view.earliest}"
      max="${view.today}"
      value="${view.input.performedOn}"
      required${invalid(view, 'performedOn')}
    />
    <p class="help">
      ${say(lang, { ja: `今日は${dateText(lang, view.today)}。${dateText(lang, view.earliest)}から記録できます。`, en: `Today is ${dateText(lang, view.today)}. From ${dateText(lang, view.earliest)} on.` })}
    </p>
  </div>`

/** A fold opens by itself when something in it is to be mended. */
const isWrong = (view: RecordView, ...fields: readonly RecordField[]): boolean => view.errors.some(({ field }) => fields.includes(field))

const choice = (
  lang: Lang,
  view: RecordView,
  name: RecordField,
  label: Words,
  options: readonly { readonly value: string; readonly words: Words }[],
): Html =>
  html`<div class="field">
    <label class="label" for="${name}">${say(lang, label)}</label
    >${errorOf(lang, view, name)}<select id="${name}" name="${name}" class="wide"${invalid(view, name)}>
      ${options.map(({ value, words }) => html`<option value="${value}" ${value === view.input[name] && html` selected`}>${say(lang, words)}</option>`)}
    </select>
  </div>`

const more = (lang: Lang, view: RecordView): Html => {
  const optional = html`<span class="soft">${say(lang, { ja: '任意', en: 'optional' })}</span>`
  const towns = view.towns.map((town) => ({ value: town.code, words: town.names }))
  const bodies = [
    { value: '', words: { ja: '選ばない', en: 'None' } },
    ...view.hostBodies.map((body) => ({ value: body.did, words: body.names })),
  ]
  const forWhom = [
    { value: '', words: { ja: '書かない', en: 'Not said' } },
    { value: 'public', words: { ja: '地域のみんなのため（公共）', en: 'For everybody (public)' } },
    { value: 'unnamed', words: { ja: '名前を出さない人のため', en: 'For somebody who is not named' } },
  ]
  const note = html`<div class="field">
    <label class="label" for="note">${say(lang, { ja: 'メモ', en: 'Note' })}</label>${errorOf(lang, view, 'note')}<textarea
      id="note"
      name="note"
      class="wide"
      rows="3"
      maxlength="${MOST_NOTE}"
      aria-describedby="note-h${isWrong(view, 'note') && ' note-e'}"
    >
${view.input.note}</textarea>
    <p class="help" id="note-h">
      ${say(lang, { ja: 'だれでも読めます。人の名前、体の具合、場所は書かないでください。', en: 'Anyone can read it. Leave out names, health and places.' })}
    </p>
  </div>`
  return html`<div>
    ${fold(html`${say(lang, { ja: '市町・受入機関・だれのために', en: 'Municipality, host body, for whom' })}${optional}`, html`${choice(lang, view, 'municipality', { ja: '市町', en: 'Municipality' }, towns)}${choice(lang, view, 'hostBody', { ja: '受入機関', en: 'Host body' }, bodies)}${choice(lang, view, 'beneficiary', { ja: 'だれのために', en: 'For whom' }, forWhom)}`, isWrong(view, 'municipality', 'hostBody', 'beneficiary'))}${fold(html`${say(lang, { ja: 'メモを書く', en: 'Write a note' })}<span class="soft">${say(lang, { ja: '任意・公開されます', en: 'optional, public' })}</span>`, note, isWrong(view, 'note'))}
  </div>`
}

export const recordPage = (shell: Shell, view: RecordView): string => {
  const { lang } = shell
  const title = say(lang, { ja: '行動を記録する', en: 'Record an act' })
  const steps = [
    say(lang, { ja: '記録する', en: 'Record' }),
    say(lang, { ja: '確かめてもらう', en: 'Have it confirmed' }),
    say(lang, { ja: 'できあがり', en: 'Done' }),
  ]
  return layout(shell, {
    title,
    place: 'record',
    own: true,
    crumbs: [myWaCrumb(lang), { path: '/me/record', label: title }],
    main: html`<div class="wrap">
      ${pageHead(title, html`<p class="row">${chip('lock', say(lang, { ja: '相手の名前や住所は書きません', en: 'No names or addresses of others' }))}</p>`)}
      <form class="form" action="${href(lang, '/me/record')}" method="post">
        ${summary(lang, view)}
        <ol class="steps" aria-label="${say(lang, { ja: '手順', en: 'Steps' })}">
          ${steps.map((step, i) => (i === 0 ? html`<li aria-current="step">${step}</li>` : html`<li>${step}</li>`))}
        </ol>
        ${category(lang, view)} ${minutes(lang, view)} ${day(lang, view)} ${more(lang, view)}
        <p class="row"><button class="btn big">${say(lang, { ja: '記録する', en: 'Record it' })}</button></p>
        <p class="help">
          ${say(lang, { ja: '公開されるのは、分類・分数・日付・市町と、自分で選んだことだけです。あなたの記録の置き場（PDS）に、あなたの鍵で署名して書きます。', en: 'Public are category, minutes, date, municipality and what you chose yourself. It is written to your own repository (PDS), signed with your key.' })}
        </p>
      </form>
    </div>`,
  })
}
