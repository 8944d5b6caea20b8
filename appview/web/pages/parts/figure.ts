// Figures as people read them: thousands by comma, negatives △ (−), nothing as a dash with its meaning spoken, minutes as hours and minutes.

import { say, type Lang } from '../lang.ts'
import { html, type Html } from '../markup.ts'

const MINUTES_PER_HOUR = 60

const grouped = (value: number): string => String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** A figure for sentences. */
export const numText = grouped

export const num = (value: number | string): Html => html`<span class="num">${typeof value === 'number' ? grouped(value) : value}</span>`

export const nothing = (lang: Lang): Html =>
  html`<span class="none"><span aria-hidden="true">–</span><span class="vh">${say(lang, { ja: '該当なし', en: 'none' })}</span></span>`

/** A figure of a statement. `null` stands for a line that cannot have one. */
export const amount = (lang: Lang, value: number | null): Html => {
  if (value === null) return nothing(lang)
  const sign =
    value < 0 &&
    html`<span aria-hidden="true">${lang === 'ja' ? '△' : '−'}</span><span class="vh">${say(lang, { ja: 'マイナス', en: 'minus ' })}</span>`
  return html`<span class="v">${sign}${grouped(value)}</span>`
}

/** Hours and minutes of a duration, each with its unit; the part that is nothing is left out. */
const partsOf = (lang: Lang, minutes: number): { readonly figure: string; readonly unit: string }[] => {
  const hours = Math.floor(minutes / MINUTES_PER_HOUR)
  const rest = minutes % MINUTES_PER_HOUR
  const unit = lang === 'ja' ? { h: '時間', m: '分' } : { h: '\u00a0h', m: '\u00a0min' }
  return [
    ...(hours > 0 ? [{ figure: grouped(hours), unit: unit.h }] : []),
    ...(rest > 0 || hours === 0 ? [{ figure: String(rest), unit: unit.m }] : []),
  ]
}

/** Minutes for people: 1時間30分, 1 h 30 min. */
export const duration = (lang: Lang, minutes: number): Html =>
  html`${partsOf(lang, minutes).map(({ figure, unit }, i) => html`${i > 0 && lang === 'en' && ' '}${num(figure)}${unit}`)}`

/** The same without markup, for sentences and titles. */
export const durationText = (lang: Lang, minutes: number): string =>
  partsOf(lang, minutes)
    .map(({ figure, unit }) => `${figure}${unit}`)
    .join(lang === 'en' ? ' ' : '')

/** For a headline: the hours large, what is left of the hour with their unit. */
export const bigDuration = (lang: Lang, minutes: number): Html => {
  const [first, ...rest] = partsOf(lang, minutes)
  return html`${num(first?.figure ?? '0')}<span>${[first?.unit ?? '', ...rest.map(({ figure, unit }) => `${figure}${unit}`)].join(lang === 'en' ? ' ' : '')}</span>`
}

/** Hours and minutes in a column of a table, so that what is shown adds up: 225:05, spoken as a duration. */
export const hoursAndMinutes = (lang: Lang, minutes: number): Html => {
  const rest = String(minutes % MINUTES_PER_HOUR).padStart('00'.length, '0')
  const shown = `${grouped(Math.floor(minutes / MINUTES_PER_HOUR))}:${rest}`
  return html`<span class="num" aria-hidden="true">${shown}</span><span class="vh">${durationText(lang, minutes)}</span>`
}

/** Whole hours, rounded to the nearest, for pictures alone, which say so. */
export const wholeHours = (minutes: number): number => Math.round(minutes / MINUTES_PER_HOUR)
