// From a record to its commit, its place in the log, and the entries it gave, or why it gave none: each step as far as it is known.

import { readCar } from '../../atproto/car.ts'
import { parseCommit } from '../../atproto/commit.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import { REPO_MAX_BLOCKS, REPO_MAX_BYTES } from '../follow/limits.ts'
import type { ActionDoc } from '../journal/documents.ts'
import type { IntakeRow } from '../journal/model.ts'
import { knownSubjectOf } from '../journal/residue.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'
import { actionAt } from './actions.ts'
import { actionFor, isToldWhy, ownPartOf, withoutReason } from './sight.ts'
import type { ActionView, RefusalView, TransactionView } from './views.ts'
import { refusalView, transactionView } from './views.ts'

export type CommitStep = { readonly did: string; readonly cid: string; readonly rev: string; readonly signingKey: string }
export type LogStep = {
  readonly origin: string
  readonly leaf: number
  readonly seq: number
  readonly op: number
  readonly recordedAt: string
}
export type Steps = {
  readonly record?: { readonly uri: string; readonly cid?: string; readonly value?: unknown }
  readonly commit?: CommitStep
  readonly log?: LogStep
  readonly transactions?: readonly TransactionView[]
  readonly refusals?: readonly RefusalView[]
}
export type Trace = {
  readonly uri: string
  readonly cid?: string
  readonly steps: Steps
  /** The action this is, or speaks of; null when the books do not know it (yet). */
  readonly action: ActionView | null
  /** What was received of this record: nothing yet, a version of it, its deletion. */
  readonly seen: 'nothing' | 'version' | 'deletion'
}

const MAX_VERSIONS = 100
const MAX_ENTRIES = 100

/** `cid`: that version; otherwise the newest. Throws NotFound for whom it does not concern, also when nothing is known of it but its address is another's. */
export const traceWrite = async (deps: QueryDeps, caller: Caller, uri: string, cid?: string): Promise<Trace> => {
  const actionUri = await actionBehind(deps, uri)
  const action = actionUri === null ? null : await readDoc(deps.books, 'action', `action:${actionUri}`)
  const sight = await deps.access.record(caller, uri, action)
  if (sight === 'nothing') throw notFound()
  const rows = await deps.books.rows({ uri, limit: MAX_VERSIONS })
  const [newest] = rows
  if (newest?.residue === 'withdrawn') return withdrawnTrace(deps, uri, newest)
  const row = cid === undefined ? newest : rows.find((one) => one.cid === cid)
  // Of an action without a document, its writer sees what they wrote.
  const isWriters = actionUri === uri && action === null
  const view = actionUri === null ? null : await actionFor(deps, caller, isWriters ? 'everything' : sight, await actionAt(deps, actionUri))
  const isWhole = sight === 'everything' || (sight === 'own' && !uri.includes(`/${nsid.confirmation}/`))
  const why = isToldWhy(caller, uri, action)
  const onlyOwn = ({ transactions, refusals }: Outcome): Outcome => ({
    transactions: isWhole ? transactions : ownPartOf(caller, actionUri ?? uri, transactions),
    refusals: why ? refusals : [],
  })
  if (row === undefined) return { uri, ...(cid === undefined ? {} : { cid }), steps: {}, action: view, seen: 'nothing' }
  return {
    uri,
    ...(row.cid === null ? {} : { cid: row.cid }),
    steps: {
      record: { uri, ...(row.cid === null ? {} : { cid: row.cid }), ...contentOf(row) },
      ...(await commitAndLog(deps, row)),
      ...onlyOwn(await outcome(deps, row, action)),
    },
    action: view === null || isToldWhy(caller, view.uri, action) ? view : withoutReason(view),
    seen: row.action === 'delete' ? 'deletion' : 'version',
  }
}

/** Of a record that was taken back there is only that it was, and when. */
const withdrawnTrace = async (deps: QueryDeps, uri: string, row: IntakeRow): Promise<Trace> => {
  const { log } = await commitAndLog(deps, row)
  return { uri, steps: { record: { uri }, ...(log === undefined ? {} : { log }) }, action: null, seen: 'deletion' }
}

/** A version that is gone has left nothing to show. */
const contentOf = (row: IntakeRow): { readonly value?: unknown } =>
  row.cid === null || row.residue !== undefined ? {} : { value: row.value }

/** The action a uri names, or the one its confirmation speaks of. */
const actionBehind = async ({ books }: QueryDeps, uri: string): Promise<string | null> => {
  if (uri.includes(`/${nsid.action}/`)) return uri
  if (!uri.includes(`/${nsid.confirmation}/`)) return null
  const doc = await readDoc(books, 'confirmation', `confirmation:${uri}`)
  if (doc !== null) return doc.action
  const rows = await books.rows({ uri, limit: MAX_VERSIONS })
  return rows.map(knownSubjectOf).find((found) => found !== undefined) ?? null
}

const commitAndLog = async ({ books }: QueryDeps, row: IntakeRow): Promise<Pick<Steps, 'commit' | 'log'>> => {
  const { origin } = await books.state()
  const log = { origin: row.origin, leaf: row.leaf, seq: (origin?.base ?? 0) + row.leaf, op: row.op, recordedAt: row.recordedAt }
  const proof = await books.proof(row.leaf)
  if (proof === null) return { log }
  const { roots, blocks } = readCar(proof.car, { maxBytes: REPO_MAX_BYTES, maxBlocks: REPO_MAX_BLOCKS })
  const root = roots[0]
  const bytes = root === undefined ? undefined : blocks.get(root)
  if (root === undefined || bytes === undefined) return { log }
  const commit = parseCommit(bytes)
  return { log, commit: { did: commit.did, cid: root.toString(), rev: commit.rev, signingKey: proof.didKey } }
}

type Outcome = { readonly transactions: readonly TransactionView[]; readonly refusals: readonly RefusalView[] }

/** All entries of an action for its own record; of another record those it is a source of. */
const outcome = async ({ books }: QueryDeps, row: IntakeRow, action: ActionDoc | null): Promise<Outcome> => {
  const found =
    action === null
      ? await books.transactions({ leaf: row.leaf, limit: MAX_ENTRIES })
      : await books.transactions({ action: action.uri, limit: MAX_ENTRIES })
  const own = found.filter(
    ({ leaf, op, sources }) => action?.uri === row.uri || sources.includes(row.uri) || (leaf === row.leaf && op === row.op),
  )
  const refused = await books.refusals({ repo: row.repo, uri: row.uri, limit: MAX_VERSIONS })
  return {
    transactions: own.map(transactionView),
    refusals: refused.filter(({ leaf }) => leaf >= row.leaf).map(refusalView),
  }
}
