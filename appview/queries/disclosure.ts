// The plan by which a town's figures of one fiscal year are shown to everybody, made once for each snapshot: of the year as the public knows it, and of
// each month as it was fixed, since that is what stands published side by side.

import { periodOfFiscalYear, periodOfMonth } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import { GIVEN } from '../journal/chart.ts'
import { stoodAt, yenPerHourOf } from '../journal/policy.ts'
import type { RateTable } from '../journal/documents.ts'
import { CONTRIBUTION_ACCOUNTS, cellsOf, everybodyIn } from '../statements/cells.ts'
import { planOf } from '../statements/small-groups.ts'
import type { Plan, RateOf } from '../statements/small-groups.ts'
import type { Books, Contribution } from '../store/store.ts'
import type { QueryDeps } from './deps.ts'
import { knownAtFor } from './known-at.ts'
import { visitorsRates } from './visitors.ts'
import type { KnownAt } from './known-at.ts'
import { createMemory } from './memory.ts'
import { rateTablesOf, stretchesOf } from './rates-of-year.ts'
import type { NamedTable } from './rates-of-year.ts'

export type People = { readonly area: number; readonly public: number }

/** One period of the year as it is published. */
export type Published = { readonly knownAt: KnownAt; readonly people: People }

export type Disclosure = {
  readonly plan: Plan
  /** Names this snapshot: equal names, equal plans. */
  readonly name: string
  readonly year: Published
  readonly months: ReadonlyMap<string, Published>
}

const MONTH_LENGTH = 'YYYY-MM'.length
const REMEMBERED = 200

/** The disclosure of a town's fiscal year at this moment. Remembered as long as the public's known-at of the year stands. */
export const createDisclosures = (deps: QueryDeps): ((scope: string, fiscalYear: number) => Promise<Disclosure>) => {
  const remember = createMemory<Disclosure>(REMEMBERED)
  return async (scope, fiscalYear) => {
    const period = periodOfFiscalYear(fiscalYear)
    const knownAt = await knownAtFor(deps, 'snapshot', {}, period)
    const name = JSON.stringify([scope, fiscalYear, knownAt, deps.roster()])
    return remember(name, () => disclosureOf(deps, { scope, fiscalYear, knownAt, name }))
  }
}

type Asked = { readonly scope: string; readonly fiscalYear: number; readonly knownAt: KnownAt; readonly name: string }

const disclosureOf = async (deps: QueryDeps, { scope, fiscalYear, knownAt, name }: Asked): Promise<Disclosure> => {
  const period = periodOfFiscalYear(fiscalYear)
  const year = await contributionsIn(deps.books, scope, period, knownAt)
  const byMonth = Map.groupBy(year, ({ month }) => month)
  const months = new Map<string, readonly Contribution[]>()
  const published = new Map<string, Published>()
  for (const month of monthsOf(fiscalYear)) {
    const own = periodOfMonth(month)
    const fixed = await knownAtFor(deps, 'snapshot', {}, own)
    const isSame = fixed.leaf === knownAt.leaf && fixed.instant === knownAt.instant
    const contributions = isSame ? (byMonth.get(month) ?? []) : await contributionsIn(deps.books, scope, own, fixed)
    months.set(month, contributions)
    published.set(month, { knownAt: fixed, people: everybodyIn(cellsOf(contributions)) })
  }
  const plan = planOf({ year, months, ...(await ratesIn(deps.books, { scope, period, knownAt, year })) })
  return { plan, name, year: { knownAt, people: everybodyIn(cellsOf(year)) }, months: published }
}

export const contributionsIn = (
  books: Pick<Books, 'contributions'>,
  scope: string,
  { from, through }: Period,
  knownAt: KnownAt,
): Promise<readonly Contribution[]> => books.contributions({ scope, from, through, accounts: CONTRIBUTION_ACCOUNTS, knownAt })

const FIRST_MONTH = 4
const MONTHS = 12

const monthsOf = (fiscalYear: number): string[] =>
  Array.from({ length: MONTHS }, (_, index) =>
    new Date(Date.UTC(fiscalYear, FIRST_MONTH - 1 + index, 1)).toISOString().slice(0, MONTH_LENGTH),
  )

export type Valued = {
  readonly scope: string
  readonly period: Period
  readonly knownAt: KnownAt
  readonly year: readonly Contribution[]
  readonly revaluedBy?: readonly NamedTable[]
}

/**
 * By which rates the acts of the year were valued, and whether earlier years knew but one. `revaluedBy`: the tables by which later versions of a
 * closed year valued it anew, newest last; whoever has all versions knows each act's rate in every one.
 */
export const ratesIn = async (
  books: Pick<Books, 'load' | 'flows' | 'flowPairs'>,
  { scope, period, knownAt, year, revaluedBy = [] }: Valued,
): Promise<{ rateOf: RateOf; onePriorRate: boolean; monthlyRate: boolean }> => {
  const all = await rateTablesOf(books, scope)
  const before = all.filter((table) => stoodAt(table, knownAt.leaf) && table.validFrom <= period.from)
  const used = [...new Set(year.map(({ category }) => category))]
  const ratesBy = (named: readonly NamedTable[]): readonly (RateTable | undefined)[] => {
    const tables = stretchesOf(all, period, knownAt.leaf, named).map(({ table }) => table)
    // Before a town's first table there is nothing that another one would differ from: what was given then is seen by its value.
    return tables[0] === undefined ? tables.slice(1) : tables
  }
  const [start, ...later] = ratesBy(revaluedBy)
  // What was given when another table held, or none, is valued otherwise: rates have changed, whatever the tables say now.
  const isChanging =
    later.some((table) => used.some((category) => rateIn(table, category) !== rateIn(start, category))) ||
    !year.every((one) => isValuedBy(one, rateIn(start, one.category)))
  const prior = new Set(before.flatMap(({ yenPerHour }) => Object.values(yenPerHour)))
  const visitors = await visitorsRates(books, { scope, period, knownAt, isRevalued: revaluedBy.length > 0 })
  return {
    rateOf: isChanging || !visitors.isSafe ? null : rateInAll([ratesBy([])[0], ...revaluedBy]),
    onePriorRate: prior.size <= 1 && !visitors.isPriorMixed,
    monthlyRate: !visitors.isMixed,
  }
}

const rateIn = (table: RateTable | undefined, category: string): number => (table === undefined ? 0 : (yenPerHourOf(table, category) ?? 0))

/** A number for what all these tables say of a category: equal numbers, equal rates in each. */
const rateInAll = (tables: readonly (RateTable | undefined)[]): ((category: string) => number) => {
  if (tables.length === 1) return (category) => rateIn(tables[0], category)
  const known: string[] = []
  return (category) => {
    const rates = tables.map((table) => rateIn(table, category)).join(' ')
    const at = known.indexOf(rates)
    return at < 0 ? known.push(rates) - 1 : at
  }
}

const MINUTES_PER_HOUR = 60
/** Yen are rounded act by act, and an act takes at least a minute. */
const ROUNDING_PER_MINUTE = 0.5

const isValuedBy = ({ account, minutes, yen }: Contribution, rate: number): boolean =>
  account !== GIVEN || Math.abs(yen - (minutes * rate) / MINUTES_PER_HOUR) <= Math.abs(minutes) * ROUNDING_PER_MINUTE
