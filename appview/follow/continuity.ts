// Whether a believed event follows what intake holds of its repo; where it does not, the repo is fetched and the difference stands at that leaf.
// Checks, in order: rev after the last one · prevData is the tree we know. What cannot be had is a row that says so; the event's own ops still count.
// A repo that was fetched late is worked back to the event, so that whoever follows this log books the same rows at the same leaves, as far as can be.

import { setImmediate } from 'node:timers/promises'
import type { Did } from '../../atproto/did.ts'
import type { AccountEvent, CommitEvent, RepoEvent, SyncEvent } from '../../atproto/event.ts'
import { didOf } from '../../atproto/event.ts'
import { emptyTree } from '../../atproto/mst.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import type { IntakeRow } from '../journal/model.ts'
import { didsIn } from '../store/did-texts.ts'
import type { Books, Proof, RepoHead } from '../store/store.ts'
import type { Believed, Disbelieved } from './believe.ts'
import { accountRow, proofOfCommit, rowsOfCommit } from './parse-record.ts'
import type { Place } from './parse-record.ts'
import { diffRepo, unavailableRow } from './resync.ts'
import type { FetchRepo, Fetched } from './resync.ts'
import { LEAVES_AT_ONCE } from './limits.ts'
import { workBack } from './work-back.ts'
import type { Later } from './work-back.ts'

/** One leaf, read and judged as far as it can be without state. */
export type ReadLeaf = { readonly place: Place; readonly event: RepoEvent | null; readonly verdict: Believed | Disbelieved | null }

/** What a leaf adds to intake. */
export type LeafIntake = {
  readonly place: Place
  readonly rows: readonly IntakeRow[]
  readonly proof: Proof | null
  readonly head: RepoHead | null
  readonly note: 'continuous' | 'stale' | 'resynchronised' | 'unavailable' | 'none'
}

type Deps = {
  readonly books: Books
  readonly fetchRepo: FetchRepo
  /** Commits of a repo behind the leaves at hand up to `rev`, as far as they come within a moment. */
  readonly laterOf: (did: Did, rev: string, behind: readonly ReadLeaf[]) => Promise<readonly ReadLeaf[]>
}

const EMPTY_DATA = cidFromBytes(emptyTree().root()).toString()

/** Takes leaves in order; remembers within the batch what it has found out. */
export const followLeaves = async (deps: Deps, leaves: readonly ReadLeaf[]): Promise<LeafIntake[]> => {
  const dids = new Set(leaves.flatMap(({ event }) => (event === null ? [] : [didOf(event)])))
  const heads = new Map(await deps.books.heads([...dids]))
  const pending = new Map<string, IntakeRow[]>()
  const names = gatherNames()
  const found: LeafIntake[] = []
  for (const [index, leaf] of leaves.entries()) {
    if (index % LEAVES_AT_ONCE === LEAVES_AT_ONCE - 1) await setImmediate()
    const { event } = leaf
    const laterOf: LaterOf = (did, rev) => deps.laterOf(did, rev, leaves.slice(index + 1))
    const head = event === null ? undefined : heads.get(didOf(event))
    const isNamed = (did: Did): boolean => heads.has(did) || names.has(did)
    const added = event === null ? nothing(leaf.place) : await followOne({ ...deps, laterOf, isNamed }, leaf, event, head, pending)
    if (added.head !== null) heads.set(added.head.repo, added.head)
    names.add(added.rows)
    for (const row of added.rows) {
      const rows = pending.get(row.repo)
      if (rows === undefined) pending.set(row.repo, [row])
      else rows.push(row)
    }
    found.push(added)
  }
  return found
}

type LaterOf = (did: Did, rev: string) => Promise<readonly ReadLeaf[]>
type Own = Omit<Deps, 'laterOf'> & {
  readonly laterOf: LaterOf
  /** Whether a repo is known by a commit, or rows of this batch name the account. */
  readonly isNamed: (did: Did) => boolean
}

/** DIDs in what rows say, as a store finds them there; looked for when somebody asks, in each row once. */
const gatherNames = () => {
  const named = new Set<string>()
  let waiting: IntakeRow[] = []
  return {
    add: (rows: readonly IntakeRow[]): void => {
      for (const row of rows) waiting.push(row)
    },
    has: (did: Did): boolean => {
      for (const { value } of waiting) for (const one of didsIn(JSON.stringify(value))) named.add(one)
      waiting = []
      return named.has(did)
    },
  }
}

const nothing = (place: Place, note: LeafIntake['note'] = 'none'): LeafIntake => ({ place, rows: [], proof: null, head: null, note })

const followOne = async (
  deps: Own,
  { place, verdict }: ReadLeaf,
  event: RepoEvent,
  head: RepoHead | undefined,
  pending: ReadonlyMap<string, readonly IntakeRow[]>,
): Promise<LeafIntake> => {
  switch (event.kind) {
    case 'identity':
      return nothing(place)
    case 'account': {
      const isBooked = pending.has(event.did) || (await counts(deps, event))
      return isBooked ? { ...nothing(place), rows: [accountRow(place, event.did, event.active, event.status ?? null)] } : nothing(place)
    }
    case 'commit':
    case 'sync': {
      if (head !== undefined && event.rev <= head.rev) return nothing(place, 'stale')
      if (verdict?.ok && follows(event, verdict, head)) return continuous(place, event, verdict)
      return resynchronise(deps, place, event, verdict, head, pending)
    }
  }
}

/**
 * That an account is active says something where rows of its own stand, be it only that it was not. Its end counts for everybody who is known at all: who never
 * wrote anything may stand in records of a town, in entries, in the register.
 */
const counts = async ({ books, isNamed }: Own, { did, active }: AccountEvent): Promise<boolean> =>
  active ? (await books.rows({ repo: did, limit: 1 })).length > 0 : isNamed(did) || books.knows(did)

const follows = (event: CommitEvent | SyncEvent, verdict: Believed, head: RepoHead | undefined): boolean => {
  if (head?.state === 'desynchronized') return false
  const known = head?.data ?? EMPTY_DATA
  if (event.kind === 'sync') return verdict.dataCid.toString() === known
  return event.prevData === null ? known === EMPTY_DATA : event.prevData.toString() === known
}

const continuous = (place: Place, event: CommitEvent | SyncEvent, verdict: Believed): LeafIntake => {
  const rows = event.kind === 'commit' ? rowsOfCommit(place, event, verdict.blocks) : []
  const proof = event.kind === 'commit' && rows.length > 0 ? proofOfCommit(place.leaf, event, verdict) : null
  return { place, rows, proof, head: headOf(verdict, 'synchronized'), note: 'continuous' }
}

/** Where something was missed, what a commit creates may stand in our rows already: it takes the place of that. */
const overKnown = (own: LeafIntake, known: ReadonlyMap<string, string>): LeafIntake => ({
  ...own,
  rows: own.rows.map((row) =>
    row.action === 'create' && known.has(`${row.collection}/${row.rkey}`) ? { ...row, action: 'update' as const } : row,
  ),
})

const headOf = ({ commit, dataCid }: Believed, state: RepoHead['state']): RepoHead => ({
  repo: commit.did,
  rev: commit.rev,
  data: dataCid.toString(),
  state,
})

const resynchronise = async (
  deps: Own,
  place: Place,
  event: CommitEvent | SyncEvent,
  verdict: Believed | Disbelieved | null,
  head: RepoHead | undefined,
  pending: ReadonlyMap<string, readonly IntakeRow[]>,
): Promise<LeafIntake> => {
  const did: Did = didOf(event)
  const fetched = await deps.fetchRepo(did, event.rev)
  const known = new Map(await deps.books.paths(did))
  for (const row of pending.get(did) ?? []) applyRow(known, row)
  if (typeof fetched !== 'string') {
    const resynced = diffRepo(place, did, known, (await asOf(deps, fetched, event, verdict)) ?? fetched)
    return { place, ...resynced, note: 'resynchronised' }
  }
  // The commit itself is proven, whatever came before it.
  const own = verdict?.ok === true ? overKnown(continuous(place, event, verdict), known) : nothing(place)
  const row = unavailableRow(place, (own.rows.at(-1)?.op ?? -1) + 1, did, fetched)
  const after =
    verdict?.ok === true ? headOf(verdict, 'desynchronized') : head === undefined ? null : { ...head, state: 'desynchronized' as const }
  return { ...own, rows: [...own.rows, row], head: after, note: 'unavailable' }
}

/** What was fetched as it stood after the event, where later commits tell. */
const asOf = async (deps: Own, fetched: Fetched, event: CommitEvent | SyncEvent, verdict: Believed | Disbelieved | null) => {
  if (verdict?.ok !== true) return undefined
  const leaves = fetched.rev === event.rev ? [] : await deps.laterOf(didOf(event), fetched.rev)
  const later = leaves.flatMap((leaf): Later[] =>
    leaf.event?.kind === 'commit' && leaf.verdict?.ok === true ? [{ event: leaf.event, verdict: leaf.verdict }] : [],
  )
  return workBack(fetched, verdict, later)
}

const applyRow = (known: Map<string, string>, row: IntakeRow): void => {
  const path = `${row.collection}/${row.rkey}`
  if (row.action === 'delete' || row.cid === null) known.delete(path)
  else known.set(path, row.cid)
}
