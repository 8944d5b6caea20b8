// The repositories of this PDS: begun, written to, signed anew, removed. The parts (queue, tree nodes, records) are wired here and nowhere else.
// A write is answered when it is durable: its records, tree, head and event row are in one committed transaction.

import assert from 'node:assert/strict'
import { cidBytes, cidFromBytes } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { signCommit } from '../../atproto/commit.ts'
import type { Did } from '../../atproto/did.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { emptyTree } from '../../atproto/mst.ts'
import { TidClock } from '../../atproto/tid.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { createBlobIndex } from '../blobs/blob-index.ts'
import type { Sequencer } from '../sequencer.ts'
import { beginGroup, writeEmptyTree } from './group-work.ts'
import { createHeads } from './heads.ts'
import type { Head, Heads } from './heads.ts'
import { NODE_CACHE_MAX_BYTES } from './limits.ts'
import { createNodeStore } from './node-store.ts'
import type { NodeStore } from './node-store.ts'
import { createRecordIndex } from './record-index.ts'
import type { RecordIndex } from './record-index.ts'
import type { Write, WriteOutcome } from './write.ts'
import { WriteQueue } from './write-queue.ts'

export type Signed = { readonly commitCid: Cid; readonly rev: Tid }

export type RepoDeps = {
  readonly db: Database
  readonly sequencer: Sequencer
  readonly clock: Clock
  /** The repo's signing key, without waiting. */
  keyOf(did: Did): Keypair
  isActive(did: Did): boolean
  readonly nodeCacheBytes?: number
  /** Told how far each group of writes has come: group.persisting, .committed, .published. */
  readonly mark?: (event: string) => void
}

export type Repos = {
  /** A new repo with an empty first commit, inside the caller's transaction; appends no event. */
  init(did: Did, keypair: Keypair): Signed
  /** The same data signed anew, inside the caller's transaction; appends no event. */
  resign(did: Did, keypair: Keypair): Signed
  /** Everything of this repo but its blob files, inside the caller's transaction. */
  remove(did: Did): void
  head(did: string): Head | undefined
  /** In order of creation, those after the repo with key `afterId`. */
  list(afterId: number, limit: number): readonly Head[]
  /** All of these or none, as one commit; the answer comes when it is durable. `swapCommit`: the head that must stand. */
  write(did: Did, writes: readonly Write[], options?: { readonly swapCommit?: Cid | undefined }): Promise<WriteOutcome>
  /** A fresh TID for a record key, greater than any given before by this process. */
  nextTid(): Tid
  readonly records: RecordIndex
  readonly nodes: NodeStore
}

export const createRepos = (deps: RepoDeps): Repos => {
  const { db, sequencer, clock } = deps
  const tids = new TidClock(() => clock.civilMs())
  const heads = createHeads(db)
  const records = createRecordIndex(db)
  const blobs = createBlobIndex(db, clock)
  const nodes = createNodeStore(db, deps.nodeCacheBytes ?? NODE_CACHE_MAX_BYTES)
  const work = {
    heads,
    records,
    blobs,
    nodes,
    sequencer,
    keyOf: (did: Did) => deps.keyOf(did),
    isActive: (did: Did) => deps.isActive(did),
    nextRev: (after: Tid) => tids.next(after),
  }
  const mark = deps.mark ?? (() => {})
  const queue = new WriteQueue({ db, beginGroup: () => beginGroup(work), published: () => sequencer.published(), mark })
  return {
    init: (did, keypair) => init(did, keypair, tids.next(), { heads, nodes }),
    resign: (did, keypair) => resign(headOf(heads, did), keypair, tids, heads),
    remove(did) {
      const head = headOf(heads, did)
      nodes.removeTree(head.rootNode)
      records.deleteAll(head.id)
      blobs.removeAll(head.id)
      heads.remove(head.id)
    },
    head: (did) => heads.get(did),
    list: (afterId, limit) => heads.list(afterId, limit),
    write: (did, writes, options) => queue.push(did, writes, options?.swapCommit),
    nextTid: () => tids.next(),
    records,
    nodes,
  }
}

const headOf = (heads: Heads, did: Did): Head => {
  const head = heads.get(did)
  assert(head !== undefined, `the repo of ${did} is here`)
  return head
}

const init = (did: Did, keypair: Keypair, rev: Tid, { heads, nodes }: { heads: Heads; nodes: NodeStore }): Signed => {
  const dataCid = emptyTree().root()
  const signed = signCommit({ did, data: cidFromBytes(dataCid), rev }, keypair)
  const head = { did, rev, commitCid: cidBytes(signed.cid), commitBytes: signed.bytes, dataCid, rootNode: 0 }
  const id = heads.insert(head)
  heads.setRoot(id, writeEmptyTree(nodes, id, rev))
  return { commitCid: signed.cid, rev }
}

const resign = (head: Head, keypair: Keypair, tids: TidClock, heads: Heads): Signed => {
  const rev = tids.next(head.rev)
  const signed = signCommit({ did: head.did, data: cidFromBytes(head.dataCid), rev }, keypair)
  heads.advance(head.commitCid, { ...head, rev, commitCid: cidBytes(signed.cid), commitBytes: signed.bytes })
  return { commitCid: signed.cid, rev }
}
