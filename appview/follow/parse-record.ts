// A believed commit → rows of intake for the collections the books know, each with its record as JSON, and the proof that keeps them believable.
// Does not judge records: one that does not satisfy its lexicon is a row like any other, and the journal refuses it with a code.

import type { BlockMap } from '../../atproto/block-map.ts'
import type { Block } from '../../atproto/car.ts'
import { writeCar } from '../../atproto/car.ts'
import type { Cid } from '../../atproto/cid.ts'
import { cidFromBytes } from '../../atproto/cid.ts'
import { dataToJson, decodeData } from '../../atproto/data-model.ts'
import type { CommitEvent, RepoOp } from '../../atproto/event.ts'
import { loadTree } from '../../atproto/mst.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { splitPath } from '../../atproto/record-path.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { IntakeRow, Json } from '../journal/model.ts'
import type { Proof } from '../store/store.ts'
import type { Believed } from './believe.ts'

const COLLECTIONS: ReadonlySet<string> = new Set(Object.values(nsid))

/** Whether a path ("collection/rkey") belongs to a collection of ours. */
export const isOurs = (path: RecordPath): boolean => COLLECTIONS.has(path.slice(0, path.indexOf('/')))

/** Where an event stands in the log. */
export type Place = { readonly origin: string; readonly leaf: number; readonly recordedAt: string }

/** Rows of a commit; `op` is the operation's index in it. */
export const rowsOfCommit = (place: Place, event: CommitEvent, blocks: BlockMap): IntakeRow[] =>
  event.ops.flatMap((op, index) => (isOurs(op.path) ? [rowOf(place, index, event.repo, 'record', op, blocks)] : []))

/** One row. `blocks` holds the record unless it is deleted. */
export const rowOf = (
  place: Place,
  op: number,
  repo: string,
  source: 'record' | 'resync',
  change: Pick<RepoOp, 'action' | 'path' | 'cid'>,
  blocks: BlockMap,
): IntakeRow => {
  const { collection, rkey } = splitPath(change.path)
  return {
    ...place,
    op,
    source,
    action: change.action,
    repo,
    collection,
    rkey,
    uri: `at://${repo}/${change.path}`,
    cid: change.cid === null ? null : change.cid.toString(),
    value: change.cid === null ? null : recordOf(change.cid, blocks),
  }
}

const recordOf = (cid: Cid, blocks: BlockMap): Json => {
  const bytes = blocks.get(cid)
  if (bytes === undefined) throw new Error(`a believed commit lacks the record ${cid.toString()}`)
  return dataToJson(decodeData(bytes))
}

/** The row of an account's status; only for repos that have rows. */
export const accountRow = (place: Place, did: string, active: boolean, status: string | null): IntakeRow => ({
  ...place,
  op: 0,
  source: 'account',
  action: 'update',
  repo: did,
  collection: '',
  rkey: '',
  uri: `at://${did}`,
  cid: null,
  value: null,
  account: { active, status },
})

/** Commit, tree nodes and records that prove the rows. A commit that is ours altogether is kept as it was sent. */
export const proofOfCommit = (leaf: number, event: CommitEvent, believed: Believed): Proof => {
  const ours = event.ops.filter((op) => isOurs(op.path))
  const car = ours.length === event.ops.length ? event.blocks : narrowCar(believed, ours)
  return { leaf, repo: event.repo, car, didKey: believed.didKey, evidence: believed.evidence }
}

/** A CAR of what proves these paths, and nothing of other collections. */
export const narrowCar = (
  { commitCid, dataCid, blocks }: Pick<Believed, 'commitCid' | 'dataCid' | 'blocks'>,
  changes: readonly Pick<RepoOp, 'path' | 'cid'>[],
): Uint8Array => {
  const tree = loadTree((cid) => blocks.get(cidFromBytes(cid)), dataCid.bytes)
  const parts: Block[] = [blockOf(blocks, commitCid)]
  for (const { cid, bytes } of tree.proof(changes.map(({ path }) => path))) parts.push({ cid: cidFromBytes(cid), bytes })
  const records = new Map(changes.flatMap(({ cid }) => (cid === null ? [] : [[cid.toString(), cid] as const])))
  for (const cid of records.values()) parts.push(blockOf(blocks, cid))
  return writeCar(commitCid, parts)
}

const blockOf = (blocks: BlockMap, cid: Cid): Block => {
  const bytes = blocks.get(cid)
  if (bytes === undefined) throw new Error(`a believed commit lacks the block ${cid.toString()}`)
  return { cid, bytes }
}
