// The form in which statements of towns are published, by the plan of their year (small-groups.ts). What is left out is named in `leftOut`, by sheet,
// account or total, so that nobody takes it for nought. A month shows its totals; the whole area shows no balances, from which what hidden
// people gave, or who moved, could be reckoned; the municipality's own are nought whatever was given.

import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC, RESIDENTS_CONTRIBUTION } from '../journal/chart.ts'
import { OTHER, type Level, type Plan } from './small-groups.ts'
import type { Notes, Statement, UnitFigures } from './statement.ts'
import type { Figures } from './sum.ts'

/** What stands instead of a statement when the whole has too few people: 「人数が少ないため載せていません」. */
export type Hidden = Pick<Statement, 'v' | 'entity' | 'scope' | 'kind' | 'period' | 'knownAt' | 'roster'> & { readonly hidden: true }

const ACCOUNTS: Readonly<Record<Level, readonly number[]>> = {
  nothing: [],
  given: [GIVEN],
  parts: [GIVEN, RECEIVED, RECEIVED_PUBLIC],
}
const PRIOR_LINES = [String(GIVEN_PRIOR), String(RECEIVED_PRIOR), 'revenue', 'expense', 'net']
const CONTRIBUTION = String(RESIDENTS_CONTRIBUTION)
const MONTH_LENGTH = 'YYYY-MM'.length

/** The published form of a town's statement, of the municipality (M:code) or the whole area, for a year or one of its months. */
export const publishedStatement = (statement: Statement, plan: Plan): Statement | Hidden => {
  const { v, entity, scope, kind, period, knownAt, roster, units } = statement
  const isMonth = period.fiscalYear === undefined
  const level = isMonth ? (plan.months.get(period.from.slice(0, MONTH_LENGTH)) ?? 'nothing') : plan.level
  if (level === 'nothing' || (level === 'given' && entity !== null))
    return { v, entity, scope, kind, period, knownAt, roster, hidden: true }
  const form = { level, isMonth, isArea: entity === null, plan }
  const hasYen = isMonth ? plan.yen.months : plan.yen.year
  return {
    ...statement,
    units: {
      MIN: figuresShown(units.MIN, { ...form, prior: plan.prior }),
      JPY: hasYen ? figuresShown(units.JPY, { ...form, prior: plan.prior && plan.yen.prior }) : NO_FIGURES,
      PT: figuresShown(units.PT, { ...form, prior: plan.prior }),
    },
    notes: notesShown(statement, isMonth, plan),
  }
}

type Form = { readonly level: Level; readonly isMonth: boolean; readonly isArea: boolean; readonly prior: boolean; readonly plan: Plan }

const NO_FIGURES: UnitFigures = { PL: {}, BS: {}, NA: {}, byCategory: {}, leftOut: ['PL', 'BS', 'NA', 'byCategory'] }

const figuresShown = (figures: UnitFigures, { level, isMonth, isArea, prior, plan }: Form): UnitFigures => {
  const accounts = ACCOUNTS[level].map(String)
  const hasTotals = prior && !isMonth
  const lines = [...accounts, ...(hasTotals ? PRIOR_LINES : [])]
  const hiddenLines = [...ACCOUNTS.parts.map(String), ...PRIOR_LINES].filter((line) => !lines.includes(line))
  const hiddenSheets = isMonth ? ['BS', 'NA', 'byCategory'] : isArea ? ['BS', 'NA'] : hasTotals ? [] : [CONTRIBUTION, 'other']
  return {
    PL: only(figures.PL, lines),
    BS: isMonth || isArea ? {} : figures.BS,
    NA: isMonth || isArea ? {} : hasTotals ? figures.NA : only(figures.NA, ['opening', 'closing']),
    byCategory: isMonth ? {} : mergeInto(figures.byCategory, plan.merged, accounts),
    leftOut: [...hiddenLines, ...hiddenSheets],
  }
}

const only = (figures: Figures, keys: readonly string[]): Figures =>
  Object.fromEntries(Object.entries(figures).filter(([key]) => keys.includes(key)))

/** Claims and disputes are few: their minutes stand only where enough people have part in them, never by month. */
const notesShown = ({ notes, entity, units }: Statement, isMonth: boolean, plan: Plan): Notes => {
  const { unconfirmedMinutes, disputedMinutesGiven, ...rest } = notes
  const present = new Set(Object.values(units).flatMap(({ byCategory }) => Object.keys(byCategory)))
  return {
    ...rest,
    ...(unconfirmedMinutes !== undefined && !isMonth && (plan.unconfirmed || entity !== null) ? { unconfirmedMinutes } : {}),
    ...(disputedMinutesGiven === 0 ? { disputedMinutesGiven } : {}),
    mergedCategories: isMonth ? 0 : plan.merged.filter((category) => present.has(category)).length,
  }
}

const mergeInto = (
  byCategory: Readonly<Record<string, Figures>>,
  merged: readonly string[],
  accounts: readonly string[],
): Readonly<Record<string, Figures>> => {
  const shown: Record<string, Record<string, number>> = {}
  for (const [category, figures] of Object.entries(byCategory)) {
    const place = merged.includes(category) ? OTHER : category
    for (const [account, amount] of Object.entries(figures))
      if (accounts.includes(account)) {
        const cell = (shown[place] ??= {})
        cell[account] = (cell[account] ?? 0) + amount
      }
  }
  return shown
}
