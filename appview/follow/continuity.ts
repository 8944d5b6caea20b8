// Whether a believed event follows what intake holds of its repo; where it does not, the repo is fetched and the difference stands at that leaf.
// Checks, in order: rev after the last one · prevData is the tree we know. What cannot be had is a row that says so; the event's own ops still count.

import type { Did } from '../../atproto/did.ts'
import type { CommitEvent, RepoEvent, SyncEvent } from '../../atproto/event.ts'
import { didOf } from '../../atproto/event.ts'
import { emptyTree } from '../../atproto/mst.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import type { IntakeRow } from '../journal/model.ts'
import type { Books, Proof, RepoHead } from '../store/store.ts'
import type { Believed, Disbelieved } from './believe.ts'
import { accountRow, proofOfCommit, rowsOfCommit } from './parse-record.ts'
import type { Place } from './parse-record.ts'
import { diffRepo, unavailableRow } from './resync.ts'
import type { FetchRepo } from './resync.ts'

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

type Deps = { readonly books: Books; readonly fetchRepo: FetchRepo }

const EMPTY_DATA = cidFromBytes(emptyTree().root()).toString()

/** Takes leaves in order; remembers within the batch what it has found out. */
export const followLeaves = async ({ books, fetchRepo }: Deps, leaves: readonly ReadLeaf[]): Promise<LeafIntake[]> => {
  const dids = new Set(leaves.flatMap(({ event }) => (event === null ? [] : [didOf(event)])))
  const heads = new Map(await books.heads([...dids]))
  const pending = new Map<string, IntakeRow[]>()
  const found: LeafIntake[] = []
  for (const leaf of leaves) {
    const { event } = leaf
    const head = event === null ? undefined : heads.get(didOf(event))
    const added = event === null ? nothing(leaf.place) : await followOne({ books, fetchRepo }, leaf, event, head, pending)
    if (added.head !== null) heads.set(added.head.repo, added.head)
    for (const row of added.rows) {
      const rows = pending.get(row.repo)
      if (rows === undefined) pending.set(row.repo, [row])
      else rows.push(row)
    }
    found.push(added)
  }
  return found
}

const nothing = (place: Place, note: LeafIntake['note'] = 'none'): LeafIntake => ({ place, rows: [], proof: null, head: null, note })

const followOne = async (
  deps: Deps,
  { place, verdict }: ReadLeaf,
  event: RepoEvent,
  head: RepoHead | undefined,
  pending: ReadonlyMap<string, readonly IntakeRow[]>,
): Promise<LeafIntake> => {
  switch (event.kind) {
    case 'identity':
      return nothing(place)
    case 'account': {
      const isKnown = pending.has(event.did) || (await deps.books.rows({ repo: event.did, limit: 1 })).length > 0
      return isKnown ? { ...nothing(place), rows: [accountRow(place, event.did, event.active, event.status ?? null)] } : nothing(place)
    }
    case 'commit':
    case 'sync': {
      if (head !== undefined && event.rev <= head.rev) return nothing(place, 'stale')
      if (verdict?.ok && follows(event, verdict, head)) return continuous(place, event, verdict)
      return resynchronise(deps, place, event, verdict, head, pending)
    }
  }
}

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

const headOf = ({ commit, dataCid }: Believed, state: RepoHead['state']): RepoHead => ({
  repo: commit.did,
  rev: commit.rev,
  data: dataCid.toString(),
  state,
})

const resynchronise = async (
  deps: Deps,
  place: Place,
  event: CommitEvent | SyncEvent,
  verdict: Believed | Disbelieved | null,
  head: RepoHead | undefined,
  pending: ReadonlyMap<string, readonly IntakeRow[]>,
): Promise<LeafIntake> => {
  const did: Did = didOf(event)
  const fetched = await deps.fetchRepo(did, event.rev)
  if (typeof fetched !== 'string') {
    const known = new Map(await deps.books.paths(did))
    for (const row of pending.get(did) ?? []) applyRow(known, row)
    const resynced = diffRepo(place, did, known, fetched)
    return { place, ...resynced, note: 'resynchronised' }
  }
  // The commit itself is proven, whatever came before it.
  const own = verdict?.ok === true ? continuous(place, event, verdict) : nothing(place)
  const row = unavailableRow(place, (own.rows.at(-1)?.op ?? -1) + 1, did, fetched)
  const after =
    verdict?.ok === true ? headOf(verdict, 'desynchronized') : head === undefined ? null : { ...head, state: 'desynchronized' as const }
  return { ...own, rows: [...own.rows, row], head: after, note: 'unavailable' }
}

const applyRow = (known: Map<string, string>, row: IntakeRow): void => {
  const path = `${row.collection}/${row.rkey}`
  if (row.action === 'delete' || row.cid === null) known.delete(path)
  else known.set(path, row.cid)
}
