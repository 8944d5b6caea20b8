// Intake against the log it was read from: each row's leaf, time, repo, commit and operations are the log's, no commit to our collections and no status
// of an account of ours was left out, and heads and cursor are where the log says. A leaf left out is explained only by a repo fetched whole before it.

import { isRecordPath } from '../../atproto/record-path.ts'
import { isOurs } from '../follow/parse-record.ts'
import { isUnavailable } from '../follow/resync.ts'
import { isErased } from '../journal/erasure.ts'
import type { IntakeRow } from '../journal/model.ts'
import { isUnnamed } from '../journal/residue.ts'
import type { Books } from '../store/store.ts'
import { provable } from './audit-proof.ts'
import type { Proven } from './audit-proof.ts'
import type { LogBeside, LoggedLeaf } from './beside.ts'
import type { Found } from './found.ts'

export type LogAudit = {
  /** Rows of one leaf, in leaf order. */
  rows(rows: readonly IntakeRow[], proven: Proven | null): void
  /** After the last leaf of intake. */
  end(books: Books): Promise<void>
}

/** What the log has last said of a repo, and what rows have said. */
type Known = { rev: string; data: string | null; hasRows: boolean; hasHole: boolean; fetchedRev: string; wasErased: boolean }

const UNKNOWN: Known = { rev: '', data: null, hasRows: false, hasHole: false, fetchedRev: '', wasErased: false }
/** Behind every rev. */
const ANY_REV = '~'

/** `isOfAll`: rows of what everybody may have, which does not tell when something was taken back. */
export const createLogAudit = (log: LogBeside, readLeaf: number, found: Found, isOfAll = false): LogAudit => {
  const repos = new Map<string, Known>()
  const know = (did: string, more: Partial<Known>): void => void repos.set(did, { ...(repos.get(did) ?? UNKNOWN), ...more })
  /** Trees the log names for repos it no longer tells, or beyond the cursor. */
  const elsewhere = new Set<string>()
  const coming = log.leaves()[Symbol.iterator]()
  let next = coming.next()
  const passBefore = (leaf: number): void => {
    for (; next.done !== true && next.value.leaf < leaf && next.value.leaf <= readLeaf; next = coming.next()) {
      found.count('leaves')
      auditLeftOut(next.value, repos, found, isOfAll)
      noteSigned(next.value, next.value.event?.did, know)
      if (next.value.event === null) elsewhere.add(treeOf(next.value))
    }
  }
  return {
    rows: (rows, proven) => {
      const [first] = rows
      if (first === undefined) return
      passBefore(first.leaf)
      if (next.done === true || next.value.leaf !== first.leaf) return found.say(`leaf ${first.leaf}`, 'the log has no such leaf')
      found.count('leaves')
      auditLogged(rows, next.value, proven, found, isOfAll)
      noteSigned(next.value, first.repo, know)
      know(first.repo, { hasRows: true, wasErased: isErased(first.repo) })
      if (isErased(first.repo) && next.value.event !== null) know(next.value.event.did, { wasErased: true })
      if (rows.some(isUnavailable)) know(first.repo, { hasHole: true })
      if (provable(rows).some(({ source }) => source === 'resync')) know(first.repo, { fetchedRev: proven?.commit.rev ?? ANY_REV })
      next = coming.next()
    },
    end: async (books) => {
      passBefore(Infinity)
      for (; next.done !== true; next = coming.next()) elsewhere.add(treeOf(next.value))
      await auditHeads(books, repos, elsewhere, found)
      await auditPosition(books, log, found)
    },
  }
}

const treeOf = ({ rev, data }: Pick<LoggedLeaf, 'rev' | 'data'>): string => `${rev ?? ''} ${data ?? ''}`

const noteSigned = ({ rev, data }: LoggedLeaf, did: string | undefined, know: (did: string, more: Partial<Known>) => void): void => {
  if (did !== undefined && rev !== null) know(did, { rev, data })
}

const oursIn = ({ event }: LoggedLeaf) => [...(event?.ops ?? []).entries()].filter(([, { path }]) => isRecordPath(path) && isOurs(path))

/** A leaf of which intake has no row. */
const auditLeftOut = (leaf: LoggedLeaf, repos: ReadonlyMap<string, Known>, found: Found, isOfAll: boolean): void => {
  if (leaf.event === null) return
  const known = repos.get(leaf.event.did) ?? UNKNOWN
  const where = `leaf ${leaf.leaf}`
  if (leaf.kind === 'account' && known.hasRows) found.say(where, `intake lacks what the log says of the account ${leaf.event.did}`)
  if (
    leaf.kind === 'commit' &&
    oursIn(leaf).some(([, { action }]) => !isOfAll || action !== 'delete') &&
    String(leaf.rev) > known.fetchedRev
  )
    found.say(where, `intake lacks the commit ${String(leaf.commit)} of ${leaf.event.did}`)
}

/** Rows of one leaf against what the log says of it. */
export const auditLogged = (rows: readonly IntakeRow[], leaf: LoggedLeaf, proven: Proven | null, found: Found, isOfAll = false): void => {
  for (const row of rows) {
    const where = `leaf ${row.leaf} op ${row.op}`
    if (row.recordedAt !== leaf.recordedAt) found.say(where, `it was recorded at ${leaf.recordedAt}, its row says ${row.recordedAt}`)
    if (!isErased(row.repo) && !leaf.isOf(row.repo)) found.say(where, 'the log has a leaf of another repo there')
    const isSigned = leaf.kind === 'commit' || (leaf.kind === 'sync' && row.source === 'resync')
    if (row.source === 'account' ? leaf.kind !== 'account' : !isSigned) found.say(where, `the log has an event of kind ${leaf.kind} there`)
    const status = row.account?.status ?? (row.account?.active === true ? 'active' : 'inactive')
    if (row.source === 'account' && leaf.kind === 'account' && status !== leaf.status)
      found.say(where, `the log says the account is ${String(leaf.status)}`)
  }
  const own = provable(rows).filter(({ source }) => source === 'record')
  if (own.length === 0) return
  if (proven !== null && proven.commitCid.toString() !== leaf.commit)
    found.say(`leaf ${leaf.leaf}`, `the log has the commit ${String(leaf.commit)} there`)
  if (leaf.event !== null) auditOps(own, leaf, found, isOfAll)
}

const auditOps = (rows: readonly IntakeRow[], leaf: LoggedLeaf, found: Found, isOfAll: boolean): void => {
  const logged = new Map(oursIn(leaf))
  for (const row of rows) {
    const { op, action, collection, rkey, cid, residue } = row
    const there = logged.get(op)
    const hasCid = there?.cid === cid || isUnnamed(row)
    const isSame = there?.action === action && hasCid && (residue === 'withdrawn' || there.path === `${collection}/${rkey}`)
    if (!isSame) found.say(`leaf ${leaf.leaf} op ${op}`, 'the log has another operation there')
    logged.delete(op)
  }
  for (const [op, { action }] of logged)
    if (!isOfAll || action !== 'delete') found.say(`leaf ${leaf.leaf} op ${op}`, 'intake lacks this operation')
}

/** `elsewhere`: revs with their trees of which it is not known whose they are. */
const auditHeads = async (books: Books, repos: ReadonlyMap<string, Known>, elsewhere: ReadonlySet<string>, found: Found): Promise<void> => {
  const heads = await books.heads([...repos.keys()])
  for (const [did, { rev, data, hasRows, hasHole, fetchedRev, wasErased }] of repos) {
    const where = `repo ${did}`
    const head = heads.get(did)
    found.count('heads')
    // Books made of an export know no head of a repo that never wrote for us; what it may have written is looked for leaf by leaf.
    if (rev === '' || (head === undefined && (hasHole || wasErased || !hasRows))) continue
    if (head === undefined) found.say(where, 'the log has commits of it, and it has no head')
    else if (head.rev < rev && head.state === 'synchronized') found.say(where, `its head is ${head.rev}, in the log it is ${rev}`)
    else if (head.rev === rev && head.data !== data) found.say(where, 'its head has another tree than the log says')
    else if (head.rev > rev && !elsewhere.has(treeOf(head)) && head.rev !== fetchedRev && fetchedRev !== ANY_REV)
      found.say(where, `its head ${head.rev} is nowhere in the log`)
  }
}

const auditPosition = async (books: Books, log: LogBeside, found: Found): Promise<void> => {
  const { origin, cursor } = await books.state()
  const { leaf, instant } = cursor.read
  const isSame = (['name', 'key', 'base', 'created'] as const).every((field) => origin?.[field] === log.origin[field])
  if (origin !== null && !isSame)
    found.say('origin', `the books are of the log of ${origin.name}, beside them lies that of ${log.origin.name}`)
  if (leaf > log.length) found.say('cursor', `it is at leaf ${leaf}, the log ends at ${log.length}`)
  const [at, after] = [log.leaf(leaf), log.leaf(leaf + 1)]
  if (at !== undefined && at.recordedAt > instant)
    found.say('cursor', `leaf ${leaf} was recorded at ${at.recordedAt}, the cursor says ${instant}`)
  if (after !== undefined && after.recordedAt < instant)
    found.say('cursor', `it is at ${instant}, and leaf ${leaf + 1} was recorded before`)
}
