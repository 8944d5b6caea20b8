// What a repo holds now, fetched whole because a step of its history is missing, and how that differs from the rows we have.
// Checks: every block against its CID, the commit's DID and signature with the present key, every tree node, that each record of ours is there.

import type { BlockMap } from '../../atproto/block-map.ts'
import { readCar } from '../../atproto/car.ts'
import type { Cid } from '../../atproto/cid.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import { parseCommit } from '../../atproto/commit.ts'
import type { Did } from '../../atproto/did.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { loadTree } from '../../atproto/mst.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { splitPath } from '../../atproto/record-path.ts'
import type { Clock } from '../../server/clock.ts'
import type { IntakeRow } from '../journal/model.ts'
import type { Proof, RepoHead } from '../store/store.ts'
import type { Believer } from './believe.ts'
import { REPO_COOL_DOWN_MS, REPO_MAX_BLOCKS, REPO_MAX_BYTES } from './limits.ts'
import type { Patience, PatienceKeeper } from './patience.ts'
import { isOurs, narrowCar, rowOf } from './parse-record.ts'
import type { Place } from './parse-record.ts'

export type Fetched = {
  readonly rev: string
  readonly commitCid: Cid
  readonly dataCid: Cid
  readonly blocks: BlockMap
  readonly didKey: string
  readonly evidence: string
  /** Our collections only. */
  readonly records: ReadonlyMap<RecordPath, Cid>
}

/** Fetches a repo that has at least `rev`. Never throws but on abort: an answer of text says why it could not be had. */
export type FetchRepo = (did: Did, rev: string) => Promise<Fetched | string>

export type FetchRepoDeps = {
  readonly fetch: typeof fetch
  readonly relayUrl: string
  readonly identities: IdentityCache
  readonly believer: Believer
  readonly patience: PatienceKeeper
  readonly clock: Clock
  readonly signal: AbortSignal
}

type Tries = NonNullable<Patience>

export const createFetchRepo = (deps: FetchRepoDeps): FetchRepo => {
  const failedMs = new Map<string, number>()
  return async (did, rev) => {
    const pds = (await deps.identities.get(did).catch(() => null))?.pds ?? null
    if (pds === null) return 'the DID names no PDS'
    const lastMs = failedMs.get(pds)
    if (lastMs !== undefined && deps.clock.realMs() - lastMs < REPO_COOL_DOWN_MS) return 'its PDS did not give a repo a moment ago'
    const patience = await deps.patience.for(did)
    if (patience === null) return 'strangers have had their share of waiting for a while'
    const startedMs = deps.clock.realMs()
    const answer = await tryAll(deps, patience, pds, did, rev)
    deps.patience.spent(patience, deps.clock.realMs() - startedMs)
    if (typeof answer === 'string') failedMs.set(pds, deps.clock.realMs())
    else failedMs.delete(pds)
    return answer
  }
}

const tryAll = async (deps: FetchRepoDeps, { attempts, timeoutMs }: Tries, pds: string, did: Did, rev: string) => {
  let reason = ''
  // The upstream first; it redirects to the PDS, or answers itself.
  for (const service of [...Array<string>(attempts).fill(deps.relayUrl), ...(attempts > 1 ? [pds] : [])]) {
    const answer = await attempt(deps, service, did, rev, timeoutMs)
    if (typeof answer !== 'string') return answer
    reason = answer
  }
  return reason
}

const attempt = async (deps: FetchRepoDeps, service: string, did: Did, rev: string, timeoutMs: number): Promise<Fetched | string> => {
  const address = new URL('/xrpc/com.atproto.sync.getRepo', service)
  address.searchParams.set('did', did)
  try {
    const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)])
    const response = await deps.fetch(address, { signal })
    if (!response.ok) return `getRepo answers ${response.status}`
    const fetched = await readRepo(deps.believer, did, new Uint8Array(await response.arrayBuffer()))
    if (typeof fetched === 'string') return fetched
    return fetched.rev < rev ? `getRepo gives rev ${fetched.rev}, older than ${rev}` : fetched
  } catch (error) {
    if (deps.signal.aborted) throw error
    return error instanceof Error ? error.message : String(error)
  }
}

/** A CAR as getRepo gives it → what it holds of ours, verified; or why it is not believed. Throws InvalidCar, InvalidTree, MissingNode. */
export const readRepo = async (believer: Believer, did: Did, bytes: Uint8Array): Promise<Fetched | string> => {
  const { roots, blocks } = readCar(bytes, { maxBytes: REPO_MAX_BYTES, maxBlocks: REPO_MAX_BLOCKS })
  const commitCid = roots[0]
  const commitBytes = commitCid === undefined ? undefined : blocks.get(commitCid)
  if (commitCid === undefined || commitBytes === undefined) return 'the CAR has no commit'
  const commit = parseCommit(commitBytes)
  if (commit.did !== did) return `the commit is of ${commit.did}`
  const used = await believer.signer(did, commit, null)
  if (used === null) return 'the commit is not signed by the present key'
  const records = new Map<RecordPath, Cid>()
  for (const { path, cid } of loadTree((node) => blocks.bytesOf(node), commit.data.bytes).entries())
    if (isOurs(path)) records.set(path, cidFromBytes(cid))
  for (const [path, cid] of records) if (!blocks.has(cid)) return `the CAR lacks the record ${path}`
  return { rev: commit.rev, commitCid, dataCid: commit.data, blocks, records, ...used }
}

export type Resynced = { readonly rows: readonly IntakeRow[]; readonly proof: Proof | null; readonly head: RepoHead }

/** What changes our rows into what was fetched, as rows of one leaf, in order of record key: the order in which they were written, as far as keys tell. */
export const diffRepo = (place: Place, did: Did, known: ReadonlyMap<string, string>, fetched: Fetched): Resynced => {
  const changes = [
    ...[...fetched.records]
      .filter(([path, cid]) => known.get(path) !== cid.toString() && fetched.blocks.has(cid))
      .map(([path, cid]) => ({ action: known.has(path) ? ('update' as const) : ('create' as const), path, cid })),
    ...pathsOf(known)
      .filter((path) => !fetched.records.has(path))
      .map((path) => ({ action: 'delete' as const, path, cid: null })),
  ].toSorted((a, b) => compare(orderOf(a.path), orderOf(b.path)))
  const rows = changes.map((change, op) => rowOf(place, op, did, 'resync', change, fetched.blocks))
  // Written before and changed since: the later version comes at its own leaf, this one is not to be had.
  const gone = [...fetched.records].filter(([path, cid]) => known.get(path) !== cid.toString() && !fetched.blocks.has(cid)).length
  const lost = gone === 0 ? [] : [unavailableRow(place, rows.length, did, `records changed before the repo was fetched: ${gone}`)]
  const { didKey, evidence } = fetched
  return {
    rows: [...rows, ...lost],
    proof: rows.length === 0 ? null : { leaf: place.leaf, repo: did, car: narrowCar(fetched, changes), didKey, evidence },
    head: { repo: did, rev: fetched.rev, data: fetched.dataCid.toString(), state: 'synchronized' },
  }
}

const orderOf = (path: RecordPath): string => {
  const { collection, rkey } = splitPath(path)
  return `${rkey} ${collection}`
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

// Rows hold paths that were parsed when they were made.
const pathsOf = (known: ReadonlyMap<string, string>): RecordPath[] => [...known.keys()].map(parseStoredPath)

const parseStoredPath = (path: string): RecordPath => path as RecordPath

/** The row that says what could not be had; it tells the books nothing. */
export const unavailableRow = (place: Place, op: number, did: string, reason: string): IntakeRow => ({
  ...place,
  op,
  source: 'resync',
  action: 'update',
  repo: did,
  collection: '',
  rkey: '',
  uri: `at://${did}`,
  cid: null,
  value: { unavailable: reason },
})

export const isUnavailable = (row: IntakeRow): boolean => row.source === 'resync' && row.collection === ''
