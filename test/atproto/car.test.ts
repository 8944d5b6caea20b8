// CARs: ours are read by @atproto/repo and its are read by us; every lie about length, hash or form is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blocksToCarFile, BlockMap as OracleBlockMap, readCar as oracleReadCar } from '@atproto/repo'
import { BlockMap } from '../../atproto/block-map.ts'
import type { Block } from '../../atproto/block-map.ts'
import { carChunks, InvalidCar, readCar, writeCar } from '../../atproto/car.ts'
import { cidForCbor, cidForRaw } from '../../atproto/cid.ts'
import { encodeData } from '../../atproto/data-model.ts'
import { seededRandom } from '../support/random.ts'

const limits = { maxBytes: 10_000_000, maxBlocks: 1000 }
const random = seededRandom(4)
const blocks: Block[] = [0, 1, 90, 91, 92, 127, 128, 20_000].map((length) => {
  const bytes = random.bytes(length)
  return { cid: length % 2 === 0 ? cidForCbor(bytes) : cidForRaw(bytes), bytes }
})
const first = blocks[2] as Block
const car = writeCar(first.cid, blocks)
const plain = (list: Iterable<Block>): [string, string][] =>
  Array.from(list, ({ cid, bytes }) => [cid.toString(), Buffer.from(bytes).toString('hex')])

const refuses = (bytes: Uint8Array, reason: InvalidCar['reason'], given = limits): void => {
  assert.throws(
    () => readCar(bytes, given),
    (error) => error instanceof InvalidCar && error.reason === reason,
  )
}

test('read back what was written', () => {
  const read = readCar(car, limits)
  assert.deepEqual(read.roots.map(String), [first.cid.toString()])
  assert.deepEqual(plain(read.blocks), plain(blocks))
  assert.equal(read.blocks.size, blocks.length)
})

test('the reference reads ours, we read the reference', async () => {
  const theirs = await oracleReadCar(car)
  assert.deepEqual(theirs.roots.map(String), [first.cid.toString()])
  for (const { cid, bytes } of blocks) assert.deepEqual(Buffer.from(theirs.blocks.get(cid as never) ?? []), Buffer.from(bytes))
  const map = new OracleBlockMap()
  for (const { cid, bytes } of blocks) map.set(cid, bytes)
  const written = await blocksToCarFile(first.cid, map)
  assert.deepEqual(new Map(plain(readCar(written, limits).blocks)), new Map(plain(blocks)))
})

test('as a stream: the same bytes in pieces, from any iterable', async () => {
  const many = Array.from({ length: 20 }, () => blocks).flat()
  async function* later(): AsyncGenerator<Block> {
    yield* many
  }
  for (const source of [many, later()]) {
    const chunks = await Array.fromAsync(carChunks(first.cid, source))
    assert.ok(chunks.length > 1)
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(writeCar(first.cid, many)))
  }
})

test('any cut is refused, unless it falls between two blocks', () => {
  const ends = new Set<number>()
  for (let count = 0; count <= blocks.length; count++) ends.add(writeCar(first.cid, blocks.slice(0, count)).length)
  const head = car.length - 20_000
  for (let length = 0; length < head; length++) {
    if (ends.has(length)) assert.doesNotThrow(() => readCar(car.subarray(0, length), limits))
    else refuses(car.subarray(0, length), 'form')
  }
})

test('a changed byte of content is a wrong hash', () => {
  const changed = Uint8Array.from(car)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  refuses(changed, 'hash')
})

test('limits', () => {
  refuses(car, 'limit', { ...limits, maxBytes: car.length - 1 })
  refuses(car, 'limit', { ...limits, maxBlocks: blocks.length - 1 })
  assert.doesNotThrow(() => readCar(car, { maxBytes: car.length, maxBlocks: blocks.length }))
})

test('headers that are none', () => {
  const withHeader = (header: Uint8Array): Uint8Array => Buffer.concat([Buffer.from([header.length]), header])
  refuses(withHeader(encodeData({ roots: [], version: 2 })), 'form')
  refuses(withHeader(encodeData({ version: 1 })), 'form')
  refuses(withHeader(encodeData({ roots: ['x'], version: 1 })), 'form')
  refuses(withHeader(encodeData([1])), 'form')
  refuses(withHeader(Buffer.from('ff', 'hex')), 'form')
  assert.deepEqual(readCar(withHeader(encodeData({ roots: [], version: 1 })), limits).roots, [])
})

test('lengths that lie', () => {
  const header = writeCar(first.cid, [])
  for (const hex of ['ffffffffffffffffff01', '80808080808080808080', '00', '8000', '2500', 'ffffff7f', '24']) {
    refuses(Buffer.concat([header, Buffer.from(hex, 'hex')]), 'form')
  }
  refuses(Buffer.concat([header, Buffer.from([10]), Buffer.alloc(10)]), 'form')
})

test('a block map keeps each CID once', () => {
  const map = new BlockMap().set(first.cid, first.bytes).set(first.cid, first.bytes)
  assert.equal(map.size, 1)
  assert.ok(map.has(first.cid))
  assert.equal(map.get((blocks[0] as Block).cid), undefined)
  assert.equal(map.bytesOf(first.cid.bytes), first.bytes)
})
