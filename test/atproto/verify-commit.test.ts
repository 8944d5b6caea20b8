// One good commit, and everything in it altered in turn: each lie is refused under its own code, with the honest signature or a new one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BlockMap } from '../../atproto/block-map.ts'
import { cidForCbor, cidForRaw, cidFromBytes, parseCid, sameCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { encodeData } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import type { CommitEvent, RepoOp } from '../../atproto/event.ts'
import { EVENT_REFUSALS } from '../../atproto/event-refusals.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { emptyTree, layerOf } from '../../atproto/mst.ts'
import { parseRecordPath } from '../../atproto/record-path.ts'
import { parseTid, tidFromMicros } from '../../atproto/tid.ts'
import { verifyCommit, verifyCommitStructure, verifySignatureOf } from '../../atproto/verify-commit.ts'
import { blocksOf, commitOf, flipBit, withBlocks, withCommitFields, withOp, withoutBlock, withTreeBlock } from '../support/forge.ts'
import { createTestRepo } from '../support/frames.ts'
import type { TestWrite } from '../support/frames.ts'

const nowMs = 1_790_000_000_000
const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const keypair = createKeypair()

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

const stranger = cidForCbor(encodeData({ other: true }))

function opOf(action: RepoOp['action']): RepoOp {
  const op = good.ops.find((each) => each.action === action)
  assert.ok(op)
  return op
}

const head = commitOf(good)
const withRoot = (bytes: Uint8Array): CommitEvent => withTreeBlock(good, head.data, bytes, keypair)

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
  const event = withCommitFields(honest, { data: cidFromBytes(tree.root()) }, keypair)
  const blocks = new BlockMap().set(event.commit, blocksOf(event).get(event.commit) ?? new Uint8Array()).set(cid, bytes)
  for (const node of tree.nodes()) blocks.setBytes(node.cid, node.bytes)
  return withBlocks({ ...event, ops: [{ ...op, cid }] }, blocks)
}

const extra = (): BlockMap => blocksOf(good).set(stranger, encodeData({ other: true }))
const lastByteOfCar = (event: CommitEvent): CommitEvent => ({ ...event, blocks: flipBit(event.blocks, event.blocks.length - 1) })
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
  ['a create without cid', withOp(good, 'create', { cid: null }), 'commit.op-form'],
  ['a delete with cid', withOp(good, 'delete', { cid: stranger }), 'commit.op-form'],
  ['an update without prev', withOp(good, 'update', { prev: null }), 'commit.prev-missing'],
  ['a delete without prev', withOp(good, 'delete', { prev: null }), 'commit.prev-missing'],
  ['a create with prev', withOp(good, 'create', { prev: stranger }), 'commit.prev-unexpected'],
  ['an update from itself', withOp(good, 'update', { prev: opOf('update').cid }), 'commit.op-unchanged'],
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
  ['another root in the CAR', withBlocks(good, extra(), stranger), 'commit.root-mismatch'],
  ['another commit in the event', { ...good, commit: stranger }, 'commit.root-mismatch'],
  ['no commit block', withoutBlock(good, good.commit), 'commit.block-missing'],
  ['a commit of another version', withCommitFields(good, { version: 2 }, keypair), 'commit.malformed'],
  ['a commit with one field more', withCommitFields(good, { more: 1 }, keypair), 'commit.malformed'],
  ['a commit of another account', withCommitFields(good, { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }, keypair), 'commit.did-mismatch'],
  ['an event of another account', { ...good, repo: parseDid('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa') }, 'commit.did-mismatch'],
  ['another rev in the commit', withCommitFields(good, { rev: tidFromMicros(nowMs * 1000 + 999, 1) }, keypair), 'commit.rev-mismatch'],
  ['another rev in the event', { ...good, rev: parseTid(tidFromMicros(nowMs * 1000 + 999, 1)) }, 'commit.rev-mismatch'],
  ['no root of the tree', withoutBlock(good, head.data), 'commit.block-missing'],
  ['a tree that is a record', withRoot(encodeData({ other: true })), 'commit.tree-malformed'],
  ['a tree whose root has no keys', withRoot(encodeData({ e: [], l: head.data })), 'commit.tree-malformed'],
  ['an empty tree', withRoot(encodeData({ e: [], l: null })), 'commit.op-mismatch'],
  ['another path', withOp(good, 'create', { path: parseRecordPath(path(1001)) }), 'commit.op-mismatch'],
  ['a delete of what is still there', withOp(good, 'delete', { path: parseRecordPath(standing) }), 'commit.op-mismatch'],
  ['a create said to be a delete', withOp(good, 'create', { action: 'delete', cid: null, prev: stranger }), 'commit.op-mismatch'],
  ['a delete said to be a create', withOp(good, 'delete', { action: 'create', cid: stranger, prev: null }), 'commit.op-mismatch'],
  ['another cid of a create', withOp(good, 'create', { cid: stranger }), 'commit.cid-mismatch'],
  ['another cid of an update', withOp(good, 'update', { cid: stranger }), 'commit.cid-mismatch'],
  ['an update said to be a create', withOp(good, 'update', { action: 'create', prev: null }), 'commit.inversion'],
  ['a create said to be an update', withOp(good, 'create', { action: 'update', prev: stranger }), 'commit.inversion'],
  ['another prev of an update', withOp(good, 'update', { prev: stranger }), 'commit.inversion'],
  ['another prev of a delete', withOp(good, 'delete', { prev: stranger }), 'commit.inversion'],
  ['another prevData', { ...good, prevData: stranger }, 'commit.inversion'],
  ['an operation left out', { ...good, ops: good.ops.slice(1) }, 'commit.inversion'],
  ['a first commit that is none', { ...good, prevData: null, since: null }, 'commit.inversion'],
  ['no record of a create', withoutBlock(good, opOf('create').cid ?? stranger), 'commit.block-missing'],
  ['no record of an update', withoutBlock(good, opOf('update').cid ?? stranger), 'commit.block-missing'],
  ['a record of a megabyte', withRecord(encodeData({ text: 'x'.repeat(1_000_000) })), 'commit.record-too-large'],
  ['a record that is a list', withRecord(encodeData([1])), 'commit.record-malformed'],
  ['a record with a float', withRecord(Uint8Array.of(0xa1, 0x61, 0x61, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)), 'commit.record-malformed'],
  ['a block of nobody', withBlocks(good, extra()), 'commit.block-unexpected'],
  ['a signature with one bit changed', withCommitFields(good, { sig: flipBit(head.sig, 40) }, keypair), 'commit.signature'],
  ['a signature of zeros', withCommitFields(good, { sig: new Uint8Array(64) }, keypair), 'commit.signature'],
  ['a signature too short', withCommitFields(good, { sig: new Uint8Array(63) }, keypair), 'commit.malformed'],
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
