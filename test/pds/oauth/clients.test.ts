// The official client for servers against this PDS, unchanged: an app under development over http, and a confidential one over https behind a certificate
// authority of the test's own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  buildAtprotoLoopbackClientMetadata,
  JoseKey,
  NodeOAuthClient,
  requestLocalLock,
  type NodeSavedSession,
  type NodeSavedState,
  type OAuthClientMetadataInput,
} from '@atproto/oauth-client-node'
import { forwardTo, httpsNames } from '../../support/https-names.ts'
import { opensslPath, skipUnless } from '../../support/needs.ts'
import { joinAs, localPds, PASSWORD, type Json, type LocalPds } from '../local-pds.ts'
import { personAt } from './person.ts'

const POST = 'app.bsky.feed.post'
const SCOPE = `atproto repo:${POST}?action=create`

/** A store in memory that shows what it holds. */
const memory = <T>() => {
  const held = new Map<string, T>()
  return {
    held,
    set: async (key: string, value: T) => void held.set(key, value),
    get: async (key: string) => held.get(key),
    del: async (key: string) => void held.delete(key),
  }
}

const clientOf = (local: LocalPds, clientMetadata: OAuthClientMetadataInput, more: { fetch?: typeof fetch; keyset?: JoseKey[] } = {}) => {
  const sessions = memory<NodeSavedSession>()
  const client = new NodeOAuthClient({
    clientMetadata,
    stateStore: memory<NodeSavedState>(),
    sessionStore: sessions,
    requestLock: requestLocalLock,
    allowHttp: true,
    plcDirectoryUrl: local.plc.url,
    handleResolver: { resolve: async (handle) => parseHandleDid((await local.get('com.atproto.identity.resolveHandle', { handle })).json) },
    fetch: more.fetch ?? fetch,
    ...(more.keyset === undefined ? {} : { keyset: more.keyset }),
  })
  return { client, sessions }
}

const parseHandleDid = ({ did }: Json) => did as `did:plc:${string}`

const read = async (response: Response): Promise<Json> => (await response.json()) as Json

/** From sign-in to sign-out, as any app does it; `here` is where a browser reaches the server. */
const goThrough = async ({ client, sessions }: ReturnType<typeof clientOf>, handle: string, did: string, here: string) => {
  const url = await client.authorize(handle, { scope: SCOPE })
  const person = personAt(url.origin, here)
  await person.open(String(url.searchParams.get('client_id')), String(url.searchParams.get('request_uri')))
  assert.equal((await person.signIn(handle, PASSWORD)).status, 200)
  const { session } = await client.callback(await person.consent(did))
  assert.equal(session.did, did)
  const write = async (collection: string) =>
    session.fetchHandler('/xrpc/com.atproto.repo.createRecord', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ repo: did, collection, record: { $type: collection, text: 'x', createdAt: '2026-11-21T00:00:00.000Z' } }),
    })
  assert.equal((await write(POST)).status, 200)
  const refused = await write('app.bsky.feed.generator')
  assert.equal(refused.status, 403)
  assert.equal((await read(refused))['error'], 'ScopeMissingError')
  const before = sessions.held.get(did)?.tokenSet.access_token
  const restored = await client.restore(did, true)
  const after = sessions.held.get(did)?.tokenSet.access_token
  assert.notEqual(before, after, 'refreshed')
  assert.equal((await read(await restored.fetchHandler('/xrpc/com.atproto.server.getSession')))['did'], did)
  await restored.signOut()
  assert.equal(sessions.held.size, 0)
  await assert.rejects(() => session.fetchHandler('/xrpc/com.atproto.server.getSession'))
  await assert.rejects(() => client.restore(did))
}

test('an app under development, over http', async (t) => {
  const local = await localPds(t)
  const { did, handle } = await joinAs(local, 'hanako')
  const metadata = buildAtprotoLoopbackClientMetadata({ scope: SCOPE, redirect_uris: ['http://127.0.0.1/callback'] })
  await goThrough(clientOf(local, metadata), handle, did, local.pds.url)
})

test(
  'a confidential app over https: its key proves it, another key is refused',
  { skip: skipUnless(opensslPath, 'an openssl') },
  async (t) => {
    const key = await JoseKey.generate(['ES256'], 'one')
    const other = await JoseKey.generate(['ES256'], 'two')
    const metadata = {
      client_id: 'https://app.example.com/client.json',
      client_name: 'An app',
      client_uri: 'https://app.example.com',
      redirect_uris: ['https://app.example.com/callback'],
      scope: SCOPE,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: 'web',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      dpop_bound_access_tokens: true,
      jwks_uri: 'https://app.example.com/jwks.json',
    } satisfies OAuthClientMetadataInput
    let port = 0
    const { fetch: named } = await httpsNames(t, opensslPath ?? '', {
      'pds.example.org': forwardTo(() => port),
      'app.example.com': (req, res) => {
        const json = req.url === '/jwks.json' ? { keys: [key.publicJwk] } : metadata
        res.setHeader('content-type', 'application/json').end(JSON.stringify(json))
      },
    })
    const local = await localPds(t, { config: { publicUrl: 'https://pds.example.org' }, fetch: named })
    port = local.pds.port
    const here = `http://127.0.0.1:${port}`
    Object.assign(local, { pds: { ...local.pds, url: here } })
    const { did, handle } = await joinAs(local, 'hanako')
    await goThrough(clientOf(local, metadata, { fetch: named, keyset: [key] }), handle, did, here)
    const thief = clientOf(local, metadata, { fetch: named, keyset: [other] })
    await assert.rejects(() => thief.client.authorize(handle, { scope: SCOPE }), /client/i)
  },
)
