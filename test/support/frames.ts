// A repository in memory that signs real commits: frames and events as an honest PDS sends them, for any test.

import { BlockMap } from '../../atproto/block-map.ts'
import { writeCar } from '../../atproto/car.ts'
import { cidBytes, cidForCbor, cidFromBytes } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { signCommit } from '../../atproto/commit.ts'
import type { SignedCommit } from '../../atproto/commit.ts'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import { toDatetime } from '../../atproto/datetime.ts'
import type { Did } from '../../atproto/did.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import type { CommitEvent, OpAction, RepoOp, SyncEvent } from '../../atproto/event.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { emptyTree } from '../../atproto/mst.ts'
import type { Tree } from '../../atproto/mst.ts'
import { parseRecordPath } from '../../atproto/record-path.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { TidClock } from '../../atproto/tid.ts'
import type { Tid } from '../../atproto/tid.ts'

/** `value` is JSON of the data model ($link, $bytes); none for a delete. */
export type TestWrite = { readonly action: OpAction; readonly path: string; readonly value?: unknown }
export type Written = { readonly event: CommitEvent; readonly frame: Uint8Array; readonly commitCid: Cid; readonly dataCid: Cid }
export type TestRepoOptions = { readonly nowMs?: () => number; readonly nextSeq?: () => number }

export type TestRepo = {
  readonly did: Did
  /** May be replaced: a rotated key. */
  keypair: Keypair
  readonly tree: Tree
  readonly head: SignedCommit | undefined
  /** One commit over all of `writes`; each path once. No writes at first: the empty first commit. */
  write(writes: readonly TestWrite[]): Written
  /** The head as #sync; signs a first, empty commit when there is none. */
  sync(): { readonly event: SyncEvent; readonly frame: Uint8Array }
  /** The whole repository, as getRepo answers. */
  car(): Uint8Array
  record(path: string): { readonly cid: Cid; readonly bytes: Uint8Array } | undefined
}

export function createTestRepo(did: Did, keypair: Keypair, options: TestRepoOptions = {}): TestRepo {
  return new MemoryRepo(did, keypair, options)
}

class MemoryRepo implements TestRepo {
  readonly did: Did
  keypair: Keypair
  tree: Tree = emptyTree()
  head: SignedCommit | undefined
  readonly #records = new BlockMap()
  readonly #revs: TidClock
  readonly #nowMs: () => number
  readonly #nextSeq: () => number

  constructor(did: Did, keypair: Keypair, { nowMs = Date.now, nextSeq = countFrom(1) }: TestRepoOptions) {
    this.did = did
    this.keypair = keypair
    this.#nowMs = nowMs
    this.#nextSeq = nextSeq
    this.#revs = new TidClock(nowMs, 7)
  }

  write(writes: readonly TestWrite[]): Written {
    const before = this.tree
    const since = this.#rev
    const prevData = this.head?.commit.data ?? null
    const records = new BlockMap()
    const ops = writes.map((write) => this.#apply(write, before, records))
    const head = this.#sign()
    const { cid: commitCid, bytes } = head
    const blocks = new BlockMap().set(commitCid, bytes)
    for (const node of [...this.tree.diffNodes(before).created, ...this.tree.proof(ops.map((op) => op.path))])
      blocks.setBytes(node.cid, node.bytes)
    for (const record of records) blocks.set(record.cid, record.bytes)
    if (since === null) for (const node of this.tree.nodes()) blocks.setBytes(node.cid, node.bytes)
    const event: CommitEvent = {
      kind: 'commit',
      seq: this.#nextSeq(),
      repo: this.did,
      time: toDatetime(this.#nowMs()),
      rev: head.commit.rev,
      since,
      commit: commitCid,
      blocks: writeCar(commitCid, blocks),
      ops,
      prevData,
    }
    return { event, frame: encodeEvent(event).frame, commitCid, dataCid: head.commit.data }
  }

  sync(): { event: SyncEvent; frame: Uint8Array } {
    const { commit, cid, bytes } = this.head ?? this.#sign()
    const event: SyncEvent = {
      kind: 'sync',
      seq: this.#nextSeq(),
      did: this.did,
      time: toDatetime(this.#nowMs()),
      rev: commit.rev,
      blocks: writeCar(cid, [{ cid, bytes }]),
    }
    return { event, frame: encodeEvent(event).frame }
  }

  car(): Uint8Array {
    const { cid, bytes } = this.head ?? this.#sign()
    const blocks = new BlockMap().set(cid, bytes)
    for (const node of this.tree.nodes()) blocks.setBytes(node.cid, node.bytes)
    for (const entry of this.tree.entries()) blocks.setBytes(entry.cid, this.#records.bytesOf(entry.cid) ?? new Uint8Array())
    return writeCar(cid, blocks)
  }

  record(path: string): { cid: Cid; bytes: Uint8Array } | undefined {
    const found = this.tree.get(parseRecordPath(path))
    const bytes = found && this.#records.bytesOf(found)
    return bytes && { cid: cidFromBytes(found), bytes }
  }

  get #rev(): Tid | null {
    return this.head?.commit.rev ?? null
  }

  #sign(): SignedCommit {
    const rev = this.#revs.next(this.#rev ?? undefined)
    this.head = signCommit({ did: this.did, data: cidFromBytes(this.tree.root()), rev }, this.keypair)
    return this.head
  }

  #apply({ action, path: text, value }: TestWrite, before: Tree, records: BlockMap): RepoOp {
    const path: RecordPath = parseRecordPath(text)
    const standing = before.get(path)
    if ((action === 'create') !== (standing === undefined))
      throw new Error(`${action} ${path}: it is ${standing === undefined ? 'not ' : ''}there`)
    const prev = standing === undefined ? null : cidFromBytes(standing)
    if (action === 'delete') {
      this.tree = this.tree.remove(path)
      return { action, path, cid: null, prev }
    }
    const bytes = encodeData(jsonToData(value))
    const cid = cidForCbor(bytes)
    records.set(cid, bytes)
    this.#records.set(cid, bytes)
    this.tree = this.tree.put(path, cidBytes(cid))
    return { action, path, cid, prev }
  }
}

function countFrom(first: number): () => number {
  let next = first
  return () => next++
}
