// All of intake in leaf order: rows stand where they say, each leaf's rows are proven, each repo's history has no holes but those a row tells of,
// a residue has something that deleted its record, and the cursor and the heads are where the rows have got to.

import { isDeepStrictEqual } from 'node:util'
import { REBUILD_ROWS } from '../follow/limits.ts'
import { partsOf } from '../follow/refold.ts'
import { isErased } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { isUnnamed } from '../journal/residue.ts'
import type { Books, Cursor } from '../store/store.ts'
import { auditProof, provable } from './audit-proof.ts'
import type { Beside } from './beside.ts'
import type { Found } from './found.ts'
import type { LogAudit } from './audit-log.ts'
import { RepoChain } from './repo-chain.ts'
import { SubjectCheck } from './subject-check.ts'

/** `log` is told of each leaf that has rows. */
export const auditRows = async (books: Books, { directory }: Beside, log: LogAudit | null, found: Found): Promise<void> => {
  const chains = new Map<string, RepoChain>()
  const residues = new Map<string, string>()
  const subjects = new SubjectCheck(found)
  const { cursor } = await books.state()
  let last: IntakeRow | undefined
  for await (const rows of leavesOf(books)) {
    const [first] = rows
    if (first === undefined) continue
    const where = `leaf ${first.leaf}`
    found.count('rows', rows.length)
    found.count('residues', provable(rows).filter(({ residue }) => residue !== undefined).length)
    for (const row of rows) {
      await auditPlace(books, row, found)
      if (row.repo !== first.repo) found.say(where, 'its rows are of several repos')
      if (last !== undefined && row.recordedAt < last.recordedAt) found.say(where, 'it was recorded before the leaf before it')
      noteResidue(row, residues)
      subjects.row(row)
      last = row
    }
    const proven = auditProof(rows, await books.proof(first.leaf), directory, found)
    const chain = chains.get(first.repo) ?? new RepoChain(first.repo, found)
    chains.set(first.repo, chain)
    await found.orSay(where, () => chain.leaf(rows, proven))
    log?.rows(rows, proven)
  }
  subjects.end()
  for (const [uri, where] of residues) found.say(where, `the record of ${uri} is gone, and no row says it was deleted`)
  await auditEnds(books, chains, found)
  auditCursor(cursor, last, found)
}

/** The keys a row is found by say what it says itself. */
const auditPlace = async (books: Books, row: IntakeRow, found: Found): Promise<void> => {
  const { leaf, op, uri, collection, recordedAt } = row
  const where = `leaf ${leaf} op ${op}`
  const [there] = await books.intake({ leaf, op: op - 1 }, 1)
  if (!isDeepStrictEqual(there, row)) found.say(where, 'its row says it stands elsewhere')
  if ((await books.positionAt(leaf)).instant !== recordedAt) found.say(where, 'it is filed under another time')
  if (collection === '') return
  const [named] = await books.rows({ uri, before: { leaf, op: op + 1 }, limit: 1 })
  if (named?.leaf !== leaf || named.op !== op) found.say(where, 'it is not found by its uri')
}

/** Residues wait for the row that took their record away. */
export const noteResidue = (row: IntakeRow, residues: Map<string, string>): void => {
  if (row.account?.status === 'deleted') {
    for (const uri of residues.keys()) if (uri.startsWith(`at://${row.repo}/`)) residues.delete(uri)
  }
  if (row.collection === '') return
  if (row.action !== 'create') residues.delete(row.uri)
  // An erased account is gone altogether, and with it what others said of it.
  if (row.residue === 'erased' || isErased(row.repo)) return
  // What everybody may have of an intake does not say when a record was taken back.
  if (isUnnamed(row)) return
  if (row.residue !== undefined && row.action !== 'delete') residues.set(row.uri, `leaf ${row.leaf} op ${row.op}`)
}

const auditEnds = async (books: Books, chains: ReadonlyMap<string, RepoChain>, found: Found): Promise<void> => {
  const heads = await books.heads([...chains.keys()])
  for (const [repo, chain] of chains) await found.orSay(`repo ${repo}`, async () => chain.end(heads.get(repo), await books.paths(repo)))
}

const auditCursor = ({ read, folded }: Cursor, last: IntakeRow | undefined, found: Found): void => {
  if (last !== undefined && (read.leaf < last.leaf || read.instant < last.recordedAt))
    found.say('cursor', 'it lies before the last row of intake')
  if (folded.leaf !== read.leaf || folded.instant !== read.instant)
    found.say('cursor', `the books cover leaf ${folded.leaf}, intake leaf ${read.leaf}: a rebuild is unfinished, or the cursor was moved`)
}

/** Rows of intake, leaf by leaf. */
async function* leavesOf(books: Books): AsyncGenerator<readonly IntakeRow[]> {
  let rest: IntakeRow[] = []
  for (let after = { leaf: 0, op: 0 }; ;) {
    const page = await books.intake(after, REBUILD_ROWS)
    rest.push(...page)
    const isLast = page.length < REBUILD_ROWS
    const parts = partsOf(rest)
    const whole = isLast ? parts : parts.slice(0, -1)
    for (const { rows } of whole) yield rows
    if (isLast) return
    rest = [...(parts.at(-1)?.rows ?? [])]
    after = { leaf: page.at(-1)?.leaf ?? 0, op: page.at(-1)?.op ?? 0 }
  }
}
