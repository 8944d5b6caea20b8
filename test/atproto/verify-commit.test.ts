// One good commit, and everything in it altered in turn: each lie is refused under its own code, with the honest signature or a new one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BlockMap } from '../../atproto/block-map.ts'
import { readCar, writeCar } from '../../atproto/car.ts'
import { cidForCbor, cidForRaw, cidFromBytes, parseCid, sameCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { parseCommit } from '../../atproto/commit.ts'
import { decodeData, encodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import type { CommitEvent, RepoOp } from '../../atproto/event.ts'
import { EVENT_REFUSALS } from '../../atproto/event-refusals.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { emptyTree, layerOf } from '../../atproto/mst.ts'
import { parseRecordPath } from '../../atproto/record-path.ts'
import { parseTid, tidFromMicros } from '../../atproto/tid.ts'
import { verifyCommit, verifyCommitStructure, verifySignatureOf } from '../../atproto/verify-commit.ts'
import { createTestRepo } from '../support/frames.ts'
import type { TestWrite } from '../support/frames.ts'

const nowMs = 1_790_000_000_000
const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const keypair = createKeypair()
const limits = { maxBytes: 10_000_000, maxBlocks: 10_000 }

const path = (number: number): string => `org.waki.action/r${number}`
const value = (text: string): { $type: string; text: string } => ({ $type: 'org.waki.action', text })
const create = (number: number): TestWrite => ({ action: 'create', path: path(number), value: value(`first ${number}`) })

const repo = createTestRepo(did, keypair, { nowMs: () => nowMs })
const firstEvent = repo.write(Array.from({ length: 100 }, (_, number) => create(number))).event
for (let number = 100; number < 300; number += 100) repo.write(Array.from({ length: 100 }, (_, index) => create(number + index)))
/** A create, an update and a delete at once: the good frame. */
const good = repo.write([
  create(1000),
  { action: 'update', path: path(7), value: value('second') },
  { action: 'delete', path: path(8) },
]).event

const blocksOf = (event: CommitEvent): BlockMap => readCar(event.blocks, limits).blocks
const stranger = cidForCbor(encodeData({ other: true }))

function opOf(action: RepoOp['action']): RepoOp {
  const op = good.ops.find((each) => each.action === action)
  assert.ok(op)
  return op
}

const withOp = (action: RepoOp['action'], changes: Partial<RepoOp>): CommitEvent => ({
  ...good,
  ops: good.ops.map((op) => (op.action === action ? { ...op, ...changes } : op)),
})

/** The event around other blocks; `root` when it is not the commit. */
const withBlocks = (blocks: BlockMap, root: Cid = good.commit, event: CommitEvent = good): CommitEvent => ({
  ...event,
  blocks: writeCar(root, blocks),
})

function without(cid: Cid, event: CommitEvent = good): CommitEvent {
  const kept = new BlockMap()
  for (const block of blocksOf(event)) if (!sameCid(block.cid, cid)) kept.set(block.cid, block.bytes)
  return withBlocks(kept, event.commit, event)
}

/** Another commit block in the place of the good one, with its own CID: `changes` to its fields, signed anew unless they carry a `sig`. */
function withCommit(changes: { readonly [field: string]: Data }, event: CommitEvent = good): CommitEvent {
  const blocks = new BlockMap()
  const old = blocksOf(event)
  const { sig: _, ...fields } = parseDataMap(decodeData(old.get(event.commit) ?? new Uint8Array()))
  const unsigned = { ...fields, ...changes }
  const bytes = encodeData('sig' in changes ? unsigned : { ...unsigned, sig: keypair.sign(encodeData(unsigned)) })
  const commit = cidForCbor(bytes)
  blocks.set(commit, bytes)
  for (const block of old) if (!sameCid(block.cid, event.commit)) blocks.set(block.cid, block.bytes)
  return { ...event, commit, blocks: writeCar(commit, blocks) }
}

/** The good commit over another tree: its root node replaced by `bytes`. */
function withRoot(bytes: Uint8Array): CommitEvent {
  const data = parseCommit(blocksOf(good).get(good.commit) ?? new Uint8Array()).data
  const root = cidForCbor(bytes)
  const event = withCommit({ data: root })
  const blocks = new BlockMap()
  for (const block of blocksOf(event))
    blocks.set(sameCid(block.cid, data) ? root : block.cid, sameCid(block.cid, data) ? bytes : block.bytes)
  return withBlocks(blocks, event.commit, event)
}

const head = parseCommit(blocksOf(good).get(good.commit) ?? new Uint8Array())
const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** Replaces a record by one of the same path whose bytes are these; tree, op and signature follow, so that only the record is wrong. */
function withRecord(bytes: Uint8Array, cid: Cid = cidForCbor(bytes)): CommitEvent {
  const liar = createTestRepo(did, keypair, { nowMs: () => nowMs })
  liar.write([create(1)])
  const honest = liar.write([create(2)]).event
  const [op] = honest.ops
  assert.ok(op?.cid)
  const tree = emptyTree()
    .put(parseRecordPath(path(1)), liar.record(path(1))?.cid.bytes ?? new Uint8Array())
    .put(op.path, cid.bytes)
  const event = withCommit({ data: cidFromBytes(tree.root()) }, honest)
  const blocks = new BlockMap().set(event.commit, blocksOf(event).get(event.commit) ?? new Uint8Array()).set(cid, bytes)
  for (const node of tree.nodes()) blocks.setBytes(node.cid, node.bytes)
  return withBlocks(blocks, event.commit, { ...event, ops: [{ ...op, cid }] })
}

const extra = (): BlockMap => blocksOf(good).set(stranger, encodeData({ other: true }))
const lastByteOfCar = (event: CommitEvent): CommitEvent => ({ ...event, blocks: flip(event.blocks, event.blocks.length - 1) })
const manyOps = Array.from({ length: 201 }, (_, number): RepoOp => ({ ...opOf('create'), path: parseRecordPath(path(number)) }))

/** The path of the highest layer: it stands in the root, which every CAR shows. */
const standing = Array.from({ length: 300 }, (_, number) => path(number)).toSorted((a, b) => layerOf(b) - layerOf(a))[0] ?? ''

const refused: readonly (readonly [what: string, event: CommitEvent, code: EventRefusal])[] = [
  ['201 operations', { ...good, ops: manyOps }, 'commit.too-many-ops'],
  ['one path twice', { ...good, ops: [...good.ops, opOf('create')] }, 'commit.duplicate-path'],
  [
    'a create and a delete of one path',
    { ...good, ops: [...good.ops, { ...opOf('create'), action: 'delete', cid: null, prev: stranger }] },
    'commit.duplicate-path',
  ],
  ['a create without cid', withOp('create', { cid: null }), 'commit.op-form'],
  ['a delete with cid', withOp('delete', { cid: stranger }), 'commit.op-form'],
  ['an update without prev', withOp('update', { prev: null }), 'commit.prev-missing'],
  ['a delete without prev', withOp('delete', { prev: null }), 'commit.prev-missing'],
  ['a create with prev', withOp('create', { prev: stranger }), 'commit.prev-unexpected'],
  ['an update from itself', withOp('update', { prev: opOf('update').cid }), 'commit.op-unchanged'],
  ['no prevData', { ...good, prevData: null }, 'commit.prev-data-missing'],
  ['since itself', { ...good, since: good.rev }, 'commit.rev-order'],
  ['a rev ten minutes ahead', { ...good, rev: tidFromMicros((nowMs + 600_000) * 1000, 0) }, 'commit.rev-future'],
  ['blocks over their limit', { ...good, blocks: new Uint8Array(2_000_001) }, 'commit.blocks-too-large'],
  ['no blocks', { ...good, blocks: new Uint8Array() }, 'commit.car-malformed'],
  ['blocks cut short', { ...good, blocks: good.blocks.subarray(0, -1) }, 'commit.car-malformed'],
  [
    'a length beyond the end',
    { ...good, blocks: Buffer.concat([good.blocks, Uint8Array.of(0xff, 0xff, 0xff, 0x7f)]) },
    'commit.car-malformed',
  ],
  ['a byte of a block', lastByteOfCar(good), 'commit.block-hash'],
  ['another root in the CAR', withBlocks(extra(), stranger), 'commit.root-mismatch'],
  ['another commit in the event', { ...good, commit: stranger }, 'commit.root-mismatch'],
  ['no commit block', without(good.commit), 'commit.block-missing'],
  ['a commit of another version', withCommit({ version: 2 }), 'commit.malformed'],
  ['a commit with one field more', withCommit({ more: 1 }), 'commit.malformed'],
  ['a commit of another account', withCommit({ did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }), 'commit.did-mismatch'],
  ['an event of another account', { ...good, repo: parseDid('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa') }, 'commit.did-mismatch'],
  ['another rev in the commit', withCommit({ rev: tidFromMicros(nowMs * 1000 + 999, 1) }), 'commit.rev-mismatch'],
  ['another rev in the event', { ...good, rev: parseTid(tidFromMicros(nowMs * 1000 + 999, 1)) }, 'commit.rev-mismatch'],
  ['no root of the tree', without(head.data), 'commit.block-missing'],
  ['a tree that is a record', withRoot(encodeData({ other: true })), 'commit.tree-malformed'],
  ['a tree whose root has no keys', withRoot(encodeData({ e: [], l: head.data })), 'commit.tree-malformed'],
  ['an empty tree', withRoot(encodeData({ e: [], l: null })), 'commit.op-mismatch'],
  ['another path', withOp('create', { path: parseRecordPath(path(1001)) }), 'commit.op-mismatch'],
  ['a delete of what is still there', withOp('delete', { path: parseRecordPath(standing) }), 'commit.op-mismatch'],
  ['a create said to be a delete', withOp('create', { action: 'delete', cid: null, prev: stranger }), 'commit.op-mismatch'],
  ['a delete said to be a create', withOp('delete', { action: 'create', cid: stranger, prev: null }), 'commit.op-mismatch'],
  ['another cid of a create', withOp('create', { cid: stranger }), 'commit.cid-mismatch'],
  ['another cid of an update', withOp('update', { cid: stranger }), 'commit.cid-mismatch'],
  ['an update said to be a create', withOp('update', { action: 'create', prev: null }), 'commit.inversion'],
  ['a create said to be an update', withOp('create', { action: 'update', prev: stranger }), 'commit.inversion'],
  ['another prev of an update', withOp('update', { prev: stranger }), 'commit.inversion'],
  ['another prev of a delete', withOp('delete', { prev: stranger }), 'commit.inversion'],
  ['another prevData', { ...good, prevData: stranger }, 'commit.inversion'],
  ['an operation left out', { ...good, ops: good.ops.slice(1) }, 'commit.inversion'],
  ['a first commit that is none', { ...good, prevData: null, since: null }, 'commit.inversion'],
  ['no record of a create', without(opOf('create').cid ?? stranger), 'commit.block-missing'],
  ['no record of an update', without(opOf('update').cid ?? stranger), 'commit.block-missing'],
  ['a record of a megabyte', withRecord(encodeData({ text: 'x'.repeat(1_000_000) })), 'commit.record-too-large'],
  ['a record that is a list', withRecord(encodeData([1])), 'commit.record-malformed'],
  ['a record with a float', withRecord(Uint8Array.of(0xa1, 0x61, 0x61, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)), 'commit.record-malformed'],
  ['a block of nobody', withBlocks(extra()), 'commit.block-unexpected'],
  ['a signature with one bit changed', withCommit({ sig: flip(head.sig, 40) }), 'commit.signature'],
  ['a signature of zeros', withCommit({ sig: new Uint8Array(64) }), 'commit.signature'],
  ['a signature too short', withCommit({ sig: new Uint8Array(63) }), 'commit.malformed'],
]

test('the good commit is believed, and gives what it holds', () => {
  const verified = verifyCommit(good, keypair.didKey, nowMs)
  assert.ok(verified.ok, JSON.stringify(verified))
  assert.ok(sameCid(verified.commitCid, good.commit) && sameCid(verified.dataCid, head.data))
  assert.equal(verified.commit.rev, good.rev)
  assert.ok(verified.blocks.get(opOf('create').cid ?? stranger))
})

for (const [what, event, code] of refused)
  test(`${what}: ${code}`, () => {
    const answer = verifyCommit(event, keypair.didKey, nowMs)
    assert.deepEqual(answer.ok ? 'believed' : answer.reason, code, answer.ok ? '' : answer.detail)
  })

test('a record under a CID of raw bytes stands in no tree', () => {
  const bytes = encodeData(value('x'))
  const answer = verifyCommit(withRecord(bytes, cidForRaw(bytes)), keypair.didKey, nowMs)
  assert.equal(answer.ok ? 'believed' : answer.reason, 'commit.tree-malformed')
})

test('each block altered, and each left out, is refused; a block in another order is not', () => {
  const blocks = [...blocksOf(good)]
  assert.ok(blocks.length > 6)
  for (const [index, { cid, bytes }] of blocks.entries()) {
    const altered = blocks.map((block) => (block.cid === cid ? { cid, bytes: flip(bytes, bytes.length >> 1) } : block))
    const answer = verifyCommit({ ...good, blocks: writeCar(good.commit, altered) }, keypair.didKey, nowMs)
    assert.equal(answer.ok ? 'believed' : answer.reason, 'commit.block-hash', `block ${index}`)
    const missing = verifyCommit(without(cid), keypair.didKey, nowMs)
    assert.equal(missing.ok ? 'believed' : missing.reason, 'commit.block-missing', `block ${index}`)
  }
  assert.ok(verifyCommit({ ...good, blocks: writeCar(good.commit, blocks.toReversed()) }, keypair.didKey, nowMs).ok)
})

test('the first commit inverts to the empty tree, with and without records', () => {
  assert.equal(firstEvent.prevData, null)
  assert.ok(verifyCommit(firstEvent, keypair.didKey, nowMs).ok)
  const empty = createTestRepo(did, keypair, { nowMs: () => nowMs })
  assert.ok(verifyCommit(empty.write([]).event, keypair.didKey, nowMs).ok)
  assert.ok(verifyCommit(empty.write([]).event, keypair.didKey, nowMs).ok)
})

test('a rev four minutes ahead is not yet the future', () => {
  assert.ok(verifyCommit(good, keypair.didKey, nowMs - 240_000).ok)
  const answer = verifyCommit(good, keypair.didKey, nowMs - 301_000)
  assert.equal(answer.ok ? 'believed' : answer.reason, 'commit.rev-future')
})

test('structure and signature can be asked apart', () => {
  const other = createKeypair('p256')
  const answer = verifyCommitStructure(good, nowMs)
  assert.ok(answer.ok)
  assert.equal(verifySignatureOf(answer.commit, other.didKey)?.reason, 'commit.signature')
  assert.equal(verifySignatureOf(answer.commit, keypair.didKey), undefined)
  const elsewhere = createTestRepo(did, other, { nowMs: () => nowMs })
  assert.ok(verifyCommit(elsewhere.write([create(1)]).event, other.didKey, nowMs).ok)
})

test('every refusal of verify-commit has its row here', () => {
  const elsewhere: readonly EventRefusal[] = ['commit.too-big', 'commit.rev-stale']
  const met = new Set<EventRefusal>([...refused.map(([, , code]) => code), ...elsewhere])
  const missing = EVENT_REFUSALS.map((row) => row.code).filter((code) => code.startsWith('commit.') && !met.has(code))
  assert.deepEqual(missing, [])
})

test('a path that is none in the tree is refused though it inverts', () => {
  assert.ok(parseCid(stranger.toString()))
  const bytes = encodeData({ e: [{ k: Buffer.from('no-path'), p: 0, t: null, v: stranger }], l: null })
  const answer = verifyCommit(withRoot(bytes), keypair.didKey, nowMs)
  assert.equal(answer.ok ? 'believed' : answer.reason, 'commit.tree-malformed')
})
