// By which rate table the acts of each day of a period are valued: the one that held on it, or the one that a restatement named since, as far as that
// reaches: from its first day until the day before the next table that stood when it was published.

import { addDays } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import { categories } from '../journal/categories.ts'
import type { Merger, RateTable } from '../journal/documents.ts'
import { voicesOf } from '../journal/mergers.ts'
import { stoodAt, yenPerHourOf } from '../journal/policy.ts'
import type { Books } from '../store/store.ts'
import { readDoc } from './deps.ts'

/** Days, inclusive, with one table, or none. `isAnew`: named by a restatement. */
export type Stretch = Period & { readonly table: RateTable | undefined; readonly isAnew: boolean }

/** All rate tables of a town, also those that ended, by their first day. */
export const rateTablesOf = async (books: Pick<Books, 'load'>, scope: string): Promise<readonly RateTable[]> =>
  (await readDoc(books, 'rates', `rates:${scope}`))?.tables ?? []

/** What a table says of any category, 0 where it says nothing: of one rate alone yen tell no more than minutes. */
export const ratesSaid = (table: RateTable): readonly number[] => [...new Set(categories.map(({ code }) => yenPerHourOf(table, code) ?? 0))]

/** A table by which a municipality may value its acts anew; `until`: the first day on which another such table held when this one was published. */
export type NamedTable = RateTable & { readonly until: string }

const NEVER = '9999-12-31'

/** Tables of a municipality's own, and from its merger on those of what it has become: each as published while that one spoke for it. */
export const namedTablesOf = async (books: Pick<Books, 'load' | 'leafBefore'>, scope: string): Promise<readonly NamedTable[]> => {
  const voices = voicesOf((await readDoc(books, 'mergers', 'mergers:all'))?.mergers ?? [], scope)
  const starts = await Promise.all(voices.map(({ since }) => firstLeafOf(books, since)))
  const spoken = await Promise.all(
    voices.map(async ({ code }, nth) =>
      (await rateTablesOf(books, code)).filter(({ leaf }) => leaf >= (starts[nth] ?? 0) && leaf < (starts[nth + 1] ?? Infinity)),
    ),
  )
  const tables = spoken.flat()
  return tables.map((table) => ({ ...table, until: endOf(table, tables) }))
}

const firstLeafOf = async (books: Pick<Books, 'leafBefore'>, since: Merger | null): Promise<number> =>
  since === null ? 0 : (since.leaf ?? (await books.leafBefore(since.at)).leaf + 1)

const endOf = ({ validFrom, leaf }: RateTable, tables: readonly RateTable[]): string =>
  tables
    .filter((other) => other.validFrom > validFrom && stoodAt(other, leaf))
    .reduce((first, other) => (other.validFrom < first ? other.validFrom : first), NEVER)

type StretchQuery = { readonly scope: string; readonly period: Period; readonly leaf: number; readonly revaluedBy: readonly NamedTable[] }

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
  revaluedBy: readonly NamedTable[],
): readonly Stretch[] => {
  const held = tables.filter((table) => stoodAt(table, leaf))
  const turns = [...held.map(({ validFrom }) => validFrom), ...revaluedBy.flatMap(({ validFrom, until }) => [validFrom, until])]
  const days = [...new Set([from, ...turns.filter((day) => day > from && day <= through)])].toSorted()
  return days.map((day, nth) => {
    const next = days[nth + 1]
    const anew = revaluedBy.findLast(({ validFrom, until }) => validFrom <= day && day < until)
    const table = anew ?? held.findLast(({ validFrom }) => validFrom <= day)
    return { from: day, through: next === undefined ? through : addDays(next, -1), table, isAnew: anew !== undefined }
  })
}

/** The table of a restatement for the acts of a day. */
export const namedOn = (stretches: readonly Stretch[], day: string): RateTable | undefined =>
  stretches.find(({ from, through, isAnew }) => isAnew && from <= day && day <= through)?.table
