// Lexicons as records: published once, resolved from our own repos, from another host with its proof, by a setting or by DNS; and what is no lexicon.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import { createDidResolver } from '../../atproto/resolve-did.ts'
import { UnprovenRecord, verifyRecordProof } from '../../atproto/verify-record.ts'
import { joinPath } from '../../atproto/record-path.ts'
import { parseNsid } from '../../atproto/nsid.ts'
import { parseRecordKey } from '../../atproto/record-key.ts'
import { parseDid } from '../../atproto/did.ts'
import { publishLexicons } from '../../cli/publish-lexicons.ts'
import { permissionSetFiles } from '../../lexicons/permission-sets.ts'
import { domainOf } from '../../pds/lexicons/lexicon-authority.ts'
import { LEXICON_PROOF_LIMITS } from '../../pds/lexicons/limits.ts'
import { createLexiconResolver, SCHEMA } from '../../pds/lexicons/resolve-lexicon.ts'
import { systemClock } from '../../server/clock.ts'
import { joinAs, localPds, refusalOf, type LocalPds } from './local-pds.ts'

const NSID = 'org.waki.authResident'
const RESOLVE = 'com.atproto.lexicon.resolveLexicon'

const publisher = async (t: TestContext) => {
  const home = await localPds(t)
  const joined = await joinAs(home, 'lexicons')
  const session = { service: home.pds.url, ...joined }
  return { home, session, published: await publishLexicons(session) }
}

const elsewhere = (t: TestContext, home: LocalPds, authorities: Record<string, string>): Promise<LocalPds> =>
  localPds(t, { config: { plcUrl: home.plc.url, handleDomains: ['.pds2.test'], lexiconAuthorities: authorities } })

test('lexicons are published in one commit, and again only where they differ', async (t) => {
  const { home, session, published } = await publisher(t)
  const head = async () => (await home.get('com.atproto.sync.getLatestCommit', { did: session.did })).json['cid']
  const before = await head()
  assert.ok(published.created > 25 && published.updated === 0 && published.unchanged === 0, JSON.stringify(published))
  assert.deepEqual(await publishLexicons(session), { created: 0, updated: 0, unchanged: published.created })
  assert.equal(await head(), before)
  const record = { $type: SCHEMA, lexicon: 1, id: NSID, defs: {} }
  await home.post('com.atproto.repo.putRecord', { repo: session.did, collection: SCHEMA, rkey: NSID, record }, session.accessJwt)
  assert.deepEqual(await publishLexicons(session), { created: 0, updated: 1, unchanged: published.created - 1 })
})

test('a permission set is resolved on the host that keeps it and on another, alike', async (t) => {
  const { home, session } = await publisher(t)
  const other = await elsewhere(t, home, { 'org.waki': session.did })
  const { status, json } = await other.get(RESOLVE, { nsid: NSID })
  assert.equal(status, 200)
  assert.equal(json['uri'], `at://${session.did}/${SCHEMA}/${NSID}`)
  const file = JSON.parse(readFileSync(new URL('../../lexicons/org/waki/authResident.json', import.meta.url), 'utf8')) as object
  assert.deepEqual(json['schema'], { $type: SCHEMA, ...file })
  const own = await localPds(t, { config: { lexiconAuthorities: { org: 'lexicons.pds1.test' } } })
  await publishLexicons({ service: own.pds.url, ...(await joinAs(own, 'lexicons')) })
  assert.equal((await own.get(RESOLVE, { nsid: NSID })).json['cid'], json['cid'])
})

test('what is no lexicon of that name is not found', async (t) => {
  const { home, session } = await publisher(t)
  const other = await elsewhere(t, home, { 'org.waki': session.did, 'org.empty': 'nobody.pds9.test' })
  const put = (rkey: string, record: object) =>
    home.post('com.atproto.repo.putRecord', { repo: session.did, collection: SCHEMA, rkey, record, validate: false }, session.accessJwt)
  await put('org.waki.renamed', { $type: SCHEMA, lexicon: 1, id: 'org.waki.other', defs: {} })
  for (const nsid of ['org.waki.renamed', 'org.waki.nothing', 'org.empty.thing', 'invalid.nobody.thing'])
    assert.equal(refusalOf(await other.get(RESOLVE, { nsid })), '400 LexiconNotFound', nsid)
  assert.equal(refusalOf(await other.get(RESOLVE, { nsid: 'no name' })), '400 InvalidRequest')
  await home.post('com.atproto.server.deactivateAccount', {}, session.accessJwt)
  assert.equal(refusalOf(await other.get(RESOLVE, { nsid: NSID })), '400 LexiconNotFound')
})

test('DNS names the authority by the whole group of the name', async (t) => {
  const { home, session } = await publisher(t)
  const asked: string[] = []
  const texts = new Map<string, string[][]>([
    ['_lexicon.waki.org', [['v=spf1'], ['did=', session.did]]],
    ['_lexicon.two.org', [[`did=${session.did}`], ['did=did:web:other.example']]],
  ])
  const resolve = createLexiconResolver({
    authorities: {},
    resolveHandle: () => Promise.reject(new Error('no handles here')),
    resolveTxt: async (name) => {
      asked.push(name)
      return texts.get(name) ?? Promise.reject(new Error('ENOTFOUND'))
    },
    local: () => undefined,
    identities: createIdentityCache({
      resolveDid: createDidResolver({ fetch, plcUrl: home.plc.url, allowLoopback: true }),
      nowMs: Date.now,
    }),
    fetch,
    clock: systemClock(),
  })
  assert.equal((await resolve(NSID))?.uri, `at://${session.did}/${SCHEMA}/${NSID}`)
  assert.equal(await resolve('org.waki.desk.admit'), undefined)
  assert.equal(await resolve('org.two.thing'), undefined)
  assert.deepEqual(asked, ['_lexicon.waki.org', '_lexicon.desk.waki.org', '_lexicon.two.org'])
  assert.equal(domainOf('org.waki.desk.admit'), 'desk.waki.org')
})

test('a proof holds for one account, key and place only', async (t) => {
  const { home, session } = await publisher(t)
  const url = `${home.pds.url}/xrpc/com.atproto.sync.getRecord?did=${session.did}&collection=${SCHEMA}&rkey=${NSID}`
  const car = new Uint8Array(await (await fetch(url)).arrayBuffer())
  const did = parseDid(session.did)
  const { signingKey } = await createIdentityCache({
    resolveDid: createDidResolver({ fetch, plcUrl: home.plc.url, allowLoopback: true }),
    nowMs: Date.now,
  }).get(did)
  const path = joinPath(parseNsid(SCHEMA), parseRecordKey(NSID))
  const good = { did, path, signingKey: String(signingKey), limits: LEXICON_PROOF_LIMITS }
  assert.ok(verifyRecordProof(car, good).bytes.length > 100)
  const flipped = car.with(car.length - 5, (car.at(-5) ?? 0) ^ 1)
  const otherKey = 'did:key:zQ3shqwJEJyMBsBXCWyCBpUBMqxcon9oHB7mCvx4sSpMdLJwc'
  const rows: readonly (readonly [string, () => unknown])[] = [
    ['a changed byte', () => verifyRecordProof(flipped, good)],
    ['another key', () => verifyRecordProof(car, { ...good, signingKey: otherKey })],
    ['another account', () => verifyRecordProof(car, { ...good, did: parseDid('did:web:other.example') })],
    ['another place', () => verifyRecordProof(car, { ...good, path: joinPath(parseNsid(SCHEMA), parseRecordKey('org.waki.close')) })],
    ['more than is taken', () => verifyRecordProof(car, { ...good, limits: { maxBytes: car.length - 1, maxBlocks: 200 } })],
    ['half of it', () => verifyRecordProof(car.subarray(0, car.length / 2), good)],
  ]
  for (const [what, verify] of rows) assert.throws(verify, UnprovenRecord, what)
})

test('the permission sets name every method we have', () => {
  for (const [file, text] of permissionSetFiles())
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(text), `${file}: run lexicons/permission-sets.ts`)
})
