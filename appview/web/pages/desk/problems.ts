// Why the desk did not do it, as people read it: each reason with its line, its sentence and its code, and a way to the field it speaks of.

import type { Reason } from '../../../desk/outcome.ts'
import { deskSentence } from '../../../desk/refusals.ts'
import { sentenceOf as sentenceOfBooks } from '../../../journal/refusals.ts'
import { say, type Lang } from '../lang.ts'
import { html, type Content } from '../markup.ts'
import { notice } from '../parts/block.ts'

/** More than these are counted, not listed. */
const MOST_LISTED = 50

/** The field that a refusal's code, or what it is about, speaks of; undefined where it is the whole. */
export type FieldOf = (code: string, about: string | null) => string | undefined

export const sentenceOf = (lang: Lang, code: string): string => say(lang, deskSentence(code) ?? { ja: code, en: code })

const said = (lang: Lang, { code, line }: Reason): string => {
  const where = line === null ? '' : say(lang, { ja: `${line}行目：`, en: `Line ${line}: ` })
  return `${where}${sentenceOf(lang, code)}`
}

/** What it is about; where that is a reason of the books, in words. */
const about = (lang: Lang, { code, about: what }: Reason): Content =>
  html`${what !== null && what !== '' && html`${meantBy(lang, what)} <span class="id">${what}</span>`}
    <span class="soft small nb">${say(lang, { ja: '理由', en: 'reason' })} <span class="id">${code}</span></span>`

const meantBy = (lang: Lang, code: string): string => {
  const words = sentenceOfBooks(code)
  return words === undefined ? '' : say(lang, { ja: `帳簿の理由：${words.ja}`, en: ` The books: ${words.en}` })
}

export const reasonText = (lang: Lang, reason: Reason): Content => html`${said(lang, reason)}${about(lang, reason)}`

const item = (lang: Lang, reason: Reason, fieldOf: FieldOf): Content => {
  const field = fieldOf(reason.code, reason.about)
  return html`<li>${field === undefined ? said(lang, reason) : html`<a href="#${field}">${said(lang, reason)}</a>`}${about(lang, reason)}</li>`
}

/** `null` where there is nothing to say. */
export const problems = (lang: Lang, reasons: readonly Reason[], fieldOf: FieldOf = () => undefined): Content => {
  if (reasons.length === 0) return null
  const more = reasons.length - MOST_LISTED
  return notice(
    'bad',
    say(lang, { ja: 'できませんでした。何も変わっていません', en: 'It was not done. Nothing has changed' }),
    html`<ul>
      ${reasons.slice(0, MOST_LISTED).map((reason) => item(lang, reason, fieldOf))}${more > 0 && html`<li>${say(lang, { ja: `ほか${more}件`, en: `and ${more} more` })}</li>`}
    </ul>`,
    true,
  )
}
