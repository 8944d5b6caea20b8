// The authorization server and the accounts it speaks for: what it says of itself, joining by its pages, settings, a new password, permission sets.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { startPds } from '../../../pds/pds.ts'
import { silentLog } from '../../../server/log.ts'
import { StartError } from '../../../server/start-error.ts'
import { joinAs, localPds, PASSWORD, refusalOf, type Json, type LocalPds } from '../local-pds.ts'
import { dpopApp, newVerifier } from './dpop-client.ts'
import { grantTo } from './granted.ts'
import { personAt } from './person.ts'

const read = async (url: string): Promise<{ status: number; json: Json; headers: Headers }> => {
  const response = await fetch(url)
  return { status: response.status, headers: response.headers, json: (await response.json()) as Json }
}

test('what the server says of itself, to any origin', async (t) => {
  const local = await localPds(t)
  const { url } = local.pds
  const resource = await read(`${url}/.well-known/oauth-protected-resource`)
  assert.deepEqual([resource.json['resource'], resource.json['authorization_servers']], [url, [url]])
  const server = await read(`${url}/.well-known/oauth-authorization-server`)
  assert.equal(server.json['issuer'], url)
  assert.equal(server.json['pushed_authorization_request_endpoint'], `${url}/oauth/par`)
  assert.equal(server.json['require_pushed_authorization_requests'], true)
  assert.equal(server.json['client_id_metadata_document_supported'], true)
  assert.equal(server.json['authorization_response_iss_parameter_supported'], true)
  assert.deepEqual(server.json['code_challenge_methods_supported'], ['S256'])
  assert.ok(parseTexts(server.json['scopes_supported']).includes('atproto'))
  assert.ok(parseTexts(server.json['dpop_signing_alg_values_supported']).includes('ES256'))
  for (const { status, headers } of [resource, server]) {
    assert.equal(status, 200)
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
  }
})

test('a server that nobody could sign in at does not start', async (t) => {
  const { config } = await localPds(t)
  const own = { dataDir: `${config.dataDir}-two`, port: 0, publicUrl: 'http://pds.example.com' }
  await assert.rejects(startPds({ ...config, ...own }, { log: silentLog }), StartError)
})

const parseTexts = (value: unknown) => value as readonly string[]

test('a host that is somebody’s handle says whose it is, and nothing of sign-in', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  const asHandle = (path: string) =>
    new Promise<[number, string]>((resolve, reject) => {
      const sent = request(`${local.pds.url}${path}`, { headers: { host: 'Hanako.pds1.test' } }, (res) => {
        let text = ''
        res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        res.on('end', () => resolve([res.statusCode ?? 0, text]))
      })
      sent.on('error', reject).end()
    })
  assert.deepEqual(await asHandle('/.well-known/atproto-did'), [200, did])
  const wellKnown = ['oauth-authorization-server', 'oauth-protected-resource', 'did.json', 'change-password'].map(
    (name) => `/.well-known/${name}`,
  )
  for (const path of [...wellKnown, '/oauth/jwks', '/account', '/xrpc/com.atproto.server.describeServer', '/robots.txt'])
    assert.equal((await asHandle(path))[0], 404, path)
})

const joinByPage = async (local: LocalPds, input: Json) => {
  const person = personAt(local.pds.url)
  await person.openAccount()
  return person.api('POST', '/sign-up', { locale: 'ja', email: 'taro@example.jp', password: PASSWORD, ...input })
}

test('joining by the pages: with an invite where one is needed, not at all where it is off', async (t) => {
  const local = await localPds(t, { config: { inviteRequired: true } })
  const { json } = await local.admin('com.atproto.server.createInviteCode', { useCount: 1 })
  assert.equal((await joinByPage(local, { handle: 'taro.pds1.test' })).status, 400)
  assert.equal((await joinByPage(local, { handle: 'taro.pds1.test', inviteCode: 'nonsense' })).status, 400)
  assert.equal((await joinByPage(local, { handle: 'admin.pds1.test', inviteCode: json['code'] })).status, 400, 'a name that is kept back')
  assert.equal((await joinByPage(local, { handle: 'taro.pds1.test', inviteCode: json['code'] })).status, 200)
  assert.equal(
    (await joinByPage(local, { handle: 'jiro.pds1.test', email: 'jiro@example.jp', inviteCode: json['code'] })).status,
    400,
    'used up',
  )
  assert.equal((await local.post('com.atproto.server.createSession', { identifier: 'taro.pds1.test', password: PASSWORD })).status, 200)
  const closed = await localPds(t, { config: { signUp: false } })
  const refused = await joinByPage(closed, { handle: 'taro.pds1.test' })
  assert.equal(refused.status, 400)
  assert.equal((await closed.get('com.atproto.identity.resolveHandle', { handle: 'taro.pds1.test' })).status, 400)
})

test('settings on the account’s pages: address, handle, stopping and starting; what needs mail is refused with a sentence', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  await joinAs(local, 'taro')
  const person = personAt(local.pds.url)
  await person.openAccount()
  assert.equal((await person.signIn(hanako.handle, PASSWORD)).status, 200)
  const set = async (path: string, input: Json) => (await person.api('POST', path, { did: hanako.did, ...input })).status
  assert.equal(await set('/update-email-confirm', { email: 'h2n@example.jp' }), 200)
  assert.equal(await set('/update-email-confirm', { email: 'taro@example.jp' }), 400)
  assert.equal((await local.get('com.atproto.server.getSession', {}, hanako.accessJwt)).json['email'], 'h2n@example.jp')
  assert.equal(await set('/update-handle', { handle: 'taro.pds1.test' }), 400)
  assert.equal(await set('/update-handle', { handle: 'h2n.pds1.test' }), 200)
  assert.equal((await local.get('com.atproto.identity.resolveHandle', { handle: 'h2n.pds1.test' })).json['did'], hanako.did)
  assert.equal(await set('/deactivate-account', {}), 200)
  assert.equal(refusalOf(await local.get('com.atproto.sync.getLatestCommit', { did: hanako.did })), '400 RepoDeactivated')
  assert.equal(await set('/reactivate-account', {}), 200)
  assert.equal((await local.get('com.atproto.sync.getLatestCommit', { did: hanako.did })).status, 200)
  const reset = await person.api('POST', '/reset-password-request', { locale: 'ja', email: 'h2n@example.jp' })
  assert.equal(reset.status, 400)
  assert.match(JSON.stringify(reset.json), /sends no mail/)
})

test('a new password, given by the operator, ends every session and every app’s', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const person = personAt(local.pds.url)
  const granted = await grantTo(local, hanako, { scope: 'atproto' }, person)
  assert.equal((await local.admin('com.atproto.admin.updateAccountPassword', { did: hanako.did, password: 'short' })).status, 400)
  assert.equal((await granted.app.call(granted.access, 'com.atproto.server.getSession')).status, 200)
  const set = await local.admin('com.atproto.admin.updateAccountPassword', { did: hanako.did, password: 'another good password' })
  assert.equal(set.status, 200)
  assert.equal((await granted.app.call(granted.access, 'com.atproto.server.getSession')).status, 401)
  assert.equal((await granted.app.refresh(granted.refresh)).json['error'], 'invalid_grant')
  assert.equal(refusalOf(await local.get('com.atproto.server.getSession', {}, hanako.accessJwt)), '400 ExpiredToken')
  await person.openAccount()
  assert.deepEqual((await person.api('GET', '/device-sessions', {})).json, [])
  assert.equal((await person.signIn(hanako.handle, PASSWORD)).status, 400)
  assert.equal((await person.signIn(hanako.handle, 'another good password')).status, 200)
})

test('that an account was taken down is told to who has its password, and to nobody else', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  const subject = { $type: 'com.atproto.admin.defs#repoRef', did: hanako.did }
  await local.admin('com.atproto.admin.updateSubjectStatus', { subject, takedown: { applied: true } })
  const person = personAt(local.pds.url)
  await person.openAccount()
  const told = async (username: string, password: string) => (await person.signIn(username, password)).json
  assert.match(JSON.stringify(await told('hanako@example.jp', PASSWORD)), /taken down/)
  assert.deepEqual(await told('hanako@example.jp', 'wrong'), await told('nobody@example.jp', 'wrong'))
})

test('a permission set that is published here gives what it names, within its own names only', async (t) => {
  const authority = 'lexicons.pds1.test'
  const local = await localPds(t, { config: { lexiconAuthorities: { 'jp.example': authority } } })
  const publisher = await joinAs(local, 'lexicons')
  const lexicon = {
    $type: 'com.atproto.lexicon.schema',
    lexicon: 1,
    id: 'jp.example.authNotes',
    defs: {
      main: {
        type: 'permission-set',
        title: 'Notes',
        permissions: [
          { type: 'permission', resource: 'repo', collection: ['jp.example.note'], action: ['create'] },
          { type: 'permission', resource: 'repo', collection: ['app.bsky.feed.post'] },
        ],
      },
    },
  }
  const published = await local.post(
    'com.atproto.repo.putRecord',
    { repo: publisher.did, collection: 'com.atproto.lexicon.schema', rkey: lexicon.id, record: lexicon },
    publisher.accessJwt,
  )
  assert.equal(published.status, 200, published.text)
  const { app, access, scope } = await grantTo(local, await joinAs(local, 'hanako'), { scope: 'atproto include:jp.example.authNotes' })
  assert.deepEqual(scope.split(' ').toSorted(), ['atproto', 'repo:jp.example.note?action=create'])
  const did = (await local.get('com.atproto.identity.resolveHandle', { handle: 'hanako.pds1.test' })).json['did']
  const write = async (collection: string) =>
    (await app.call(access, 'com.atproto.repo.createRecord', { body: { repo: did, collection, record: { $type: collection } } })).status
  assert.equal(await write('jp.example.note'), 200)
  assert.equal(await write('app.bsky.feed.post'), 403)
  const unknown = await dpopApp(local.pds.url, { scope: 'atproto include:jp.example.authOther' }).par(newVerifier())
  assert.equal(`${unknown.status} ${String(unknown.json['error'])}`, '400 invalid_scope')
})
