// What visitors gave is valued by their own town's rates. Minutes and yen of what a town received then tell the visitors' part of a sum, so yen stand
// beside minutes only where each such part, and the rest, have enough people.

import { isSensitive } from '../journal/categories.ts'
import { RECEIVED_PRIOR } from '../journal/chart.ts'
import type { Period } from '../journal/calendar.ts'
import type { RateTable } from '../journal/documents.ts'
import { stoodAt, yenPerHourOf } from '../journal/policy.ts'
import { SMALL_GROUP, SMALL_SENSITIVE_GROUP } from '../statements/small-groups.ts'
import type { FlowPair } from '../store/flows.ts'
import type { Books } from '../store/store.ts'
import { rateTablesOf } from './rates-of-year.ts'
import type { KnownAt } from './known-at.ts'

export type VisitorsRates = {
  /** Somebody gave here whose acts are valued otherwise than the town's own. */
  readonly isMixed: boolean
  /** Each part of each sum has enough people, or is empty. */
  readonly isSafe: boolean
  /** The same of acts of earlier years booked in this one. */
  readonly isPriorMixed: boolean
}

const NONE: VisitorsRates = { isMixed: false, isSafe: true, isPriorMixed: false }

export type VisitorsQuery = {
  readonly scope: string
  readonly period: Period
  readonly knownAt: KnownAt
  /** A later version values the town's own acts anew, and visitors' not. */
  readonly isRevalued: boolean
}

export const visitorsRates = async (books: Pick<Books, 'load' | 'flows' | 'flowPairs'>, query: VisitorsQuery): Promise<VisitorsRates> => {
  const { scope, period, knownAt, isRevalued } = query
  const days = { from: period.from, through: period.through, knownAt }
  const into = (await books.flows({ ...days, scopes: [scope] })).filter((flow) => flow.receiverScope === scope && flow.giverScope !== scope)
  const towns = [...new Set(into.map(({ giverScope }) => giverScope))]
  const own = await ratesOf(books, scope, period, knownAt)
  const others = new Set<string>()
  for (const town of towns) if (isRevalued || (await ratesOf(books, town, period, knownAt)) !== own) others.add(town)
  if (others.size === 0) return NONE
  const isPriorMixed = into.some(({ account, giverScope }) => account === RECEIVED_PRIOR && others.has(giverScope))
  const pairs = (await books.flowPairs(days)).filter(({ receiverScope }) => receiverScope === scope)
  return { isMixed: true, isSafe: isEnoughEach(pairs, (town) => (others.has(town) ? town : scope)), isPriorMixed }
}

/** Givers alone are counted: whoever else has part makes a group larger, never smaller. */
const isEnoughEach = (pairs: readonly FlowPair[], groupOf: (town: string) => string): boolean =>
  [...Map.groupBy(pairs, ({ account, category, giverScope }) => `${account} ${category} ${groupOf(giverScope)}`).values()].every(
    (part) => new Set(part.map(({ giver }) => giver)).size >= (isSensitive(part[0]?.category ?? '') ? SMALL_SENSITIVE_GROUP : SMALL_GROUP),
  )

/** What a town's tables said over the period, as one text: equal texts, equal yen. */
const ratesOf = async (books: Pick<Books, 'load'>, scope: string, { from, through }: Period, { leaf }: KnownAt): Promise<string> => {
  const tables = (await rateTablesOf(books, scope)).filter((table) => stoodAt(table, leaf))
  const first = Math.max(
    tables.findLastIndex(({ validFrom }) => validFrom <= from),
    0,
  )
  const inForce = tables.slice(first).filter(({ validFrom }) => validFrom <= through)
  return JSON.stringify(inForce.map((table, i) => [i === 0 ? '' : table.validFrom, sortedRates(table)]))
}

const sortedRates = (table: RateTable) =>
  Object.keys(table.yenPerHour)
    .toSorted()
    .map((category) => [category, yenPerHourOf(table, category)])
