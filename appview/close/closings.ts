// What a town has closed, as its repo says: the close of a fiscal year, the restatements that follow it, and the statements they seal. Read from rows
// of intake, so that every appview over the same log sees the same. The first record under a key counts; later edits and deletions change nothing.

import type { IntakeRow, Roster } from '../journal/model.ts'
import type { Books } from '../store/store.ts'
import { parseClosing, parseSealed, WORKSHEET } from './parse-closing.ts'
import type { Closing, SealedStatement, SealedWorksheet, SetMember } from './parse-closing.ts'
import { MAX_VERSION, closingPlace, uriOf } from './record-keys.ts'

/** Where a record stands in the log. */
export type Recorded = { readonly uri: string; readonly cid: string; readonly leaf: number; readonly recordedAt: string }

export type ClosedVersion = Closing & { readonly record: Recorded }

/** Versions in order, from 1, without a gap: each replaces the one before by its hash. */
export type ClosedYear = { readonly scope: string; readonly fiscalYear: number; readonly versions: readonly ClosedVersion[] }

type Rows = Pick<Books, 'rows'>

/** More edits of one record than this, and the first is not looked for. */
const MOST_EDITS = 1_000

/** Null while the town has not closed this year. */
export const closedYear = async (books: Rows, roster: Roster, scope: string, fiscalYear: number): Promise<ClosedYear | null> => {
  const repos = [...new Set(roster.filter(({ code }) => code === scope).map(({ did }) => did))]
  const versions: ClosedVersion[] = []
  for (let version = 1; version <= MAX_VERSION; version++) {
    const before = versions.at(-1)
    const found = await versionIn(books, repos, scope, fiscalYear, version)
    if (found === null || (before !== undefined && found.replaces !== before.hash)) break
    versions.push(found)
  }
  return versions.length === 0 ? null : { scope, fiscalYear, versions }
}

const versionIn = async (
  books: Rows,
  repos: readonly string[],
  scope: string,
  fiscalYear: number,
  version: number,
): Promise<ClosedVersion | null> => {
  for (const repo of repos) {
    const row = await firstRow(books, uriOf(closingPlace(repo, fiscalYear, version)))
    const closing = row === null ? null : parseClosing(row.value)
    const isOfThat = closing?.scope === scope && closing.period.fiscalYear === fiscalYear && closing.version === version
    if (row !== null && closing !== null && isOfThat) return { ...closing, record: recordOf(row) }
  }
  return null
}

type WithRecord<T> = T & { readonly record: Recorded }

/** What a version seals as this member, with its own record; null where the repo has another one, or none. */
export const sealedMember = async (
  books: Rows,
  { uri, kind, hash }: SetMember,
): Promise<WithRecord<SealedStatement> | WithRecord<SealedWorksheet> | null> => {
  const row = await firstRow(books, uri)
  const sealed = row === null ? null : parseSealed(row.value)
  return row === null || sealed === null || sealed.hash !== hash || sealed.kind !== kind ? null : { ...sealed, record: recordOf(row) }
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

const firstRow = async (books: Rows, uri: string): Promise<IntakeRow | null> => {
  const rows = await books.rows({ uri, limit: MOST_EDITS })
  return rows.findLast(({ action, cid }) => action !== 'delete' && cid !== null) ?? null
}

const recordOf = ({ uri, cid, leaf, recordedAt }: IntakeRow): Recorded => ({ uri, cid: cid ?? '', leaf, recordedAt })
