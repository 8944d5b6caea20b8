// The whole way of an app that is not ours: request pushed, person signed in and asked, code, token, a record written with it, refreshed, revoked.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinAs, localPds, PASSWORD } from '../local-pds.ts'
import { dpopApp, newVerifier } from './dpop-client.ts'
import { personAt } from './person.ts'

const POST = 'app.bsky.feed.post'
const post = (text: string) => ({ $type: POST, text, createdAt: '2026-11-21T00:00:00.000Z' })

test('PAR, sign-in, consent, code, token, a record, refresh, revocation', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  const issuer = local.pds.url
  const app = dpopApp(issuer, { scope: `atproto repo:${POST}?action=create` })
  const verifier = newVerifier()
  const pushed = await app.par(verifier)
  assert.equal(pushed.status, 201, JSON.stringify(pushed.json))
  const person = personAt(issuer)
  const opened = await person.open(app.clientId, String(pushed.json['request_uri']))
  assert.equal(opened.status, 200, opened.text)
  const signedIn = await person.signIn('hanako.pds1.test', PASSWORD)
  assert.equal(signedIn.status, 200, JSON.stringify(signedIn.json))
  const back = await person.consent(did)
  assert.equal(back.get('iss'), issuer)
  assert.equal(back.get('state'), 'a state')
  const given = await app.token(back.get('code') ?? '', verifier)
  assert.equal(given.status, 200, JSON.stringify(given.json))
  assert.equal(given.json['sub'], did)
  assert.equal(given.json['token_type'], 'DPoP')
  assert.equal(given.json['scope'], `atproto repo:${POST}?action=create`)
  const access = String(given.json['access_token'])
  const written = await app.call(access, 'com.atproto.repo.createRecord', { body: { repo: did, collection: POST, record: post('one') } })
  assert.equal(written.status, 200, JSON.stringify(written.json))
  const refreshed = await app.refresh(String(given.json['refresh_token']))
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.json))
  const next = String(refreshed.json['access_token'])
  const stale = await app.call(access, 'com.atproto.server.getSession')
  assert.equal(`${stale.status} ${String(stale.json['error'])}`, '401 invalid_token')
  assert.match(stale.headers.get('www-authenticate') ?? '', /^DPoP .*error="invalid_token"/)
  const seen = await app.call(next, 'com.atproto.server.getSession')
  assert.equal(seen.json['did'], did)
  assert.equal('email' in seen.json, false, 'the e-mail address needs its own scope')
  assert.equal((await app.revoke(String(refreshed.json['refresh_token']))).status, 200)
  assert.equal((await app.call(next, 'com.atproto.server.getSession')).status, 401)
  assert.equal((await app.refresh(String(refreshed.json['refresh_token']))).json['error'], 'invalid_grant')
})
