// The directory on a real socket and a real file: what it takes and tells, recovery by its clock, restart.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDidDocument } from '../../atproto/did-document.ts'
import { parseDid } from '../../atproto/did.ts'
import { auditLog } from '../../atproto/plc-chain.ts'
import { createOperation, createTombstone, didOfGenesis, parseAnyOperation, sign } from '../../atproto/plc-operation.ts'
import { startPlc } from '../../plc/plc.ts'
import { settableClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { StartError } from '../../server/start-error.ts'
import { legacy } from './known-logs.ts'
import { START, cid, fields, other, scratch, startDirectory, strong, weak } from './local-directory.ts'

test('an operation is taken, told in every form, and followed by an update', async (t) => {
  const { get, post, found, clock } = await startDirectory(t)
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
  const { get, post, found, clock } = await startDirectory(t)
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
  const { get, post, found } = await startDirectory(t)
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
  const { get, post } = await startDirectory(t)
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

test('the directory goes on where it stood, and its times never decrease', async (t) => {
  const first = await startDirectory(t)
  const { did, operation } = await first.found()
  await first.running.close()
  const again = await startDirectory(t, first.dataDir, settableClock(Date.parse('2026-01-01T00:00:00.000Z')))
  const update = createOperation(fields(cid(operation), { alsoKnownAs: ['at://b.test'] }), weak)
  assert.equal((await again.post(did, update)).status, 200)
  const audit: { createdAt: string }[] = (await again.get(`/${did}/log/audit`)).json()
  assert.deepEqual(
    audit.map(({ createdAt }) => createdAt),
    [START, START],
  )
})

test('a second directory on the same folder, and a taken port, are clear errors', async (t) => {
  const { dataDir, running } = await startDirectory(t)
  const refused = (config: Parameters<typeof startPlc>[0], pattern: RegExp) =>
    assert.rejects(startPlc(config, { log: silentLog }), (error: unknown) => error instanceof StartError && pattern.test(error.message))
  await refused({ host: '127.0.0.1', port: 0, dataDir }, /in use by another running server/)
  const elsewhere = scratch(t)
  await refused({ host: '127.0.0.1', port: running.port, dataDir: elsewhere }, /already in use/)
  const after = await startPlc({ host: '127.0.0.1', port: 0, dataDir: elsewhere }, { log: silentLog })
  await after.close()
})
