// Everything an appview stores, checked again from its bytes alone: every proof, every entry, and that intake folds to what is there.
// Checks: each proof's CAR, commit and signature, and that its tree says of each row what the row says · the journal's invariants · a fold of all
// intake into an empty store, line by line. Does not check that keys were right at their time: that is what the evidence beside each proof is for.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readCar } from '../atproto/car.ts'
import { parseCommit, verifyCommitSignature } from '../atproto/commit.ts'
import { cidFromBytes } from '../atproto/cid.ts'
import { loadTree } from '../atproto/mst.ts'
import { isRecordPath } from '../atproto/record-path.ts'
import type { AuditProblem, AuditReport } from '../server/audit-report.ts'
import { systemClock } from '../server/clock.ts'
import { REBUILD_ROWS, REPO_MAX_BLOCKS, REPO_MAX_BYTES } from './follow/limits.ts'
import { partsOf, refoldIntake } from './follow/refold.ts'
import { openWriter } from './follow/writer.ts'
import { auditTransactions } from './journal/audit.ts'
import type { IntakeRow, Transaction } from './journal/model.ts'
import { openSqliteStore } from './store/sqlite-store.ts'
import type { Books } from './store/store.ts'

type Found = { readonly checked: Record<string, number>; readonly problems: AuditProblem[] }

/** `folder` is the appview's data folder, or its store's file. */
export const auditAppview = async (folder: string): Promise<AuditReport> => {
  const file = existsSync(folder) && statSync(folder).isFile() ? folder : join(folder, 'appview.sqlite')
  const store = openSqliteStore(file)
  try {
    return await auditBooks(store.books)
  } finally {
    await store.close()
  }
}

/** The same on an opened store. */
export const auditBooks = async (books: Books): Promise<AuditReport> => {
  const found: Found = { checked: { rows: 0, residues: 0, proofs: 0, transactions: 0, lines: 0 }, problems: [] }
  for await (const rows of leavesOf(books)) await auditLeaf(books, rows, found)
  await auditJournal(books, found)
  await auditFold(books, found)
  return found
}

const count = ({ checked }: Found, what: string, by = 1): void => {
  checked[what] = (checked[what] ?? 0) + by
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

const auditLeaf = async (books: Books, rows: readonly IntakeRow[], found: Found): Promise<void> => {
  count(found, 'rows', rows.length)
  const records = rows.filter(({ collection }) => collection !== '')
  // What is left of a record that is gone is provable to the leaf only.
  const proven = records.filter(({ residue }) => residue === undefined)
  count(found, 'residues', records.length - proven.length)
  const first = proven[0]
  if (first === undefined) return
  const where = `leaf ${first.leaf}`
  const proof = await books.proof(first.leaf)
  if (proof === null) return void found.problems.push({ where, what: 'its rows have no proof' })
  count(found, 'proofs')
  try {
    const { roots, blocks } = readCar(proof.car, { maxBytes: REPO_MAX_BYTES, maxBlocks: REPO_MAX_BLOCKS })
    const bytes = roots[0] === undefined ? undefined : blocks.get(roots[0])
    if (bytes === undefined) return void found.problems.push({ where, what: 'its proof holds no commit' })
    const commit = parseCommit(bytes)
    if (!verifyCommitSignature(commit, proof.didKey)) found.problems.push({ where, what: 'the signature of its commit does not verify' })
    const tree = loadTree((cid) => blocks.bytesOf(cid), commit.data.bytes)
    for (const row of proven) {
      const path = `${row.collection}/${row.rkey}`
      const there = isRecordPath(path) ? tree.get(path) : undefined
      const cid = there === undefined ? null : cidFromBytes(there).toString()
      if (commit.did !== row.repo || cid !== row.cid)
        found.problems.push({ where: `${where} op ${row.op}`, what: 'its commit says another thing of this record' })
    }
  } catch (error) {
    found.problems.push({ where, what: `its proof cannot be read: ${error instanceof Error ? error.message : String(error)}` })
  }
}

const PAGE = 1_000

const auditJournal = async (books: Books, found: Found): Promise<void> => {
  const all: Transaction[] = []
  for (let after = 0; ;) {
    const page = await books.transactions({ limit: PAGE, after })
    all.push(...page)
    count(found, 'transactions', page.length)
    if (page.length < PAGE) break
    after = page.at(-1)?.position ?? after
  }
  for (const { invariant, where, what } of auditTransactions(all)) found.problems.push({ where, what: `${invariant}: ${what}` })
}

/** Folds all intake into an empty store and compares what comes out. */
const auditFold = async (books: Books, found: Found): Promise<void> => {
  const { roster, cursor } = await books.state()
  const twin = openSqliteStore(':memory:')
  try {
    const writer = await openWriter({ books: twin.books, clock: systemClock(), roster: () => roster })
    await refoldIntake(readingFrom(twin.books, books), { ...writer, cursor: () => ({ ...cursor, folded: writer.cursor().folded }) })
    await compareLines(books.dump(), twin.books.dump(), found)
  } finally {
    await twin.close()
  }
}

const compareLines = async (ours: AsyncGenerator<string>, theirs: AsyncGenerator<string>, found: Found): Promise<void> => {
  try {
    for (;;) {
      const [a, b] = [await ours.next(), await theirs.next()]
      if (a.done === true && b.done === true) return
      count(found, 'lines')
      if (a.value === b.value) continue
      found.problems.push({ where: 'books', what: `intake folds to ${String(b.value)} where the books have ${String(a.value)}` })
      return
    }
  } finally {
    // A store is busy as long as somebody reads its lines.
    await ours.return(undefined)
    await theirs.return(undefined)
  }
}

/** A store that folds what another one has taken in. */
const readingFrom = (twin: Books, source: Books): Books => ({
  ...twin,
  intake: (after, limit) => source.intake(after, limit),
  counts: () => source.counts(),
})
