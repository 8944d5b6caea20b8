// The form in which statements of towns are published: categories with too few people are merged into `other`, until every shown one has enough.
// Promise: no hidden figure can be had by subtraction (I16), since all that is hidden stands together in one cell that has enough people.

import { categories, isSensitive } from '../journal/categories.ts'
import { GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC } from '../journal/chart.ts'
import type { Transaction } from '../journal/model.ts'
import type { Statement, UnitFigures } from './statement.ts'
import type { Figures, Sum } from './sum.ts'

export const SMALL_GROUP = 5
export const SMALL_SENSITIVE_GROUP = 10
const OTHER = 'other'
const TIME_ACCOUNTS = [GIVEN, GIVEN_PRIOR, RECEIVED, RECEIVED_PRIOR, RECEIVED_PUBLIC]

/** Category → the persons in it. */
export type Persons = ReadonlyMap<string, ReadonlySet<string>>

/** What stands instead of a statement when the whole has too few people: 「人数が少ないため載せていません」. */
export type Hidden = Pick<Statement, 'v' | 'entity' | 'scope' | 'kind' | 'period' | 'knownAt' | 'roster'> & { readonly hidden: true }

/** Distinct givers and named receivers of each category, from the sums of each entity of a scope. Pools and municipalities are not persons. */
export const personsOf = (sums: readonly Sum[]): Persons => {
  const persons = new Map<string, Set<string>>()
  for (const { entity, account, category, amount } of sums) {
    if (category === null || entity === null || amount === 0 || !TIME_ACCOUNTS.includes(account)) continue
    if (entity.startsWith('M:') || (entity.startsWith('X:') && !entity.includes('#'))) continue
    const known = persons.get(category)
    if (known === undefined) persons.set(category, new Set([entity]))
    else known.add(entity)
  }
  return persons
}

/** Distinct givers of each category in what one municipality (M:code) received for the public, from the transactions that touch it. */
export const personsGivingTo = (
  entity: string,
  transactions: readonly Transaction[],
  { from, through }: { readonly from: string; readonly through: string },
): Persons => {
  const minutes = new Map<string, number>()
  for (const { lines, effectiveDate } of transactions) {
    if (effectiveDate < from || effectiveDate > through) continue
    const giver = lines.find(({ account }) => account === GIVEN || account === GIVEN_PRIOR)
    for (const line of lines)
      if (line.entity === entity && line.unit === 'MIN' && line.category !== undefined && giver !== undefined) {
        const key = `${line.category} ${giver.entity}`
        minutes.set(key, (minutes.get(key) ?? 0) + line.amount)
      }
  }
  const present = [...minutes].filter(([, amount]) => amount !== 0).map(([key]) => key)
  const groups = Map.groupBy(present, (key) => key.slice(0, key.indexOf(' ')))
  return new Map([...groups].map(([category, keys]) => [category, new Set(keys.map((key) => key.slice(category.length + 1)))]))
}

/** Which categories are merged into `other`; null when the total is too small to show anything. Order: fewest people first, then as listed. */
export const categoriesToMerge = (
  shown: readonly string[],
  persons: Persons,
  alreadyMerged: readonly string[] = [],
): readonly string[] | null => {
  const count = (members: readonly string[]): number => new Set(members.flatMap((category) => [...(persons.get(category) ?? [])])).size
  if (count([...persons.keys()]) < SMALL_GROUP) return null
  const apart = shown.filter((category) => category !== OTHER && !alreadyMerged.includes(category))
  const merged = [...alreadyMerged]
  const isEnough = (members: readonly string[]): boolean => count(members) >= Math.max(...members.map(thresholdOf))
  const order = apart.toSorted((a, b) => count([a]) - count([b]) || placeOf(a) - placeOf(b))
  for (const next of order) {
    const rest = order.slice(merged.length - alreadyMerged.length)
    const other = shown.includes(OTHER) || merged.length > 0 ? [OTHER, ...merged] : []
    if (rest.every((category) => isEnough([category])) && (other.length === 0 || isEnough(other))) break
    merged.push(next)
  }
  return merged
}

const thresholdOf = (category: string): number => (isSensitive(category) ? SMALL_SENSITIVE_GROUP : SMALL_GROUP)
const placeOf = (category: string): number => categories.findIndex(({ code }) => code === category)

/**
 * The published form of a town's statement. A month shows totals only. `alreadyMerged`: what version 1 merged.
 * Notes get `mergedCategories`, how many were merged.
 */
export const publishedStatement = (statement: Statement, persons: Persons, alreadyMerged: readonly string[] = []): Statement | Hidden => {
  const shown = [...new Set(Object.values(statement.units).flatMap(({ byCategory }) => Object.keys(byCategory)))]
  const merged = categoriesToMerge(shown, persons, alreadyMerged)
  const { v, entity, scope, kind, period, knownAt, roster } = statement
  if (merged === null && shown.length > 0) return { v, entity, scope, kind, period, knownAt, roster, hidden: true }
  const isMonth = period.fiscalYear === undefined
  const form = (figures: UnitFigures): UnitFigures => ({
    ...figures,
    byCategory: isMonth ? {} : mergeInto(figures.byCategory, merged ?? []),
  })
  return {
    ...statement,
    units: { MIN: form(statement.units.MIN), JPY: form(statement.units.JPY), PT: form(statement.units.PT) },
    notes: { ...statement.notes, mergedCategories: isMonth ? 0 : (merged ?? []).filter((category) => shown.includes(category)).length },
  }
}

const mergeInto = (byCategory: Readonly<Record<string, Figures>>, merged: readonly string[]): Readonly<Record<string, Figures>> => {
  const kept = Object.entries(byCategory).filter(([category]) => category !== OTHER && !merged.includes(category))
  const other: Record<string, number> = {}
  for (const [category, figures] of Object.entries(byCategory))
    if (category === OTHER || merged.includes(category))
      for (const [account, amount] of Object.entries(figures)) other[account] = (other[account] ?? 0) + amount
  return Object.fromEntries(Object.keys(other).length === 0 ? kept : [...kept, [OTHER, other]])
}
