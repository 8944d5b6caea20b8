// Sessions and tokens: rotation with its two hours of grace, what ends a session, what a token is refused for.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { parseDid } from '../../atproto/did.ts'
import { parseHandle } from '../../atproto/handle.ts'
import { createAccounts } from '../../pds/accounts/accounts.ts'
import { createSealer } from '../../server/seal.ts'
import { APP_PASSWORDS_PER_ACCOUNT, createAppPasswords } from '../../pds/auth/app-passwords.ts'
import { createSessions, REFRESH_GRACE_MS, SESSIONS_PER_ACCOUNT } from '../../pds/auth/sessions.ts'
import { ACCESS_TOKEN_MS, createTokens, REFRESH_TOKEN_MS } from '../../pds/auth/tokens.ts'
import { accountsSql } from '../../pds/schema/accounts.sql.ts'
import { systemClock } from '../../server/clock.ts'
import { openDatabase } from '../../server/sqlite.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const audience = 'did:web:pds.example'
const key = new Uint8Array(32).fill(7)

/** Real time that the test moves by hand. */
const setUp = () => {
  let nowMs = 1_800_000_000_000
  const clock = { ...systemClock(), realMs: () => nowMs }
  const db = openDatabase(':memory:', [accountsSql])
  const accounts = createAccounts(db, createSealer(key))
  accounts.insert({
    did,
    handle: parseHandle('hanako.pds1.test'),
    email: null,
    passwordHash: '',
    sealedKey: new Uint8Array(40),
    deactivated: false,
    createdMs: 0,
  })
  const tokens = createTokens(key, audience)
  return {
    tokens,
    db,
    sessions: createSessions(db, tokens, clock),
    appPasswords: createAppPasswords(db, clock),
    pass: (ms: number) => (nowMs += ms),
    now: () => nowMs,
  }
}

const refusedAs = (error: string) => (thrown: unknown) => thrown instanceof XrpcError && thrown.error === error && thrown.status === 400

test('a refresh token gives one successor, the same one for two hours, then none', () => {
  const { sessions, tokens, pass } = setUp()
  const first = sessions.create(did, null)
  const claims = tokens.parseRefresh(first.refreshJwt)
  const second = sessions.refresh(claims)
  pass(REFRESH_GRACE_MS - 1)
  const again = sessions.refresh(claims)
  const successor = tokens.parseRefresh(second.refreshJwt)
  assert.equal(tokens.parseRefresh(again.refreshJwt).jti, successor.jti)
  assert.notEqual(successor.jti, claims.jti)
  pass(1)
  assert.throws(() => sessions.refresh(claims), refusedAs('ExpiredToken'))
  assert.ok(sessions.refresh(successor).accessJwt)
})

test('a refresh token dies after 90 days; each refresh gives 90 more', () => {
  const { sessions, tokens, pass } = setUp()
  const { refreshJwt } = sessions.create(did, null)
  pass(REFRESH_TOKEN_MS - 1)
  const next = sessions.refresh(tokens.parseRefresh(refreshJwt))
  pass(REFRESH_TOKEN_MS - 1)
  const last = sessions.refresh(tokens.parseRefresh(next.refreshJwt))
  pass(REFRESH_TOKEN_MS)
  assert.throws(() => sessions.refresh(tokens.parseRefresh(last.refreshJwt)), refusedAs('ExpiredToken'))
})

test('ending a session ends it for every token of its chain, and for no other session', () => {
  const { sessions, tokens } = setUp()
  const one = tokens.parseRefresh(sessions.create(did, null).refreshJwt)
  const other = tokens.parseRefresh(sessions.create(did, null).refreshJwt)
  const next = tokens.parseRefresh(sessions.refresh(one).refreshJwt)
  sessions.end(one.session)
  for (const claims of [one, next]) assert.throws(() => sessions.refresh(claims), refusedAs('ExpiredToken'))
  assert.equal(sessions.stands(one.session), false)
  assert.equal(sessions.stands(other.session), true)
})

test('a refresh token of one session does not refresh another', () => {
  const { sessions, tokens } = setUp()
  const one = tokens.parseRefresh(sessions.create(did, null).refreshJwt)
  const other = tokens.parseRefresh(sessions.create(did, null).refreshJwt)
  assert.throws(() => sessions.refresh({ ...one, session: other.session }), refusedAs('ExpiredToken'))
})

test('revoking an app password ends its sessions at once, and no others', async () => {
  const { sessions, tokens, appPasswords } = setUp()
  const { password } = await appPasswords.create(did, 'town', false)
  await appPasswords.create(did, 'other', false)
  assert.equal(await appPasswords.match(did, password), 'town')
  assert.equal(await appPasswords.match(did, 'abcd-efgh-ijkl-mnop'), undefined)
  const byTown = tokens.parseAccess(sessions.create(did, 'town').accessJwt, 1_800_000_000_000)
  const byOther = tokens.parseAccess(sessions.create(did, 'other').accessJwt, 1_800_000_000_000)
  assert.equal(byTown.scope, 'app-password')
  appPasswords.revoke(did, 'town')
  assert.deepEqual([sessions.stands(byTown.session), sessions.stands(byOther.session)], [false, true])
  assert.deepEqual(
    appPasswords.list(did).map(({ name }) => name),
    ['other'],
  )
  assert.equal(await appPasswords.match(did, password), undefined)
})

test('sessions and app passwords of one account are bounded', async () => {
  const { sessions, appPasswords, db } = setUp()
  for (let count = 0; count < SESSIONS_PER_ACCOUNT + 5; count++) sessions.create(did, null)
  assert.equal(db.prepare('SELECT count(*) FROM session').pluck().get(), SESSIONS_PER_ACCOUNT)
  for (let count = 0; count < APP_PASSWORDS_PER_ACCOUNT; count++) await appPasswords.create(did, `app ${count}`, false)
  await assert.rejects(appPasswords.create(did, 'one more', false), refusedAs('TooManyAppPasswords'))
})

test('an access token is refused for each thing that can be wrong with it', () => {
  const { sessions, tokens, now } = setUp()
  const { accessJwt, refreshJwt } = sessions.create(did, null)
  const [header = '', body = '', signature = ''] = accessJwt.split('.')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
  const signed = (text: string, by = key) => `${text}.${createHmac('sha256', by).update(text).digest('base64url')}`
  assert.deepEqual(tokens.parseAccess(signed(`${header}.${encode(claims)}`), now()).did, did, 'the forger here is able')
  const table: readonly (readonly [string, string, string])[] = [
    ['not three parts', 'abc', 'InvalidToken'],
    ['four parts', `${accessJwt}.x`, 'InvalidToken'],
    ['too long', 'x'.repeat(5000), 'InvalidToken'],
    ['no algorithm', `${encode({ typ: 'at+jwt', alg: 'none' })}.${body}.`, 'InvalidToken'],
    ['a refresh token', refreshJwt, 'InvalidToken'],
    ['altered claims', `${header}.${encode({ ...claims, sub: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' })}.${signature}`, 'InvalidToken'],
    ['empty signature', `${header}.${body}.`, 'InvalidToken'],
    ['another key', signed(`${header}.${body}`, new Uint8Array(32)), 'InvalidToken'],
    ['another server', signed(`${header}.${encode({ ...claims, aud: 'did:web:other.example' })}`), 'InvalidToken'],
    ['another scope', signed(`${header}.${encode({ ...claims, scope: 'com.atproto.all' })}`), 'InvalidToken'],
    ['expired', signed(`${header}.${encode({ ...claims, exp: Math.floor(now() / 1000) })}`), 'ExpiredToken'],
  ]
  for (const [what, token, error] of table) assert.throws(() => tokens.parseAccess(token, now()), refusedAs(error), what)
  assert.throws(() => tokens.parseAccess(accessJwt, now() + ACCESS_TOKEN_MS), refusedAs('ExpiredToken'))
  assert.throws(() => tokens.parseRefresh(accessJwt), refusedAs('InvalidToken'))
})
