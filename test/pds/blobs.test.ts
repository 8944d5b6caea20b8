// Blobs from upload to removal: what is told of them, when they are served and under which headers, what a record may name, and what goes when.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Readable } from 'node:stream'
import { cidForRaw } from '../../atproto/cid.ts'
import { createBlobs } from '../../pds/blobs/blobs.ts'
import { BLOB_MAX_BYTES, LOOSE_BLOB_KEEP_MS, LOOSE_BLOBS_MAX, LOOSE_BLOBS_MAX_BYTES } from '../../pds/blobs/limits.ts'
import { sniffMimeType } from '../../pds/blobs/sniff-mime-type.ts'
import { auditPds } from '../../pds/audit.ts'
import { systemClock } from '../../server/clock.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { joinAs, localPds, refusalOf } from './local-pds.ts'
import type { Answer, Json } from './local-pds.ts'
import { localRepos, pathOf, recordOf, temporaryFolder } from './local-repos.ts'

const NOTE = 'org.example.note'
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('the rest of a picture')])

const setUp = async (t: TestContext) => {
  const local = await localPds(t)
  const alice = await joinAs(local, 'alice')
  const upload = async (bytes: Uint8Array | ReadableStream, type: string): Promise<Answer> => {
    const response = await fetch(`${local.pds.url}/xrpc/com.atproto.repo.uploadBlob`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alice.accessJwt}`, 'content-type': type },
      body: bytes instanceof Uint8Array ? Buffer.from(bytes) : bytes,
      ...(bytes instanceof Uint8Array ? {} : { duplex: 'half' }),
    })
    const text = await response.text()
    return { status: response.status, text, json: JSON.parse(text) as Json }
  }
  const put = (rkey: string, images: readonly unknown[]) =>
    local.post('com.atproto.repo.putRecord', { repo: alice.did, collection: NOTE, rkey, record: { $type: NOTE, images } }, alice.accessJwt)
  const get = (cid: string) =>
    fetch(`${local.pds.url}/xrpc/com.atproto.sync.getBlob?${new URLSearchParams({ did: alice.did, cid }).toString()}`)
  const list = async (more: Record<string, string> = {}) =>
    (await local.get('com.atproto.sync.listBlobs', { did: alice.did, ...more })).json
  return { local, alice, upload, put, get, list }
}

const cidOf = (bytes: Uint8Array): string => cidForRaw(bytes).toString()

test('a blob is served once a record names it, and no longer when none does', async (t) => {
  const { local, alice, upload, put, get, list } = await setUp(t)
  const answer = await upload(PNG, 'image/png')
  assert.equal(answer.status, 200, answer.text)
  const blob = answer.json['blob'] as Json
  assert.deepEqual(blob, { $type: 'blob', ref: { $link: cidOf(PNG) }, mimeType: 'image/png', size: PNG.length })
  assert.equal((await get(cidOf(PNG))).status, 400, 'nobody names it yet')
  assert.deepEqual(await list(), { cids: [] })

  const before = await local.get('com.atproto.sync.getLatestCommit', { did: alice.did })
  assert.equal((await put('one', [blob])).status, 200)
  assert.equal((await put('two', [blob, blob])).status, 200)
  const served = await get(cidOf(PNG))
  assert.equal(served.status, 200)
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), PNG)
  assert.deepEqual(
    ['content-type', 'content-length', 'content-disposition', 'content-security-policy', 'x-content-type-options'].map((name) =>
      served.headers.get(name),
    ),
    ['image/png', String(PNG.length), `attachment; filename="${cidOf(PNG)}"`, "default-src 'none'; sandbox", 'nosniff'],
  )
  assert.deepEqual(await list(), { cids: [cidOf(PNG)] })
  assert.deepEqual(await list({ since: String(before.json['rev']) }), { cids: [cidOf(PNG)] })

  assert.equal((await put('one', [])).status, 200)
  assert.equal((await get(cidOf(PNG))).status, 200, 'another record still names it')
  assert.equal((await put('two', [])).status, 200)
  const gone = await get(cidOf(PNG))
  assert.deepEqual([gone.status, ((await gone.json()) as Json)['error']], [400, 'BlobNotFound'])
  assert.deepEqual((await auditPds(local.config.dataDir)).problems, [])
})

test('a record names only blobs that are here, as they are', async (t) => {
  const { upload, put } = await setUp(t)
  const blob = (await upload(PNG, 'image/png')).json['blob'] as Json
  assert.equal(refusalOf(await put('one', [{ ...blob, ref: { $link: cidOf(Buffer.from('other')) } }])), '400 BlobNotFound')
  assert.equal(refusalOf(await put('one', [{ ...blob, mimeType: 'image/jpeg' }])), '400 InvalidBlob')
  assert.equal(refusalOf(await put('one', [{ ...blob, size: 1 }])), '400 InvalidBlob')
})

test('blobs are listed page by page, and only those named since', async (t) => {
  const { local, alice, upload, put, list } = await setUp(t)
  const texts = Array.from({ length: 7 }, (_, n) => Buffer.from(`text ${n}`))
  const blobs: unknown[] = []
  for (const text of texts) blobs.push((await upload(text, 'text/plain; charset=utf-8')).json['blob'])
  assert.equal((await put('some', blobs.slice(0, 5))).status, 200)
  const { json } = await local.get('com.atproto.sync.getLatestCommit', { did: alice.did })
  assert.equal((await put('more', blobs.slice(5))).status, 200)
  const first = await list({ limit: '4' })
  const second = await list({ limit: '4', cursor: String(first['cursor']) })
  assert.deepEqual([...(first['cids'] as string[]), ...(second['cids'] as string[])].toSorted(), texts.map(cidOf).toSorted())
  assert.equal(second['cursor'], undefined)
  assert.deepEqual(((await list({ since: String(json['rev']) }))['cids'] as string[]).toSorted(), texts.slice(5).map(cidOf).toSorted())
})

test('what is too large is refused, announced or not, and leaves no file', async (t) => {
  const { local, upload } = await setUp(t)
  const large = Buffer.alloc(BLOB_MAX_BYTES + 1)
  assert.equal((await upload(large, 'image/png')).status, 413)
  const unannounced = ReadableStream.from([large.subarray(0, BLOB_MAX_BYTES), large.subarray(0, 1)])
  assert.equal((await upload(unannounced, 'image/png')).status, 413)
  assert.equal((await upload(large.subarray(1), 'image/png')).status, 200, 'the limit itself is allowed')
  assert.deepEqual(readdirSync(join(local.config.dataDir, 'blobs', 'uploads')), [])
})

test('a loose blob goes after its time, a named one stays', async (t) => {
  const local = localRepos(t)
  const dir = temporaryFolder()
  let nowMs = Date.parse('2026-04-01T00:00:00Z')
  const clock = { ...systemClock(), realMs: () => nowMs }
  const blobs = createBlobs({ db: local.db, dir, clock, maxBytes: 1_000 })
  const did = local.join('a')
  const repo = local.repos.head(did)?.id ?? 0
  const upload = (text: string) => blobs.upload(repo, Readable.from([Buffer.from(text)]), 'text/plain')
  const [named, loose, late] = [await upload('named'), await upload('loose'), await upload('late')]
  const naming = { ...recordOf({ $type: NOTE }), blobs: [named] }
  assert((await local.repos.write(did, [{ action: 'create', path: pathOf('one'), record: naming }])).ok)
  nowMs += LOOSE_BLOB_KEEP_MS
  await upload('late')
  assert.equal(blobs.sweep(), 0, 'exactly as old as is kept')
  nowMs += 1
  assert.equal(blobs.sweep(), 1)
  const fileOf = (cid: { toString(): string }) => join(dir, String(repo), cid.toString())
  assert.deepEqual(
    [named, loose, late].map(({ cid }) => existsSync(fileOf(cid))),
    [true, false, true],
  )
  await assert.rejects(upload('x'.repeat(1_001)), /BlobTooLarge|larger than 1000/)
})

test('so many blobs, and bytes of them, are kept of an account while no record names them', async (t) => {
  const local = localRepos(t)
  let nowMs = Date.parse('2026-04-01T00:00:00Z')
  const blobs = createBlobs({ db: local.db, dir: temporaryFolder(), clock: { ...systemClock(), realMs: () => nowMs }, maxBytes: 1_000 })
  const did = local.join('a')
  const repo = local.repos.head(did)?.id ?? 0
  const upload = (text: string, of = repo) => blobs.upload(of, Readable.from([Buffer.from(text)]), 'text/plain')
  const isTooMany = (error: unknown): boolean =>
    error instanceof XrpcError && error.error === 'TooManyLooseBlobs' && error.status === 429 && 'retry-after' in error.headers
  const first = await upload('first')
  await Promise.all(Array.from({ length: LOOSE_BLOBS_MAX - 1 }, (_, n) => upload(`text ${n}`)))
  await assert.rejects(upload('one more'), isTooMany)
  await upload('one more', repo + 1)
  const naming = { ...recordOf({ $type: NOTE }), blobs: [first] }
  assert((await local.repos.write(did, [{ action: 'create', path: pathOf('one'), record: naming }])).ok)
  const both = await Promise.allSettled([upload('one more'), upload('and another')])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], 'named, it has made room for one')
  nowMs += LOOSE_BLOB_KEEP_MS + 1
  blobs.sweep()
  await upload('large')
  local.db.prepare('UPDATE blob SET size_bytes = ? WHERE loose_since_ms IS NOT NULL').run(LOOSE_BLOBS_MAX_BYTES - 4)
  await assert.rejects(upload('12345'), isTooMany)
  await upload('1234')
})

test('the first bytes win over what an uploader claims', () => {
  const rows: readonly (readonly [string, string | undefined, string])[] = [
    ['89504e470d0a1a0a0000', 'text/html', 'image/png'],
    ['ffd8ffe0', undefined, 'image/jpeg'],
    ['524946460000000057454250', 'image/png', 'image/webp'],
    ['0000001c6674797069736f6d', undefined, 'video/mp4'],
    ['68656c6c6f', 'text/plain; charset=utf-8', 'text/plain'],
    ['68656c6c6f', 'TEXT/Plain', 'text/plain'],
    ['68656c6c6f', 'text/pl\nain', 'application/octet-stream'],
    ['', undefined, 'application/octet-stream'],
  ]
  for (const [hex, claimed, mimeType] of rows)
    assert.equal(sniffMimeType(Buffer.from(hex, 'hex'), claimed), mimeType, `${hex} as ${claimed}`)
})
