// Who stands behind a handle, the change of handle and signing key, stopping and starting, service auth, moving in: over real sockets.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { readCar } from '../../atproto/car.ts'
import { parseCommit, verifyCommitSignature } from '../../atproto/commit.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { cidOfOperation, createOperation, didOfGenesis } from '../../atproto/plc-operation.ts'
import { createServiceJwt, verifyServiceJwt } from '../../atproto/service-auth.ts'
import { eventsOf } from './events-of.ts'
import { fetchJson, joinAs, localPds, PASSWORD, refusalOf, type DidJson, type LocalPds } from './local-pds.ts'

const documentOf = (local: LocalPds, did: string) => fetchJson<DidJson>(`${local.plc.url}/${did}`)
const keyOf = async (local: LocalPds, did: string): Promise<string> =>
  `did:key:${(await documentOf(local, did)).verificationMethod[0]?.publicKeyMultibase}`

/** The commit that a #sync carries. */
const openSync = (payload: Readonly<Record<string, unknown>>) => {
  assert.ok(payload['blocks'] instanceof Uint8Array)
  const { roots, blocks } = readCar(payload['blocks'], { maxBytes: 10_000, maxBlocks: 10 })
  const bytes = roots[0] && blocks.get(roots[0])
  assert.ok(bytes)
  return { commit: parseCommit(bytes) }
}

/** A GET whose Host header is ours to choose. */
const getAs = (url: string, host: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
      .once('error', reject)
      .end()
  })

test('the handle’s own address names its DID; the server names itself', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  const address = `${local.pds.url}/.well-known/atproto-did`
  for (const host of ['hanako.pds1.test', 'HANAKO.pds1.test', 'hanako.pds1.test:443'])
    assert.deepEqual(await getAs(address, host), { status: 200, text: did })
  for (const host of ['taro.pds1.test', 'localhost', 'pds1.test']) assert.equal((await getAs(address, host)).status, 404)
  const own = await fetchJson<DidJson>(`${local.pds.url}/.well-known/did.json`)
  assert.equal(own.id, `did:web:localhost%3A${local.pds.port}`)
  assert.deepEqual(own.service, [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: local.pds.url }])
  const described = await local.get('com.atproto.server.describeServer')
  assert.equal(described.json['did'], own.id)
  assert.deepEqual(described.json['availableUserDomains'], ['.pds1.test'])
  assert.equal(typeof described.json['blobUploadLimit'], 'number')
  assert.equal((await getAs(address, '\u00e4')).status, 404)
})

test('resolving: handle, DID, identity, and each refusal', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  assert.deepEqual((await local.get('com.atproto.identity.resolveHandle', { handle: 'Hanako.pds1.test' })).json, { did })
  const resolved = await local.get('com.atproto.identity.resolveDid', { did })
  assert.deepEqual((resolved.json['didDoc'] as { alsoKnownAs: string[] }).alsoKnownAs, ['at://hanako.pds1.test'])
  for (const identifier of [did, 'hanako.pds1.test']) {
    const { json } = await local.get('com.atproto.identity.resolveIdentity', { identifier })
    assert.deepEqual([json['did'], json['handle']], [did, 'hanako.pds1.test'])
  }
  const own = `did:web:localhost%3A${local.pds.port}`
  assert.equal((await local.get('com.atproto.identity.resolveIdentity', { identifier: own })).json['handle'], 'handle.invalid')
  const refused = async (nsid: string, params: Record<string, string>) => refusalOf(await local.get(`com.atproto.identity.${nsid}`, params))
  assert.equal(await refused('resolveHandle', { handle: 'nobody.pds1.test' }), '400 HandleNotFound')
  assert.equal(await refused('resolveHandle', { handle: 'nobody.invalid' }), '400 HandleNotFound')
  assert.equal(await refused('resolveHandle', { handle: 'x' }), '400 InvalidRequest')
  assert.equal(await refused('resolveDid', { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }), '400 DidNotFound')
  assert.equal(await refused('resolveDid', { did: 'did:example:1' }), '400 DidNotFound')
  assert.equal(await refused('resolveIdentity', { identifier: 'nobody.pds1.test' }), '400 HandleNotFound')
})

test('a new handle stands in directory, account and stream; the old one is free', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  await joinAs(local, 'taro')
  const update = (handle: string) => local.post('com.atproto.identity.updateHandle', { handle }, accessJwt)
  assert.equal(refusalOf(await update('taro.pds1.test')), '400 HandleNotAvailable')
  assert.equal(refusalOf(await update('somebody.example.com')), '400 InvalidHandle')
  assert.equal(refusalOf(await local.post('com.atproto.identity.updateHandle', { handle: 'h2n.pds1.test' })), '401 AuthMissing')
  assert.equal((await update('h2n.pds1.test')).status, 200)
  assert.equal((await update('h2n.pds1.test')).status, 200, 'once more does no harm')
  assert.deepEqual((await documentOf(local, did)).alsoKnownAs, ['at://h2n.pds1.test'])
  const events = await eventsOf(local.pds.url, 10)
  assert.deepEqual([events[8]?.t, events[8]?.payload['handle']], ['#identity', 'h2n.pds1.test'])
  const session = await local.get('com.atproto.server.getSession', {}, accessJwt)
  assert.equal(session.json['handle'], 'h2n.pds1.test')
  assert.equal((session.json['didDoc'] as { alsoKnownAs: string[] }).alsoKnownAs[0], 'at://h2n.pds1.test')
  assert.equal((await joinAs(local, 'hanako', { email: 'new@example.jp' })).handle, 'hanako.pds1.test')
})

test('a new signing key: reserved, named in the directory, told to the stream, used from then on', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  const { did: other } = await joinAs(local, 'taro')
  const before = await keyOf(local, did)
  const signingKey = String((await local.post('com.atproto.server.reserveSigningKey', { did })).json['signingKey'])
  const rotate = (input: Record<string, unknown>) => local.admin('com.atproto.admin.updateAccountSigningKey', { did, signingKey, ...input })
  assert.equal(refusalOf(await local.post('com.atproto.admin.updateAccountSigningKey', { did, signingKey }, accessJwt)), '401 AuthMissing')
  assert.equal(refusalOf(await rotate({ did: other })), '400 InvalidRequest', 'reserved for another')
  assert.equal(refusalOf(await rotate({ did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' })), '400 AccountNotFound')
  assert.equal(refusalOf(await rotate({ signingKey: createKeypair().didKey })), '400 InvalidRequest', 'not ours')
  assert.equal((await rotate({})).status, 200)
  assert.equal((await rotate({})).status, 200, 'once more changes nothing')
  assert.equal(await keyOf(local, did), signingKey)
  assert.notEqual(signingKey, before)
  const events = await eventsOf(local.pds.url, 10)
  assert.deepEqual(
    events.slice(8).map(({ t: kind }) => kind),
    ['#identity', '#sync'],
  )
  const [first, resigned] = [events[2]?.payload['rev'], events[9]?.payload['rev']]
  assert.ok(typeof first === 'string' && typeof resigned === 'string' && resigned > first)
  const { token } = (
    await local.get('com.atproto.server.getServiceAuth', { aud: 'did:web:x.example', lxm: 'org.waki.getStatement' }, accessJwt)
  ).json
  const caller = await verifyServiceJwt(String(token), {
    audiences: ['did:web:x.example'],
    lxm: 'org.waki.getStatement',
    keyOf: async () => signingKey,
    replay: { seen: () => false },
    nowMs: Date.now(),
  })
  assert.equal(caller.iss, did)
})

test('two changes of one identity at once: the second is told to try again, and nothing is torn', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  const reserve = async () => String((await local.post('com.atproto.server.reserveSigningKey', { did })).json['signingKey'])
  const first = await reserve()
  const anybody = String((await local.post('com.atproto.server.reserveSigningKey', {})).json['signingKey'])
  const rotate = (signingKey: string) => local.admin('com.atproto.admin.updateAccountSigningKey', { did, signingKey })
  const answers = await Promise.all([rotate(first), rotate(anybody)])
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 400],
  )
  const used = answers[0]?.status === 200 ? first : anybody
  assert.equal(await keyOf(local, did), used)
  const [{ payload: sync } = { payload: {} }] = (await eventsOf(local.pds.url, 6)).slice(5)
  const { commit } = openSync(sync)
  assert.equal(verifyCommitSignature(commit, used), true, 'the head is signed by the key the directory names')
})

test('stopping and starting: who may still do what, and what the stream hears', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  const record = { repo: did, collection: 'com.example.note', record: { $type: 'com.example.note', text: 'x' }, validate: false }
  assert.equal((await local.post('com.atproto.server.deactivateAccount', {}, accessJwt)).status, 200)
  assert.equal((await local.post('com.atproto.server.deactivateAccount', {}, accessJwt)).status, 200, 'once more tells nobody')
  assert.equal(refusalOf(await local.post('com.atproto.repo.createRecord', record, accessJwt)), '401 AccountDeactivated')
  const session = await local.post('com.atproto.server.createSession', { identifier: did, password: PASSWORD })
  assert.deepEqual([session.status, session.json['active'], session.json['status']], [200, false, 'deactivated'])
  const status = await local.get('com.atproto.server.checkAccountStatus', {}, accessJwt)
  assert.deepEqual([status.json['activated'], status.json['validDid']], [false, true])
  assert.deepEqual([status.json['repoBlocks'], status.json['indexedRecords'], status.json['expectedBlobs']], [2, 0, 0])
  assert.equal((await local.post('com.atproto.server.activateAccount', undefined, accessJwt)).status, 200)
  assert.equal((await local.post('com.atproto.server.activateAccount', undefined, accessJwt)).status, 200, 'once more does no harm')
  assert.equal((await local.post('com.atproto.repo.createRecord', record, accessJwt)).status, 200)
  const takedown = (applied: boolean) =>
    local.admin('com.atproto.admin.updateSubjectStatus', {
      subject: { $type: 'com.atproto.admin.defs#repoRef', did },
      takedown: { applied },
    })
  assert.equal((await takedown(true)).status, 200)
  assert.equal(refusalOf(await local.post('com.atproto.repo.createRecord', record, accessJwt)), '401 AccountTakedown')
  assert.equal(
    refusalOf(await local.post('com.atproto.server.createSession', { identifier: did, password: PASSWORD })),
    '401 AccountTakedown',
  )
  const allowed = await local.post('com.atproto.server.createSession', { identifier: did, password: PASSWORD, allowTakendown: true })
  assert.equal(allowed.json['status'], 'takendown')
  assert.equal(refusalOf(await local.get('com.atproto.identity.resolveHandle', { handle: 'hanako.pds1.test' })), '400 HandleNotFound')
  assert.equal((await takedown(false)).status, 200)
  assert.equal((await local.post('com.atproto.repo.createRecord', record, accessJwt)).status, 200)
  const events = (await eventsOf(local.pds.url, 12)).slice(4)
  assert.deepEqual(
    events.map(({ t: kind, payload }) => [kind, payload['status'] ?? payload['active']]),
    [
      ['#account', 'deactivated'],
      ['#account', true],
      ['#identity', undefined],
      ['#sync', undefined],
      ['#commit', undefined],
      ['#account', 'takendown'],
      ['#account', true],
      ['#commit', undefined],
    ],
  )
})

test('service auth: for whom, for what, for how long', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  const now = Math.floor(Date.now() / 1000)
  const ask = (params: Record<string, string>) => local.get('com.atproto.server.getServiceAuth', params, accessJwt)
  const aud = 'did:web:appview.example'
  const table: readonly (readonly [Record<string, string>, string])[] = [
    [{ aud: 'appview.example' }, '400 InvalidRequest'],
    [{ aud: `${aud}#a#b` }, '400 InvalidRequest'],
    [{ aud, lxm: 'com.atproto.server.deactivateAccount' }, '400 InvalidRequest'],
    [{ aud, lxm: 'org.waki.getStatement', exp: String(now - 10) }, '400 BadExpiration'],
    [{ aud, lxm: 'org.waki.getStatement', exp: String(now + 3700) }, '400 BadExpiration'],
    [{ aud, exp: String(now + 70) }, '400 BadExpiration'],
  ]
  for (const [params, refusal] of table) assert.equal(refusalOf(await ask(params)), refusal, JSON.stringify(params))
  const key = await keyOf(local, did)
  for (const audience of [aud, `${aud}#waki_appview`]) {
    const { token } = (await ask({ aud: audience, lxm: 'org.waki.getStatement', exp: String(now + 3000) })).json
    const expected = {
      audiences: [audience],
      lxm: 'org.waki.getStatement',
      keyOf: async () => key,
      replay: { seen: () => false },
      nowMs: (now + 2900) * 1000,
    }
    assert.equal((await verifyServiceJwt(String(token), expected)).aud, audience)
  }
})

test('an identity that exists moves in with a proof, deactivated and unheard, and starts once its document names this server', async (t) => {
  const local = await localPds(t)
  const [rotationKey, oldKey] = [createKeypair(), createKeypair()]
  const identity = {
    rotationKeys: [rotationKey.didKey],
    alsoKnownAs: ['at://hanako.pds1.test'],
    verificationMethods: { atproto: oldKey.didKey },
  }
  const genesis = createOperation(
    { ...identity, services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://old.example' } }, prev: null },
    rotationKey,
  )
  const did = didOfGenesis(genesis)
  const toPlc = (operation: object) =>
    fetch(`${local.plc.url}/${did}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(operation) })
  assert.equal((await toPlc(genesis)).status, 200)
  const aud = `did:web:localhost%3A${local.pds.port}`
  const lxm = 'com.atproto.server.createAccount'
  const moveIn = (token: string) => local.post(lxm, { did, handle: 'hanako.pds1.test', password: PASSWORD }, token)
  const proof = (claims: object = {}, key = oldKey) => createServiceJwt({ iss: did, aud, lxm, ...claims }, key, Date.now())
  assert.equal(refusalOf(await moveIn(proof({}, createKeypair()))), '401 BadJwtSignature')
  assert.equal(refusalOf(await moveIn(proof({ aud: 'did:web:other.example' }))), '401 BadJwtAudience')
  assert.equal(refusalOf(await moveIn(proof({ lxm: 'org.waki.getStatement' }))), '401 BadJwtLexiconMethod')
  const { signingKey } = (await local.post('com.atproto.server.reserveSigningKey', { did })).json
  const moved = await moveIn(proof())
  assert.equal(moved.status, 200, moved.text)
  assert.deepEqual([moved.json['did'], moved.json['active'], moved.json['status']], [did, false, 'deactivated'])
  assert.equal(refusalOf(await moveIn(proof())), '400 AlreadyExists')
  const token = String(moved.json['accessJwt'])
  assert.equal(refusalOf(await local.post('com.atproto.server.activateAccount', undefined, token)), '400 InvalidRequest')
  const wanted = (await local.get('com.atproto.identity.getRecommendedDidCredentials', {}, token)).json
  assert.deepEqual(wanted['verificationMethods'], { atproto: signingKey })

  const services = { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: local.pds.url } }
  const update = { ...identity, verificationMethods: { atproto: String(signingKey) }, services, prev: cidOfOperation(genesis).toString() }
  assert.equal((await toPlc(createOperation(update, rotationKey))).status, 200)
  const activated = await local.post('com.atproto.server.activateAccount', undefined, token)
  assert.equal(activated.status, 200, activated.text)
  const events = await eventsOf(local.pds.url, 3)
  assert.deepEqual(
    events.map(({ t: kind, payload }) => [kind, payload['did']]),
    [
      ['#account', did],
      ['#identity', did],
      ['#sync', did],
    ],
  )
})

test('the operator names whole accounts: who names a blob or a record of one is refused, and the account stands', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  const cid = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
  const subjects = [
    { $type: 'com.atproto.admin.defs#repoBlobRef', did, cid },
    { $type: 'com.atproto.repo.strongRef', uri: `at://${did}/com.example.note/1`, cid },
    { $type: 'com.example.other', did },
  ]
  for (const subject of subjects) {
    const answer = await local.admin('com.atproto.admin.updateSubjectStatus', { subject, takedown: { applied: true } })
    assert.equal(refusalOf(answer), '400 InvalidRequest', subject.$type)
  }
  assert.equal((await local.get('com.atproto.server.getSession', {}, accessJwt)).json['active'], true)
})
