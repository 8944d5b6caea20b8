// Which figures of a town are shown to everybody: one plan for a fiscal year and all its months, held by every statement and page of that town.
// Promise (I16): among the figures of one town published at one moment, no cell (account × category, account × month, account) with too few people
// is given by sums and differences, in minutes or yen. The plan is a function of the books alone, not of who asks for what.
//
// How: what was given, and its two parts received by people and by the public, are shown apart only where each part has enough people; categories
// are merged by their smallest part; months that are hidden leave a rest (the year less the months shown) that has enough people; prior-period
// lines stand when all of them do, else without any total that holds them; yen stand where rates do not tell the parts of a sum apart.
//
// Bounds: the promise is for one moment. Who keeps the running year of yesterday learns from today's what was booked in between, and a month that was
// shown may be left out once the year is known better. People who show their own statement are counted like all others. What passes between towns
// (given less received) is a difference of shown totals and no cell.

import { categories, isSensitive } from '../journal/categories.ts'
import { GIVEN, RECEIVED, RECEIVED_PUBLIC } from '../journal/chart.ts'
import { cellsOf, countOf, unionOf, withoutCells, type Cell, type CellName, type Cells, type Contribution } from './cells.ts'

export const SMALL_GROUP = 5
export const SMALL_SENSITIVE_GROUP = 10
export const OTHER = 'other'

/** 'given': only what was given, not who received. 'parts': also what people and what the public received. */
export type Level = 'nothing' | 'given' | 'parts'

export type Plan = {
  readonly level: Level
  /** Whether prior-period lines and the totals that hold them are shown. */
  readonly prior: boolean
  readonly unconfirmed: boolean
  /** Categories that stand within `other` in every statement of the year. */
  readonly merged: readonly string[]
  /** Of every month of the year. */
  readonly months: ReadonlyMap<string, Level>
  readonly yen: Yen
}

/** Where yen stand beside minutes. */
export type Yen = { readonly year: boolean; readonly prior: boolean; readonly months: boolean }

/** Yen an hour by which the year's acts were valued, category by category; null where rates change within the year. */
export type RateOf = ((category: string) => number) | null

export type YearSource = {
  readonly year: readonly Contribution[]
  /** Each month of the year, as it is published: later known acts of it stand in the year alone. */
  readonly months: ReadonlyMap<string, readonly Contribution[]>
  readonly rateOf: RateOf
  /** Whether all earlier years, whose late acts stand in this one, had one rate for everything. */
  readonly onePriorRate: boolean
  /** False where visitors' acts have other rates than the town's own: enough people for a year may be too few for a month. */
  readonly monthlyRate?: boolean
  /** What version 1 of the year's statements merged: later versions merge at least that. */
  readonly alreadyMerged?: readonly string[]
}

const YEAR_ACCOUNTS = [GIVEN, RECEIVED, RECEIVED_PUBLIC]
const PRIOR = ['priorGiven', 'priorPeople', 'priorPublic'] as const
const SHOWN: Readonly<Record<Level, readonly CellName[]>> = { nothing: [], given: ['given'], parts: ['given', 'people', 'public'] }
const RANK: Readonly<Record<Level, number>> = { nothing: 0, given: 1, parts: 2 }

export const planOf = ({ year, months, rateOf, onePriorRate, monthlyRate = true, alreadyMerged = [] }: YearSource): Plan => {
  const whole = cellsOf(year)
  const least = leastOf(year)
  const { level, byCategory, merged } = yearShown(year, levelOf(whole, least), alreadyMerged)
  const monthly = new Map(
    [...months].map(([month, contributions]) => [month, { cells: cellsOf(contributions), least: Math.max(least, leastOf(contributions)) }]),
  )
  return {
    level,
    prior: level === 'parts' && PRIOR.every((name) => isEnough(whole[name], SMALL_GROUP)),
    unconfirmed: countOf(whole.unconfirmed) >= SMALL_GROUP,
    merged,
    months: monthLevels(whole, monthly, level, least),
    yen: { ...onlyYear(yenShown(byCategory, merged, rateOf), monthlyRate), prior: rateOf !== null && onePriorRate },
  }
}

const onlyYear = (yen: Omit<Yen, 'prior'>, monthlyRate: boolean): Omit<Yen, 'prior'> => ({ ...yen, months: yen.months && monthlyRate })

/** Ten where all that was done is sensitive. */
const leastOf = (contributions: readonly Contribution[]): number =>
  contributions.length > 0 && contributions.every(({ category }) => isSensitive(category)) ? SMALL_SENSITIVE_GROUP : SMALL_GROUP

type YearShown = Pick<Plan, 'level' | 'merged'> & { readonly byCategory: ReadonlyMap<string, readonly Cell[]> }

/** The most that can be shown of a year so that every cell of a category stands, `other` included; nothing where even all of them together are too few. */
const yearShown = (year: readonly Contribution[], most: Level, alreadyMerged: readonly string[]): YearShown => {
  const ofYear = year.filter(({ account }) => YEAR_ACCOUNTS.includes(account))
  for (const level of ['parts', 'given'] as const) {
    if (RANK[level] > RANK[most]) continue
    const byCategory = new Map(
      [...Map.groupBy(ofYear, ({ category }) => category)].map(([category, group]) => [category, pick(cellsOf(group), SHOWN[level])]),
    )
    const merged = categoriesToMerge(byCategory, alreadyMerged)
    if (isGroupEnough(byCategory, [OTHER, ...merged])) return { level, byCategory, merged }
  }
  return { level: 'nothing', byCategory: new Map(), merged: [] }
}

const pick = (cells: Cells, names: readonly CellName[]): readonly Cell[] => names.map((name) => cells[name])

/** An empty cell hides nobody. */
const isEnough = (cell: Cell, least: number): boolean => {
  const count = countOf(cell)
  return count === 0 || count >= least
}

const levelOf = ({ given, people, public: common }: Cells, least: number): Level => {
  if (!isEnough(given, least)) return 'nothing'
  if (isEnough(people, least) && isEnough(common, least)) return 'parts'
  return countOf(given) === 0 ? 'nothing' : 'given'
}

/**
 * Which categories are merged into `other`: those of the fewest people first (by their smallest cell that is not empty), then as listed, until every
 * cell shown, `other` included, has enough.
 */
export const categoriesToMerge = (
  byCategory: ReadonlyMap<string, readonly Cell[]>,
  alreadyMerged: readonly string[] = [],
): readonly string[] => {
  const isStanding = (members: readonly string[]): boolean => isGroupEnough(byCategory, members)
  const smallest = (category: string): number => Math.min(...(byCategory.get(category) ?? []).map(countOf).filter((count) => count > 0))
  const order = [...byCategory.keys()]
    .filter((category) => category !== OTHER && !alreadyMerged.includes(category))
    .toSorted((a, b) => compare(smallest(a), smallest(b)) || placeOf(a) - placeOf(b))
  const merged = [...alreadyMerged]
  for (const [index, next] of order.entries()) {
    if (order.slice(index).every((category) => isStanding([category])) && isStanding([OTHER, ...merged])) break
    merged.push(next)
  }
  return merged
}

/** Whether categories shown as one have enough people in each cell, by the highest threshold among them. */
const isGroupEnough = (byCategory: ReadonlyMap<string, readonly Cell[]>, members: readonly string[]): boolean => {
  const present = members.filter((category) => byCategory.has(category))
  const each = present.flatMap((category) => [byCategory.get(category) ?? []])
  const together = (each[0] ?? []).map((_, index) => unionOf(each.flatMap((cells) => cells[index] ?? [])))
  return together.every((cell) => isEnough(cell, Math.max(SMALL_GROUP, ...present.map(thresholdOf))))
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
const thresholdOf = (category: string): number => (isSensitive(category) ? SMALL_SENSITIVE_GROUP : SMALL_GROUP)
const placeOf = (category: string): number => categories.findIndex(({ code }) => code === category)

const lower = (a: Level, b: Level): Level => (RANK[a] < RANK[b] ? a : b)

type MonthCells = { readonly cells: Cells; readonly least: number }

/** Each month by its own people, then the smallest ones left out until what all hidden ones make together has enough, account by account. */
const monthLevels = (whole: Cells, monthly: ReadonlyMap<string, MonthCells>, most: Level, least: number): ReadonlyMap<string, Level> => {
  const levels = new Map([...monthly].map(([month, one]) => [month, lower(most, levelOf(one.cells, one.least))]))
  /** The month to leave out next, so that nobody shows in the rest of this cell; undefined when nobody does. */
  const nextToHide = (name: CellName, at: Level): string | undefined => {
    const shown = [...monthly].filter(([month]) => RANK[levels.get(month) ?? 'nothing'] >= RANK[at])
    const rest = withoutCells(
      whole[name],
      shown.map(([, { cells }]) => cells[name]),
    )
    if (isEnough(rest, least)) return undefined
    const counts = shown.map(([month, { cells }]) => ({ month, count: countOf(cells[name]) })).filter(({ count }) => count > 0)
    return counts.toSorted((a, b) => a.count - b.count)[0]?.month
  }
  const hideWhile = (next: () => string | undefined, below: Level): void => {
    for (let month = next(); month !== undefined; month = next()) levels.set(month, below)
  }
  if (most !== 'nothing') hideWhile(() => nextToHide('given', 'given'), 'nothing')
  if (most === 'parts') hideWhile(() => nextToHide('people', 'parts') ?? nextToHide('public', 'parts'), 'given')
  return levels
}

/**
 * Minutes and yen of one sum are two equations: with more than one rate in it they tell its parts apart. So with one rate yen stand everywhere; with
 * rates by category in the year alone, and there only while every rate's part of each sum has enough people; with rates that change, nowhere.
 */
const yenShown = (byCategory: ReadonlyMap<string, readonly Cell[]>, merged: readonly string[], rateOf: RateOf): Omit<Yen, 'prior'> => {
  if (rateOf === null) return { year: false, months: false }
  const rates = Map.groupBy(byCategory.keys(), rateOf)
  if (rates.size <= 1) return { year: true, months: true }
  const isApart = (category: string): boolean => category !== OTHER && !merged.includes(category)
  const isSafe = (members: readonly string[]): boolean => {
    const least = Math.max(SMALL_GROUP, ...members.map(thresholdOf))
    const each = members.map((category) => byCategory.get(category) ?? [])
    return (each[0] ?? []).every((_, index) => isEnough(unionOf(each.flatMap((cells) => cells[index] ?? [])), least))
  }
  const groups = [...rates.values()].flatMap((members) => [members, members.filter((category) => !isApart(category))])
  return { year: groups.every(isSafe), months: false }
}
