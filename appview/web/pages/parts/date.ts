// Dates and instants as people read them, in Asia/Tokyo. Fiscal years in Japanese carry the era: 令和8年度.

import type { Lang } from '../lang.ts'
import { html, type Html } from '../markup.ts'

const JST_OFFSET_MS = 9 * 3_600_000
const REIWA_OFFSET = 2018
const SHORT_MONTH = 3
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

const partsOf = (date: string): { year: number; month: number; day: number } => {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return { year, month, day }
}

/** A civil date: 2026年5月10日, 10 May 2026. */
export const dateText = (lang: Lang, date: string): string => {
  const { year, month, day } = partsOf(date)
  return lang === 'ja' ? `${year}年${month}月${day}日` : `${day} ${MONTHS[month - 1]} ${year}`
}

/** A civil date without its year, short enough for a list: 5月10日, 10 May, 20 Nov. */
export const dayText = (lang: Lang, date: string): string => {
  const { month, day } = partsOf(date)
  return lang === 'ja' ? `${month}月${day}日` : `${day} ${MONTHS[month - 1]?.slice(0, SHORT_MONTH)}`
}

/** A civil date by the era: 令和8年4月1日. */
export const eraDateText = (lang: Lang, date: string): string => {
  const { year, month, day } = partsOf(date)
  return lang === 'ja' ? `令和${year - REIWA_OFFSET}年${month}月${day}日` : dateText(lang, date)
}

export const fiscalYearText = (lang: Lang, year: number): string =>
  lang === 'ja' ? `令和${year - REIWA_OFFSET}年度` : `fiscal year ${year}`

/** A month `YYYY-MM`: 2026年5月, May 2026. */
export const monthText = (lang: Lang, month: string): string => {
  const { year, month: number } = partsOf(month)
  return lang === 'ja' ? `${year}年${number}月` : `${MONTHS[number - 1]} ${year}`
}

/** An instant to the minute, or to the second: 2026年5月10日 18時00分. */
export const instantText = (lang: Lang, iso: string, to: 'minute' | 'second' = 'minute'): string => {
  const local = new Date(Date.parse(iso) + JST_OFFSET_MS).toISOString()
  const [date = '', time = ''] = local.split('T')
  const [hour = '0', minute = '00', second = '00'] = time.split(/[:.]/)
  if (lang === 'en') return `${dateText(lang, date)}, ${hour}:${minute}${to === 'second' ? `:${second}` : ''} (JST)`
  return `${dateText(lang, date)} ${Number(hour)}時${minute}分${to === 'second' ? `${second}秒` : ''}`
}

/** From a day on, or from a day to another: 2026年4月1日から, since 1 April 2026. */
export const spanText = (lang: Lang, from: string, until: string | null): string => {
  if (until !== null) return `${dateText(lang, from)}${lang === 'ja' ? '〜' : ' – '}${dateText(lang, until)}`
  return lang === 'ja' ? `${dateText(lang, from)}から` : `since ${dateText(lang, from)}`
}

/** The time of day of an instant: 18時00分, 18:00. */
export const clockText = (lang: Lang, iso: string): string => {
  const [hour = '0', minute = '00'] = new Date(Date.parse(iso) + JST_OFFSET_MS).toISOString().slice('YYYY-MM-DDT'.length).split(':')
  return lang === 'en' ? `${hour}:${minute}` : `${Number(hour)}時${minute}分`
}

/** A span of days that breaks before its bracket and between its days only. */
export const breakable = (text: string): Html =>
  html`${text.split(/(?=（)|(?<=〜)|(?= \()|(?<=–)/).map((part) => html`${part.startsWith(' ') && ' '}<span class="nb">${part.trim()}</span><wbr />`)}`
