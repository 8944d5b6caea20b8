// What everybody sees of a year the town has closed: the statement or worksheet its signed record holds, the newest version or the one asked for, and
// whether these books make the same of their intake.

import { closedYear, sealedStatement, sealedWorksheet } from '../close/closings.ts'
import type { ClosedVersion, ClosedYear, Recorded } from '../close/closings.ts'
import { remake } from '../close/remake.ts'
import type { Remade } from '../close/remake.ts'
import type { SealedStatement, SealedWorksheet } from '../close/parse-closing.ts'
import type { Roster } from '../journal/model.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import type { QueryDeps } from './deps.ts'

export type Sealed = {
  readonly version: number
  readonly newest: number
  /** Of a restatement: why. */
  readonly reason: string | null
  /** Of a replaced version: why the newest stands instead. */
  readonly newestReason: string | null
  /** Whether these books make the same set. */
  readonly verdict: Remade['verdict']
  /** The record of the close or restatement. */
  readonly closing: Recorded
  readonly hash: string
  readonly gaps: number
}

type AnswerOf<T> = T & { readonly record: Recorded; readonly of: ClosedVersion; readonly sealed: Sealed }
export type SealedAnswer = AnswerOf<SealedStatement>
export type SealedWorksheetAnswer = AnswerOf<SealedWorksheet>

const REMEMBERED = 500

type Ask = { readonly scope: string; readonly fiscalYear: number; readonly version?: number }
type SealedDeps = Pick<QueryDeps, 'books' | 'roster'>
export type Verdicts = (year: ClosedYear, version: ClosedVersion) => Promise<Remade['verdict']>

/** Null where the town has not closed that year, or has no such version, or another statement stands in its repo than the close seals. */
export const createSealed = (
  deps: SealedDeps,
  verdicts: Verdicts,
): ((ask: Ask & { readonly entity: string | null }) => Promise<SealedAnswer | null>) => {
  const find = createFinder(deps, verdicts)
  return ({ entity, ...ask }) => find(ask, (of) => sealedStatement(deps.books, of, entity))
}

/** The same of the area's worksheet. */
export const createSealedWorksheets = (deps: SealedDeps, verdicts: Verdicts): ((ask: Ask) => Promise<SealedWorksheetAnswer | null>) => {
  const find = createFinder(deps, verdicts)
  return (ask) => find(ask, (of) => sealedWorksheet(deps.books, of))
}

const createFinder =
  ({ books, roster }: SealedDeps, verdicts: Verdicts) =>
  async <T>(
    { scope, fiscalYear, version }: Ask,
    read: (of: ClosedVersion) => Promise<(T & { readonly record: Recorded }) | null>,
  ): Promise<AnswerOf<T> | null> => {
    const year = await closedYear(books, roster(), scope, fiscalYear)
    const newest = year?.versions.at(-1)
    const of = version === undefined ? newest : year?.versions[version - 1]
    if (year === null || newest === undefined || of === undefined) return null
    const found = await read(of)
    if (found === null) return null
    const sealed: Sealed = {
      version: of.version,
      newest: newest.version,
      reason: of.reason,
      newestReason: of.version < newest.version ? newest.reason : null,
      verdict: await verdicts(year, of),
      closing: of.record,
      hash: of.hash,
      gaps: of.gaps,
    }
    return { ...found, of, sealed }
  }

export type ClosingView = Omit<ClosedVersion, 'merged' | 'leftOut'> & { readonly verdict: Remade['verdict'] }
export type ClosingsView = {
  readonly scope: string
  readonly fiscalYear: number
  readonly versions: readonly ClosingView[]
  readonly ignored: number
}

/** The newest version of each of these years; null for a year that is not closed. */
export const createVersions =
  ({ books, roster }: Pick<QueryDeps, 'books' | 'roster'>) =>
  async (scope: string, fiscalYears: readonly number[]): Promise<ReadonlyMap<number, number | null>> => {
    const found = new Map<number, number | null>()
    for (const year of fiscalYears) found.set(year, (await closedYear(books, roster(), scope, year))?.versions.at(-1)?.version ?? null)
    return found
  }

/** Every version of a year, with what these books make of it; null while the town has not closed it. */
export const createClosings = (deps: SealedDeps, verdicts: Verdicts) => {
  return async (scope: string, fiscalYear: number): Promise<ClosingsView | null> => {
    const year = await closedYear(deps.books, deps.roster(), scope, fiscalYear)
    if (year === null) return null
    const versions: ClosingView[] = []
    for (const version of year.versions) {
      const { merged: _merged, leftOut: _leftOut, ...shown } = version
      versions.push({ ...shown, verdict: await verdicts(year, version) })
    }
    return { scope, fiscalYear, versions, ignored: year.ignored }
  }
}

/** A verdict stands as long as the roster: nothing recorded after the cut-off changes the year. */
export const createVerdicts = ({ books, roster }: SealedDeps): Verdicts => {
  const remembered = new Map<string, Promise<Remade['verdict']>>()
  return (year, version) => {
    const now: Roster = roster()
    const key = `${version.hash} ${canonicalHash(now)}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const verdict = remake(books, now, year, version).then((made) => made.verdict)
    remembered.set(key, verdict)
    // What is missing now may come.
    verdict.then(
      (found) => found === 'no-table' && remembered.delete(key),
      () => remembered.delete(key),
    )
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED) break
      remembered.delete(oldest)
    }
    return verdict
  }
}
