// Which fiscal years and months a town has statements for, and which of them its home shows.

import { addDays, cutOffOf, dayOf, fiscalYearOf, periodOfFiscalYear } from '../../journal/calendar.ts'
import { mergerOf } from '../../queries/towns.ts'
import type { PagesDeps } from './deps.ts'

export type TownCalendar = {
  /** Newest first. */
  readonly years: readonly number[]
  /** `YYYY-MM`, newest first. */
  readonly months: readonly string[]
  /** The newest closed year; before there is one, the town's first. */
  readonly shown: number
  readonly running: number
}

/** A claim may reach back into the year before the first entry, and no further. */
const REACH_BACK_YEARS = 1
const MONTH_LENGTH = 'YYYY-MM'.length

export const isYearClosed = ({ clock }: Pick<PagesDeps, 'clock'>, year: number): boolean => Date.parse(cutOffOf(year)) <= clock.civilMs()

export const calendarOf = async (deps: Pick<PagesDeps, 'books' | 'clock'>, code: string): Promise<TownCalendar> => {
  const merger = await mergerOf(deps, code)
  // The day on which its balances went over is its last.
  const today = merger?.on ?? dayOf(new Date(deps.clock.civilMs()).toISOString())
  const running = fiscalYearOf(today)
  const first = await firstYearOf(deps, code, running)
  const years = Array.from({ length: running - first + 1 }, (_, i) => running - i)
  return {
    years,
    months: monthsBetween(periodOfFiscalYear(first).from, today),
    shown: years.find((year) => isYearClosed(deps, year)) ?? first,
    running,
  }
}

const firstYearOf = async ({ books }: Pick<PagesDeps, 'books'>, code: string, running: number): Promise<number> => {
  const [oldest] = await books.transactions({ scope: code, limit: 1 })
  if (oldest === undefined) return running
  const year = Math.min(fiscalYearOf(oldest.effectiveDate), running)
  const before = await books.sums({ scope: code, through: addDays(periodOfFiscalYear(year).from, -1) })
  return before.length > 0 ? year - REACH_BACK_YEARS : year
}

/** Months from a day to a day, newest first. */
export const monthsBetween = (from: string, through: string): string[] => {
  const months: string[] = []
  let [year = 0, month = 1] = from.split('-').map(Number)
  for (let name = from.slice(0, MONTH_LENGTH); name <= through.slice(0, MONTH_LENGTH);) {
    months.unshift(name)
    if (month === 12) year += 1
    month = (month % 12) + 1
    name = `${year}-${String(month).padStart(2, '0')}`
  }
  return months
}
