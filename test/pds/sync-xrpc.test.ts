// The doors of com.atproto.sync over real sockets: CARs as @atproto/repo reads them, increments since a rev, proofs, statuses, lists.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { MemoryBlockstore, Repo, readCarWithRoot, verifyDiffCar, verifyProofs, verifyRepoCar } from '@atproto/repo'
import { readCar } from '../../atproto/car.ts'
import { asCid, parseCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { decodeData } from '../../atproto/data-model.ts'
import type { Data } from '../../atproto/data-model.ts'
import { auditPds } from '../../pds/audit.ts'
import { seededRandom } from '../support/random.ts'
import { joinAs, localPds, refusalOf } from './local-pds.ts'
import type { Json, LocalPds } from './local-pds.ts'

const NOTE = 'org.example.note'
const LIMITS = { maxBytes: 50_000_000, maxBlocks: 100_000 }

const setUp = async (t: TestContext) => {
  const local = await localPds(t)
  const alice = await joinAs(local, 'alice')
  const { json } = await local.get('com.atproto.identity.resolveIdentity', { identifier: alice.did })
  const method = ((json['didDoc'] as Json)['verificationMethod'] as Json[])[0] ?? {}
  const didKey = `did:key:${String(method['publicKeyMultibase'])}`
  const apply = async (writes: readonly Json[]): Promise<Json> => {
    const answer = await local.post('com.atproto.repo.applyWrites', { repo: alice.did, writes }, alice.accessJwt)
    assert.equal(answer.status, 200, answer.text)
    return (answer.json['commit'] ?? {}) as Json
  }
  return { local, alice, didKey, apply }
}

const write = (action: string, rkey: string, text?: string): Json => ({
  $type: `com.atproto.repo.applyWrites#${action}`,
  collection: NOTE,
  rkey,
  ...(text !== undefined && { value: { $type: NOTE, text } }),
})

const car = async (local: LocalPds, nsid: string, params: Record<string, string>): Promise<Uint8Array> => {
  const response = await fetch(`${local.pds.url}/xrpc/com.atproto.sync.${nsid}?${new URLSearchParams(params).toString()}`)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/vnd.ipld.car')
  return new Uint8Array(await response.arrayBuffer())
}

test('@atproto/repo verifies our repos and finds in them what was written', async (t) => {
  const { local, alice, didKey, apply } = await setUp(t)
  const empty = await verifyRepoCar(await car(local, 'getRepo', { did: alice.did }), alice.did, didKey)
  assert.equal(empty.creates.length, 0)
  const random = seededRandom(5)
  const model = new Map<string, string>()
  for (let round = 0; round < 8; round++) {
    const writes: Json[] = []
    for (let n = 0; n < 60; n++) {
      const rkey = `k${random.below(150)}`
      const text = `${round}-${n}`
      if (model.has(rkey) && random.below(3) === 0) {
        writes.push(write('delete', rkey))
        model.delete(rkey)
      } else {
        writes.push(write(model.has(rkey) ? 'update' : 'create', rkey, text))
        model.set(rkey, text)
      }
    }
    await apply(writes)
  }
  const verified = await verifyRepoCar(await car(local, 'getRepo', { did: alice.did }), alice.did, didKey)
  assert.deepEqual(verified.creates.map(({ rkey }) => rkey).toSorted(), [...model.keys()].toSorted())
  const { problems, checked } = await auditPds(local.config.dataDir)
  assert.deepEqual(problems, [])
  assert.equal(checked['records'], model.size)
})

test('what came since a rev completes what was there before', async (t) => {
  const { local, alice, didKey, apply } = await setUp(t)
  const commit = await apply(Array.from({ length: 100 }, (_, n) => write('create', `k${n}`, `v${n}`)))
  const before = await car(local, 'getRepo', { did: alice.did })
  await apply([write('create', 'new', 'new'), write('update', 'k7', 'other'), write('delete', 'k8')])
  await apply([write('create', 'newer', 'newer')])
  const whole = await car(local, 'getRepo', { did: alice.did })
  const since = await car(local, 'getRepo', { did: alice.did, since: String(commit['rev']) })
  const [old, increment, all] = [before, since, whole].map((bytes) => readCar(bytes, LIMITS))
  assert(old && increment && all)
  assert(increment.blocks.size < all.blocks.size / 4, `${increment.blocks.size} of ${all.blocks.size} blocks`)
  assert.deepEqual(increment.roots.map(String), all.roots.map(String))
  for (const { cid } of all.blocks) assert(increment.blocks.has(cid) || old.blocks.has(cid), `${cid.toString()} is in neither`)
  for (const { cid } of increment.blocks) assert(all.blocks.has(cid))
  const nothing = readCar(await car(local, 'getRepo', { did: alice.did, since: '7zzzzzzzzzzzz' }), LIMITS)
  assert.equal(nothing.blocks.size, 1)
  // The reference applies the increment to what it held before.
  const held = await readCarWithRoot(before)
  const repo = await Repo.load(new MemoryBlockstore(held.blocks), held.root)
  const diff = await verifyDiffCar(repo, since, alice.did, didKey)
  assert.deepEqual(diff.writes.map(({ action, rkey }) => `${action} ${rkey}`).toSorted(), [
    'create new',
    'create newer',
    'delete k8',
    'update k7',
  ])
})

const linksOf = (data: Data): Cid[] => {
  if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return []
  const cid = asCid(data)
  return cid === undefined ? Object.values(data).flatMap(linksOf) : [cid]
}

test('in a CAR each block comes after one that leads to it', async (t) => {
  const { local, alice, apply } = await setUp(t)
  await apply(Array.from({ length: 50 }, (_, n) => write('create', `k${n}`, `v${n}`)))
  const bytes = await car(local, 'getRepo', { did: alice.did })
  const { roots, blocks } = readCar(bytes, LIMITS)
  const known = new Set(roots.map(String))
  for (const { cid, bytes: block } of blocks) {
    assert(known.has(cid.toString()), `${cid.toString()} comes out of the blue`)
    for (const link of linksOf(decodeData(block))) known.add(link.toString())
  }
  assert.equal((await readCarWithRoot(bytes)).blocks.size, blocks.size)
})

test('@atproto/repo verifies the proof of a record, and of its absence', async (t) => {
  const { local, alice, didKey, apply } = await setUp(t)
  await apply(Array.from({ length: 80 }, (_, n) => write('create', `k${n}`, `v${n}`)))
  const { json } = await local.get('com.atproto.repo.getRecord', { repo: alice.did, collection: NOTE, rkey: 'k33' })
  const proof = await car(local, 'getRecord', { did: alice.did, collection: NOTE, rkey: 'k33' })
  const there = await verifyProofs(proof, [{ collection: NOTE, rkey: 'k33', cid: parseCid(json['cid']) }], alice.did, didKey)
  assert.deepEqual([there.verified.length, there.unverified.length], [1, 0])
  const absent = await verifyProofs(
    await car(local, 'getRecord', { did: alice.did, collection: NOTE, rkey: 'none' }),
    [{ collection: NOTE, rkey: 'none', cid: null }],
    alice.did,
    didKey,
  )
  assert.deepEqual([absent.verified.length, absent.unverified.length], [1, 0])
  assert(readCar(proof, LIMITS).blocks.size < 20)
})

test('after a change of keys the repo verifies under the new one, and the log under each in its time', async (t) => {
  const { local, alice, didKey, apply } = await setUp(t)
  await apply([write('create', 'before', 'x')])
  const reserved = await local.post('com.atproto.server.reserveSigningKey', { did: alice.did })
  const signingKey = String(reserved.json['signingKey'])
  const rotated = await local.admin('com.atproto.admin.updateAccountSigningKey', { did: alice.did, signingKey })
  assert.equal(rotated.status, 200, rotated.text)
  assert.notEqual(signingKey, didKey)
  await apply([write('create', 'after', 'x')])
  const bytes = await car(local, 'getRepo', { did: alice.did })
  assert.equal((await verifyRepoCar(bytes, alice.did, signingKey)).creates.length, 2)
  await assert.rejects(verifyRepoCar(bytes, alice.did, didKey))
  const { problems, checked } = await auditPds(local.config.dataDir)
  assert.deepEqual(problems, [])
  assert((checked['event signatures'] ?? 0) >= 5, JSON.stringify(checked))
})

test('statuses and lists tell which repos there are, and how they stand', async (t) => {
  const { local, alice } = await setUp(t)
  const others = [await joinAs(local, 'bob'), await joinAs(local, 'carol')]
  const seen: Json[] = []
  for (let cursor: string | undefined, pages = 0; pages < 10; pages++) {
    const { json } = await local.get('com.atproto.sync.listRepos', { limit: '2', ...(cursor !== undefined && { cursor }) })
    seen.push(...(json['repos'] as Json[]))
    cursor = json['cursor'] as string | undefined
    if (cursor === undefined) break
  }
  assert.deepEqual(
    seen.map(({ did }) => did),
    [alice, ...others].map(({ did }) => did),
  )
  const latest = await local.get('com.atproto.sync.getLatestCommit', { did: alice.did })
  assert.deepEqual(seen[0], { did: alice.did, head: latest.json['cid'], rev: latest.json['rev'], active: true })
  assert.deepEqual((await local.get('com.atproto.sync.getRepoStatus', { did: alice.did })).json, {
    did: alice.did,
    active: true,
    rev: latest.json['rev'],
  })
})

test('a repo that may not be read is refused by name, at each door', async (t) => {
  const { local, alice } = await setUp(t)
  const doors: readonly (readonly [string, Record<string, string>])[] = [
    ['getRepo', {}],
    ['getLatestCommit', {}],
    ['getRecord', { collection: NOTE, rkey: 'x' }],
    ['listBlobs', {}],
    ['getBlob', { cid: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' }],
  ]
  const answers = (did: string) =>
    Promise.all(doors.map(async ([nsid, params]) => refusalOf(await local.get(`com.atproto.sync.${nsid}`, { did, ...params }))))
  const all = (refusal: string) => doors.map(() => refusal)
  assert.deepEqual(await answers('did:web:nobody.example'), all('400 RepoNotFound'))
  assert.equal(refusalOf(await local.get('com.atproto.sync.getRepoStatus', { did: 'did:web:nobody.example' })), '400 RepoNotFound')
  assert.equal((await local.post('com.atproto.server.deactivateAccount', {}, alice.accessJwt)).status, 200)
  assert.deepEqual(await answers(alice.did), all('400 RepoDeactivated'))
  assert.deepEqual((await local.get('com.atproto.sync.getRepoStatus', { did: alice.did })).json, {
    did: alice.did,
    active: false,
    status: 'deactivated',
  })
  const takedown = await local.admin('com.atproto.admin.updateSubjectStatus', {
    subject: { $type: 'com.atproto.admin.defs#repoRef', did: alice.did },
    takedown: { applied: true },
  })
  assert.equal(takedown.status, 200, takedown.text)
  assert.deepEqual(await answers(alice.did), all('400 RepoTakendown'))
})
