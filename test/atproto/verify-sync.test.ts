// A #sync event with each part altered in turn.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCar, writeCar } from '../../atproto/car.ts'
import { cidForCbor, sameCid } from '../../atproto/cid.ts'
import { signCommit } from '../../atproto/commit.ts'
import { encodeData } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import type { SyncEvent } from '../../atproto/event.ts'
import type { EventRefusal } from '../../atproto/event-refusals.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { tidFromMicros } from '../../atproto/tid.ts'
import { verifySync, verifySyncStructure } from '../../atproto/verify-sync.ts'
import { createTestRepo } from '../support/frames.ts'

const nowMs = 1_790_000_000_000
const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const keypair = createKeypair()
const repo = createTestRepo(did, keypair, { nowMs: () => nowMs })
const { commitCid, dataCid } = repo.write([{ action: 'create', path: 'org.waki.action/one', value: { n: 1 } }])
const good = repo.sync().event
const block = { cid: commitCid, bytes: readCar(good.blocks, { maxBytes: 10_000, maxBlocks: 10 }).blocks.get(commitCid) ?? new Uint8Array() }
const other = { cid: cidForCbor(encodeData({})), bytes: encodeData({}) }
const elsewhere = signCommit({ did: parseDid('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'), data: dataCid, rev: good.rev }, keypair)
const forged = signCommit({ did, data: dataCid, rev: good.rev }, createKeypair())

test('the good one is believed, and gives the commit', () => {
  const answer = verifySync(good, keypair.didKey, nowMs)
  assert.ok(answer.ok && sameCid(answer.commitCid, commitCid) && sameCid(answer.dataCid, dataCid))
  assert.equal(answer.commit.rev, good.rev)
})

const refused: readonly (readonly [string, Partial<SyncEvent>, EventRefusal])[] = [
  ['a rev in the future', { rev: tidFromMicros((nowMs + 600_000) * 1000, 0) }, 'commit.rev-future'],
  ['another rev', { rev: tidFromMicros(nowMs * 1000 - 5, 0) }, 'commit.rev-mismatch'],
  ['another account', { did: parseDid('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa') }, 'commit.did-mismatch'],
  ['too many bytes', { blocks: new Uint8Array(10_001) }, 'commit.blocks-too-large'],
  ['no CAR', { blocks: Uint8Array.of(1, 2, 3) }, 'commit.car-malformed'],
  [
    'a byte of the commit',
    { blocks: good.blocks.map((byte, index) => (index === good.blocks.length - 1 ? byte ^ 1 : byte)) },
    'commit.block-hash',
  ],
  ['a CAR without its root', { blocks: writeCar(commitCid, []) }, 'commit.block-missing'],
  ['a root that is no commit', { blocks: writeCar(other.cid, [other]) }, 'commit.malformed'],
  ['a block more', { blocks: writeCar(commitCid, [block, other]) }, 'commit.block-unexpected'],
  ['the commit of another account', { blocks: writeCar(elsewhere.cid, [elsewhere]) }, 'commit.did-mismatch'],
  ['another signer', { blocks: writeCar(forged.cid, [forged]) }, 'commit.signature'],
]
for (const [what, changes, code] of refused)
  test(`${what}: ${code}`, () => {
    const answer = verifySync({ ...good, ...changes }, keypair.didKey, nowMs)
    assert.equal(answer.ok ? 'believed' : answer.reason, code)
  })

test('structure apart from signature', () => {
  assert.ok(verifySyncStructure({ ...good, blocks: writeCar(forged.cid, [forged]) }, nowMs).ok)
})
