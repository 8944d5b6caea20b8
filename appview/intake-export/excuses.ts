// Whether a statement that comes out otherwise may do so for what is not here. Entries of desks excuse no more than they can touch; where a file holds by its
// nature all that the statement's municipality has, only what others keep does. Records kept back whose minutes nobody can know excuse all.

import type { Roster } from '../journal/model.ts'
import type { Difference } from '../close/differences.ts'
import { dayOf } from '../journal/calendar.ts'
import { codesWithin } from '../journal/mergers.ts'
import { readDoc } from '../queries/deps.ts'
import type { Books, Position } from '../store/store.ts'
import { gapsIn, lackingCount, lackingOf } from './lacking.ts'
import type { Gap, Lacking, Source } from './lacking.ts'
import { isWithinReach, judgeGaps } from './reach.ts'
import type { Judged, Reach } from './reach.ts'

/**
 * `excuses`: nothing is said about the statement. `lacking`: what the file cannot hold. `reach`: how much of the municipality's that may touch; null where
 * that cannot be told. `missing`: what such a file has to hold and has not, which excuses nothing.
 */
export type Excuse = { readonly excuses: boolean; readonly lacking: Lacking; readonly missing: Lacking; readonly reach: Reach | null }

type Differing = { readonly scope: string; readonly knownAt: Position; readonly differences: readonly Difference[] }

/** The intake is read when something is first asked. Null where nothing is lacking. */
export const openExcuses = (
  books: Pick<Books, 'intake' | 'keys' | 'load' | 'state' | 'transactions'>,
  roster: Roster,
  source: Source,
): ((one: Differing) => Promise<Excuse | null>) => {
  let read: Promise<readonly Gap[]> | undefined
  const judged = new Map<string, Promise<Judged>>()
  const isAuditorsOf = async (code: string): Promise<boolean> => {
    if (source.of !== 'town') return false
    const mergers = (await readDoc(books, 'mergers', 'mergers:all'))?.mergers ?? []
    return codesWithin(mergers, source.code, dayOf((await books.state()).cursor.read.instant)).includes(code)
  }
  const judgedAt = (code: string, gaps: readonly Gap[], knownAt: Position): Promise<Judged> => {
    const key = `${code} ${knownAt.leaf}`
    const known =
      judged.get(key) ??
      Promise.all([highestRate(books, roster), isAuditorsOf(code)]).then(([rate, isAuditors]) =>
        judgeGaps(books, code, gaps, { knownAt, rate, isAuditors }),
      )
    judged.set(key, known)
    return known
  }
  return async ({ scope, knownAt, differences }) => {
    read ??= gapsIn(books, roster, source)
    const gaps = (await read).filter(({ leaf }) => leaf <= knownAt.leaf)
    if (gaps.some((gap) => 'author' in gap) && !(await isAuditorsOf(scope))) {
      const lacking = lackingOf(gaps)
      return { excuses: true, lacking, missing: lackingOf([]), reach: null }
    }
    const { elsewhere, here, reach } = await judgedAt(scope, gaps, knownAt)
    if (lackingCount(elsewhere) + lackingCount(here) === 0) return null
    return { excuses: isWithinReach(differences, reach), lacking: elsewhere, missing: here, reach }
  }
}

/** Of all tables of all municipalities, yen per hour. */
const highestRate = async (books: Pick<Books, 'load'>, roster: Roster): Promise<number> => {
  const rates = await Promise.all(roster.map(({ code }) => readDoc(books, 'rates', `rates:${code}`)))
  return Math.max(0, ...rates.flatMap((doc) => (doc?.tables ?? []).flatMap(({ yenPerHour }) => Object.values(yenPerHour))))
}
