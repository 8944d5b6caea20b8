// Keys: the published vectors; the native library, node:crypto and @atproto/crypto held equal; malleable and damaged signatures refused.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { P256Keypair, Secp256k1Keypair, verifySignature as oracleVerify } from '@atproto/crypto'
import { curves } from '../../atproto/curves.ts'
import type { Curve } from '../../atproto/curves.ts'
import { createKeypair, importKeypair, InvalidKey, parseDidKey, verifySignature } from '../../atproto/keys.ts'
import { loadNativeK256 } from '../../atproto/native-k256.ts'
import { nodeCurve } from '../../atproto/node-curve.ts'
import { interopDir, skipUnless } from '../support/needs.ts'
import { seededRandom } from '../support/random.ts'

const nativeK256 = loadNativeK256()
const nativeHere = skipUnless(nativeK256 && 'here', 'the native binding of secp256k1')
const both: readonly Curve[] = ['k256', 'p256']
const orders: { readonly [curve in Curve]: bigint } = {
  k256: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
}
const oracles = { k256: Secp256k1Keypair, p256: P256Keypair }
const read = <T>(name: string): T[] => JSON.parse(readFileSync(join(interopDir ?? '', 'crypto', `${name}.json`), 'utf8')) as T[]
const toHex = (value: bigint): string => value.toString(16).padStart(64, '0')
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** The other signature over the same message: −s in place of s. */
function malleated(signature: Uint8Array, curve: Curve): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`)
  return Uint8Array.from([...signature.subarray(0, 32), ...bytesOf(toHex(orders[curve] - s))])
}

describe('published vectors', { skip: skipUnless(interopDir, 'the interop vectors') }, () => {
  test('signatures', () => {
    type Fixture = { comment: string; messageBase64: string; publicKeyDid: string; signatureBase64: string; validSignature: boolean }
    const fixtures = read<Fixture>('signature-fixtures')
    assert.ok(fixtures.some(({ validSignature }) => validSignature))
    for (const { comment, messageBase64, publicKeyDid, signatureBase64, validSignature } of fixtures) {
      const [message, signature] = [Buffer.from(messageBase64, 'base64'), Buffer.from(signatureBase64, 'base64')]
      assert.equal(verifySignature(publicKeyDid, message, signature), validSignature, comment)
      const { curve, bytes } = parseDidKey(publicKeyDid)
      if (signature.length === 64) assert.equal(nodeCurve(curve).verifier(bytes)(message, signature), validSignature, comment)
    }
  })
  test('did:key of a private key, K-256', () => {
    for (const { privateKeyBytesHex, publicDidKey } of read<{ privateKeyBytesHex: string; publicDidKey: string }>('w3c_didkey_K256')) {
      assert.equal(importKeypair(bytesOf(privateKeyBytesHex), 'k256').didKey, publicDidKey)
    }
  })
  test('did:key of a private key, P-256', async () => {
    const { base58btc } = await import('multiformats/bases/base58')
    for (const { privateKeyBytesBase58, publicDidKey } of read<{ privateKeyBytesBase58: string; publicDidKey: string }>(
      'w3c_didkey_P256',
    )) {
      assert.equal(importKeypair(base58btc.decode(`z${privateKeyBytesBase58}`), 'p256').didKey, publicDidKey)
    }
  })
})

for (const curve of both) {
  test(`${curve}: we and the reference verify each other, whichever arithmetic is ours`, async () => {
    const random = seededRandom(5)
    for (let round = 0; round < 20; round++) {
      const keypair = createKeypair(curve)
      const secret = keypair.exportPrivate()
      const theirs = await oracles[curve].import(secret)
      assert.equal(theirs.did(), keypair.didKey)
      const message = random.bytes(random.below(300))
      const node = nodeCurve(curve).signer(secret)
      const theirSignature = await theirs.sign(message)
      for (const signature of [keypair.sign(message), node.sign(message), theirSignature]) {
        assert.ok(verifySignature(keypair.didKey, message, signature))
        assert.ok(nodeCurve(curve).verifier(node.publicKey)(message, signature))
        assert.ok(await oracleVerify(keypair.didKey, message, signature))
      }
    }
  })

  test(`${curve}: the malleable twin, any changed bit, and any other length are refused`, () => {
    const keypair = createKeypair(curve)
    const message = Buffer.from('message')
    const signature = keypair.sign(message)
    const point = parseDidKey(keypair.didKey).bytes
    const refused = (bad: Uint8Array, why: string): void => {
      assert.equal(verifySignature(keypair.didKey, message, bad), false, why)
      if (bad.length === 64) assert.equal(nodeCurve(curve).verifier(point)(message, bad), false, why)
    }
    refused(malleated(signature, curve), 'high s')
    for (let bit = 0; bit < 512; bit += 7) {
      const bad = Uint8Array.from(signature)
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      refused(bad, `bit ${bit}`)
    }
    refused(signature.subarray(0, 63), 'short')
    refused(Uint8Array.from([...signature, 0]), 'long')
    refused(new Uint8Array(64), 'zero')
    refused(new Uint8Array(64).fill(255), 'beyond the order')
    refused(bytesOf(toHex(orders[curve]) + '00'.repeat(31) + '01'), 'r is the order')
    assert.equal(verifySignature(keypair.didKey, Buffer.from('Message'), signature), false)
    assert.equal(verifySignature(createKeypair(curve).didKey, message, signature), false)
  })

  test(`${curve}: private keys out of range are refused`, () => {
    for (const arithmetic of [curves[curve], nodeCurve(curve)]) {
      for (const bad of [0n, orders[curve], orders[curve] + 1n]) assert.equal(arithmetic.isPrivateKey(bytesOf(toHex(bad))), false)
      for (const good of [1n, orders[curve] - 1n]) assert.equal(arithmetic.isPrivateKey(bytesOf(toHex(good))), true)
    }
    for (const bad of [new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(33).fill(1)])
      assert.throws(() => importKeypair(bad, curve), InvalidKey)
  })
}

test('k256: the native library and node:crypto agree', { skip: nativeHere }, () => {
  const library = nativeK256 ?? nodeCurve('k256')
  assert.equal(curves.k256.signer(new Uint8Array(32).fill(7)).publicKey.length, 33)
  const random = seededRandom(6)
  for (let round = 0; round < 50; round++) {
    const secret = random.bytes(32)
    const native = library.signer(secret)
    const node = nodeCurve('k256').signer(secret)
    const message = random.bytes(50)
    assert.deepEqual(Buffer.from(native.publicKey), Buffer.from(node.publicKey))
    assert.ok(nodeCurve('k256').verifier(native.publicKey)(message, native.sign(message)))
    assert.ok(library.verifier(node.publicKey)(message, node.sign(message)))
    assert.equal(library.verifier(node.publicKey)(message, malleated(node.sign(message), 'k256')), false)
  }
})

test('nothing verifies under what is no key', () => {
  const keypair = createKeypair()
  const message = Buffer.from('message')
  const signature = keypair.sign(message)
  const noPoint = `${keypair.didKey.slice(0, -1)}${keypair.didKey.endsWith('1') ? '2' : '1'}`
  for (const bad of [
    '',
    'did:key:',
    'did:plc:abc',
    'did:key:z0',
    keypair.didKey.slice(8),
    `${keypair.didKey}1`,
    `did:key:z${'1'.repeat(100_000)}`,
    'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
  ]) {
    assert.equal(verifySignature(bad, message, signature), false, bad.slice(0, 80))
    assert.throws(() => parseDidKey(bad), InvalidKey, bad.slice(0, 80))
  }
  assert.equal(verifySignature(noPoint, message, signature), false)
})

test('an imported key does not change with the bytes it came from', () => {
  const secret = new Uint8Array(32).fill(9)
  const keypair = importKeypair(secret)
  secret.fill(0)
  keypair.exportPrivate().fill(0)
  assert.deepEqual(keypair.exportPrivate(), new Uint8Array(32).fill(9))
  assert.ok(verifySignature(keypair.didKey, secret, keypair.sign(secret)))
})
