// One good commit and what can be made of it: each lie in its own place, with the code under which the relay must refuse it.

import { BlockMap } from '../../atproto/block-map.ts'
import { readCar, writeCar } from '../../atproto/car.ts'
import { cidForCbor, sameCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { decodeData, encodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { DataMap } from '../../atproto/data-model.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import type { CommitEvent, RepoOp } from '../../atproto/event.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import { encodeFrame } from '../../atproto/frame.ts'
import { createKeypair } from '../../atproto/keys.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { tidFromMicros } from '../../atproto/tid.ts'

export type Lie = { readonly what: string; readonly code: EventRefusal; frame(good: CommitEvent, key: Keypair, seq: number): Uint8Array }

const stranger = cidForCbor(encodeData({ other: true }))
const limits = { maxBytes: 10_000_000, maxBlocks: 10_000 }
const blocksOf = (event: CommitEvent): BlockMap => readCar(event.blocks, limits).blocks
const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** The commit block with other fields, signed by this key, in a CAR of its own. */
const withCommit = (good: CommitEvent, key: Keypair, changes: DataMap): CommitEvent => {
  const old = blocksOf(good)
  const { sig: _sig, ...fields } = parseDataMap(decodeData(old.get(good.commit) ?? new Uint8Array()))
  const unsigned = { ...fields, ...changes }
  const bytes = encodeData('sig' in changes ? unsigned : { ...unsigned, sig: key.sign(encodeData(unsigned)) })
  const commit = cidForCbor(bytes)
  const blocks = new BlockMap().set(commit, bytes)
  for (const block of old) if (!sameCid(block.cid, good.commit)) blocks.set(block.cid, block.bytes)
  return { ...good, commit, blocks: writeCar(commit, blocks) }
}

const without = (good: CommitEvent, cid: Cid): CommitEvent => {
  const kept = new BlockMap()
  for (const block of blocksOf(good)) if (!sameCid(block.cid, cid)) kept.set(block.cid, block.bytes)
  return { ...good, blocks: writeCar(good.commit, kept) }
}

const dataOf = (good: CommitEvent): Cid => {
  const { data } = parseDataMap(decodeData(blocksOf(good).get(good.commit) ?? new Uint8Array()))
  return data as Cid
}

const changeOp = (good: CommitEvent, changes: Partial<RepoOp>): CommitEvent => ({
  ...good,
  ops: good.ops.map((op) => ({ ...op, ...changes })),
})

/** A lie told by an event that still encodes. */
const lie = (what: string, code: EventRefusal, change: (good: CommitEvent, key: Keypair) => CommitEvent): Lie => ({
  what,
  code,
  frame: (good, key, seq) => encodeEvent({ ...change(good, key), seq }).frame,
})

/** A lie told in the payload itself: fields of the encoded event set or, with undefined, left out. */
const raw = (what: string, code: EventRefusal, changes: { readonly [name: string]: DataMap[string] | undefined }): Lie => ({
  what,
  code,
  frame: (good, _key, seq) => {
    const payload = parseDataMap(decodeData(encodeEvent({ ...good, seq }).payload))
    const entries = Object.entries({ ...payload, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
    return encodeFrame('#commit', Object.fromEntries(entries))
  },
})

/** For a commit with one create behind another commit. */
export const LIES: readonly Lie[] = [
  lie('a bit of a block', 'commit.block-hash', (good) => ({ ...good, blocks: flip(good.blocks, good.blocks.length - 1) })),
  lie('the CAR cut short', 'commit.car-malformed', (good) => ({ ...good, blocks: good.blocks.subarray(0, -1) })),
  lie('a length beyond the end', 'commit.car-malformed', (good) => ({
    ...good,
    blocks: Buffer.concat([good.blocks, Uint8Array.of(0xff, 0xff, 0xff, 0x7f)]),
  })),
  lie('the tree left out', 'commit.block-missing', (good) => without(good, dataOf(good))),
  lie('the commit left out', 'commit.block-missing', (good) => without(good, good.commit)),
  lie('the record left out', 'commit.block-missing', (good) => without(good, good.ops[0]?.cid ?? stranger)),
  lie('a block of nobody', 'commit.block-unexpected', (good) => ({
    ...good,
    blocks: writeCar(good.commit, blocksOf(good).set(stranger, encodeData({ other: true }))),
  })),
  lie('another commit CID', 'commit.root-mismatch', (good) => ({ ...good, commit: stranger })),
  lie('another cid of the op', 'commit.cid-mismatch', (good) => changeOp(good, { cid: stranger })),
  lie('a delete of what stands', 'commit.op-mismatch', (good) => changeOp(good, { action: 'delete', cid: null, prev: stranger })),
  lie('the op said to be an update', 'commit.inversion', (good) => changeOp(good, { action: 'update', prev: stranger })),
  lie('a prev for a create', 'commit.prev-unexpected', (good) => changeOp(good, { prev: stranger })),
  lie('the op left out', 'commit.inversion', (good) => ({ ...good, ops: [] })),
  lie('the op twice', 'commit.duplicate-path', (good) => ({ ...good, ops: [...good.ops, ...good.ops] })),
  lie('another prevData', 'commit.inversion', (good) => ({ ...good, prevData: stranger })),
  lie('no prevData', 'commit.prev-data-missing', (good) => ({ ...good, prevData: null })),
  lie('another rev in the event', 'commit.rev-mismatch', (good) => ({ ...good, rev: tidFromMicros(Date.now() * 1000 + 999, 3) })),
  lie('another rev in the commit', 'commit.rev-mismatch', (good, key) =>
    withCommit(good, key, { rev: tidFromMicros(Date.now() * 1000 + 999, 3) }),
  ),
  lie('a rev of tomorrow', 'commit.rev-future', (good, key) => {
    const rev = tidFromMicros((Date.now() + 86_400_000) * 1000, 3)
    return { ...withCommit(good, key, { rev }), rev }
  }),
  lie('a since behind its rev', 'commit.rev-order', (good) => ({ ...good, since: good.rev })),
  lie('another account in the commit', 'commit.did-mismatch', (good, key) =>
    withCommit(good, key, { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }),
  ),
  lie('another version', 'commit.malformed', (good, key) => withCommit(good, key, { version: 2 })),
  lie('signed by another key', 'commit.signature', (good) => withCommit(good, createKeypair(), {})),
  lie('a signature of zeros', 'commit.signature', (good, key) => withCommit(good, key, { sig: new Uint8Array(64) })),
  lie('a tree without keys', 'commit.tree-malformed', (good, key) => {
    const bytes = encodeData({ e: [], l: dataOf(good) })
    const root = cidForCbor(bytes)
    const changed = withCommit(good, key, { data: root })
    return { ...changed, blocks: writeCar(changed.commit, blocksOf(changed).set(root, bytes)) }
  }),
  raw('no repo', 'event.malformed', { repo: undefined }),
  raw('ops that are a text', 'event.malformed', { ops: 'none' }),
  raw('a time that is none', 'event.malformed', { time: 'yesterday' }),
  raw('tooBig', 'commit.too-big', { tooBig: true }),
]
