// Month columns and month pairs: the season of a year, no target line. Each picture stands beside its figure in words.

import { say, type Lang } from '../lang.ts'
import { html, type Html } from '../markup.ts'
import { durationText, num, wholeHours } from './figure.ts'
import { colourKey } from './key.ts'

/** `month` is `YYYY-MM`, figures are minutes; null: too few people to show. */
export type MonthHours = { readonly month: string; readonly minutes: number | null }
export type MonthPair = { readonly month: string; readonly given: number; readonly received: number }

const FULL = 100
const HEADROOM = 0.88
const SHORT_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const monthName = (lang: Lang, month: string): string => {
  const number = Number(month.slice('YYYY-'.length))
  return lang === 'ja' ? String(number) : (SHORT_MONTHS[number - 1] ?? '')
}
const percent = (part: number): string => `${Math.round(part * FULL) / FULL}%`

/** One column a month, the hours written on top. */
export const monthColumns = (lang: Lang, months: readonly MonthHours[]): Html => {
  const tallest = Math.max(1, ...months.map((one) => one.minutes ?? 0))
  const column = ({ month, minutes }: MonthHours): Html => {
    const height = ((minutes ?? 0) / tallest) * FULL * HEADROOM
    const y = percent(FULL - height)
    const hours = minutes === null ? '–' : wholeHours(minutes)
    const spoken =
      minutes === null
        ? { ja: '月、人数が少ないため載せていません', en: ': too few people to show' }
        : { ja: `月、${durationText('ja', minutes)}`, en: `: ${durationText('en', minutes)}` }
    return html`<li>
      <svg aria-hidden="true" focusable="false">
        <rect class="d1" x="16%" width="68%" y="${y}" height="${percent(height)}" />
        <text x="50%" y="${y}" dy="-6">${hours}</text></svg
      >${monthName(lang, month)}${lang === 'ja' && html`<span class="m" aria-hidden="true">月</span>`}<span class="vh"
        >${say(lang, spoken)}</span
      >
    </li>`
  }
  return html`<figure>
    <ol class="months" aria-label="${say(lang, { ja: '月ごとの時間', en: 'Hours by month' })}">
      ${months.map(column)}
    </ol>
    <figcaption class="small soft">
      ${say(lang, {
        ja: '単位：時間。1時間に満たない分は四捨五入しています。行動のあった日で数えています。',
        en: 'In hours, rounded, by the day of the act.',
      })}
    </figcaption>
  </figure>`
}

/** Two columns a month, both upward on one scale, with the same figures as a table. */
export const monthPairs = (lang: Lang, months: readonly MonthPair[]): Html => {
  const tallest = Math.max(1, ...months.flatMap((one) => [one.given, one.received]))
  const given = say(lang, { ja: 'した', en: 'Given' })
  const received = say(lang, { ja: 'していただいた', en: 'Received' })
  const height = (minutes: number): string => ((minutes / tallest) * FULL).toFixed(1)
  const top = (minutes: number): string => (FULL - (minutes / tallest) * FULL).toFixed(1)
  const suffix = lang === 'ja' ? '月' : ''
  const spoken = (one: MonthPair): string =>
    say(lang, {
      ja: `：した ${durationText(lang, one.given)}、していただいた ${durationText(lang, one.received)}`,
      en: `: given ${durationText(lang, one.given)}, received ${durationText(lang, one.received)}`,
    })
  const pair = (one: MonthPair): Html =>
    html`<li>
      <svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        ${one.given > 0 && html`<rect class="d1" x="1.2" width="3.6" y="${top(one.given)}" height="${height(one.given)}" />`}${one.received > 0 && html`<rect class="d2" x="5.2" width="3.6" y="${top(one.received)}" height="${height(one.received)}" />`}</svg
      >${monthName(lang, one.month)}${suffix}<span class="vh">${spoken(one)}</span>
    </li>`
  const row = (one: MonthPair): Html =>
    html`<tr>
      <th scope="row">${monthName(lang, one.month)}${suffix}</th>
      <td class="r">${num(one.given)}</td>
      <td class="r">${num(one.received)}</td>
    </tr>`
  const unit = lang === 'ja' ? '（分）' : ' (min)'
  return html`<figure>
    ${colourKey(given, received)}
    <ol class="months" aria-label="${say(lang, { ja: '月ごとの分数', en: 'Minutes by month' })}">
      ${months.map(pair)}
    </ol>
    <details class="fold">
      <summary>${say(lang, { ja: '表で見る', en: 'As a table' })}</summary>
      <div class="in">
        <table class="grid-t">
          <caption class="vh">
            ${say(lang, { ja: '月ごとの分数', en: 'Minutes by month' })}
          </caption>
          <thead>
            <tr>
              <th scope="col">${say(lang, { ja: '月', en: 'Month' })}</th>
              <th scope="col" class="r">${given}${unit}</th>
              <th scope="col" class="r">${received}${unit}</th>
            </tr>
          </thead>
          <tbody>
            ${months.map(row)}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`
}
