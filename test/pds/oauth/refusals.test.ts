// What an app is refused, step by step, by a client made by hand: each refusal by its name, and that nothing came of it.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { POSTS_PER_ADDRESS } from '../../../pds/oauth/authorization-server.ts'
import { REPLAY_WINDOW_MS } from '../../../pds/oauth/token-store.ts'
import { systemClock } from '../../../server/clock.ts'
import { joinAs, localPds, PASSWORD } from '../local-pds.ts'
import { challengeOf, dpopApp, hashOfToken, localhostClient, newVerifier, proofKey, proofOf, REDIRECT, type Answer } from './dpop-client.ts'
import { codeFor, grantTo } from './granted.ts'
import { personAt } from './person.ts'

const said = ({ status, json }: Answer): string => `${status} ${String(json['error'])}`
const SESSION = 'com.atproto.server.getSession'

test('requests that are not taken in', async (t) => {
  const local = await localPds(t)
  const { url } = local.pds
  const app = dpopApp(url, { scope: 'atproto' })
  const rows: readonly (readonly [string, Promise<Answer>, string])[] = [
    [
      'no PKCE',
      app.post('/oauth/par', { response_type: 'code', redirect_uri: REDIRECT, scope: 'atproto', state: 'x' }),
      '400 invalid_request',
    ],
    ['no state', app.par(newVerifier(), { state: '' }), '400 invalid_request'],
    ['plain PKCE', app.par(newVerifier(), { code_challenge_method: 'plain' }), '400 invalid_request'],
    ['without atproto', dpopApp(url, { scope: 'atproto repo:*' }).par(newVerifier(), { scope: 'repo:*' }), '400 invalid_scope'],
    ['a scope the client did not name', app.par(newVerifier(), { scope: 'atproto repo:*' }), '400 invalid_scope'],
    [
      'an include that resolves to nothing',
      dpopApp(url, { scope: 'atproto include:jp.example.authNobody' }).par(newVerifier()),
      '400 invalid_scope',
    ],
    ['a foreign redirect', app.par(newVerifier(), { redirect_uri: 'http://127.0.0.1/elsewhere' }), '400 invalid_request'],
    ['a redirect to another host', app.par(newVerifier(), { redirect_uri: 'https://thief.example/callback' }), '400 invalid_request'],
    [
      'a client by plain http',
      dpopApp(url, { scope: 'atproto', clientId: 'http://app.example/client.json' }).par(newVerifier()),
      '400 invalid_client_metadata',
    ],
    [
      'a client at a private address',
      dpopApp(url, { scope: 'atproto', clientId: 'https://10.0.0.7/client.json' }).par(newVerifier()),
      '400 invalid_client_metadata',
    ],
    [
      'a client under a name of a private address',
      dpopApp(url, { scope: 'atproto', clientId: 'https://metadata.internal/client.json' }).par(newVerifier()),
      '400 invalid_client_metadata',
    ],
    ['a proof for another address', app.par(newVerifier(), {}, { htu: `${url}/oauth/token` }), '401 invalid_dpop_proof'],
    ['a proof for another method', app.par(newVerifier(), {}, { htm: 'GET' }), '401 invalid_dpop_proof'],
  ]
  for (const [what, asked, expected] of rows) {
    const answer = await asked
    assert.equal(said(answer), expected, `${what}: ${JSON.stringify(answer.json)}`)
  }
})

test('scopes that cannot be read are dropped, not refused', async (t) => {
  const local = await localPds(t)
  const joined = await joinAs(local, 'hanako')
  const granted = await grantTo(local, joined, { scope: 'atproto repo:app.bsky.feed.post?action=create future:thing repo:not-an-nsid' })
  assert.equal(granted.scope, 'atproto repo:app.bsky.feed.post?action=create')
})

test('a person may grant less than was asked', async (t) => {
  const local = await localPds(t)
  const { did, handle } = await joinAs(local, 'hanako')
  const app = dpopApp(local.pds.url, { scope: 'atproto account:email' })
  const verifier = newVerifier()
  const person = personAt(local.pds.url)
  const pushed = await app.par(verifier)
  await person.open(app.clientId, String(pushed.json['request_uri']))
  await person.signIn(handle, PASSWORD)
  const back = await person.consent(did, 'atproto')
  const given = await app.token(back.get('code') ?? '', verifier)
  assert.equal(given.json['scope'], 'atproto')
  assert.equal('email' in (await app.call(String(given.json['access_token']), SESSION)).json, false)
})

test('a nonce is given before anything else, and a stale one is exchanged', async (t) => {
  const local = await localPds(t)
  const { url } = local.pds
  const { app, access } = await grantTo(local, await joinAs(local, 'hanako'), { scope: 'atproto' })
  const endpoint = `${url}/oauth/par`
  const first = await app.par(newVerifier(), {}, { dpop: proofOf(app.key, { htm: 'POST', htu: endpoint }) })
  assert.equal(said(first), '400 use_dpop_nonce')
  assert.ok(first.headers.get('dpop-nonce'))
  assert.match(first.headers.get('access-control-expose-headers') ?? '', /DPoP-Nonce/i)
  const stale = await app.par(newVerifier(), {}, { nonce: randomBytes(32).toString('base64url') })
  assert.equal(said(stale), '400 use_dpop_nonce')
  const method = `${url}/xrpc/${SESSION}`
  for (const nonce of [undefined, 'a nonce of last year']) {
    const proof = proofOf(app.key, { htm: 'GET', htu: method, ath: hashOfToken(access), ...(nonce === undefined ? {} : { nonce }) })
    const asked = await fetch(method, { headers: { authorization: `DPoP ${access}`, dpop: proof } })
    assert.equal(asked.status, 401)
    assert.match(asked.headers.get('www-authenticate') ?? '', /^DPoP .*error="use_dpop_nonce"/)
    assert.ok(asked.headers.get('dpop-nonce'))
    const exposed = asked.headers.get('access-control-expose-headers') ?? ''
    assert.ok(exposed.includes('DPoP-Nonce') && exposed.includes('WWW-Authenticate'), exposed)
    assert.equal(asked.headers.get('access-control-allow-origin'), '*')
  }
})

test('proofs of possession: replayed, without the token’s hash, of another key, of another address, too old', async (t) => {
  const local = await localPds(t)
  const { url } = local.pds
  const { app, access } = await grantTo(local, await joinAs(local, 'hanako'), { scope: 'atproto' })
  assert.equal((await app.call(access, SESSION)).status, 200)
  const jti = 'the same twice'
  assert.equal((await app.call(access, SESSION, { claims: { jti } })).status, 200)
  const rows: readonly (readonly [string, Promise<Answer>])[] = [
    ['replayed jti', app.call(access, SESSION, { claims: { jti } })],
    ['hash of another token', app.call(access, SESSION, { claims: { ath: hashOfToken('another') } })],
    ['another key', app.call(access, SESSION, { key: proofKey() })],
    ['another method', app.call(access, SESSION, { claims: { htm: 'POST' } })],
    ['another address', app.call(access, SESSION, { claims: { htu: `${url}/xrpc/com.atproto.server.getServiceAuth` } })],
    ['another host', app.call(access, SESSION, { claims: { htu: `https://elsewhere.example/xrpc/${SESSION}` } })],
    ['of an hour ago', app.call(access, SESSION, { claims: { iat: Math.floor(Date.now() / 1000) - 3600 } })],
    ['another token', app.call(`${access}x`, SESSION)],
  ]
  for (const [what, asked] of rows) {
    const answer = await asked
    assert.equal(answer.status, 401, what)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^DPoP .*error="invalid_(?:token|dpop_proof)"/, what)
  }
  const bearer = await fetch(`${url}/xrpc/${SESSION}`, { headers: { authorization: `Bearer ${access}` } })
  assert.equal(bearer.status, 400, 'an app’s token is no bearer token')
})

test('behind a proxy the address of the settings counts, whatever the request says of itself', async (t) => {
  const publicUrl = 'https://pds.example'
  const local = await localPds(t, { config: { publicUrl } })
  const here = `http://127.0.0.1:${local.pds.port}`
  const app = dpopApp(here, { scope: 'atproto', proxyHeaders: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'thief.example' } })
  const par = (htu: string) => app.par(newVerifier(), {}, { htu })
  assert.equal(said(await par(`${here}/oauth/par`)), '401 invalid_dpop_proof')
  assert.equal(said(await par('https://thief.example/oauth/par')), '401 invalid_dpop_proof')
  assert.equal((await par(`${publicUrl}/oauth/par`)).status, 201)
  const metadata = (await (await fetch(`${here}/.well-known/oauth-authorization-server`)).json()) as Answer['json']
  assert.equal(metadata['issuer'], publicUrl)
})

test('a code: once, with its verifier, its key and its redirect; brought twice it ends what it gave', async (t) => {
  const local = await localPds(t)
  const joined = await joinAs(local, 'hanako')
  const person = personAt(local.pds.url)
  const app = dpopApp(local.pds.url, { scope: 'atproto' })
  const wrong = async (bring: (code: string, verifier: string) => Promise<Answer>) => {
    const { code, verifier } = await codeFor(app, person, joined.handle, joined.did)
    return said(await bring(code, verifier))
  }
  assert.equal(await wrong((code) => app.token(code, newVerifier())), '400 invalid_grant')
  assert.equal(await wrong((code, verifier) => app.token(code, verifier, { key: proofKey() })), '400 invalid_grant')
  assert.equal(
    await wrong((code, verifier) =>
      app.post('/oauth/token', { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: 'http://127.0.0.1/other' }),
    ),
    '400 invalid_grant',
  )
  const { code, verifier } = await codeFor(app, person, joined.handle, joined.did)
  const both = await Promise.all([app.token(code, verifier), app.token(code, verifier)])
  assert.equal(both.filter(({ status }) => status === 200).length <= 1, true, 'one at most')
  const again = await codeFor(app, person, joined.handle, joined.did)
  const given = await app.token(again.code, again.verifier)
  assert.equal(given.status, 200)
  assert.equal(said(await app.token(again.code, again.verifier)), '400 invalid_grant')
  assert.equal((await app.call(String(given.json['access_token']), SESSION)).status, 401, 'the session is ended')
})

test('a refresh token: a lost answer is given again to the same key; later, or to another key, it ends the session', async (t) => {
  let skewMs = 0
  const system = systemClock()
  const local = await localPds(t, { clock: { ...system, realMs: () => system.realMs() + skewMs } })
  const joined = await joinAs(local, 'hanako')
  const lost = await grantTo(local, joined, { scope: 'atproto' })
  const [one, other] = await Promise.all([lost.app.refresh(lost.refresh), lost.app.refresh(lost.refresh)])
  assert.deepEqual([one.status, other.status], [200, 200], JSON.stringify([one.json, other.json]))
  for (const { json } of [one, other]) assert.equal((await lost.app.call(String(json['access_token']), SESSION)).status, 200)
  const next = await lost.app.refresh(String(one.json['refresh_token']))
  assert.equal(next.status, 200)
  skewMs += REPLAY_WINDOW_MS + 1
  assert.equal(said(await lost.app.refresh(String(other.json['refresh_token']))), '400 invalid_grant')
  assert.equal((await lost.app.call(String(next.json['access_token']), SESSION)).status, 401, 'the session is ended')

  const stolen = await grantTo(local, joined, { scope: 'atproto' })
  assert.equal(said(await stolen.app.refresh(stolen.refresh, { key: proofKey() })), '400 invalid_grant')
  assert.equal(said(await stolen.app.refresh(stolen.refresh)), '400 invalid_grant', 'whoever came first, the session is ended')
  assert.equal((await stolen.app.call(stolen.access, SESSION)).status, 401)
})

test('a deactivated account’s tokens are refused and not refreshed; a takedown ends them', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const granted = await grantTo(local, hanako, { scope: 'atproto' })
  assert.equal((await local.post('com.atproto.server.deactivateAccount', {}, hanako.accessJwt)).status, 200)
  assert.equal(said(await granted.app.call(granted.access, SESSION)), '401 AccountDeactivated')
  assert.equal(said(await granted.app.refresh(granted.refresh)), '400 temporarily_unavailable', 'clients forget what is an invalid_grant')
  assert.equal((await local.post('com.atproto.server.activateAccount', undefined, hanako.accessJwt)).status, 200)
  assert.equal((await granted.app.call(granted.access, SESSION)).status, 200)
  const refreshed = await granted.app.refresh(granted.refresh)
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.json))
  const takedown = (applied: boolean) =>
    local.admin('com.atproto.admin.updateSubjectStatus', {
      subject: { $type: 'com.atproto.admin.defs#repoRef', did: hanako.did },
      takedown: { applied },
    })
  await takedown(true)
  assert.equal((await granted.app.call(granted.access, SESSION)).status, 401)
  await takedown(false)
  assert.equal((await granted.app.call(granted.access, SESSION)).status, 401, 'what was ended stays ended')
  assert.equal(said(await granted.app.refresh(granted.refresh)), '400 invalid_grant')
})

test('a deactivated account’s token is revoked like any other', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const granted = [await grantTo(local, hanako, { scope: 'atproto' }), await grantTo(local, hanako, { scope: 'atproto' })] as const
  assert.equal((await local.post('com.atproto.server.deactivateAccount', {}, hanako.accessJwt)).status, 200)
  assert.equal((await granted[0].app.revoke(granted[0].refresh)).status, 200)
  assert.equal((await granted[1].app.revoke(granted[1].access)).status, 200)
  assert.equal((await local.post('com.atproto.server.activateAccount', undefined, hanako.accessJwt)).status, 200)
  for (const { app, access, refresh } of granted) {
    assert.equal((await app.call(access, SESSION)).status, 401)
    assert.equal(said(await app.refresh(refresh)), '400 invalid_grant')
  }
})

test('a request that was not pushed is not taken', async (t) => {
  const local = await localPds(t)
  const parameters = { response_type: 'code', redirect_uri: REDIRECT, scope: 'atproto', state: 'x', code_challenge_method: 'S256' }
  const verifier = newVerifier()
  const page = await personAt(local.pds.url).openWith({
    client_id: localhostClient('atproto'),
    code_challenge: challengeOf(verifier),
    ...parameters,
  })
  assert.equal(page.status, 400, page.text)
  assert.equal(page.location, undefined)
})

test('a deactivated account signs in for its own pages, and lets no app in', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  await local.post('com.atproto.server.deactivateAccount', {}, hanako.accessJwt)
  const app = dpopApp(local.pds.url, { scope: 'atproto' })
  const { back } = await codeFor(app, personAt(local.pds.url), hanako.handle, hanako.did)
  assert.equal(back.get('error'), 'access_denied')
  assert.equal(back.get('code'), null)
})

test('wrong passwords and app passwords sign nobody in, and are counted', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const made = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, hanako.accessJwt)
  const app = dpopApp(local.pds.url, { scope: 'atproto' })
  const pushed = await app.par(newVerifier())
  const person = personAt(local.pds.url)
  await person.open(app.clientId, String(pushed.json['request_uri']))
  for (const password of ['wrong', String(made.json['password']), ''])
    assert.equal((await person.signIn(hanako.handle, password)).status, 400)
  await Promise.all(Array.from({ length: 40 }, () => person.signIn(hanako.handle, 'w'.repeat(300))))
  assert.equal((await person.signIn(hanako.handle, PASSWORD)).status, 429)
})

test('requests from one address are bounded, those of others go on', async (t) => {
  const local = await localPds(t)
  const push = async (from: string): Promise<Response> => {
    const response = await fetch(`${local.pds.url}/oauth/par`, { method: 'POST', headers: { 'x-forwarded-for': from } })
    await response.text()
    return response
  }
  assert.equal((await push('198.51.100.7')).status, 415)
  for (let left = POSTS_PER_ADDRESS - 1; left > 0; left -= 100)
    await Promise.all(Array.from({ length: Math.min(left, 100) }, () => push('198.51.100.7')))
  const late = await push('198.51.100.7')
  assert.equal(late.status, 429)
  assert.ok(Number(late.headers.get('retry-after')) > 0)
  assert.equal((await push('198.51.100.8')).status, 415)
})

test('a revocation without a proof of possession revokes; one by another client does not', async (t) => {
  const local = await localPds(t)
  const joined = await joinAs(local, 'hanako')
  const granted = await grantTo(local, joined, { scope: 'atproto' })
  const revoke = (clientId: string) =>
    fetch(`${local.pds.url}/oauth/revoke`, { method: 'POST', body: new URLSearchParams({ client_id: clientId, token: granted.refresh }) })
  assert.equal((await revoke(localhostClient('atproto', 'http://127.0.0.1/another'))).status, 200)
  assert.equal((await granted.app.call(granted.access, SESSION)).status, 200)
  assert.equal((await revoke(granted.app.clientId)).status, 200)
  assert.equal((await granted.app.call(granted.access, SESSION)).status, 401)
})
