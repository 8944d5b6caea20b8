// The directory on a real socket and a real file: every door, every refusal, recovery by its clock, restart.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { parseDidDocument } from '../../atproto/did-document.ts'
import { parseDid } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { auditLog } from '../../atproto/plc-chain.ts'
import { cidOfOperation, createOperation, createTombstone, didOfGenesis, parseAnyOperation, sign } from '../../atproto/plc-operation.ts'
import type { AnyOperation, Operation } from '../../atproto/plc-operation.ts'
import { startPlc } from '../../plc/plc.ts'
import { settableClock } from '../../server/clock.ts'
import type { SettableClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { StartError } from '../../server/start-error.ts'
import { legacy } from './known-logs.ts'

const [strong, weak, other] = [createKeypair('k256'), createKeypair('p256'), createKeypair('k256')]
const START = '2026-04-01T00:00:00.000Z'

const fields = (prev: string | null, change: Partial<Operation> = {}) => ({
  rotationKeys: [strong.didKey, weak.didKey],
  verificationMethods: { atproto: other.didKey },
  alsoKnownAs: ['at://a.test'],
  services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://pds.example' } },
  ...change,
  prev,
})
const cid = (operation: AnyOperation) => cidOfOperation(operation).toString()

const scratch = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-plc-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const start = async (t: TestContext, dataDir = scratch(t), clock: SettableClock = settableClock(Date.parse(START))) => {
  const running = await startPlc({ host: '127.0.0.1', port: 0, dataDir, settableClock: true }, { clock, log: silentLog })
  t.after(() => running.close())
  const get = async (path: string) => {
    const response = await fetch(`${running.url}${path}`)
    const text = await response.text()
    return { status: response.status, type: response.headers.get('content-type') ?? '', text, json: () => JSON.parse(text) }
  }
  const post = async (did: string, body: unknown, type = 'application/json') => {
    const response = await fetch(`${running.url}/${did}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': type },
    })
    const text = await response.text()
    return { status: response.status, error: String(JSON.parse(text).error ?? ''), message: String(JSON.parse(text).message ?? '') }
  }
  const found = async (change: Partial<Operation> = {}) => {
    const operation = createOperation(fields(null, change), strong)
    const did = didOfGenesis(operation)
    assert.equal((await post(did, operation)).status, 200)
    return { did, operation }
  }
  return { running, clock, dataDir, get, post, found }
}

test('an operation is taken, told in every form, and followed by an update', async (t) => {
  const { get, post, found, clock } = await start(t)
  const { did, operation } = await found()
  clock.set('2026-04-02T00:00:00.000Z')
  const update = createOperation(fields(cid(operation), { alsoKnownAs: ['at://b.test'] }), weak)
  assert.equal((await post(did, update)).status, 200)
  const document = await get(`/${did}`)
  assert.match(document.type, /application\/did\+ld\+json/)
  const parsed = parseDidDocument(document.json(), did)
  assert.ok(parsed)
  assert.deepEqual(document.json().alsoKnownAs, ['at://b.test'])
  assert.deepEqual(document.json().verificationMethod, [
    { id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase: other.didKey.slice('did:key:'.length) },
  ])
  assert.deepEqual(document.json().service, [
    { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: 'https://pds.example' },
  ])
  const { type: _type, prev: _prev, sig: _sig, ...data } = update
  assert.deepEqual((await get(`/${did}/data`)).json(), { did, ...data })
  assert.deepEqual((await get(`/${did}/log`)).json(), [operation, update])
  assert.deepEqual((await get(`/${did}/log/last`)).json(), update)
  assert.deepEqual((await get(`/${did}/log/audit`)).json(), [
    { did, operation, cid: cid(operation), nullified: false, createdAt: START },
    { did, operation: update, cid: cid(update), nullified: false, createdAt: '2026-04-02T00:00:00.000Z' },
  ])
})

test('recovery within 72 hours of civil time undoes; the audit log tells all and checks out', async (t) => {
  const { get, post, found, clock } = await start(t)
  const { did, operation } = await found()
  const stolen = createOperation(fields(cid(operation), { alsoKnownAs: ['at://stolen.test'] }), weak)
  assert.equal((await post(did, stolen)).status, 200)
  clock.set('2026-04-03T00:00:00.000Z')
  const recovered = createOperation(fields(cid(operation), { alsoKnownAs: ['at://recovered.test'] }), strong)
  assert.equal((await post(did, recovered)).status, 200)
  assert.deepEqual((await get(`/${did}/log`)).json(), [operation, recovered])
  const audit: { operation: unknown; cid: string; nullified: boolean; createdAt: string }[] = (await get(`/${did}/log/audit`)).json()
  assert.deepEqual(
    audit.map(({ nullified }) => nullified),
    [false, true, false],
  )
  const entries = audit.map((entry) => ({
    ...entry,
    operation: parseAnyOperation(entry.operation),
    createdAtMs: Date.parse(entry.createdAt),
  }))
  assert.equal(auditLog(parseDid(did), entries), undefined)
  assert.deepEqual(
    [(await post(did, stolen)).status, (await post(did, stolen)).error],
    [400, 'operation.key-too-weak'],
    'what was undone does not come back',
  )
  const weaker = createOperation(fields(cid(recovered), { alsoKnownAs: ['at://weak.test'] }), weak)
  assert.equal((await post(did, weaker)).status, 200)
  clock.set('2026-04-06T00:00:00.001Z')
  assert.equal(
    (await post(did, createOperation(fields(cid(recovered), { alsoKnownAs: ['at://late.test'] }), strong))).error,
    'operation.too-late',
  )
})

test('a DID that has ended is gone, its log is not', async (t) => {
  const { get, post, found } = await start(t)
  const { did, operation } = await found()
  const end = createTombstone(cid(operation), strong)
  assert.equal((await post(did, end)).status, 200)
  for (const path of [`/${did}`, `/${did}/data`]) assert.equal((await get(path)).status, 410, path)
  assert.equal((await get(`/${did}/log`)).json().length, 2)
  assert.equal((await get(`/${did}/log/last`)).json().type, 'plc_tombstone')
  const after = await post(did, createOperation(fields(cid(end)), strong))
  assert.deepEqual([after.status, after.error], [410, 'operation.tombstoned'])
})

test('a legacy log is taken and told as a document of today', async (t) => {
  const { get, post } = await start(t)
  for (const entry of legacy.entries) assert.equal((await post(legacy.did, entry.operation)).status, 200)
  const audit = (await get(`/${legacy.did}/log/audit`)).json()
  assert.deepEqual(
    audit.map((entry: { cid: string }) => entry.cid),
    legacy.entries.map((entry) => entry.cid),
  )
  const created = sign(
    { type: 'create', signingKey: weak.didKey, recoveryKey: strong.didKey, handle: 'old.test', service: 'pds.example', prev: null },
    weak,
  )
  const did = didOfGenesis(created)
  assert.equal((await post(did, created)).status, 200)
  assert.deepEqual((await get(`/${did}/data`)).json(), {
    did,
    verificationMethods: { atproto: weak.didKey },
    rotationKeys: [strong.didKey, weak.didKey],
    alsoKnownAs: ['at://old.test'],
    services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://pds.example' } },
  })
})

test('limits: each is refused by a sentence, and what lies just within is taken', async (t) => {
  const { post, found } = await start(t)
  const keys = Array.from({ length: 6 }, () => createKeypair('k256').didKey)
  const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`)
  const wrong: [Partial<Operation>, RegExp][] = [
    [{ rotationKeys: [] }, /At least one rotation key/],
    [{ rotationKeys: [strong.didKey, ...keys.slice(0, 5)] }, /6 rotation keys/],
    [{ rotationKeys: [strong.didKey, strong.didKey] }, /twice/],
    [{ rotationKeys: [strong.didKey, 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'] }, /no did:key of/],
    [{ rotationKeys: [strong.didKey, 'did:web:a.test'] }, /no did:key of/],
    [{ verificationMethods: Object.fromEntries(many(11).map((name) => [name, other.didKey])) }, /11 verification methods/],
    [{ verificationMethods: { atproto: 'x' } }, /no did:key/],
    [{ verificationMethods: { 'a b': other.didKey } }, /no fit name/],
    [{ alsoKnownAs: many(11) }, /11 other names/],
    [{ alsoKnownAs: ['at://a.test', 'at://a.test'] }, /twice/],
    [{ alsoKnownAs: [''] }, /empty or too long/],
    [{ services: Object.fromEntries(many(11).map((name) => [name, { type: 'a', endpoint: 'b' }])) }, /11 services/],
    [{ services: { a: { type: 'a', endpoint: 'x'.repeat(513) } } }, /overlong/],
    [
      {
        alsoKnownAs: many(10).map((name) => name.padEnd(512, 'x')),
        services: Object.fromEntries(many(6).map((name) => [name, { type: 't'.repeat(400), endpoint: 'x'.repeat(512) }])),
      },
      /bytes long/,
    ],
  ]
  for (const [change, pattern] of wrong) {
    const operation = createOperation(fields(null, change), strong)
    const answer = await post(didOfGenesis(operation), operation)
    assert.deepEqual([answer.status, answer.error], [400, 'operation.limits'], String(pattern))
    assert.match(answer.message, pattern)
  }
  await found({
    rotationKeys: [strong.didKey, ...keys.slice(0, 4)],
    alsoKnownAs: many(10),
    verificationMethods: { any: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK' },
  })
})

test('a DID makes ten operations an hour; the next hour it may go on', async (t) => {
  const { post, found, clock } = await start(t)
  const { did, operation } = await found()
  let last = operation
  for (let index = 0; index < 9; index++) {
    last = createOperation(fields(cid(last), { alsoKnownAs: [`at://n${index}.test`] }), strong)
    assert.equal((await post(did, last)).status, 200)
  }
  const next = createOperation(fields(cid(last), { alsoKnownAs: ['at://more.test'] }), strong)
  const refused = await post(did, next)
  assert.deepEqual([refused.status, refused.error], [429, 'operation.rate'])
  clock.set('2026-04-01T01:00:00.000Z')
  assert.equal((await post(did, next)).status, 200)
})

test('offering the newest operation again changes nothing and is no error', async (t) => {
  const { get, post, found } = await start(t)
  const { did, operation } = await found()
  assert.equal((await post(did, operation)).status, 200)
  assert.equal((await get(`/${did}/log/audit`)).json().length, 1)
})

test('bad requests have clear JSON errors', async (t) => {
  const { get, post, found, running } = await start(t)
  const { did } = await found()
  const missing = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'
  for (const path of ['', '/data', '/log', '/log/audit', '/log/last']) assert.equal((await get(`/${missing}${path}`)).status, 404, path)
  for (const wrong of ['did:plc:short', 'did:web:a.test', 'nothing', 'did:plc:AAAAAAAAAAAAAAAAAAAAAAAA']) {
    assert.deepEqual([(await get(`/${wrong}`)).status, (await get(`/${wrong}`)).json().error], [400, 'InvalidDid'], wrong)
    assert.equal((await post(wrong, {})).status, 400, wrong)
  }
  const bodies: [unknown, string, number][] = [
    ['{', 'application/json', 400],
    ['[]', 'application/json', 400],
    ['{}', 'application/json', 400],
    ['{"type":"plc_operation"}', 'text/plain', 400],
    [{ type: 'plc_operation', fill: 'x'.repeat(70_000) }, 'application/json', 413],
  ]
  for (const [body, type, status] of bodies) assert.equal((await post(did, body, type)).status, status, String(body).slice(0, 30))
  const wrongDid = await post(missing, createOperation(fields(null), strong))
  assert.equal(wrongDid.error, 'operation.did-mismatch')
  assert.match((await get('/_health')).json().version, /^\d/)
  const preflight = await fetch(`${running.url}/${did}`, { method: 'OPTIONS' })
  assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin')], [204, '*'])
})

test('export tells all operations in order, by seq or by instant, in bounded pages', async (t) => {
  const { get, found, clock } = await start(t)
  const dids: string[] = []
  for (let day = 1; day <= 5; day++) {
    clock.set(`2026-05-0${day}T00:00:00.000Z`)
    dids.push((await found({ alsoKnownAs: [`at://d${day}.test`] })).did)
  }
  const lines = async (query: string): Promise<{ did: string; seq?: number; createdAt: string }[]> => {
    const { text, type } = await get(`/export${query}`)
    assert.match(type, /jsonlines/)
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line))
  }
  assert.deepEqual(
    (await lines('')).map(({ did }) => did),
    dids,
  )
  assert.deepEqual(
    (await lines('?count=2&after=0')).map(({ seq }) => seq),
    [1, 2],
  )
  assert.deepEqual(
    (await lines('?count=1000&after=2')).map(({ did }) => did),
    dids.slice(2),
  )
  assert.deepEqual(
    (await lines('?after=2026-05-03T00:00:00.000Z')).map(({ did }) => did),
    dids.slice(3),
  )
  assert.deepEqual(await lines('?after=5'), [])
  for (const query of ['?count=0', '?count=x', '?after=yesterday', '?after=-1'])
    assert.equal((await get(`/export${query}`)).status, 400, query)
})

test('the directory goes on where it stood, and its times never decrease', async (t) => {
  const first = await start(t)
  const { did, operation } = await first.found()
  await first.running.close()
  const again = await start(t, first.dataDir, settableClock(Date.parse('2026-01-01T00:00:00.000Z')))
  const update = createOperation(fields(cid(operation), { alsoKnownAs: ['at://b.test'] }), weak)
  assert.equal((await again.post(did, update)).status, 200)
  const audit: { createdAt: string }[] = (await again.get(`/${did}/log/audit`)).json()
  assert.deepEqual(
    audit.map(({ createdAt }) => createdAt),
    [START, START],
  )
})

test('a second directory on the same folder, and a taken port, are clear errors', async (t) => {
  const { dataDir, running } = await start(t)
  const refused = (config: Parameters<typeof startPlc>[0], pattern: RegExp) =>
    assert.rejects(startPlc(config, { log: silentLog }), (error: unknown) => error instanceof StartError && pattern.test(error.message))
  await refused({ host: '127.0.0.1', port: 0, dataDir }, /in use by another running server/)
  const elsewhere = scratch(t)
  await refused({ host: '127.0.0.1', port: running.port, dataDir: elsewhere }, /already in use/)
  const after = await startPlc({ host: '127.0.0.1', port: 0, dataDir: elsewhere }, { log: silentLog })
  await after.close()
})
