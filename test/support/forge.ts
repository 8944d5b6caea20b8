// Lies about a good #commit: each function gives the event with one thing altered and, where it says so, all that hangs on it made to follow.

import { BlockMap } from '../../atproto/block-map.ts'
import { readCar, writeCar } from '../../atproto/car.ts'
import { cidForCbor, parseCid, sameCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { parseCommit } from '../../atproto/commit.ts'
import type { Commit } from '../../atproto/commit.ts'
import { decodeData, encodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import type { CommitEvent, OpAction, RepoOp } from '../../atproto/event.ts'
import type { Keypair } from '../../atproto/keys.ts'

const LIMITS = { maxBytes: 10_000_000, maxBlocks: 10_000 }
const NOTHING = new Uint8Array()

export const blocksOf = (event: CommitEvent): BlockMap => readCar(event.blocks, LIMITS).blocks

export const commitOf = (event: CommitEvent): Commit => parseCommit(blocksOf(event).get(event.commit) ?? NOTHING)

export const flipBit = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** The ops of one action changed. */
export const withOp = (event: CommitEvent, action: OpAction, changes: Partial<RepoOp>): CommitEvent => ({
  ...event,
  ops: event.ops.map((op) => (op.action === action ? { ...op, ...changes } : op)),
})

/** The event around other blocks; `root` when it is not the commit. */
export const withBlocks = (event: CommitEvent, blocks: BlockMap, root: Cid = event.commit): CommitEvent => ({
  ...event,
  blocks: writeCar(root, blocks),
})

export function withoutBlock(event: CommitEvent, cid: Cid): CommitEvent {
  const kept = new BlockMap()
  for (const block of blocksOf(event)) if (!sameCid(block.cid, cid)) kept.set(block.cid, block.bytes)
  return withBlocks(event, kept)
}

/** Another commit block, under its own CID: `changes` to its fields, signed anew unless they carry a `sig`. */
export function withCommitFields(event: CommitEvent, changes: { readonly [field: string]: Data }, keypair: Keypair): CommitEvent {
  const blocks = blocksOf(event)
  const { sig: _, ...fields } = parseDataMap(decodeData(blocks.get(event.commit) ?? NOTHING))
  const unsigned = { ...fields, ...changes }
  const bytes = encodeData('sig' in changes ? unsigned : { ...unsigned, sig: keypair.sign(encodeData(unsigned)) })
  const commit = cidForCbor(bytes)
  const others = blocksOf(withoutBlock(event, event.commit)).set(commit, bytes)
  return { ...event, commit, blocks: writeCar(commit, others) }
}

/** One block of the tree changed; every link that leads to it, and the commit with its signature, follow. */
export function withTreeBlock(event: CommitEvent, cid: Cid, bytes: Uint8Array, keypair: Keypair): CommitEvent {
  const blocks = new Map<string, Buffer>()
  for (const block of blocksOf(withoutBlock(event, event.commit))) blocks.set(block.cid.toString(), Buffer.from(block.bytes))
  const names = new Map<string, Cid>()
  for (
    let changed = new Map<string, Buffer>([[cid.toString(), Buffer.from(bytes)]]);
    changed.size > 0;
    changed = linksFollowing(blocks, names)
  ) {
    for (const [old, content] of changed) {
      blocks.set(old, content)
      names.set(old, cidForCbor(content))
    }
  }
  const renamed = (old: string): Cid => names.get(old) ?? parseCid(old)
  const forged = withCommitFields(event, { data: renamed(commitOf(event).data.toString()) }, keypair)
  const car = new BlockMap().set(forged.commit, blocksOf(forged).get(forged.commit) ?? NOTHING)
  for (const [old, content] of blocks) car.set(renamed(old), content)
  return withBlocks(forged, car)
}

/** The blocks that still lead to an old name, with the new one in its place; old names are forgotten as they are met. */
function linksFollowing(blocks: ReadonlyMap<string, Buffer>, names: ReadonlyMap<string, Cid>): Map<string, Buffer> {
  const changed = new Map<string, Buffer>()
  for (const [old, content] of blocks) {
    const followed = [...names].reduce((bytes, [from, to]) => replaced(bytes, parseCid(from).bytes, to.bytes), content)
    if (!followed.equals(content)) changed.set(old, followed)
  }
  return changed
}

function replaced(bytes: Buffer, from: Uint8Array, to: Uint8Array): Buffer {
  const at = bytes.indexOf(from)
  return at < 0 ? bytes : Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + from.length)])
}
