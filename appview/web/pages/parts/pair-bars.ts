// What was given and received side by side, line by line: two bars on one scale in the table that carries the same figures. Lines stand in the order they
// come in, which says nothing of who did more. Lengths are SVG attributes.

import { say, type Lang, type Words } from '../lang.ts'
import { html, type Content, type Html } from '../markup.ts'
import { num } from './figure.ts'
import { colourKey } from './key.ts'

/** Minutes; null: too few people to show. */
export type PairRow = { readonly name: Content; readonly given: number | null; readonly received: number | null }
export type PairTable = { readonly caption: Words; readonly first: Words; readonly rows: readonly PairRow[] }

const HEIGHT = 10
const GAP = 2

const bars = ({ given, received }: PairRow, longest: number): Html =>
  html`<svg class="bar" viewBox="0 0 ${longest} ${HEIGHT * 2 + GAP}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    ${given !== null && given > 0 && html`<rect class="d1" width="${given}" height="${HEIGHT}" />`}${received !== null && received > 0 && html`<rect class="d2" y="${HEIGHT + GAP}" width="${received}" height="${HEIGHT}" />`}
  </svg>`

export const pairBars = (lang: Lang, { caption, first, rows }: PairTable): Html => {
  const longest = Math.max(1, ...rows.flatMap(({ given, received }) => [given ?? 0, received ?? 0]))
  const given = say(lang, { ja: 'した', en: 'Given' })
  const received = say(lang, { ja: 'していただいた', en: 'Received' })
  const unit = say(lang, { ja: '（分）', en: ' (min)' })
  const few = html`<span class="small">${say(lang, { ja: '載せていません', en: 'not shown' })}</span>`
  const figure = (minutes: number | null): Html => (minutes === null ? few : num(minutes))
  const line = (row: PairRow): Html =>
    html`<tr class="both"><th scope="row">${row.name}</th><td class="pic">${bars(row, longest)}</td><td class="r part" data-l="${given}">${figure(row.given)}</td><td class="r part" data-l="${received}">${figure(row.received)}</td></tr>`
  return html`${colourKey(given, received, say(lang, { ja: '単位：分', en: 'in minutes' }))}
    <table class="bars">
      <caption class="vh">
        ${say(lang, caption)}
      </caption>
      <thead>
        <tr>
          <th scope="col">${say(lang, first)}</th>
          <th scope="col"><span class="vh">${say(lang, { ja: '図', en: 'Picture' })}</span></th>
          <th scope="col" class="r">${given}${unit}</th>
          <th scope="col" class="r">${received}${unit}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>`
}
