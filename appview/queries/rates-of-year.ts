// By which rate table the acts of each day of a period are valued: the one that held on it, or the one that a restatement named since, as far as that
// reaches: from its first day until the day before the next table that stood when it was published.

import { addDays } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import type { RateTable } from '../journal/documents.ts'
import { stoodAt } from '../journal/policy.ts'
import type { Books } from '../store/store.ts'
import { readDoc } from './deps.ts'

/** Days, inclusive, with one table, or none. `isAnew`: named by a restatement. */
export type Stretch = Period & { readonly table: RateTable | undefined; readonly isAnew: boolean }

/** All rate tables of a town, also those that ended, by their first day. */
export const rateTablesOf = async (books: Pick<Books, 'load'>, scope: string): Promise<readonly RateTable[]> =>
  (await readDoc(books, 'rates', `rates:${scope}`))?.tables ?? []

type StretchQuery = { readonly scope: string; readonly period: Period; readonly leaf: number; readonly revaluedBy: readonly RateTable[] }

/** Those of a town. */
export const stretchesIn = async (
  books: Pick<Books, 'load'>,
  { scope, period, leaf, revaluedBy }: StretchQuery,
): Promise<readonly Stretch[]> => stretchesOf(await rateTablesOf(books, scope), period, leaf, revaluedBy)

/** `tables`: all of the town, also those that ended; `leaf`: as known at it; `revaluedBy`: those of restatements, newest last. */
export const stretchesOf = (
  tables: readonly RateTable[],
  { from, through }: Period,
  leaf: number,
  revaluedBy: readonly RateTable[],
): readonly Stretch[] => {
  const held = tables.filter((table) => stoodAt(table, leaf))
  const named = revaluedBy.map((table) => ({ table, end: endOf(table, tables) }))
  const turns = [...held.map(({ validFrom }) => validFrom), ...named.flatMap(({ table, end }) => [table.validFrom, end])]
  const days = [...new Set([from, ...turns.filter((day) => day > from && day <= through)])].toSorted()
  return days.map((day, nth) => {
    const next = days[nth + 1]
    const anew = named.findLast(({ table, end }) => table.validFrom <= day && day < end)?.table
    const table = anew ?? held.findLast(({ validFrom }) => validFrom <= day)
    return { from: day, through: next === undefined ? through : addDays(next, -1), table, isAnew: anew !== undefined }
  })
}

const NEVER = '9999-12-31'

/** The first day on which another table of the town held, when this one was published. */
const endOf = ({ validFrom, leaf }: RateTable, tables: readonly RateTable[]): string =>
  tables.find((other) => other.validFrom > validFrom && stoodAt(other, leaf))?.validFrom ?? NEVER

/** The table of a restatement for the acts of a day. */
export const namedOn = (stretches: readonly Stretch[], day: string): RateTable | undefined =>
  stretches.find(({ from, through, isAnew }) => isAnew && from <= day && day <= through)?.table
