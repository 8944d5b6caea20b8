// did:plc operations and chains: known logs of the public directory, other people's signatures, recovery, and every invalid kind.

import assert from 'node:assert/strict'
import { P256Keypair, Secp256k1Keypair, verifySignature as oracleVerifies } from '@atproto/crypto'
import { encode } from '@atproto/lex-cbor'
import { test } from 'node:test'
import { parseDid } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { RECOVERY_WINDOW_MS, auditLog, decideNext } from '../../atproto/plc-chain.ts'
import type { ChainAnswer, PlcEntry } from '../../atproto/plc-chain.ts'
import {
  InvalidOperation,
  bytesOfOperation,
  cidOfOperation,
  createOperation,
  createTombstone,
  didOfGenesis,
  parseAnyOperation,
  parseOperation,
  sign,
  signerOf,
} from '../../atproto/plc-operation.ts'
import type { AnyOperation, LegacyCreate } from '../../atproto/plc-operation.ts'
import { bskyApp, legacy } from './known-logs.ts'
import type { KnownLog } from './known-logs.ts'

// Its types know no readonly; JSON gives the same value without them.
const oracleEncode = (value: object): Uint8Array => encode(JSON.parse(JSON.stringify(value)))

const [strong, middle, weak, stranger] = [createKeypair('k256'), createKeypair('p256'), createKeypair('k256'), createKeypair('k256')]
const rotationKeys = [strong.didKey, middle.didKey, weak.didKey]

const fields = (prev: string | null, name = 'a') => ({
  rotationKeys,
  verificationMethods: { atproto: weak.didKey },
  alsoKnownAs: [`at://${name}.test`],
  services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://pds.example' } },
  prev,
})

const cid = (operation: AnyOperation) => cidOfOperation(operation).toString()
const genesis = createOperation(fields(null), weak)
const did = didOfGenesis(genesis)
const HOUR = 3_600_000

/** A log kept by the rules, with a clock in hours. */
const keepLog = () => {
  let entries: PlcEntry[] = []
  const offer = (operation: AnyOperation, hour: number): ChainAnswer => {
    const answer = decideNext(did, entries, operation, hour * HOUR)
    if (answer.ok)
      entries = [
        ...entries.map((entry) => (answer.undone.includes(entry.cid) ? { ...entry, nullified: true } : entry)),
        { operation, cid: cid(operation), createdAtMs: hour * HOUR, nullified: false },
      ]
    return answer
  }
  const after = (prev: AnyOperation, signer: Keypair, name: string, hour: number) => {
    const operation = createOperation(fields(cid(prev), name), signer)
    return { operation, answer: offer(operation, hour) }
  }
  assert.deepEqual(offer(genesis, 0), { ok: true, undone: [] })
  return { offer, after, entries: () => entries }
}

const entriesOf = (log: KnownLog): PlcEntry[] =>
  log.entries.map((entry) => ({
    operation: parseAnyOperation(entry.operation),
    cid: entry.cid,
    createdAtMs: Date.parse(entry.createdAt),
    nullified: false,
  }))

test('logs of the public directory derive their DID, their CIDs and their signatures', () => {
  for (const log of [bskyApp, legacy]) {
    const entries = entriesOf(log)
    assert.equal(auditLog(parseDid(log.did), entries), undefined)
    const [first] = entries
    assert.ok(first)
    assert.equal(didOfGenesis(first.operation), log.did)
    const stranger = auditLog(did, entries)
    assert.equal(stranger?.at, 0)
    const swapped = entries.map((entry, at) =>
      at === 1 ? { ...entry, operation: { ...entry.operation, sig: first.operation.sig } } : entry,
    )
    assert.match(auditLog(parseDid(log.did), swapped)?.what ?? '', /CID/)
  }
})

test('@atproto/crypto verifies our signatures, we verify its, and bytes are those of @atproto/lex-cbor', async () => {
  for (const signer of [strong, middle]) {
    const operation = createOperation(fields(null), signer)
    const { sig, ...unsigned } = operation
    assert.ok(await oracleVerifies(signer.didKey, oracleEncode(unsigned), Buffer.from(sig, 'base64url')))
    assert.deepEqual(Buffer.from(bytesOfOperation(operation)), Buffer.from(oracleEncode(operation)))
  }
  for (const theirs of [await Secp256k1Keypair.create(), await P256Keypair.create()]) {
    const unsigned = { type: 'plc_operation', ...fields(null), rotationKeys: [theirs.did()] } as const
    const sig = Buffer.from(await theirs.sign(oracleEncode(unsigned))).toString('base64url')
    assert.equal(signerOf({ ...unsigned, sig }, [strong.didKey, theirs.did()]), theirs.did())
  }
})

const ORDERS = {
  k256: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
}

const withSig = <T extends AnyOperation>(operation: T, change: (sig: Buffer) => string): T => ({
  ...operation,
  sig: change(Buffer.from(operation.sig, 'base64url')),
})

const highS = (curve: 'k256' | 'p256') => (sig: Buffer) => {
  const s = ORDERS[curve] - BigInt(`0x${sig.subarray(32).toString('hex')}`)
  return Buffer.concat([sig.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]).toString('base64url')
}

const der = (sig: Buffer) => {
  const integer = (bytes: Buffer) => Buffer.concat([Buffer.of(2, 33, 0), bytes])
  const body = Buffer.concat([integer(sig.subarray(0, 32)), integer(sig.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url')
}

const unusedBits = (text: string) => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + letters[letters.indexOf(text.at(-1) ?? '') | 1]
}

test('a signature has exactly one text', () => {
  const byK256 = createOperation(fields(null), strong)
  const byP256 = createOperation(fields(null), middle)
  assert.equal(signerOf(byK256, rotationKeys), strong.didKey)
  assert.equal(signerOf(byP256, rotationKeys), middle.didKey)
  const wrong = {
    'high S k256': withSig(byK256, highS('k256')),
    'high S p256': withSig(byP256, highS('p256')),
    der: withSig(byK256, der),
    padded: withSig(byK256, (sig) => `${sig.toString('base64url')}==`),
    'unused bits': withSig(byK256, (sig) => unusedBits(sig.toString('base64url'))),
    newline: withSig(byK256, (sig) => `${sig.toString('base64url')}\n`),
    'inner newline': withSig(byK256, (sig) => `${sig.toString('base64url').slice(0, 40)}\n${sig.toString('base64url').slice(40)}`),
    base64: withSig(byK256, (sig) => sig.toString('base64')),
    short: withSig(byK256, (sig) => sig.subarray(1).toString('base64url')),
    empty: withSig(byK256, () => ''),
    'another operation': { ...byK256, alsoKnownAs: ['at://b.test'] },
  }
  for (const [name, operation] of Object.entries(wrong)) assert.equal(signerOf(operation, rotationKeys), undefined, name)
})

test('a chain goes on by any of its rotation keys, and by nobody else', () => {
  const log = keepLog()
  const one = log.after(genesis, strong, 'one', 1)
  const two = log.after(one.operation, weak, 'two', 2)
  assert.deepEqual(
    [one.answer, two.answer],
    [
      { ok: true, undone: [] },
      { ok: true, undone: [] },
    ],
  )
  assert.deepEqual(log.after(two.operation, stranger, 'three', 3).answer, { ok: false, reason: 'operation.signature' })
  const unknown = createOperation(fields(cid(createOperation(fields(null, 'x'), weak)), 'y'), strong)
  assert.deepEqual(log.offer(unknown, 3), { ok: false, reason: 'operation.prev-unknown' })
  assert.deepEqual(log.offer(createOperation(fields(null, 'again'), strong), 3), { ok: false, reason: 'operation.prev-unknown' })
  assert.deepEqual(log.offer(createOperation(fields('not a cid', 'again'), strong), 3), { ok: false, reason: 'operation.prev-unknown' })
  assert.equal(auditLog(did, log.entries()), undefined)
})

test('a key that was rotated out signs nothing any more', () => {
  const log = keepLog()
  const out = createOperation({ ...fields(cid(genesis)), rotationKeys: [strong.didKey] }, strong)
  assert.ok(log.offer(out, 1).ok)
  assert.deepEqual(log.after(out, weak, 'x', 2).answer, { ok: false, reason: 'operation.signature' })
  assert.deepEqual(log.after(genesis, weak, 'x', 2).answer, { ok: false, reason: 'operation.key-too-weak' })
})

test('a first operation must found this DID by its own key', () => {
  const answer = (operation: AnyOperation) => decideNext(did, [], operation, 0)
  assert.deepEqual(answer(createOperation(fields(cid(genesis)), strong)), { ok: false, reason: 'operation.genesis-expected' })
  assert.deepEqual(answer(createTombstone(cid(genesis), strong)), { ok: false, reason: 'operation.genesis-expected' })
  assert.deepEqual(answer(createOperation(fields(null, 'other'), strong)), { ok: false, reason: 'operation.did-mismatch' })
  const foreign = createOperation(fields(null), stranger)
  assert.deepEqual(decideNext(didOfGenesis(foreign), [], foreign, 0), { ok: false, reason: 'operation.signature' })
})

test('within 72 hours a more powerful key undoes a weaker one, and all that came after it', () => {
  const log = keepLog()
  const stolen = log.after(genesis, weak, 'stolen', 1)
  const more = log.after(stolen.operation, weak, 'more', 2)
  assert.deepEqual(log.after(genesis, weak, 'equal', 3).answer, { ok: false, reason: 'operation.key-too-weak' })
  const recovered = log.after(genesis, middle, 'recovered', 3)
  assert.deepEqual(recovered.answer, { ok: true, undone: [cid(stolen.operation), cid(more.operation)] })
  assert.deepEqual(log.after(more.operation, strong, 'on the undone', 4).answer, { ok: false, reason: 'operation.prev-unknown' })
  assert.deepEqual(log.after(genesis, middle, 'equal again', 4).answer, { ok: false, reason: 'operation.key-too-weak' })
  const again = log.after(genesis, strong, 'strongest', 5)
  assert.deepEqual(again.answer, { ok: true, undone: [cid(recovered.operation)] })
  assert.deepEqual(
    log.entries().map(({ nullified }) => nullified),
    [false, true, true, true, false],
  )
  assert.equal(auditLog(did, log.entries()), undefined)
  const lie = log.entries().map((entry) => ({ ...entry, nullified: false }))
  assert.deepEqual(auditLog(did, lie), { at: 1, what: 'nullified is not as the log says' })
})

test('recovery at exactly 72 hours stands; a moment later it is too late', () => {
  const late = (ms: number) => {
    const log = keepLog()
    log.after(genesis, weak, 'stolen', 1)
    return log.offer(createOperation(fields(cid(genesis), 'recovered'), strong), 1 + (RECOVERY_WINDOW_MS + ms) / HOUR)
  }
  assert.ok(late(0).ok)
  assert.deepEqual(late(1), { ok: false, reason: 'operation.too-late' })
})

test('nothing follows a tombstone, but a more powerful key may undo it', () => {
  const log = keepLog()
  const end = createTombstone(cid(genesis), weak)
  assert.ok(log.offer(end, 1).ok)
  assert.deepEqual(log.after(end, strong, 'after', 2).answer, { ok: false, reason: 'operation.tombstoned' })
  assert.deepEqual(log.after(genesis, strong, 'alive', 3).answer, { ok: true, undone: [cid(end)] })
})

test('the form of 2022 founds a DID, by signing or recovery key, and is nothing later', () => {
  const create: LegacyCreate = {
    type: 'create',
    signingKey: weak.didKey,
    recoveryKey: strong.didKey,
    handle: 'a.test',
    service: 'https://pds.example',
    prev: null,
  }
  for (const signer of [weak, strong]) {
    const signed = sign(create, signer)
    const old = didOfGenesis(signed)
    assert.ok(decideNext(old, [], signed, 0).ok)
    const entries = [{ operation: signed, cid: cid(signed), createdAtMs: 0, nullified: false }]
    assert.deepEqual(decideNext(old, entries, signed, 1), { ok: false, reason: 'operation.legacy-form' })
    assert.ok(decideNext(old, entries, createOperation(fields(cid(signed)), weak), 1).ok)
    assert.deepEqual(decideNext(old, entries, createOperation(fields(cid(signed)), middle), 1), {
      ok: false,
      reason: 'operation.signature',
    })
  }
})

test('what is no operation is not parsed', () => {
  const good = JSON.parse(JSON.stringify(genesis))
  assert.deepEqual(parseOperation(good), genesis)
  const wrong: Record<string, unknown> = {
    null: null,
    list: [],
    text: 'x',
    'no sig': { ...good, sig: undefined },
    'no prev': { ...good, prev: undefined },
    'other type': { ...good, type: 'plc_other' },
    'unknown field': { ...good, extra: 1 },
    'keys no list': { ...good, rotationKeys: 'x' },
    'key no text': { ...good, rotationKeys: [1] },
    'methods a list': { ...good, verificationMethods: [] },
    'service without endpoint': { ...good, services: { a: { type: 'x' } } },
    'service with more': { ...good, services: { a: { type: 'x', endpoint: 'y', z: 1 } } },
    'lone surrogate': { ...good, alsoKnownAs: ['\ud800'] },
    'forbidden name': { ...good, services: JSON.parse('{"__proto__":{"type":"x","endpoint":"y"}}') },
    tombstone: createTombstone(cid(genesis), weak),
  }
  for (const [name, value] of Object.entries(wrong)) assert.throws(() => parseOperation(value), InvalidOperation, name)
  assert.throws(() => parseAnyOperation({ type: 'plc_tombstone', prev: null, sig: 'x' }), InvalidOperation)
  assert.throws(
    () =>
      parseAnyOperation({
        ...sign({ type: 'create', signingKey: 'a', recoveryKey: 'b', handle: 'c', service: 'd', prev: null }, weak),
        prev: 'x',
      }),
    InvalidOperation,
  )
})
