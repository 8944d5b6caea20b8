// What a town has closed, as its repo says: the close of a fiscal year, the restatements that follow it, and the statements they seal. Read from rows
// of intake, so that every appview over the same log sees the same. The first record under a key counts that was logged after the year's cut-off and is
// as known at it; what was written before is ignored and counted, and later edits and deletions change nothing.

import { cutOffOf } from '../journal/calendar.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import type { Books } from '../store/store.ts'
import { parseClosing, parseSealed, WORKSHEET } from './parse-closing.ts'
import type { Closing, SealedStatement, SealedWorksheet, SetMember } from './parse-closing.ts'
import { MAX_VERSION, closingPlace, uriOf } from './record-keys.ts'

/** Where a record stands in the log. */
export type Recorded = { readonly uri: string; readonly cid: string; readonly leaf: number; readonly recordedAt: string }

export type ClosedVersion = Closing & { readonly record: Recorded }

/** Versions in order, from 1, without a gap: each replaces the one before by its hash. */
export type ClosedYear = {
  readonly scope: string
  readonly fiscalYear: number
  readonly versions: readonly ClosedVersion[]
  /** Records under the keys of these versions that do not count. */
  readonly ignored: number
}

type Rows = Pick<Books, 'rows'>
/** Where a town's records are found, and where the cut-off lies in the log. */
export type ClosingBooks = Pick<Books, 'rows' | 'state' | 'leafBefore'>

/** More edits of one record than this, and the first ones are not looked at. */
const MOST_EDITS = 1_000

/** Null while the town has not closed this year. */
export const closedYear = async (books: ClosingBooks, roster: Roster, scope: string, fiscalYear: number): Promise<ClosedYear | null> => {
  const repos = [...new Set(roster.filter(({ code }) => code === scope).map(({ did }) => did))]
  const versions: ClosedVersion[] = []
  let ignored = 0
  for (let version = 1; version <= MAX_VERSION; version++) {
    const before = versions.at(-1)
    const { found, passed } = await versionIn(books, repos, { scope, fiscalYear, version })
    ignored += passed
    if (found === null || (before !== undefined && found.replaces !== before.hash)) break
    versions.push(found)
  }
  return versions.length === 0 ? null : { scope, fiscalYear, versions, ignored }
}

type Wanted = { readonly scope: string; readonly fiscalYear: number; readonly version: number }

/** `passed`: records under that key which do not count, before the one that does. */
const versionIn = async (
  books: ClosingBooks,
  repos: readonly string[],
  wanted: Wanted,
): Promise<{ readonly found: ClosedVersion | null; readonly passed: number }> => {
  let passed = 0
  for (const repo of repos)
    for (const row of await rowsUnder(books, uriOf(closingPlace(repo, wanted.fiscalYear, wanted.version)))) {
      const closing = parseClosing(row.value)
      if (closing !== null && isOf(closing, wanted) && (await isAtCutOff(books, closing, row, wanted.fiscalYear)))
        return { found: { ...closing, record: recordOf(row) }, passed }
      passed += 1
    }
  return { found: null, passed }
}

const isOf = (closing: Closing, { scope, fiscalYear, version }: Wanted): boolean =>
  closing.scope === scope && closing.period.fiscalYear === fiscalYear && closing.version === version

/** Logged at the cut-off or after it, as known at it. A repo by itself, as a CAR, does not say when. */
const isAtCutOff = async (books: ClosingBooks, { knownAt }: Closing, { recordedAt }: IntakeRow, fiscalYear: number): Promise<boolean> => {
  const cutOff = cutOffOf(fiscalYear)
  if ((recordedAt !== '' && recordedAt < cutOff) || knownAt.instant !== cutOff) return false
  const [{ origin }, { leaf }] = [await books.state(), await books.leafBefore(cutOff)]
  return knownAt.origin === origin?.name && knownAt.leaf === leaf
}

type WithRecord<T> = T & { readonly record: Recorded }

/** What a version seals as this member, with its own record; null where the repo has another one, or none. */
export const sealedMember = async (
  books: Rows,
  { uri, kind, hash }: SetMember,
): Promise<WithRecord<SealedStatement> | WithRecord<SealedWorksheet> | null> => {
  for (const row of await rowsUnder(books, uri)) {
    const sealed = parseSealed(row.value)
    if (sealed?.hash === hash && sealed.kind === kind) return { ...sealed, record: recordOf(row) }
  }
  return null
}

/** The statement a version seals for an entity (null: the whole scope). */
export const sealedStatement = async (
  books: Rows,
  { statements }: ClosedVersion,
  entity: string | null,
): Promise<WithRecord<SealedStatement> | null> => {
  const member = statements.find((one) => one.entity === entity && one.kind !== WORKSHEET)
  const sealed = member === undefined ? null : await sealedMember(books, member)
  return sealed === null || isWorksheet(sealed) ? null : sealed
}

/** The worksheet of the area. */
export const sealedWorksheet = async (books: Rows, { statements }: ClosedVersion): Promise<WithRecord<SealedWorksheet> | null> => {
  const member = statements.find(({ kind }) => kind === WORKSHEET)
  const sealed = member === undefined ? null : await sealedMember(books, member)
  return sealed !== null && isWorksheet(sealed) ? sealed : null
}

const isWorksheet = <T extends SealedStatement | SealedWorksheet>(sealed: T): sealed is Extract<T, SealedWorksheet> =>
  sealed.kind === WORKSHEET

/** Versions of one record, the oldest first. */
const rowsUnder = async (books: Rows, uri: string): Promise<readonly IntakeRow[]> => {
  const rows = await books.rows({ uri, limit: MOST_EDITS })
  return rows.filter(({ action, cid }) => action !== 'delete' && cid !== null).toReversed()
}

const recordOf = ({ uri, cid, leaf, recordedAt }: IntakeRow): Recorded => ({ uri, cid: cid ?? '', leaf, recordedAt })
