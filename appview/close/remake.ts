// A closed version made again from the books, and what came of it: the same figures, other figures, or books that cannot tell because they are folded by
// other rules or lack the table it names.

import type { RateTable } from '../journal/documents.ts'
import type { Roster } from '../journal/model.ts'
import { RULES } from '../journal/rules.ts'
import { namedTablesOf, rateTablesOf } from '../queries/rates-of-year.ts'
import type { NamedTable } from '../queries/rates-of-year.ts'
import type { Books } from '../store/store.ts'
import type { ClosedVersion, ClosedYear } from './closings.ts'
import { statementSet } from './statement-set.ts'
import type { SetQuery, StatementSet } from './statement-set.ts'

/** 'same': the books give this very set. 'other-rules': it was made by rules these books no longer know. 'no-table': the rate table it names is not here. */
export type Remade = { readonly verdict: 'same' | 'differs'; readonly set: StatementSet } | { readonly verdict: 'other-rules' | 'no-table' }

export const remake = async (books: Books, roster: Roster, year: ClosedYear, version: ClosedVersion): Promise<Remade> => {
  if (version.rules !== RULES) return { verdict: 'other-rules' }
  const revaluedBy = await tablesUpTo(books, roster, year, version.version)
  if (revaluedBy === null) return { verdict: 'no-table' }
  const { scope, fiscalYear } = year
  const query = { scope, fiscalYear, version: version.version, revaluedBy, ...hiddenBefore(year, version.version) }
  const set = await statementSet(books, roster, query)
  return { verdict: set.hash === version.hash ? 'same' : 'differs', set }
}

/** What versions below this one have merged, and left out. */
export const hiddenBefore = ({ versions }: ClosedYear, version: number): Pick<SetQuery, 'alreadyMerged' | 'leftOutBefore'> => {
  const before = versions.filter((one) => one.version < version)
  return {
    alreadyMerged: [...new Set(before.flatMap(({ merged }) => merged))],
    leftOutBefore: [...new Set(before.flatMap(({ leftOut }) => leftOut))],
  }
}

/**
 * The tables by which versions up to this one were valued anew, in order; null where the books lack one. Of somebody who does not speak for the town a table
 * values nothing, whatever was signed.
 */
export const tablesUpTo = async (
  books: Pick<Books, 'load' | 'leafBefore'>,
  roster: Roster,
  { scope, versions }: ClosedYear,
  upTo: number,
): Promise<readonly NamedTable[] | null> => {
  const tables: NamedTable[] = []
  for (const { version, revaluedBy } of versions) {
    if (version > upTo || revaluedBy === null) continue
    const table = await tableFor(books, roster, scope, revaluedBy)
    if (table === 'unknown') return null
    if (table !== 'not-own') tables.push(table)
  }
  return tables
}

type Name = { readonly uri: string; readonly cid?: string }

/** A rate table of whoever spoke for the town when it was published, also one that is no longer in force; 'not-own': it is of another of the roster. */
export const tableFor = async (
  books: Pick<Books, 'load' | 'leafBefore'>,
  roster: Roster,
  scope: string,
  { uri, cid }: Name,
): Promise<NamedTable | 'not-own' | 'unknown'> => {
  const isNamed = (table: RateTable): boolean => table.uri === uri && (cid === undefined || table.cid === cid)
  const own = (await namedTablesOf(books, scope)).findLast(isNamed)
  if (own !== undefined) return own
  for (const code of new Set(roster.map((town) => town.code))) if ((await rateTablesOf(books, code)).some(isNamed)) return 'not-own'
  return 'unknown'
}
