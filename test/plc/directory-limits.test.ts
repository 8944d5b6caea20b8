// What the directory refuses: limits, rates, bad requests; and what it exports, page by page.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeypair } from '../../atproto/keys.ts'
import { createOperation, didOfGenesis } from '../../atproto/plc-operation.ts'
import type { Operation } from '../../atproto/plc-operation.ts'
import { cid, fields, other, startDirectory, strong } from './local-directory.ts'

test('limits: each is refused by a sentence, and what lies just within is taken', async (t) => {
  const { post, found } = await startDirectory(t)
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
  const { post, found, clock } = await startDirectory(t)
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
  const { get, post, found } = await startDirectory(t)
  const { did, operation } = await found()
  assert.equal((await post(did, operation)).status, 200)
  assert.equal((await get(`/${did}/log/audit`)).json().length, 1)
})

test('bad requests have clear JSON errors', async (t) => {
  const { get, post, found, running } = await startDirectory(t)
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
  const { get, found, clock } = await startDirectory(t)
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
