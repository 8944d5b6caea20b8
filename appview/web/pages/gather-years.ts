// The fiscal years of a municipality beside each other, each as its own statement shows it.

import type { PagesDeps } from './deps.ts'
import { consolidationOf, minutesIn } from './gather-consolidated.ts'
import { say } from './lang.ts'
import type { Shell, Town } from './layout.ts'
import { fiscalYearText } from './parts/date.ts'
import type { YearsView } from './years-page.ts'
import { calendarOf, isYearClosed } from './years.ts'

export const gatherYears = async (deps: PagesDeps, { lang }: Shell, town: Town): Promise<YearsView> => {
  const { years } = await calendarOf(deps, town.code)
  const rows = years.toReversed().map(async (year) => ({
    name: { ja: fiscalYearText('ja', year), en: fiscalYearText('en', year) },
    path: `/m/${town.code}/${year}`,
    closed: isYearClosed(deps, year),
    ...minutesIn(await consolidationOf(deps, town.code, year)),
  }))
  return {
    town,
    years: await Promise.all(rows),
    crumbs: [
      { path: `/m/${town.code}`, label: say(lang, town.names) },
      { path: `/m/${town.code}/years`, label: say(lang, { ja: '年度をくらべる', en: 'Years side by side' }) },
    ],
  }
}
