// The home of a town: the year it shows, how help spreads over categories and months, the statement in short.

import { ANYONE } from '../../auth/caller.ts'
import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../../journal/chart.ts'
import { periodOfFiscalYear } from '../../journal/calendar.ts'
import { isLeftOut } from '../../statements/lines.ts'
import type { Statement } from '../../statements/statement.ts'
import type { Figures } from '../../statements/sum.ts'
import type { PagesDeps } from './deps.ts'
import { todayOf } from './deps.ts'
import { isWhole, townAnswers } from './gather-town.ts'
import type { CategoryMinutes, HomeView } from './home.ts'
import { lackingOf } from './lacking-notice.ts'
import type { Town } from './layout.ts'
import type { MonthHours } from './parts/months.ts'
import type { TownRow } from './towns.ts'
import { calendarOf, isYearClosed, monthsBetween } from './years.ts'

/** Expenses are negative in a statement. */
const minutesOf = (figures: Figures | undefined, account: number): number => 0 - (figures?.[account] ?? 0)

/** Too few people received, or gave to the public: only what was given is shown, undivided. */
const isUndivided = ({ units }: Statement): boolean => isLeftOut(units.MIN, String(RECEIVED))

const categoriesOf = (area: Statement): CategoryMinutes[] =>
  Object.entries(area.units.MIN.byCategory)
    .map(([category, figures]) => ({
      category,
      forPeople: isUndivided(area) ? (figures[GIVEN] ?? 0) : minutesOf(figures, RECEIVED),
      forPublic: minutesOf(figures, RECEIVED_PUBLIC),
    }))
    .filter(({ forPeople, forPublic }) => forPeople + forPublic > 0)

const monthsOf = async (deps: PagesDeps, code: string, months: readonly string[]): Promise<MonthHours[]> =>
  Promise.all(
    months.map(async (month) => {
      const { statement } = await deps.queries.statementFor(ANYONE, { scope: code, month })
      return { month, minutes: isWhole(statement) ? totalOf(statement) : null }
    }),
  )

const costOf = (town: Statement | null): HomeView['cost'] => {
  const of = (unit: 'MIN' | 'JPY', account: number): number => minutesOf(town?.units[unit].PL, account)
  const prior = (unit: 'MIN' | 'JPY'): number | null =>
    town === null || isLeftOut(town.units[unit], String(RECEIVED_PRIOR)) ? null : of(unit, RECEIVED_PRIOR) + of(unit, GIVEN_PRIOR)
  const yen = town === null || isLeftOut(town.units.JPY, 'PL') ? null : of('JPY', RECEIVED_PUBLIC)
  return { minutes: of('MIN', RECEIVED_PUBLIC), yen, priorMinutes: prior('MIN'), priorYen: prior('JPY') }
}

const totalOf = (area: Statement): number => {
  const { PL } = area.units.MIN
  return isUndivided(area) ? (PL[GIVEN] ?? 0) : minutesOf(PL, RECEIVED) + minutesOf(PL, RECEIVED_PUBLIC)
}

/** Whether anything was given in a period, as known now. */
const hasActs = async ({ books }: PagesDeps, scope: string, period: Pick<HomeView, 'from' | 'through'>): Promise<boolean> => {
  const sums = await books.sums({ scope, ...period })
  return sums.some(({ account, unit, signs }) => account === GIVEN && unit === 'MIN' && signs !== 0)
}

/** A town of several, with the minutes of the year it shows. Throws BooksCatchingUp. */
export const gatherTownRow = async (deps: PagesDeps, town: Town): Promise<TownRow> => {
  const { statement } = (await townAnswers(deps, town.code, { fiscalYear: town.year })).area
  return { town, minutes: isWhole(statement) ? totalOf(statement) : null }
}

/** Throws NotFound, BooksCatchingUp. */
export const gatherHome = async (deps: PagesDeps, town: Town): Promise<HomeView> => {
  const calendar = await calendarOf(deps, town.code)
  const fiscalYear = calendar.shown
  const answers = await townAnswers(deps, town.code, { fiscalYear })
  const { statement: area, proof, acts, persons } = { ...answers.area, proof: answers.town.proof }
  const { from, through } = periodOfFiscalYear(fiscalYear)
  const today = todayOf(deps)
  const months = monthsBetween(from, today < through ? today : through).toReversed()
  return {
    town,
    fiscalYear,
    from,
    through,
    closed: isYearClosed(deps, fiscalYear),
    knownAt: area.knownAt,
    hash: proof.hash,
    lacking: await lackingOf(deps, [town.code], answers.area.sealed !== null),
    categories: isWhole(area) ? categoriesOf(area) : [],
    merged: isWhole(area) ? (area.notes['mergedCategories'] ?? 0) : 0,
    hidden: !isWhole(area),
    undivided: isWhole(area) && isUndivided(area),
    people: persons,
    acts: acts.given,
    actsSince: acts.given === 0 && (await hasActs(deps, town.code, { from, through })),
    hostBodies: (await deps.queries.hostBodiesOf(town.code)).length,
    months: isWhole(area) && acts.given > 0 ? await monthsOf(deps, town.code, months) : [],
    cost: isWhole(answers.town.statement) ? costOf(answers.town.statement) : null,
    years: calendar.years,
    versions: await deps.queries.versionsOf(town.code, calendar.years),
    monthList: calendar.months,
  }
}
