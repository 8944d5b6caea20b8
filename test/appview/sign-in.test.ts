// Sign-in at the appview by OAuth, with accounts on our PDS: who is let in, what is written with it, and when it is over. No browser; real servers.

import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Database from 'better-sqlite3'
import { createKeep } from '../../appview/auth/keep.ts'
import { openSignInKeys } from '../../appview/auth/sign-in-keys.ts'
import { openKept } from '../../appview/store/sqlite-kept.ts'
import { createSealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets } from '../../server/secret-file.ts'
import { personAt } from '../pds/oauth/person.ts'
import { actForm, seen, Visitor } from '../pages/visitor.ts'
import { eventually, getJson, listIn, parseJson } from '../support/asking.ts'
import { allowAt } from '../support/sign-in.ts'
import { KANAZAWA, openTown, residents, type TownWorld } from '../support/town.ts'
import { PASSWORD } from '../support/world.ts'
import type { Member } from '../support/member.ts'

let town: TownWorld
let aoi: Member
let ben: Member
const url = (): string => town.world.appview.url

before(async () => {
  town = await openTown()
  const [first, second] = await residents(town.town, ['aoi', 'ben'])
  aoi = first ?? assert.fail('there is somebody')
  ben = second ?? assert.fail('there are two')
  await town.world.settled()
})
after(() => town.world[Symbol.asyncDispose]())

const begin = async (visitor: Visitor, identifier: string): Promise<string> => {
  const begun = await visitor.post('/sign-in', { identifier, next: '/me' })
  assert.equal(begun.status, 303, begun.text)
  return begun.headers.get('location') ?? ''
}
const comeBack = async (visitor: Visitor, params: URLSearchParams): Promise<string> =>
  (await visitor.get(`/oauth/callback?${params.toString()}`)).headers.get('location') ?? ''
const who = { handle: 'aoi.pds1.test', password: PASSWORD }

/** What a person sees of this site at their server: the tokens, and what each may do. */
const connected = async ({ did, session: { service, handle } }: Member) => {
  const person = personAt(service)
  await person.openAccount()
  await person.signIn(handle, PASSWORD)
  const { json } = await person.api('GET', '/oauth-sessions', { did })
  const tokens = listIn({ json }, 'json')
  const revokeAll = async (): Promise<void> => {
    for (const { tokenId } of tokens) {
      const { status } = await person.api('POST', '/revoke-oauth-session', { did, tokenId: String(tokenId) })
      assert.equal(status, 200)
    }
  }
  return { tokens, revokeAll }
}

test('by handle, DID or the address of a PDS one comes to one’s own server, and back', async () => {
  for (const identifier of ['aoi.pds1.test', '@AOI.pds1.test', `at://${aoi.did}`, aoi.did, aoi.session.service]) {
    const visitor = new Visitor(url())
    const location = await begin(visitor, identifier)
    assert.equal(new URL(location).origin, aoi.session.service, identifier)
    assert.deepEqual([...new URL(location).searchParams.keys()].toSorted(), ['client_id', 'request_uri'])
    assert.equal(await comeBack(visitor, await allowAt(location, who)), '/me')
    assert.match(seen(await visitor.get('/me')), /aoi\.pds1\.test/)
  }
})

test('what is asked is to write acts, confirmations and the profile, and nothing else', async () => {
  const visitor = new Visitor(url())
  await visitor.signIn(who.handle)
  const { tokens } = await connected(aoi)
  assert.ok(tokens.length > 0)
  for (const { scope } of tokens) assert.equal(scope, 'atproto repo:org.waki.action repo:org.waki.confirmation repo:org.waki.profile')
})

test('a code is good once, in the browser that began, while it is fresh', async () => {
  const visitor = new Visitor(url())
  const stranger = new Visitor(url())
  const params = await allowAt(await begin(visitor, who.handle), who)
  assert.match(await comeBack(stranger, params), /why=other-browser/)
  await begin(stranger, who.handle)
  assert.match(await comeBack(stranger, params), /why=other-browser/)
  assert.equal(await comeBack(visitor, params), '/me')
  const again = new Visitor(url())
  assert.match(await comeBack(again, params), /why=expired/)
  assert.match(await comeBack(again, new URLSearchParams({ state: 'x', code: 'y' })), /why=expired/)
  assert.match(seen(await again.get('/sign-in?why=expired')), /時間が過ぎました/)
  assert.equal((await again.get('/me')).status, 303)
})

test('an issuer that is not the one asked, a code that is not theirs, and a no, are no sign-in', async () => {
  const visitor = new Visitor(url())
  const foreign = await allowAt(await begin(visitor, who.handle), who)
  foreign.set('iss', 'https://evil.example')
  assert.match(await comeBack(visitor, foreign), /why=not-finished/)
  const wrong = await allowAt(await begin(visitor, who.handle), who)
  wrong.set('code', `cod-${'0'.repeat(32)}`)
  assert.match(await comeBack(visitor, wrong), /why=not-finished/)
  const no = await allowAt(await begin(visitor, who.handle), who)
  no.delete('code')
  no.set('error', 'access_denied')
  assert.match(await comeBack(visitor, no), /why=denied/)
  assert.match(seen(await visitor.get('/sign-in?why=denied&lang=en')), /You did not allow it/)
  assert.equal((await visitor.get('/me')).status, 303)
})

test('on loopback one comes back under another name of this machine, and goes on under ours', async () => {
  const visitor = new Visitor(url())
  const params = await allowAt(await begin(visitor, who.handle), who)
  const other = new Visitor(url().replace('localhost', '127.0.0.1'))
  assert.equal(await comeBack(other, params), `${url()}/oauth/callback?${params.toString()}`)
  assert.equal((await other.get('/sign-in')).headers.get('location'), `${url()}/sign-in`)
  assert.equal(await comeBack(visitor, params), '/me')
})

test('an act is written with what was granted; revoked at the PDS, every browser is asked to sign in again', async () => {
  const [phone, laptop] = [new Visitor(url()), new Visitor(url())]
  await phone.signIn(who.handle)
  await laptop.signIn(who.handle)
  const written = await phone.post('/me/record', actForm)
  assert.match(written.headers.get('location') ?? '', /^\/me\/(?:acts|record)\//, seen(written))
  assert.equal((await laptop.get('/me')).status, 200, 'a second browser does not end the first')
  await (await connected(aoi)).revokeAll()
  const refused = await phone.post('/me/record', { ...actForm, note: 'はし' })
  const to = refused.headers.get('location') ?? ''
  assert.match(to, /^\/sign-in\?next=%2Fme%2Frecord%3Fcategory%3Dculture.*&why=ended$/)
  assert.doesNotMatch(to, /note/)
  const page = seen(await phone.get(to))
  assert.match(page, /もう一度サインインしてください.*許可が取り消されました.*書き込まれていません/)
  assert.equal((await laptop.get('/me')).headers.get('location'), '/sign-in?next=%2Fme&why=ended')
  await phone.signIn(who.handle)
  const form = (await phone.get(new URL(to, url()).searchParams.get('next') ?? '')).text
  assert.match(form, /value="culture"[^>]* checked/, 'what was ticked is there again')
  assert.equal((await phone.get('/me')).status, 200)
  assert.equal((await laptop.get('/me')).status, 303, 'signing in again on one does not bring the other back')
})

test('who revoked at the PDS and signs in again on one browser is signed in there alone', async () => {
  const [phone, laptop] = [new Visitor(url()), new Visitor(url())]
  await laptop.signIn(who.handle)
  await (await connected(aoi)).revokeAll()
  await phone.signIn(who.handle)
  assert.equal((await phone.get('/me')).status, 200)
  assert.equal((await laptop.get('/me')).status, 303)
})

/** What the appview keeps of an account, opened beside it with its own secret, as if the token's time were over. */
const ageTokenOf = async (member: Member): Promise<void> => {
  const folder = town.world.folder('appview')
  const sealer = createSealer(...deriveKeys(readOrCreateSecrets(join(folder, 'secret')), 'waki appview: seal sign-in'))
  const { nameKey } = openSignInKeys(join(folder, 'sign-in-keys'), sealer)
  const db = new Database(join(folder, 'appview.sqlite'))
  const keep = createKeep({ work: openKept(db), sealer, nameKey, clock: town.world.clock })
  const grant = parseJson(await keep.get('grant', member.did))
  const tokenSet = { ...parseJson(grant['tokenSet']), expires_at: '2026-01-01T00:00:00.000Z' }
  if ('tokenSet' in grant) await keep.put('grant', member.did, { ...grant, tokenSet }, { owner: member.did, lifeMs: 3_600_000 })
  db.close()
}

test('who only reads is noticed as well: a token whose time is over is renewed, or the session ends', async () => {
  const visitor = new Visitor(url())
  await visitor.signIn(ben.session.handle)
  const lookLater = async (): Promise<number> => {
    await ageTokenOf(ben)
    return (await visitor.get('/me')).status
  }
  assert.equal(await lookLater(), 200)
  await (await connected(ben)).revokeAll()
  await eventually(lookLater, (status) => status === 303, 'the session is over')
})

test('the last browser to sign out gives the grant back', async () => {
  const [phone, laptop] = [new Visitor(url()), new Visitor(url())]
  await phone.signIn(ben.session.handle)
  await laptop.signIn(ben.session.handle)
  await phone.post('/sign-out', {})
  assert.equal((await phone.get('/me')).status, 303)
  assert.equal((await laptop.get('/me')).status, 200)
  assert.ok((await connected(ben)).tokens.length > 0)
  await laptop.post('/sign-out', {})
  assert.equal((await connected(ben)).tokens.length, 0)
})

test('a session reads by cookie and writes nothing by it', async () => {
  const visitor = new Visitor(url())
  await visitor.signIn(who.handle)
  const asked = `/xrpc/org.waki.listActions?${new URLSearchParams({ actor: aoi.did }).toString()}`
  assert.ok(listIn(parseJson(JSON.parse((await visitor.get(asked)).text)), 'actions').length > 0)
  const posted = await visitor.post('/xrpc/org.waki.listActions', {})
  assert.ok(posted.status >= 400)
})

test('cookies, tokens and keys stand nowhere in the files as they are; the files are their owner’s', async () => {
  const visitor = new Visitor(url())
  await visitor.signIn(who.handle)
  const folder = town.world.folder('appview')
  const db = new Database(join(folder, 'appview.sqlite'), { readonly: true })
  const rows = db.prepare('SELECT kind, name, owner, sealed FROM kept').all().map(parseJson)
  db.close()
  assert.ok(rows.some(({ kind }) => kind === 'session') && rows.some(({ kind }) => kind === 'grant'))
  const text = rows
    .map((row) => `${String(row['name'])} ${String(row['owner'])} ${Buffer.from(row['sealed'] as Buffer).toString('latin1')}`)
    .join('\n')
  for (const secret of [aoi.did, who.handle, 'access_token', 'dpopJwk', 'localhost']) assert.equal(text.includes(secret), false, secret)
  for (const name of ['secret', 'sign-in-keys']) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  assert.doesNotMatch(Buffer.from(readFileSync(join(folder, 'sign-in-keys'), 'utf8'), 'base64').toString('latin1'), /"kty"/)
})

test('when the secret is rotated nobody is signed out, and the old one is needed no more', async () => {
  const { world } = town
  const visitor = new Visitor(url())
  await visitor.signIn(who.handle)
  const secret = join(world.folder('appview'), 'secret')
  const old = readFileSync(secret, 'utf8')
  const restart = async (): Promise<Visitor> => {
    const { port } = world.appview
    await world.closeAppview(world.appview)
    await world.openAppview([{ code: KANAZAWA, did: town.town.did }], 'appview', { port })
    return visitor
  }
  writeFileSync(secret, `${'5a'.repeat(32)}\n${old}`, { mode: 0o600 })
  assert.equal((await (await restart()).get('/me')).status, 200)
  writeFileSync(secret, `${'5a'.repeat(32)}\n`, { mode: 0o600 })
  assert.equal((await (await restart()).get('/me')).status, 200)
  const db = new Database(join(world.folder('appview'), 'appview.sqlite'))
  db.prepare("UPDATE kept SET sealed = zeroblob(64) WHERE kind = 'session'").run()
  db.close()
  assert.equal((await (await restart()).get('/me')).status, 303, 'what does not open is nothing')
  await world.closeAppview(world.appview)
  writeFileSync(secret, old, { mode: 0o600 })
  await assert.rejects(world.openAppview([{ code: KANAZAWA, did: town.town.did }]), /is not the secret of this store/)
  writeFileSync(secret, `${'5a'.repeat(32)}\n`, { mode: 0o600 })
  await world.openAppview([{ code: KANAZAWA, did: town.town.did }], 'appview')
})

test('the site says who it is to authorization servers; its keys are public halves only', async () => {
  const metadata = await getJson(`${url()}/oauth-client-metadata.json`)
  assert.match(String(metadata['client_id']), /^http:\/\/localhost\?/)
  const { world } = town
  const secure = await world.openAppview([{ code: KANAZAWA, did: town.town.did }], 'secure', { publicUrl: 'https://waki.example' })
  const at = `http://localhost:${secure.port}`
  const published = await getJson(`${at}/oauth-client-metadata.json`)
  assert.equal(published['client_id'], 'https://waki.example/oauth-client-metadata.json')
  assert.equal(published['token_endpoint_auth_method'], 'private_key_jwt')
  assert.equal(published['jwks_uri'], 'https://waki.example/jwks.json')
  const [key = assert.fail('no key')] = listIn(await getJson(`${at}/jwks.json`), 'keys')
  assert.deepEqual([key['kty'], key['crv'], 'd' in key], ['EC', 'P-256', false])
  await world.closeAppview(secure)
})

test('keys are made once', () => {
  const file = join(town.world.dir, 'keys')
  const sealer = createSealer(new Uint8Array(32).fill(7))
  const made = openSignInKeys(file, sealer)
  const again = openSignInKeys(file, sealer)
  assert.deepEqual(made.nameKey, again.nameKey)
  assert.deepEqual(made.clientKeys, again.clientKeys)
  assert.equal(made.clientKeys[0]?.['kty'], 'EC')
})
