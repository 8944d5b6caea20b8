// Fields of the desk's forms: a label, what is wrong with it above it, what was typed kept.

import type { Reason } from '../../../desk/outcome.ts'
import { say, type Lang, type Words } from '../lang.ts'
import { html, type Content, type Html } from '../markup.ts'
import { icons } from '../parts/icon.ts'
import { sentenceOf, type FieldOf } from './problems.ts'

/** A form as it is shown: `fieldOf` says at which field a refusal stands. */
export type Form = { readonly lang: Lang; readonly reasons: readonly Reason[]; readonly fieldOf: FieldOf }

export type Field = {
  readonly name: string
  readonly label: Words
  readonly value: string
  readonly help?: Words
  readonly isNeeded?: boolean
}
type Kind = 'text' | 'date' | 'number' | 'search'

const faultOf = ({ reasons, fieldOf }: Form, name: string): Reason | undefined =>
  reasons.find(({ code, about }) => fieldOf(code, about) === name)

/** The fault and the help of a field, for who cannot see that they stand beside it. */
const described = (form: Form, { name, help }: Pick<Field, 'name' | 'help'>): Content => {
  const fault = faultOf(form, name)
  const ids = [...(fault === undefined ? [] : [`${name}-e`]), ...(help === undefined ? [] : [`${name}-h`])]
  return html`${fault !== undefined && html` aria-invalid="true"`}${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}`
}

const around = (form: Form, { name, label, help, isNeeded = false }: Field, control: Html): Html => {
  const { lang } = form
  const fault = faultOf(form, name)
  return html`<div class="field">
    <label class="label" for="${name}">${say(lang, label)}${isNeeded && html`<span class="need">${say(lang, { ja: '※必須', en: 'required' })}</span>`}</label>
    ${fault !== undefined && html`<p class="err" id="${name}-e">${icons.bad}${sentenceOf(lang, fault.code)}</p>`}${control}${help !== undefined && html`<p class="help" id="${name}-h">${say(lang, help)}</p>`}
  </div>`
}

export const input = (form: Form, field: Field, kind: Kind = 'text', more: Content = null): Html =>
  around(
    form,
    field,
    html`<input id="${field.name}" name="${field.name}" type="${kind}" value="${field.value}"${kind === 'text' && html` class="wide"`} autocomplete="off"${more}${described(form, field)} />`,
  )

export const area = (form: Form, field: Field, rows: number): Html =>
  around(
    form,
    field,
    html`<textarea id="${field.name}" name="${field.name}" class="wide" rows="${rows}" spellcheck="false"${described(form, field)}>
${field.value}</textarea
    >`,
  )

/** A file beside a field that takes the same text: where one is chosen, it is what counts. Its form is `multipart/form-data`. */
export const file = (form: Form, field: Omit<Field, 'value'>, accept: string): Html =>
  around(
    form,
    { ...field, value: '' },
    html`<input id="${field.name}" name="${field.name}" type="file" accept="${accept}" class="wide"${described(form, field)} />`,
  )

export const choice = (form: Form, field: Field, options: readonly { readonly value: string; readonly words: Words }[]): Html =>
  around(
    form,
    field,
    html`<select id="${field.name}" name="${field.name}" class="wide"${described(form, field)}>
      ${options.map(({ value, words }) => html`<option value="${value}"${value === field.value && html` selected`}>${say(form.lang, words)}</option>`)}
    </select>`,
  )

export const hidden = (name: string, value: string | number): Html => html`<input type="hidden" name="${name}" value="${value}" />`
