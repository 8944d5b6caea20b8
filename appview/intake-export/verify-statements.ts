// Statements a town has signed, made again from an exported intake and held against the records: on a machine that has neither the appview nor the
// network. What is signed is found in the intake itself or in a CAR of the town's repo.

import { readCar } from '../../atproto/car.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import { parseCommit, verifyCommitSignature } from '../../atproto/commit.ts'
import { dataToJson, decodeData } from '../../atproto/data-model.ts'
import { loadTree } from '../../atproto/mst.ts'
import { isRecordPath } from '../../atproto/record-path.ts'
import { closedYear, sealedMember } from '../close/closings.ts'
import type { ClosedVersion, ClosedYear, ClosingBooks } from '../close/closings.ts'
import { MOST_DIFFERENCES, differencesBetween } from '../close/differences.ts'
import type { Difference } from '../close/differences.ts'
import { remake } from '../close/remake.ts'
import type { Remade } from '../close/remake.ts'
import { REPO_MAX_BLOCKS, REPO_MAX_BYTES } from '../follow/limits.ts'
import { dayOf, fiscalYearOf } from '../journal/calendar.ts'
import type { IntakeRow, Roster } from '../journal/model.ts'
import type { Books } from '../store/store.ts'
import type { Imported } from './import-intake.ts'
import type { Source } from './lacking.ts'
import { openExcuses } from './excuses.ts'
import type { Excuse } from './excuses.ts'

type Rows = Pick<Books, 'rows'>

/** What to verify; everything the intake shows closed when nothing is said. `group`: a prefecture's two digits or `network`, of a fiscal year. */
export type Wanted = {
  readonly town?: string
  readonly fiscalYear?: number
  readonly version?: number
  readonly record?: string
  readonly group?: string
}

/**
 * One signed statement. 'absent': its record is not there, or is not what the close seals. 'lacking': it comes out otherwise, and what the file keeps back or
 * lacks of what was recorded up to then may be why, so that nothing is said about the statement. 'differs': it comes out otherwise, and nothing excuses it.
 */
export type Verified = {
  readonly scope: string
  readonly fiscalYear: number
  readonly version: number
  readonly entity: string | null
  readonly kind: string
  readonly record: string
  readonly knownAt: { readonly leaf: number; readonly instant: string }
  readonly hash: string
  readonly verdict: Remade['verdict'] | 'absent' | 'lacking'
  readonly excuse: Excuse | null
  /** The lines on which the two differ, the first ones. */
  readonly differences: readonly Difference[]
}

/** A close whose record breaks the rules of its own form is not found; `verified` is then empty. */
export const verifyStatements = async (
  books: Books,
  signed: ClosingBooks,
  wanted: Wanted,
  from: Source = { of: 'file' },
): Promise<readonly Verified[]> => {
  const { roster, cursor } = await books.state()
  const verified: Verified[] = []
  const first = await firstYear(books)
  for (const scope of new Set(roster.map(({ code }) => code))) {
    if (wanted.town !== undefined && wanted.town !== scope) continue
    for (const fiscalYear of yearsOf(wanted, first, fiscalYearOf(dayOf(cursor.read.instant)))) {
      const year = await closedYear(signed, roster, scope, fiscalYear)
      for (const version of year?.versions ?? [])
        if (year !== null && (wanted.version === undefined || wanted.version === version.version))
          verified.push(...(await verifyVersion({ books, signed, roster }, year, version)))
    }
  }
  const asked = verified.filter(({ record }) => wanted.record === undefined || wanted.record === record)
  return toldWhy(asked, openExcuses(books, roster, from))
}

const toldWhy = async (verified: readonly Verified[], excuses: ReturnType<typeof openExcuses>): Promise<readonly Verified[]> => {
  const told: Verified[] = []
  for (const one of verified) {
    const excuse = one.verdict === 'differs' ? await excuses(one) : null
    const differences = one.differences.slice(0, MOST_DIFFERENCES)
    told.push({ ...one, differences, excuse, verdict: excuse?.excuses === true ? 'lacking' : one.verdict })
  }
  return told
}

const yearsOf = ({ fiscalYear }: Wanted, first: number, last: number): readonly number[] =>
  fiscalYear === undefined ? Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index) : [fiscalYear]

/** A claim may reach back a year before the first leaf. */
const firstYear = async (books: Pick<Books, 'intake'>): Promise<number> => {
  const [oldest] = await books.intake({ leaf: 0, op: 0 }, 1)
  return oldest === undefined ? Infinity : fiscalYearOf(dayOf(oldest.recordedAt)) - 1
}

type Sources = { readonly books: Books; readonly signed: Rows; readonly roster: Roster }

const verifyVersion = async ({ books, signed, roster }: Sources, year: ClosedYear, version: ClosedVersion): Promise<Verified[]> => {
  const remade = await remake(books, roster, year, version)
  const verified: Verified[] = []
  for (const member of version.statements) {
    const { entity, kind, uri, hash } = member
    const sealed = await sealedMember(signed, member)
    const made = 'set' in remade ? remade.set.members.find((one) => one.entity === entity && one.kind === kind) : undefined
    const verdict = sealed === null ? 'absent' : verdictOf(remade, made?.hash === hash)
    verified.push({
      scope: year.scope,
      fiscalYear: year.fiscalYear,
      version: version.version,
      entity,
      kind,
      record: uri,
      knownAt: { leaf: version.knownAt.leaf, instant: version.knownAt.instant },
      hash,
      verdict,
      excuse: null,
      differences: verdict === 'differs' && sealed !== null ? differencesBetween(sealed.statement, made?.statement) : [],
    })
  }
  return verified
}

const verdictOf = (remade: Remade, isSame: boolean): Remade['verdict'] => {
  if (!('set' in remade)) return remade.verdict
  return isSame ? 'same' : 'differs'
}

/** A file that is no CAR of a town's repo, or not of a town of this intake, or cut short. */
export class InvalidCarFile extends Error {
  override readonly name = 'InvalidCarFile'
}

const inCar = <T>(read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw error instanceof InvalidCarFile ? error : new InvalidCarFile(error instanceof Error ? error.message : String(error))
  }
}

/** The records of a town's repo from a CAR as getRepo gives it, signed by the key the intake knows. Throws InvalidCarFile, at once or as they are read. */
export const recordsOfCar = (bytes: Uint8Array, imported: Imported): Rows => {
  const rows = inCar(() => rowsOfCar(bytes, imported))
  return { rows: async (query) => inCar(() => rows(query)) }
}

type RowsOf = (query: { readonly uri?: string }) => readonly IntakeRow[]

const rowsOfCar = (bytes: Uint8Array, { keys, head }: Imported): RowsOf => {
  const { roots, blocks } = readCar(bytes, { maxBytes: REPO_MAX_BYTES, maxBlocks: REPO_MAX_BLOCKS })
  const root = roots[0] === undefined ? undefined : blocks.get(roots[0])
  if (root === undefined) throw new InvalidCarFile('the CAR holds no commit')
  const commit = parseCommit(root)
  const key = keys.get(commit.did)
  if (!head.roster.some(({ did }) => did === commit.did))
    throw new InvalidCarFile(`the CAR is of ${commit.did}, which is no town of this intake`)
  if (key === undefined || !verifyCommitSignature(commit, key))
    throw new InvalidCarFile('the commit of the CAR is not signed with the key of the town')
  const tree = loadTree((cid) => blocks.bytesOf(cid), commit.data.bytes)
  return ({ uri = '' }) => {
    const [, , did = '', collection = '', rkey = ''] = uri.split('/')
    const path = `${collection}/${rkey}`
    const found = did === commit.did && isRecordPath(path) ? tree.get(path) : undefined
    if (found === undefined) return []
    const cid = cidFromBytes(found)
    const block = blocks.get(cid)
    if (block === undefined) throw new InvalidCarFile(`the CAR lacks ${uri}`)
    const place = { origin: head.origin.name, leaf: 0, op: 0, recordedAt: '', source: 'record', action: 'create' } as const
    const row: IntakeRow = { ...place, repo: did, collection, rkey, uri, cid: cid.toString(), value: dataToJson(decodeData(block)) }
    return [row]
  }
}
