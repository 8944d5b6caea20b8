// The dot field: many small deeds, not a score. Round dots for people, square ones for the public; wide and narrow shapes.

import { say, type Lang } from '../lang.ts'
import { html, type Html } from '../markup.ts'
import { duration, durationText } from './figure.ts'

const HOURS_PER_DOT = [1, 5, 10, 50, 100, 500] as const
const MOST_DOTS = 700
const WIDE_COLUMNS = 62
const NARROW_COLUMNS = 31
const MINUTES_PER_HOUR = 60

type Dots = { readonly people: number; readonly public: number; readonly hoursPerDot: number }

/** How many dots stand for these minutes; each dot a round number of hours, few enough to be seen. */
export const countDots = (forPeople: number, forPublic: number): Dots => {
  const hours = (forPeople + forPublic) / MINUTES_PER_HOUR
  const hoursPerDot = HOURS_PER_DOT.find((size) => hours / size <= MOST_DOTS) ?? HOURS_PER_DOT[HOURS_PER_DOT.length - 1] ?? 1
  const dots = (minutes: number): number => Math.round(minutes / MINUTES_PER_HOUR / hoursPerDot)
  return { people: dots(forPeople), public: dots(forPublic), hoursPerDot }
}

/** The outline of dots `from` to `through` filled row by row into `columns`. */
const outline = (columns: number, from: number, through: number): string => {
  const row = (n: number): number => Math.floor(n / columns)
  const column = (n: number): number => n % columns
  const [r1, c1, r2, c2] = [row(from), column(from), row(through), column(through)]
  return `${c1},${r1} ${columns},${r1} ${columns},${r2} ${c2},${r2} ${c2},${r2 + 1} 0,${r2 + 1} 0,${r1 + 1} ${c1},${r1 + 1}`
}

const field = (dots: Dots, columns: number, name: string, shownOn: string, label: string): Html => {
  const all = dots.people + dots.public
  const rows = Math.max(1, Math.ceil(all / columns))
  return html`<svg class="${shownOn}" viewBox="0 0 ${columns} ${rows}" role="img" aria-label="${label}">
    <defs>
      <pattern id="${name}1" width="1" height="1" patternUnits="userSpaceOnUse"><circle class="d1" cx=".5" cy=".5" r=".36" /></pattern>
      <pattern id="${name}2" width="1" height="1" patternUnits="userSpaceOnUse">
        <rect class="d2" x=".16" y=".16" width=".68" height=".68" rx=".12" />
      </pattern>
    </defs>
    ${dots.people > 0 && html`<polygon fill="url(#${name}1)" points="${outline(columns, 0, dots.people)}" />`}${dots.public > 0 && html`<polygon fill="url(#${name}2)" points="${outline(columns, dots.people, all)}" />`}
  </svg>`
}

/** The figure with its key; minutes for people and for the public. Nothing for a year without an hour. */
export const dotField = (lang: Lang, forPeople: number, forPublic: number): Html | null => {
  const dots = countDots(forPeople, forPublic)
  if (dots.people + dots.public === 0) return null
  const label = say(lang, {
    ja: `点の図。点ひとつが${dots.hoursPerDot}時間。人のために${dots.people}個（${durationText('ja', forPeople)}）、公共のために${dots.public}個（${durationText('ja', forPublic)}）。`,
    en: `Dot field. One dot is ${dots.hoursPerDot} h. For people ${dots.people} dots (${durationText('en', forPeople)}), for the public ${dots.public} dots (${durationText('en', forPublic)}).`,
  })
  const per = say(lang, { ja: `点ひとつが${dots.hoursPerDot}時間`, en: `one dot is ${dots.hoursPerDot} h` })
  const people = say(lang, { ja: '人のために ', en: 'For people ' })
  const common = say(lang, { ja: '公共のために ', en: 'For the public ' })
  return html`<figure class="waffle">
      ${field(dots, WIDE_COLUMNS, 'w', 'wide-only', label)}${field(dots, NARROW_COLUMNS, 'n', 'narrow-only', label)}
    </figure>
    <ul class="key">
      <li>
        <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false"><circle class="d1" cx="5" cy="5" r="5" /></svg
        ><span>${people}<b>${duration(lang, forPeople)}</b></span>
      </li>
      <li>
        <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false"><rect class="d2" width="10" height="10" rx="2" /></svg
        ><span>${common}<b>${duration(lang, forPublic)}</b></span>
      </li>
      <li class="soft">${per}</li>
    </ul>`
}
