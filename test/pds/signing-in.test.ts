// Signing in over real sockets: the errors that clients act upon, app passwords, the official client's own way through an expired token.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { systemClock } from '../../server/clock.ts'
import { FAILURES_ALLOWED } from '../../pds/auth/attempts.ts'
import { ACCESS_TOKEN_MS } from '../../pds/auth/tokens.ts'
import { eventsOf } from './events-of.ts'
import { ADMIN_PASSWORD, joinAs, localPds, parseJoined, PASSWORD, refusalOf } from './local-pds.ts'

test('by handle, by DID, by e-mail address; and never with a wrong password', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  const signIn = (identifier: string, password = PASSWORD) => local.post('com.atproto.server.createSession', { identifier, password })
  for (const identifier of ['hanako.pds1.test', 'Hanako.pds1.test', '@hanako.pds1.test', did, 'hanako@example.jp'])
    assert.equal((await signIn(identifier)).json['did'], did, identifier)
  for (const identifier of ['hanako.pds1.test', 'nobody.pds1.test', 'did:plc:ewvi7nxzyoun6zhxrhs64oiz', 'no@example.jp', '', "' OR 1=1"])
    assert.equal(refusalOf(await signIn(identifier, 'wrong password')), '401 AuthenticationRequired', identifier)
})

test('what a request without a good token is told', async (t) => {
  let aheadMs = 0
  const clock = { ...systemClock(), realMs: () => Date.now() + aheadMs }
  const local = await localPds(t, { clock })
  const { accessJwt, refreshJwt } = await joinAs(local, 'hanako')
  const session = (token?: string) => local.get('com.atproto.server.getSession', {}, token)
  const refresh = (token?: string) => local.post('com.atproto.server.refreshSession', undefined, token)
  assert.equal(refusalOf(await session()), '401 AuthMissing')
  assert.equal(refusalOf(await session('nonsense')), '400 InvalidToken')
  assert.equal(refusalOf(await session(refreshJwt)), '400 InvalidToken')
  assert.equal(refusalOf(await refresh()), '401 AuthMissing')
  assert.equal(refusalOf(await refresh(accessJwt)), '400 InvalidToken')
  const next = parseJoined((await refresh(refreshJwt)).json)
  assert.equal((await refresh(refreshJwt)).status, 200, 'a lost answer locks nobody out')
  aheadMs = ACCESS_TOKEN_MS + 1000
  assert.equal(refusalOf(await session(accessJwt)), '400 ExpiredToken')
  assert.equal(refusalOf(await refresh(refreshJwt)), '400 ExpiredToken', 'its two hours are over')
  assert.equal((await refresh(next.refreshJwt)).status, 200)
})

test('ending a session ends its access token too', async (t) => {
  const local = await localPds(t)
  const { accessJwt, refreshJwt } = await joinAs(local, 'hanako')
  assert.equal(refusalOf(await local.post('com.atproto.server.deleteSession')), '401 AuthMissing')
  assert.equal((await local.post('com.atproto.server.deleteSession', undefined, refreshJwt)).status, 200)
  assert.equal(refusalOf(await local.get('com.atproto.server.getSession', {}, accessJwt)), '400 ExpiredToken')
  assert.equal(refusalOf(await local.post('com.atproto.server.refreshSession', undefined, refreshJwt)), '400 ExpiredToken')
})

test('an app password reaches the data, not the settings; revoked, it reaches nothing', async (t) => {
  const local = await localPds(t)
  const { accessJwt, did } = await joinAs(local, 'hanako')
  const made = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt)
  assert.match(String(made.json['password']), /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/)
  assert.equal(refusalOf(await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt)), '400 InvalidRequest')
  const app = parseJoined((await local.post('com.atproto.server.createSession', { identifier: did, password: made.json['password'] })).json)
  assert.equal((await local.get('com.atproto.server.getSession', {}, app.accessJwt)).status, 200)
  for (const nsid of ['createAppPassword', 'revokeAppPassword'])
    assert.equal(refusalOf(await local.post(`com.atproto.server.${nsid}`, { name: 'other' }, app.accessJwt)), '400 InvalidToken', nsid)
  assert.equal(refusalOf(await local.post('com.atproto.server.deactivateAccount', {}, app.accessJwt)), '400 InvalidToken')
  assert.equal(
    refusalOf(await local.post('com.atproto.identity.updateHandle', { handle: 'h2n.pds1.test' }, app.accessJwt)),
    '400 InvalidToken',
  )
  const list = await local.get('com.atproto.server.listAppPasswords', {}, accessJwt)
  assert.deepEqual(Object.keys((list.json['passwords'] as object[])[0] ?? {}), ['name', 'createdAt', 'privileged'])
  await local.post('com.atproto.server.revokeAppPassword', { name: 'town' }, accessJwt)
  assert.equal(refusalOf(await local.get('com.atproto.server.getSession', {}, app.accessJwt)), '400 ExpiredToken')
  assert.equal(refusalOf(await local.post('com.atproto.server.refreshSession', undefined, app.refreshJwt)), '400 ExpiredToken')
})

test('the official client joins, signs in, resumes, and refreshes by itself when its token has expired', async (t) => {
  let aheadMs = 0
  const clock = { ...systemClock(), realMs: () => Date.now() + aheadMs }
  const local = await localPds(t, { clock })
  const agent = new AtpAgent({ service: local.pds.url })
  await agent.createAccount({ handle: 'hanako.pds1.test', email: 'hanako@example.jp', password: PASSWORD })
  assert.equal(agent.session?.handle, 'hanako.pds1.test')
  assert.equal(agent.pdsUrl?.origin, local.pds.url, 'the DID document it got names this server')
  const second = new AtpAgent({ service: local.pds.url })
  await second.login({ identifier: 'hanako.pds1.test', password: PASSWORD })
  const resumed = new AtpAgent({ service: local.pds.url })
  assert.ok(second.session)
  await resumed.resumeSession(second.session)
  const before = resumed.session?.accessJwt
  aheadMs = ACCESS_TOKEN_MS + 1000
  const { data } = await resumed.com.atproto.server.getSession()
  assert.equal(data.did, agent.session?.did)
  assert.notEqual(resumed.session?.accessJwt, before)
  await resumed.logout()
  await assert.rejects(second.com.atproto.server.getSession(), 'its session was the same')
})

test('too many wrong passwords for one name are stopped, with a time to come back', async (t) => {
  const local = await localPds(t)
  await joinAs(local, 'hanako')
  const wrong = () => local.post('com.atproto.server.createSession', { identifier: 'hanako.pds1.test', password: 'wrong password' })
  const answers = []
  for (let count = 0; count <= 30; count++) answers.push(refusalOf(await wrong()))
  assert.equal(answers[29], '401 AuthenticationRequired')
  assert.equal(answers[30], '429 RateLimitExceeded')
  const { headers } = await fetch(`${local.pds.url}/xrpc/com.atproto.server.createSession`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: 'hanako.pds1.test', password: PASSWORD }),
  })
  assert.ok(Number(headers.get('retry-after')) > 0)
  assert.equal(headers.get('ratelimit-limit'), '30')
})

test('many tries at once are no way around the count, and the right ones do not count', async (t) => {
  const local = await localPds(t)
  const { did } = await joinAs(local, 'hanako')
  const signIn = (password: string, identifier = 'hanako.pds1.test') =>
    local.post('com.atproto.server.createSession', { identifier, password })
  for (let count = 0; count < 3; count++) assert.equal((await signIn(PASSWORD)).status, 200)
  const tried = await Promise.all(Array.from({ length: FAILURES_ALLOWED + 5 }, () => signIn('wrong password')))
  assert.equal(tried.filter(({ status }) => status === 401).length, FAILURES_ALLOWED)
  assert.equal(tried.filter(({ status }) => status === 429).length, 5)
  for (const identifier of [did, 'Hanako.pds1.test', 'hanako@example.jp'])
    assert.equal((await signIn(PASSWORD, identifier)).status, 429, 'whatever name the account goes by')
})

test('behind a proxy on this machine, callers are counted by the address it tells', async (t) => {
  const local = await localPds(t)
  await joinAs(local, 'hanako')
  const signIn = async (password: string, forwarded: string): Promise<number> =>
    (
      await fetch(`${local.pds.url}/xrpc/com.atproto.server.createSession`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded },
        body: JSON.stringify({ identifier: 'hanako.pds1.test', password }),
      })
    ).status
  const thief = '198.51.100.7'
  await Promise.all(Array.from({ length: FAILURES_ALLOWED }, () => signIn('wrong password', thief)))
  assert.equal(await signIn('wrong password', `203.0.113.9, ${thief}`), 429, 'what the caller adds itself is not believed')
  assert.equal(await signIn(PASSWORD, '203.0.113.9'), 200)
})

test('the operator’s password is counted like any other: wrong ones from one address, and no other caller', async (t) => {
  const local = await localPds(t)
  const invite = async (from: string, authorization?: string): Promise<number> => {
    const headers = {
      'content-type': 'application/json',
      'x-forwarded-for': from,
      ...(authorization === undefined ? {} : { authorization }),
    }
    const body = JSON.stringify({ useCount: 1 })
    return (await fetch(`${local.pds.url}/xrpc/com.atproto.server.createInviteCode`, { method: 'POST', headers, body })).status
  }
  const basic = (password: string): string => `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
  const [thief, operator] = ['198.51.100.7', '203.0.113.9']
  for (let count = 0; count < 3; count++) assert.equal(await invite(thief, basic(ADMIN_PASSWORD)), 200, 'the right one does not count')
  assert.deepEqual([await invite(thief), await invite(thief, 'Bearer x')], [401, 401], 'nor does who tries no password')
  const tried = await Promise.all(Array.from({ length: FAILURES_ALLOWED + 5 }, (_, i) => invite(thief, basic(`wrong ${i}`))))
  assert.equal(tried.filter((status) => status === 401).length, FAILURES_ALLOWED)
  assert.equal(await invite(thief, basic(ADMIN_PASSWORD)), 429)
  assert.equal(await invite(operator, basic(ADMIN_PASSWORD)), 200)
})

test('on a settable clock, what is written bears civil time, and tokens run on real time', async (t) => {
  const local = await localPds(t, { config: { settableClock: true, settableClockStart: '2026-04-01T00:00:00.000Z' } })
  const { accessJwt } = await joinAs(local, 'hanako')
  const made = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt)
  assert.equal(made.json['createdAt'], '2026-04-01T00:00:00.000Z')
  const [identity] = await eventsOf(local.pds.url, 1)
  assert.equal(identity?.payload['time'], '2026-04-01T00:00:00.000Z')
  const claims = JSON.parse(Buffer.from(accessJwt.split('.')[1] ?? '', 'base64url').toString())
  assert.ok(Math.abs(claims.exp * 1000 - ACCESS_TOKEN_MS - Date.now()) < 60_000)
  const step = await fetch(`${local.pds.url}/_clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"now":"2027-03-31T00:00:00.000Z"}',
  })
  assert.equal(step.status, 200)
  assert.equal((await local.get('com.atproto.server.getSession', {}, accessJwt)).status, 200, 'a civil year ends no session')
})
