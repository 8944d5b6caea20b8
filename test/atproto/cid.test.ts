// CIDs: text and bytes, the two codecs, and nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CID } from 'multiformats/cid'
import { asCid, cidBytes, cidForCbor, cidForRaw, cidFromBytes, cidHashes, cidKey, isCborCid, parseCid, sameCid } from '../../atproto/cid.ts'
import { InvalidSyntax } from '../../atproto/invalid-syntax.ts'

const content = Buffer.from('content')

test('text, bytes and object are one', () => {
  for (const cid of [cidForCbor(content), cidForRaw(content)]) {
    assert.ok(cid instanceof CID)
    assert.ok(sameCid(parseCid(cid.toString()), cid))
    assert.ok(sameCid(cidFromBytes(cidBytes(cid)), cid))
    assert.equal(cidKey(cidBytes(cid)), cidKey(Uint8Array.from(cidBytes(cid))))
    assert.ok(cidHashes(cidBytes(cid), content))
    assert.equal(cidHashes(cidBytes(cid), Buffer.from('Content')), false)
  }
  assert.equal(isCborCid(cidForCbor(content)), true)
  assert.equal(isCborCid(cidForRaw(content)), false)
  assert.equal(sameCid(cidForCbor(content), cidForRaw(content)), false)
})

test('a known CID', () => {
  assert.equal(cidForCbor(Buffer.from('a0', 'hex')).toString(), 'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua')
})

test('other forms are refused', () => {
  const good = cidBytes(cidForCbor(content))
  for (const [at, byte] of [
    [0, 0],
    [1, 0x70],
    [2, 0x13],
    [3, 0x1f],
  ] as const) {
    const bad = Uint8Array.from(good)
    bad[at] = byte
    assert.throws(() => cidFromBytes(bad), InvalidSyntax)
  }
  assert.throws(() => cidFromBytes(good.subarray(1)), InvalidSyntax)
  assert.throws(() => cidFromBytes(Uint8Array.from([...good, 0])), InvalidSyntax)
  const text = cidForCbor(content).toString()
  for (const bad of [
    text.toUpperCase(),
    ` ${text}`,
    text.slice(0, -1),
    `${text.slice(0, -1)}1`,
    'QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR',
  ]) {
    assert.throws(() => parseCid(bad), InvalidSyntax, bad)
  }
  assert.equal(asCid('bafyrei'), undefined)
  assert.equal(asCid(null), undefined)
  assert.equal(asCid({}), undefined)
})
