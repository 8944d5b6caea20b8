// The identity cache by a clock of the test: fresh, stale, failing, bounded, one question at a time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDidDocument } from '../../atproto/did-document.ts'
import { parseDid } from '../../atproto/did.ts'
import type { Did } from '../../atproto/did.ts'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import type { IdentityCache, IdentityCacheOptions } from '../../atproto/identity-cache.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { UnresolvedDid } from '../../atproto/resolve-did.ts'
import { UnresolvedHandle } from '../../atproto/resolve-handle.ts'

const alice = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const bob = parseDid('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa')

/** A directory whose answers the test sets, which counts its questions and answers when told. */
class Directory {
  key = createKeypair().didKey
  failure: UnresolvedDid | undefined
  asked: Did[] = []
  hold: Promise<void> | undefined

  resolve = async (did: Did) => {
    this.asked.push(did)
    const { key, failure } = this
    await this.hold
    if (failure !== undefined) throw failure
    const document = parseDidDocument(
      {
        id: did,
        alsoKnownAs: ['at://alice.example.com'],
        verificationMethod: [{ id: '#atproto', type: 'Multikey', publicKeyMultibase: key.slice('did:key:'.length) }],
        service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: 'https://pds.example' }],
      },
      did,
    )
    return { document, evidence: null }
  }
}

type Setting = { directory: Directory; cache: IdentityCache; readonly wait: (ms: number) => void }

function setUp(options: Partial<IdentityCacheOptions> = {}): Setting {
  const directory = new Directory()
  let nowMs = 1_000_000
  const cache = createIdentityCache({
    resolveDid: directory.resolve,
    resolveHandle: () => Promise.resolve(alice),
    nowMs: () => nowMs,
    freshMs: 1_000,
    staleMs: 5_000,
    failureFreshMs: 100,
    ...options,
  })
  return { directory, cache, wait: (ms) => void (nowMs += ms) }
}

const unreachable = new UnresolvedDid('unreachable', 'down')
const notFound = new UnresolvedDid('not-found', 'gone')

test('an identity is asked for once while it is fresh, and again afterwards', async () => {
  const { directory, cache, wait } = setUp()
  const identity = await cache.get(alice)
  assert.deepEqual(
    [identity.did, identity.signingKey, identity.pds, identity.handle],
    [alice, directory.key, 'https://pds.example', 'alice.example.com'],
  )
  wait(999)
  assert.equal(await cache.get(alice), identity)
  assert.equal(directory.asked.length, 1)
  wait(1)
  const rotated = createKeypair().didKey
  directory.key = rotated
  assert.equal((await cache.get(alice)).signingKey, rotated)
  assert.equal(directory.asked.length, 2)
})

test('many callers, one question per DID', async () => {
  const { directory, cache } = setUp()
  await Promise.all([cache.get(alice), cache.get(alice), cache.get(bob), cache.get(alice)])
  assert.deepEqual(directory.asked, [alice, bob])
})

test('a refresh during a question asks again, once for all who refresh, and its answer stays', async () => {
  const { directory, cache } = setUp()
  const { promise, resolve } = Promise.withResolvers<void>()
  directory.hold = promise
  const before = directory.key
  const early = cache.get(alice)
  const rotated = createKeypair().didKey
  directory.key = rotated
  const late = [cache.refresh(alice), cache.refresh(alice)]
  resolve()
  assert.equal((await early).signingKey, before)
  for (const answer of late) assert.equal((await answer).signingKey, rotated)
  assert.equal((await cache.get(alice)).signingKey, rotated)
  assert.equal(directory.asked.length, 2)
})

test('a failure is remembered briefly; refresh and forget ask at once', async () => {
  const { directory, cache, wait } = setUp()
  directory.failure = notFound
  await assert.rejects(cache.get(alice), notFound)
  await assert.rejects(cache.get(alice), notFound)
  assert.equal(directory.asked.length, 1)
  await assert.rejects(cache.refresh(alice), notFound)
  assert.equal(directory.asked.length, 2)
  wait(100)
  directory.failure = undefined
  assert.equal((await cache.get(alice)).did, alice)
  cache.forget(alice)
  await cache.get(alice)
  assert.equal(directory.asked.length, 4)
})

test('an identity known before outlives an unreachable directory for a while, and is not asked for at every turn', async () => {
  const { directory, cache, wait } = setUp()
  const identity = await cache.get(alice)
  directory.failure = unreachable
  wait(2_000)
  assert.equal(await cache.get(alice), identity)
  assert.equal(await cache.get(alice), identity)
  assert.equal(directory.asked.length, 2)
  await assert.rejects(cache.refresh(alice), unreachable)
  assert.equal(await cache.get(alice), identity)
  wait(3_000)
  await assert.rejects(cache.get(alice), unreachable)
})

test('an identity known before does not outlive its deletion', async () => {
  const { directory, cache, wait } = setUp()
  await cache.get(alice)
  directory.failure = notFound
  wait(1_000)
  await assert.rejects(cache.get(alice), notFound)
})

test('no more identities are kept than the limit says', async () => {
  const { directory, cache } = setUp({ maxEntries: 1 })
  await cache.get(alice)
  await cache.get(bob)
  await cache.get(bob)
  assert.equal(directory.asked.length, 2)
  await cache.get(alice)
  assert.equal(directory.asked.length, 3)
})

test('a handle counts only when it names the DID back', async () => {
  assert.equal((await setUp({ resolveHandle: () => Promise.resolve(bob) }).cache.get(alice)).handle, null)
  assert.equal(
    (await setUp({ resolveHandle: () => Promise.reject(new UnresolvedHandle('conflict', 'two')) }).cache.get(alice)).handle,
    null,
  )
})

test('evidence is asked for once per remembered identity, and again after a failure', async () => {
  let asked = 0
  const directory = new Directory()
  const evidence = { signingKey: directory.key, evidence: { kind: 'plc', operationCid: 'bafy' } } as const
  const evidenceOf = () => (asked++ === 0 ? Promise.reject(unreachable) : Promise.resolve(evidence))
  const cache = createIdentityCache({ resolveDid: Object.assign(directory.resolve, { evidenceOf }), nowMs: () => 0 })
  await assert.rejects(cache.evidenceOf(alice), unreachable)
  assert.deepEqual([await cache.evidenceOf(alice), await cache.evidenceOf(alice), asked], [evidence, evidence, 2])
  await cache.refresh(alice)
  await cache.evidenceOf(alice)
  assert.equal(asked, 3)
})
