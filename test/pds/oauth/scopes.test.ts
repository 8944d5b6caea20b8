// What each scope lets an app do at each method of the PDS that asks who is calling: the whole table. A method that is missing here fails the test.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openParts } from '../../../pds/parts.ts'
import { methodsOf } from '../../../pds/pds.ts'
import { systemClock } from '../../../server/clock.ts'
import { silentLog } from '../../../server/log.ts'
import { joinAs, localPds, PASSWORD } from '../local-pds.ts'
import { dpopApp, newVerifier, type Answer, type CallOptions } from './dpop-client.ts'
import { personAt } from './person.ts'

const POST = 'app.bsky.feed.post'
const LIKE = 'app.bsky.feed.like'
const SERVICE = 'did:web:api.example#bsky_appview'
const TIMELINE = 'app.bsky.feed.getTimeline'
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** Every scope that an app of the test asks for, beside `atproto`. */
const SCOPES = [
  '',
  'repo:*',
  `repo:${POST}`,
  `repo:${POST}?action=create`,
  `repo:${POST}?action=create&action=update`,
  `repo:${POST}?action=delete`,
  `repo:${LIKE}`,
  'repo?collection=app.bsky.feed.post&collection=app.bsky.feed.like&action=create',
  `rpc:${TIMELINE}?aud=*`,
  `rpc:${TIMELINE}?aud=${encodeURIComponent(SERVICE)}`,
  `rpc:*?aud=${encodeURIComponent(SERVICE)}`,
  'rpc:app.bsky.actor.getProfile?aud=*',
  'rpc:chat.bsky.convo.listConvos?aud=*',
  'blob:*/*',
  'blob:image/*',
  'blob:video/mp4',
  'account:email',
  'account:email?action=manage',
  'account:status?action=manage',
  'account:status',
  'identity:handle',
  'identity:*',
  'transition:generic',
  'transition:chat.bsky',
  'transition:email',
] as const

type Row = { readonly nsid: string; readonly options: CallOptions; readonly by: readonly string[] | 'any app' | 'no app' }

const creates = ['repo:*', `repo:${POST}`, `repo:${POST}?action=create`, `repo:${POST}?action=create&action=update`, 'transition:generic']
const both = 'repo?collection=app.bsky.feed.post&collection=app.bsky.feed.like&action=create'
const anyPost = ['repo:*', `repo:${POST}`, 'transition:generic']

const rowsFor = (did: string): readonly Row[] => {
  const record = { $type: POST, text: 'x', createdAt: '2026-11-21T00:00:00.000Z' }
  const like = {
    $type: LIKE,
    subject: { uri: `at://${did}/${POST}/one`, cid: 'bafyreie5cvv4h45feadgeuwhbcutmh6t2ceseocckahdoe6uat64zmz454' },
    createdAt: record.createdAt,
  }
  const write = (kind: string, more: object) => ({ $type: `com.atproto.repo.applyWrites#${kind}`, collection: POST, ...more })
  const applied = (...writes: object[]) => ({ body: { repo: did, writes } })
  const auth = (params: Record<string, string>) => ({ params })
  return [
    { nsid: 'com.atproto.repo.createRecord', options: { body: { repo: did, collection: POST, record } }, by: [...creates, both] },
    {
      nsid: 'com.atproto.repo.createRecord',
      options: { body: { repo: did, collection: LIKE, record: like } },
      by: ['repo:*', `repo:${LIKE}`, both, 'transition:generic'],
    },
    {
      nsid: 'com.atproto.repo.putRecord',
      options: { body: { repo: did, collection: POST, rkey: 'one', record } },
      by: [...anyPost, `repo:${POST}?action=create&action=update`],
    },
    {
      nsid: 'com.atproto.repo.deleteRecord',
      options: { body: { repo: did, collection: POST, rkey: 'none' } },
      by: [...anyPost, `repo:${POST}?action=delete`],
    },
    { nsid: 'com.atproto.repo.applyWrites', options: applied(write('create', { value: record })), by: [...creates, both] },
    {
      nsid: 'com.atproto.repo.applyWrites',
      options: applied(write('create', { value: record }), write('delete', { rkey: 'none' })),
      by: anyPost,
    },
    {
      nsid: 'com.atproto.repo.applyWrites',
      options: applied(write('update', { rkey: 'one', value: record })),
      by: [...anyPost, `repo:${POST}?action=create&action=update`],
    },
    {
      nsid: 'com.atproto.repo.uploadBlob',
      options: { raw: { type: 'image/png', bytes: PNG } },
      by: ['blob:*/*', 'blob:image/*', 'transition:generic'],
    },
    { nsid: 'com.atproto.repo.uploadBlob', options: { raw: { type: 'video/mp4', bytes: PNG } }, by: ['blob:*/*', 'transition:generic'] },
    {
      nsid: 'com.atproto.server.getServiceAuth',
      options: auth({ aud: SERVICE, lxm: TIMELINE }),
      by: [
        `rpc:${TIMELINE}?aud=*`,
        `rpc:${TIMELINE}?aud=${encodeURIComponent(SERVICE)}`,
        `rpc:*?aud=${encodeURIComponent(SERVICE)}`,
        'transition:generic',
      ],
    },
    {
      nsid: 'com.atproto.server.getServiceAuth',
      options: auth({ aud: 'did:web:else.example#svc', lxm: TIMELINE }),
      by: [`rpc:${TIMELINE}?aud=*`, 'transition:generic'],
    },
    {
      nsid: 'com.atproto.server.getServiceAuth',
      options: auth({ aud: SERVICE }),
      by: [`rpc:*?aud=${encodeURIComponent(SERVICE)}`, 'transition:generic'],
    },
    {
      nsid: 'com.atproto.server.getServiceAuth',
      options: auth({ aud: 'did:web:else.example#svc', lxm: 'chat.bsky.convo.listConvos' }),
      by: ['rpc:chat.bsky.convo.listConvos?aud=*', 'transition:chat.bsky'],
    },
    { nsid: 'com.atproto.server.getSession', options: {}, by: 'any app' },
    { nsid: 'com.atproto.server.checkAccountStatus', options: {}, by: 'any app' },
    { nsid: 'com.atproto.identity.getRecommendedDidCredentials', options: {}, by: 'any app' },
    { nsid: 'com.atproto.identity.updateHandle', options: { body: { handle: 'hanako.pds1.test' } }, by: ['identity:handle', 'identity:*'] },
    { nsid: 'com.atproto.server.deactivateAccount', options: { body: {} }, by: ['account:status?action=manage'] },
    { nsid: 'com.atproto.server.activateAccount', options: { raw: { type: 'application/json', bytes: '' } }, by: 'no app' },
    { nsid: 'com.atproto.server.createAppPassword', options: { body: { name: 'x' } }, by: 'no app' },
    { nsid: 'com.atproto.server.listAppPasswords', options: {}, by: 'no app' },
    { nsid: 'com.atproto.server.revokeAppPassword', options: { body: { name: 'x' } }, by: 'no app' },
  ]
}

/** Methods whose callers are no accounts: the operator, a refresh token of a session of the account's own. */
const OTHERS = /^com\.atproto\.(?:admin\.|server\.(?:createInviteCode|refreshSession|deleteSession)$)/

test('the table has every method that asks who is calling', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'waki-scopes-'))
  const parts = openParts(
    { host: '127.0.0.1', port: 0, dataDir, plcUrl: 'http://localhost:1', handleDomains: ['.pds1.test'] },
    'http://localhost:1',
    systemClock(),
    silentLog,
  )
  try {
    const asking = Object.entries(methodsOf(parts)).flatMap(([nsid, one]) => (one.auth === undefined || OTHERS.test(nsid) ? [] : [nsid]))
    assert.deepEqual(asking.toSorted(), [...new Set(rowsFor('did:plc:x').map(({ nsid }) => nsid))].toSorted())
  } finally {
    parts.db.close()
    rmSync(dataDir, { recursive: true })
  }
})

test('scope by method: what is heard and what is refused', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const person = personAt(local.pds.url)
  const first = dpopApp(local.pds.url, { scope: 'atproto' })
  await person.open(first.clientId, String((await first.par(newVerifier())).json['request_uri']))
  await person.signIn(hanako.handle, PASSWORD)
  const grant = async (scope: string) => {
    const app = dpopApp(local.pds.url, { scope })
    const verifier = newVerifier()
    await person.open(app.clientId, String((await app.par(verifier)).json['request_uri']))
    const given = await app.token((await person.consent(hanako.did)).get('code') ?? '', verifier)
    assert.equal(given.json['scope'], scope)
    return { app, access: String(given.json['access_token']) }
  }
  const expected: string[] = []
  const seen: string[] = []
  for (const scope of SCOPES) {
    const { app, access } = await grant(`atproto ${scope}`.trim())
    for (const [at, { nsid, options, by }] of rowsFor(hanako.did).entries()) {
      const answer = await app.call(access, nsid, options)
      const name = `${at} ${nsid} by ${scope || 'atproto alone'}`
      expected.push(
        `${name}: ${by === 'no app' ? '403 Forbidden' : by === 'any app' || by.includes(scope) ? 'heard' : '403 ScopeMissingError'}`,
      )
      seen.push(`${name}: ${heardOr(answer)}`)
      if (nsid === 'com.atproto.server.deactivateAccount')
        await local.post('com.atproto.server.activateAccount', undefined, hanako.accessJwt)
    }
    const session = await app.call(access, 'com.atproto.server.getSession')
    const mayRead = ['account:email', 'account:email?action=manage', 'transition:email']
    assert.equal('email' in session.json, mayRead.includes(scope), scope)
  }
  assert.deepEqual(seen, expected)
})

const heardOr = ({ status, json }: Answer): string => (status === 200 ? 'heard' : `${status} ${String(json['error'])}`)

test('sessions of the account’s own and app passwords are not asked for scopes', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const made = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, hanako.accessJwt)
  const session = await local.post('com.atproto.server.createSession', { identifier: hanako.did, password: String(made.json['password']) })
  for (const token of [hanako.accessJwt, String(session.json['accessJwt'])]) {
    const body = { repo: hanako.did, collection: POST, record: { $type: POST, text: 'x', createdAt: '2026-11-21T00:00:00.000Z' } }
    assert.equal((await local.post('com.atproto.repo.createRecord', body, token)).status, 200)
    assert.equal((await local.get('com.atproto.server.getServiceAuth', { aud: SERVICE, lxm: TIMELINE }, token)).status, 200)
    assert.ok('email' in (await local.get('com.atproto.server.getSession', {}, token)).json)
  }
})
