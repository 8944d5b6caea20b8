// Commits: ours verify at @atproto/repo and its at ours; a commit of any other form is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secp256k1Keypair } from '@atproto/crypto'
import { signCommit as oracleSign, verifyCommitSig } from '@atproto/repo'
import { asCid, cidForCbor, cidForRaw } from '../../atproto/cid.ts'
import { InvalidCommit, parseCommit, signCommit, verifyCommitSignature } from '../../atproto/commit.ts'
import { decodeData, encodeData, parseDataMap } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { parseDid } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { parseTid } from '../../atproto/tid.ts'

const content = { did: parseDid('did:plc:abcdefghijklmnopqrstuvwx'), data: cidForCbor(Buffer.from('tree')), rev: parseTid('3jzfcijpj2z2a') }
const keypair = createKeypair()
const signed = signCommit(content, keypair)

test('signed, parsed, verified', () => {
  const commit = parseCommit(signed.bytes)
  assert.deepEqual(encodeData(commit), signed.bytes)
  assert.equal(commit.did, content.did)
  assert.equal(commit.rev, content.rev)
  assert.equal(commit.prev, null)
  assert.equal(signed.cid.toString(), cidForCbor(signed.bytes).toString())
  assert.ok(verifyCommitSignature(commit, keypair.didKey))
  assert.equal(verifyCommitSignature(commit, createKeypair().didKey), false)
})

test('every field is under the signature', () => {
  const { commit } = signed
  const others = [
    { ...commit, did: parseDid('did:plc:abcdefghijklmnopqrstuvwy') },
    { ...commit, data: cidForCbor(Buffer.from('another tree')) },
    { ...commit, rev: parseTid('3jzfcijpj2z2b') },
    { ...commit, prev: cidForCbor(Buffer.from('tree')) },
  ]
  for (const other of others) assert.equal(verifyCommitSignature(other, keypair.didKey), false)
})

test('the reference and we believe each other', async () => {
  assert.ok(await verifyCommitSig(parseDataMap(decodeData(signed.bytes)) as never, keypair.didKey))
  const theirs = await Secp256k1Keypair.create()
  const unsigned = { ...content, version: 3 as const, prev: null }
  const commit = parseCommit(encodeData((await oracleSign(unsigned, theirs)) as unknown as Data))
  assert.ok(verifyCommitSignature(commit, theirs.did()))
  assert.ok(asCid(commit.data))
})

test('other forms are refused', () => {
  const map = parseDataMap(decodeData(signed.bytes))
  const { prev: _, ...withoutPrev } = map
  const bad: Data[] = [
    { ...map, version: 2 },
    { ...map, more: 1 },
    withoutPrev,
    { ...map, did: 'nobody' },
    { ...map, rev: 'now' },
    { ...map, data: null },
    { ...map, data: cidForRaw(Buffer.from('tree')) },
    { ...map, prev: 'x' },
    { ...map, sig: 'x' },
    { ...map, sig: new Uint8Array(63) },
    [map],
    null,
  ]
  for (const value of bad) assert.throws(() => parseCommit(encodeData(value)), InvalidCommit)
  assert.throws(() => parseCommit(signed.bytes.subarray(1)), InvalidCommit)
  assert.throws(() => parseCommit(new Uint8Array()), InvalidCommit)
})
