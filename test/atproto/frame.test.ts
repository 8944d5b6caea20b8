// Frames: what is written is read back; whatever else comes is refused or ignored, and never spins or throws anything else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cidForCbor } from '../../atproto/cid.ts'
import { dataToJson, encodeData } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { decodeFrame, encodeErrorFrame, encodeFrame, InvalidFrame } from '../../atproto/frame.ts'
import { FRAME_MAX_BYTES } from '../../atproto/limits.ts'
import { seededRandom } from '../support/random.ts'

const join = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts)

test('a message frame is header and payload, and comes back with the payload as sent', () => {
  const payload = { seq: 7, link: cidForCbor(new Uint8Array([1])), bytes: new Uint8Array([1, 2, 3]) }
  const bytes = encodeFrame('#commit', payload)
  assert.equal(Buffer.from(bytes.subarray(0, 15)).toString('hex'), `a261746723636f6d6d6974626f7001`)
  const frame = decodeFrame(bytes)
  assert.ok(frame.kind === 'message')
  assert.equal(frame.t, '#commit')
  assert.deepEqual(dataToJson(frame.payload), dataToJson(payload))
  assert.deepEqual(Buffer.from(frame.payloadBytes), Buffer.from(encodeData(payload)))
})

test('an error frame carries its name and message', () => {
  assert.deepEqual(decodeFrame(encodeErrorFrame('FutureCursor', 'too far')), { kind: 'error', error: 'FutureCursor', message: 'too far' })
  assert.deepEqual(decodeFrame(encodeErrorFrame('ConsumerTooSlow')), { kind: 'error', error: 'ConsumerTooSlow' })
})

test('an unknown op is a frame to ignore, and unknown header fields do no harm', () => {
  assert.deepEqual(decodeFrame(join(encodeData({ op: 2, t: '#x' }), encodeData({}))), { kind: 'unknown', op: 2 })
  const frame = decodeFrame(
    join(encodeData({ op: 1, t: '#info', more: [{ deep: ['x', new Uint8Array(300)] }, null, true] }), encodeData({ name: 'n' })),
  )
  assert.ok(frame.kind === 'message' && frame.t === '#info')
})

const header = encodeData({ op: 1, t: '#commit' })
const refused: readonly (readonly [string, Uint8Array])[] = [
  ['no bytes', new Uint8Array()],
  ['header only', header],
  ['a payload that is no map', join(header, encodeData('text'))],
  ['a payload that is a link', join(header, encodeData(cidForCbor(new Uint8Array())))],
  ['a third object', join(header, encodeData({}), encodeData({}))],
  ['a payload cut short', join(header, encodeData({ a: 'bcd' }).subarray(0, 4))],
  ['a header that is no map', join(encodeData([1]), encodeData({}))],
  ['a header without op', join(encodeData({ t: '#commit' }), encodeData({}))],
  ['a header without t', join(encodeData({ op: 1 }), encodeData({}))],
  ['an error without a name', join(encodeData({ op: -1 }), encodeData({ message: 'x' }))],
  ['an indefinite map', Uint8Array.of(0xbf, 0xff)],
  ['a map of 2^64-1 entries', Uint8Array.of(0xbb, 255, 255, 255, 255, 255, 255, 255, 255)],
  ['an array of 2^32-1 entries', Uint8Array.of(0x9a, 255, 255, 255, 255)],
  ['a text of 2^53 bytes', Uint8Array.of(0x7b, 0, 32, 0, 0, 0, 0, 0, 0)],
  ['ten thousand nested lists', new Uint8Array(10_000).fill(0x81)],
  ['ten thousand nested tags', new Uint8Array(10_000).fill(0xc1)],
  ['a header of two kilobytes', join(encodeData({ op: 1, t: 'x'.repeat(2000) }), encodeData({}))],
  [
    'a payload nested beyond reason',
    join(header, Uint8Array.of(0xa1, 0x61, 0x61), new Uint8Array(100_000).fill(0x81), Uint8Array.of(0xf6)),
  ],
  ['a float', join(header, Uint8Array.of(0xa1, 0x61, 0x61, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0))],
]

for (const [what, bytes] of refused) {
  test(`no frame: ${what}`, () => {
    assert.throws(
      () => decodeFrame(bytes),
      (error) => error instanceof InvalidFrame && error.code === 'frame.malformed',
    )
  })
}

test('a frame over 5 MB is refused before it is read', () => {
  assert.throws(
    () => decodeFrame(new Uint8Array(FRAME_MAX_BYTES + 1)),
    (error) => error instanceof InvalidFrame && error.code === 'frame.too-large',
  )
})

test('a frame with any byte altered is read or refused, and nothing else', () => {
  const random = seededRandom(11)
  const payload: Data = {
    seq: 1,
    repo: 'did:plc:ewvi7nxzyoun6zhxrhs64oiz',
    ops: [{ action: 'create', cid: cidForCbor(new Uint8Array()) }],
    blocks: new Uint8Array(40),
  }
  const good = encodeFrame('#commit', payload)
  for (let round = 0; round < 5_000; round++) {
    const bytes = Uint8Array.from(good)
    for (let count = 1 + random.below(3); count > 0; count--) bytes[random.below(bytes.length)] = random.below(256)
    const cut = random.below(4) === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes
    try {
      decodeFrame(cut)
    } catch (error) {
      assert.ok(error instanceof InvalidFrame, `seed 11, round ${round}: ${String(error)}`)
    }
  }
})
