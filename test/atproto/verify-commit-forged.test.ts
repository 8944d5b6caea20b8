// Forgeries at random: bytes of the CAR, and nodes of the tree with every hash and the signature made to follow. None is believed, none throws.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeCar } from '../../atproto/car.ts'
import { sameCid } from '../../atproto/cid.ts'
import { parseDid } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import { blocksOf, flipBit, withoutBlock, withTreeBlock } from '../support/forge.ts'
import { createTestRepo } from '../support/frames.ts'
import type { TestWrite } from '../support/frames.ts'
import { seededRandom } from '../support/random.ts'

const nowMs = 1_790_000_000_000
const keypair = createKeypair()
const repo = createTestRepo(parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz'), keypair, { nowMs: () => nowMs })
const create = (number: number): TestWrite => ({ action: 'create', path: `org.waki.action/r${number}`, value: { number } })
repo.write(Array.from({ length: 150 }, (_, number) => create(number)))
const good = repo.write([
  create(1000),
  { action: 'update', path: 'org.waki.action/r7', value: { number: 77 } },
  { action: 'delete', path: 'org.waki.action/r8' },
]).event
const answerTo = (event: typeof good): string => {
  const answer = verifyCommit(event, keypair.didKey, nowMs)
  return answer.ok ? 'believed' : answer.reason
}

test('each block altered, and each left out, is refused; blocks in another order are not', () => {
  const blocks = [...blocksOf(good)]
  assert.ok(blocks.length > 6)
  for (const [index, { cid, bytes }] of blocks.entries()) {
    const altered = blocks.map((block) => (block.cid === cid ? { cid, bytes: flipBit(bytes, bytes.length >> 1) } : block))
    assert.equal(answerTo({ ...good, blocks: writeCar(good.commit, altered) }), 'commit.block-hash', `block ${index}`)
    assert.equal(answerTo(withoutBlock(good, cid)), 'commit.block-missing', `block ${index}`)
  }
  assert.equal(answerTo({ ...good, blocks: writeCar(good.commit, blocks.toReversed()) }), 'believed')
})

test('tree nodes with random bytes altered, all hashes and the signature made to follow', () => {
  const seed = 21
  const random = seededRandom(seed)
  const records = good.ops.map((op) => op.cid?.toString())
  const nodes = [...blocksOf(good)].filter(({ cid }) => !sameCid(cid, good.commit) && !records.includes(cid.toString()))
  const met = new Set<string>()
  for (let round = 0; round < 1_000; round++) {
    const { cid, bytes } = random.pick(nodes)
    const altered = Uint8Array.from(bytes)
    for (let count = 1 + random.below(2); count > 0; count--) altered[random.below(altered.length)] = random.below(256)
    if (Buffer.from(altered).equals(bytes)) continue
    const answer = answerTo(withTreeBlock(good, cid, altered, keypair))
    assert.notEqual(answer, 'believed', `seed ${seed}, round ${round}`)
    met.add(answer)
  }
  assert.ok(met.has('commit.tree-malformed') && met.has('commit.inversion'), [...met].join())
})

test('a CAR with random bytes altered or cut off', () => {
  const seed = 22
  const random = seededRandom(seed)
  for (let round = 0; round < 2_000; round++) {
    const blocks = Uint8Array.from(good.blocks)
    const at = random.below(blocks.length)
    blocks[at] = (blocks[at] ?? 0) ^ (1 + random.below(255))
    const cut = random.below(3) === 0 ? blocks.subarray(0, random.below(blocks.length)) : blocks
    assert.notEqual(answerTo({ ...good, blocks: cut }), 'believed', `seed ${seed}, round ${round}`)
  }
})
