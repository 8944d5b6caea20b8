// The data model in CBOR and JSON: the published vectors, @atproto/lex-cbor as the oracle, and everything that must be refused.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { decode as oracleDecode, encode as oracleEncode } from '@atproto/lex-cbor'
import { cidForCbor, cidForRaw } from '../../atproto/cid.ts'
import { dataToJson, decodeData, encodeData, InvalidData, jsonToData, parseDataMap } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { interopDir, skipUnless } from '../support/needs.ts'
import { seededRandom } from '../support/random.ts'
import type { Random } from '../support/random.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('published vectors', { skip: skipUnless(interopDir, 'the interop vectors') }, () => {
  const read = <T>(name: string): T[] => JSON.parse(readFileSync(join(interopDir ?? '', 'data-model', `${name}.json`), 'utf8')) as T[]

  test('fixtures: JSON → CBOR → CID, and back', () => {
    for (const { json, cbor_base64, cid } of read<{ json: unknown; cbor_base64: string; cid: string }>('data-model-fixtures')) {
      const bytes = encodeData(jsonToData(json))
      assert.equal(Buffer.from(bytes).toString('base64').replace(/=+$/, ''), cbor_base64)
      assert.equal(cidForCbor(bytes).toString(), cid)
      assert.deepEqual(dataToJson(decodeData(bytes)), json)
    }
  })
  test('valid records', () => {
    for (const { json } of read<{ json: unknown }>('data-model-valid'))
      assert.doesNotThrow(() => encodeData(parseDataMap(jsonToData(json))))
  })
  test('invalid records', () => {
    for (const { note, json } of read<{ note: string; json: unknown }>('data-model-invalid')) {
      assert.throws(() => parseDataMap(jsonToData(json)), InvalidData, note)
    }
  })
})

test('random values: the same bytes as the oracle, and the same value back', () => {
  const random = seededRandom(2)
  for (let round = 0; round < 3000; round++) {
    const value = randomData(random, 4)
    const bytes = encodeData(value)
    assert.deepEqual(Buffer.from(bytes), Buffer.from(oracleEncode(value as never)))
    assert.deepEqual(encodeData(decodeData(bytes)), bytes)
    assert.deepEqual(encodeData(oracleDecode(bytes) as Data), bytes)
    assert.deepEqual(encodeData(jsonToData(JSON.parse(JSON.stringify(dataToJson(value))))), bytes)
  }
})

test('random damage: whatever is accepted is canonical', () => {
  const random = seededRandom(3)
  let accepted = 0
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(encodeData(randomData(random, 3)))
    for (let hits = random.below(3); hits >= 0; hits--) bytes[random.below(bytes.length)] = random.below(256)
    try {
      assert.deepEqual(Buffer.from(encodeData(decodeData(bytes))), Buffer.from(bytes))
      accepted++
    } catch (error) {
      assert.ok(error instanceof InvalidData, String(error))
    }
  }
  assert.ok(accepted > 100, `${accepted} were accepted`)
})

test('larger than the scratch', () => {
  const value = { text: 'あ'.repeat(50_000), bytes: new Uint8Array(200_000), list: Array.from({ length: 30_000 }, (_, index) => index) }
  assert.deepEqual(decodeData(encodeData(value)), value)
  assert.equal(encodeData('after').length, 6)
})

const refusedBytes: readonly (readonly [string, string])[] = [
  ['nothing at all', ''],
  ['bytes behind the end', 'f6 f6'],
  ['a float', 'fb 3ff0000000000000'],
  ['a half float', 'f9 3c00'],
  ['undefined', 'f7'],
  ['a simple value', 'e0'],
  ['a break', 'ff'],
  ['a long head, 1 byte', '18 17'],
  ['a long head, 2 bytes', '19 00ff'],
  ['a long head, 4 bytes', '1a 0000ffff'],
  ['a long head, 8 bytes', '1b 00000000ffffffff'],
  ['an integer of 2^53', '1b 0020000000000000'],
  ['an integer of −2^53', '3b 001fffffffffffff'],
  ['an indefinite list', '9f ff'],
  ['an indefinite map', 'bf ff'],
  ['an indefinite text', '7f 61 61 ff'],
  ['a reserved length', '1c'],
  ['text cut off', '63 6161'],
  ['text that claims 2^32', '7a ffffffff'],
  ['bytes that claim 2^53', '5b 0010000000000000'],
  ['a list that claims 2^32', '9a ffffffff'],
  ['a map that claims 2^32', 'ba ffffffff'],
  ['text that is not UTF-8', '61 ff'],
  ['text with an encoded surrogate', '63 eda080'],
  ['a key that is a number', 'a1 01 01'],
  ['a key twice', 'a2 6161 01 6161 02'],
  ['keys out of order', 'a2 6162 01 6161 02'],
  ['a longer key first', 'a2 626161 01 6162 02'],
  ['a key named __proto__', 'a1 69 5f5f70726f746f5f5f a0'],
  ['tag 0', 'c0 6161'],
  ['tag 42 in two bytes', 'd9 002a 4100'],
  ['a link that is text', 'd8 2a 6161'],
  ['a link that is empty', 'd8 2a 40'],
  ['a link without its zero', `d8 2a 58 24 01711220 ${'00'.repeat(32)}`],
  ['a link of version 0', `d8 2a 58 23 00 1220 ${'00'.repeat(32)}`],
  ['a link of another codec', `d8 2a 58 25 00 01701220 ${'00'.repeat(32)}`],
  ['a link of another hash', `d8 2a 58 25 00 01711320 ${'00'.repeat(32)}`],
  ['a link cut off', `d8 2a 58 25 00 01711220 ${'00'.repeat(31)}`],
  ['lists nested 129 deep', `${'81'.repeat(129)} f6`],
  ['lists nested a million deep', '81'.repeat(1_000_000)],
]

for (const [name, hex] of refusedBytes) test(`refused: ${name}`, () => assert.throws(() => decodeData(bytesOf(hex)), InvalidData))

test('what cannot be encoded', () => {
  const nested = Array.from({ length: 200 }).reduce<Data>((inner) => [inner], 1)
  const values: unknown[] = [
    1.5,
    Number.NaN,
    Infinity,
    2 ** 53,
    -(2 ** 53),
    undefined,
    { a: undefined },
    [undefined],
    '\ud800',
    1n,
    Symbol.iterator,
    () => 1,
  ]
  for (const value of [...values, new Date(), new Map(), JSON.parse('{"__proto__": 1}'), nested]) {
    assert.throws(() => encodeData(value as Data), InvalidData, String(value))
  }
  assert.deepEqual(encodeData(-0), encodeData(0))
})

test('what JSON cannot say', () => {
  const texts = [
    '1.5',
    '1e300',
    '9007199254740993',
    '"\\ud800"',
    '{"\\ud800": 1}',
    '{"__proto__": 1}',
    '{"$bytes": "a-b_"}',
    '{"$link": "x", "a": 1}',
  ]
  for (const text of [...texts, `${'['.repeat(200)}${']'.repeat(200)}`])
    assert.throws(() => jsonToData(JSON.parse(text)), InvalidData, text)
  assert.throws(() => jsonToData(undefined), InvalidData)
})

test('only maps are maps', () => {
  for (const value of [null, 1, 'a', [], new Uint8Array(1), cidForRaw(new Uint8Array(1))])
    assert.throws(() => parseDataMap(value), InvalidData)
  assert.deepEqual(parseDataMap({ a: 1 }), { a: 1 })
})

function randomData(random: Random, depth: number): Data {
  const kind = random.below(depth === 0 ? 6 : 8)
  if (kind === 0) return random.pick([null, true, false])
  if (kind === 1) return random.below(2 ** random.below(32)) * (random.below(2) === 0 ? 1 : -1)
  if (kind === 2) return Math.floor(random.next() * Number.MAX_SAFE_INTEGER) * (random.below(2) === 0 ? 1 : -1)
  if (kind === 3) return randomText(random)
  if (kind === 4) return random.bytes(random.below(40))
  if (kind === 5) return random.below(2) === 0 ? cidForCbor(random.bytes(3)) : cidForRaw(random.bytes(3))
  if (kind === 6) return Array.from({ length: random.below(5) }, () => randomData(random, depth - 1))
  return Object.fromEntries(Array.from({ length: random.below(6) }, () => [randomText(random), randomData(random, depth - 1)]))
}

const randomText = (random: Random): string =>
  Array.from({ length: random.below(8) }, () => random.pick(['a', 'b', 'z', 'é', 'あ', '😀', '和', '\uffff', '\0'])).join('')
