// Category bars inside the table that carries the same figures: by size, the merged rest last. Lengths are SVG attributes.

import { say, type Lang, type Words } from '../lang.ts'
import { html, type Html } from '../markup.ts'
import { hoursAndMinutes } from './figure.ts'
import { colourKey } from './key.ts'

export type BarRow = { readonly name: Words; readonly forPeople: number; readonly forPublic: number; readonly last?: boolean }

const CUT_PART = 250

const bar = (row: BarRow, longest: number): Html => {
  const cut = longest / CUT_PART
  const both = row.forPeople > 0 && row.forPublic > 0
  return html`<svg class="bar" viewBox="0 0 ${longest} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    ${row.forPeople > 0 && html`<rect class="d1" width="${row.forPeople}" height="10" />`}${row.forPublic > 0 && html`<rect class="d2" x="${row.forPeople}" width="${row.forPublic}" height="10" />`}${both && html`<rect class="cut" x="${row.forPeople - cut / 2}" width="${cut}" height="10" />`}
  </svg>`
}

/** Rows of minutes, shown in hours and minutes. */
export const categoryBars = (lang: Lang, rows: readonly BarRow[], caption: Words): Html => {
  const total = (row: BarRow): number => row.forPeople + row.forPublic
  const sorted = rows.toSorted((a, b) => Number(a.last ?? false) - Number(b.last ?? false) || total(b) - total(a))
  const longest = Math.max(1, ...rows.map(total))
  const people = say(lang, { ja: '人のために', en: 'For people' })
  const common = say(lang, { ja: '公共のために', en: 'For the public' })
  const hours = (minutes: number): Html | string => (minutes === 0 ? '–' : hoursAndMinutes(lang, minutes))
  const line = (row: BarRow): Html =>
    html`<tr${row.forPeople > 0 && row.forPublic > 0 && html` class="both"`}><th scope="row">${say(lang, row.name)}</th><td class="pic">${bar(row, longest)}</td><td class="r part" data-l="${people}">${hours(row.forPeople)}</td><td class="r part" data-l="${common}">${hours(row.forPublic)}</td><td class="r"><b>${hoursAndMinutes(lang, total(row))}</b></td></tr>`
  const sum = (part: (row: BarRow) => number): number => rows.reduce((all, row) => all + part(row), 0)
  return html`${colourKey(people, common)}
    <table class="bars">
      <caption class="vh">
        ${say(lang, caption)}
      </caption>
      <thead>
        <tr>
          <th scope="col">${say(lang, { ja: '分類', en: 'Category' })}</th>
          <th scope="col"><span class="vh">${say(lang, { ja: '図', en: 'Picture' })}</span></th>
          <th scope="col" class="r">${people}</th>
          <th scope="col" class="r">${common}</th>
          <th scope="col" class="r">${say(lang, { ja: '計（時間:分）', en: 'Total (h:min)' })}</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map(line)}
        <tr class="sum">
          <th scope="row">${say(lang, { ja: '計', en: 'Total' })}</th>
          <td class="pic"></td>
          <td class="r part">${hoursAndMinutes(
            lang,
            sum((row) => row.forPeople),
          )}</td>
          <td class="r part">${hoursAndMinutes(
            lang,
            sum((row) => row.forPublic),
          )}</td>
          <td class="r">${hoursAndMinutes(lang, sum(total))}</td>
        </tr>
      </tbody>
    </table>`
}
