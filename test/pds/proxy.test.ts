// What the PDS passes on: to whom, with which headers, in whose name; and what it refuses to pass on or back. The service is a server of its own.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { PROXY_MAX_BYTES } from '../../pds/proxy/limits.ts'
import { fetchJson, joinAs, localPds, refusalOf, type Json, type LocalPds } from './local-pds.ts'

type Seen = { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }
type Service = { readonly did: string; readonly seen: Seen[]; respond: (req: IncomingMessage, res: ServerResponse) => void }

/** A service with a did:web document that names itself `#waki_appview`, and a dead address `#away`. */
const service = async (t: TestContext): Promise<Service> => {
  const server: Server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://localhost:${port}`
  const did = `did:web:localhost%3A${port}`
  const one: Service = { did, seen: [], respond: (_req, res) => void res.end('{}') }
  const endpoints = { '#waki_appview': url, '#away': 'http://localhost:1', '#inside': 'http://192.168.0.1' }
  const services = Object.entries(endpoints).map(([id, serviceEndpoint]) => ({ id, type: 'WakiAppView', serviceEndpoint }))
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (req.url === '/.well-known/did.json') return void res.end(JSON.stringify({ id: did, service: services }))
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      one.seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString() })
      one.respond(req, res)
    })
  })
  t.after(() => server.close())
  return one
}

const claimsOf = (header: string | undefined): Json => JSON.parse(Buffer.from(header?.split('.')[1] ?? '', 'base64url').toString()) as Json

const ask = (local: LocalPds, path: string, init: RequestInit): Promise<Response> => fetch(`${local.pds.url}/xrpc/${path}`, init)

test('a request goes to the service it names, in the name of the caller', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'alice')
  upstream.respond = (_req, res) => {
    res.writeHead(200, {
      'content-type': 'application/json',
      'content-language': 'ja',
      'atproto-repo-rev': '3k',
      'set-cookie': 'a=b',
      'x-inner': '1',
    })
    res.end('{"ok":true}')
  }
  const response = await ask(local, 'org.waki.listActions?did=x&did=y', {
    headers: {
      authorization: `Bearer ${accessJwt}`,
      'atproto-proxy': `${upstream.did}#waki_appview`,
      'accept-language': 'ja',
      'x-atproto-test': 'yes',
      cookie: 'secret=1',
    },
  })
  assert.deepEqual([response.status, await response.json()], [200, { ok: true }])
  assert.deepEqual(
    ['content-language', 'atproto-repo-rev', 'set-cookie', 'x-inner'].map((name) => response.headers.get(name)),
    ['ja', '3k', null, null],
  )
  const [seen] = upstream.seen
  assert.equal(seen?.url, '/xrpc/org.waki.listActions?did=x&did=y')
  assert.deepEqual([seen.headers['accept-language'], seen.headers['x-atproto-test'], seen.headers.cookie], ['ja', 'yes', undefined])
  const { iss, aud, lxm, exp, iat } = claimsOf(seen.headers.authorization)
  assert.deepEqual({ iss, aud, lxm }, { iss: did, aud: upstream.did, lxm: 'org.waki.listActions' })
  assert.equal(Number(exp) - Number(iat), 60)
})

test('a body goes along, and methods go by their prefix where the caller names nobody', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t, {
    config: { proxyRoutes: { 'org.': 'did:web:nobody.invalid#x', 'org.waki.': `${upstream.did}#waki_appview` } },
  })
  const { accessJwt } = await joinAs(local, 'alice')
  const { status } = await local.post('org.waki.confirm', { note: '和' }, accessJwt)
  assert.equal(status, 200)
  assert.deepEqual([upstream.seen[0]?.method, upstream.seen[0]?.body], ['POST', '{"note":"和"}'])
  assert.equal(refusalOf(await local.get('com.example.other', {}, accessJwt)), '501 MethodNotImplemented')
})

test('what is not passed on', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t)
  const { accessJwt } = await joinAs(local, 'alice')
  const here = `${upstream.did}#waki_appview`
  const own = `did:web:localhost%3A${local.pds.port}#atproto_pds`
  const rows: readonly (readonly [string, string, string, string | undefined, string])[] = [
    ['no DID', 'org.waki.x.y', 'appview.example#waki', accessJwt, '400 InvalidRequest'],
    ['no service', 'org.waki.x.y', upstream.did, accessJwt, '400 InvalidRequest'],
    ['a service the document has not', 'org.waki.x.y', `${upstream.did}#other`, accessJwt, '400 InvalidRequest'],
    ['a DID nobody has', 'org.waki.x.y', 'did:web:localhost%3A1#waki', accessJwt, '400 InvalidRequest'],
    ['this server', 'org.waki.x.y', own, accessJwt, '400 InvalidRequest'],
    ['no method name', 'nonsense', here, accessJwt, '400 InvalidRequest'],
    ['a protected method', 'com.atproto.identity.signPlcOperation', here, accessJwt, '400 InvalidRequest'],
    ['no token', 'org.waki.x.y', here, undefined, '401 AuthMissing'],
    ['a broken token', 'org.waki.x.y', here, 'nonsense', '400 InvalidToken'],
    ['a private address', 'org.waki.x.y', `${upstream.did}#inside`, accessJwt, '502 UpstreamFailure'],
    ['a dead address', 'org.waki.x.y', `${upstream.did}#away`, accessJwt, '502 UpstreamFailure'],
  ]
  for (const [what, nsid, target, token, expected] of rows) {
    const headers = { 'atproto-proxy': target, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const response = await ask(local, nsid, { headers })
    const { error } = (await response.json()) as Json
    assert.equal(`${response.status} ${String(error)}`, expected, what)
  }
  assert.deepEqual(upstream.seen, [])
})

test('an app password without privileges speaks to nobody about conversations', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'alice')
  const signInWith = async (name: string, privileged: boolean): Promise<string> => {
    const made = await local.post('com.atproto.server.createAppPassword', { name, privileged }, accessJwt)
    const session = await local.post('com.atproto.server.createSession', { identifier: did, password: made.json['password'] })
    const { json } = await local.post('com.atproto.server.refreshSession', undefined, String(session.json['refreshJwt']))
    return String(json['accessJwt'])
  }
  const CHAT = 'chat.bsky.convo.listConvos'
  const outcomes = async (token: string): Promise<string[]> => {
    const headers = { authorization: `Bearer ${token}`, 'atproto-proxy': `${upstream.did}#waki_appview` }
    const proxied = await Promise.all([CHAT, 'org.waki.x.y'].map(async (nsid) => (await ask(local, nsid, { headers })).status))
    const tokens = [{ lxm: CHAT }, { lxm: 'org.waki.x.y' }, {}].map((more) =>
      local.get('com.atproto.server.getServiceAuth', { aud: upstream.did, ...more }, token),
    )
    return [...proxied.map(String), ...(await Promise.all(tokens)).map((one) => (one.status === 200 ? '200' : refusalOf(one)))]
  }
  const plain = await signInWith('plain', false)
  assert.deepEqual(await outcomes(plain), ['400', '200', '400 InvalidToken', '200', '400 InvalidToken'])
  assert.equal(upstream.seen.length, 1)
  const privileged = await signInWith('privileged', true)
  for (const token of [privileged, accessJwt]) assert.deepEqual(await outcomes(token), ['200', '200', '200', '200', '200'])
  for (const token of [plain, privileged]) {
    const moving = await local.get(
      'com.atproto.server.getServiceAuth',
      { aud: upstream.did, lxm: 'com.atproto.server.createAccount' },
      token,
    )
    assert.equal(refusalOf(moving), '400 InvalidToken')
    assert.equal(refusalOf(await local.post('com.atproto.server.deactivateAccount', {}, token)), '400 InvalidToken')
  }
})

test('what comes back is bounded, and a failure of the service is said to be its own', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t)
  const { accessJwt } = await joinAs(local, 'alice')
  const headers = { authorization: `Bearer ${accessJwt}`, 'atproto-proxy': `${upstream.did}#waki_appview` }
  const statusOf = async (respond: Service['respond']): Promise<number> => {
    upstream.respond = respond
    const response = await ask(local, 'org.waki.x.y', { headers })
    await response.body?.cancel()
    return response.status
  }
  assert.equal(await statusOf((_req, res) => void res.writeHead(500).end('{}')), 502)
  assert.equal(await statusOf((_req, res) => void res.writeHead(404).end('{"error":"NotFound"}')), 404)
  assert.equal(await statusOf((_req, res) => void res.writeHead(429, { 'retry-after': '7' }).end()), 429)
  assert.equal(await statusOf((_req, res) => void res.writeHead(302, { location: 'http://localhost:1/' }).end()), 502)
  assert.equal(await statusOf((_req, res) => void res.writeHead(200, { 'content-length': PROXY_MAX_BYTES + 1 }).end()), 502)
  const tooMuch = new Uint8Array(PROXY_MAX_BYTES)
  upstream.respond = (_req, res) => {
    res.write(tooMuch)
    res.end('more')
  }
  await assert.rejects(async () => (await ask(local, 'org.waki.x.y', { headers })).arrayBuffer(), 'cut, never taken for the whole')
  const body = Buffer.alloc(PROXY_MAX_BYTES + 1)
  assert.equal((await ask(local, 'org.waki.x.y', { method: 'POST', headers, body })).status, 413)
})

test('a compressed body is passed on as it was before, and bounded so', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t)
  const { accessJwt } = await joinAs(local, 'alice')
  const headers = { authorization: `Bearer ${accessJwt}`, 'atproto-proxy': `${upstream.did}#waki_appview`, 'content-type': 'text/plain' }
  const post = async (encoding: string, body: Uint8Array) =>
    (
      await ask(local, 'org.waki.x.y', {
        method: 'POST',
        headers: { ...headers, 'content-encoding': encoding },
        body: new Uint8Array(body),
      })
    ).status
  const text = Buffer.from('和'.repeat(100))
  assert.equal(await post('gzip', gzipSync(text)), 200)
  assert.equal(await post('br', brotliCompressSync(text)), 200)
  assert.equal(await post('deflate', deflateSync(text)), 200)
  for (const { body, headers: sent } of upstream.seen) assert.deepEqual([body, sent['content-encoding']], [text.toString(), undefined])
  const bomb = Buffer.alloc(PROXY_MAX_BYTES + 1)
  assert.equal(await post('gzip', gzipSync(bomb)), 413)
  assert.equal(await post('br', brotliCompressSync(bomb)), 413)
  assert.equal(await post('gzip', text), 400)
  assert.equal(await post('gzip, gzip', gzipSync(gzipSync(bomb))), 415)
  assert.equal(upstream.seen.length, 3)
})

test('when the caller leaves, the service is left, too: before it answers and while it does', async (t) => {
  const local = await localPds(t)
  const { accessJwt } = await joinAs(local, 'hanako')
  const appview = await service(t)
  const headers = { authorization: `Bearer ${accessJwt}`, 'atproto-proxy': `${appview.did}#waki_appview` }
  for (const begins of [false, true]) {
    const isLeft = Promise.withResolvers<void>()
    const caller = get(`${local.pds.url}/xrpc/org.waki.listActions`, { headers, agent: false })
    caller.on('error', () => {})
    caller.once('response', (message) => message.once('data', () => caller.destroy()))
    appview.respond = (_req, res) => {
      res.once('close', isLeft.resolve)
      if (begins) res.write('the beginning')
      else caller.destroy()
    }
    await isLeft.promise
  }
})

test('a deactivated account is not spoken for', async (t) => {
  const upstream = await service(t)
  const local = await localPds(t)
  const { accessJwt } = await joinAs(local, 'alice')
  await local.post('com.atproto.server.deactivateAccount', {}, accessJwt)
  const headers = { authorization: `Bearer ${accessJwt}`, 'atproto-proxy': `${upstream.did}#waki_appview` }
  const { error } = await fetchJson<Json>(`${local.pds.url}/xrpc/org.waki.x.y`, { headers })
  assert.equal(error, 'AccountDeactivated')
  assert.deepEqual(upstream.seen, [])
})
