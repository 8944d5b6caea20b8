// Nothing secret leaves the PDS by its log, its answers or its files: a day's use, an app's too, is searched for passwords, tokens, codes and keys.
// And the one secret is rotated without losing a key.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Facts, Log } from '../../server/log.ts'
import { auditPds } from '../../pds/audit.ts'
import { rotateSecret } from '../../pds/rotate-secret.ts'
import { addSecret } from '../../server/secret-file.ts'
import { ADMIN_PASSWORD, joinAs, localPds, PASSWORD, refusalOf, type Answer } from './local-pds.ts'
import { newVerifier, proofKey } from './oauth/dpop-client.ts'
import { grantTo } from './oauth/granted.ts'
import { personAt } from './oauth/person.ts'

const recordingLog = (lines: string[]): Log => {
  const write = (event: string, facts?: Facts) => {
    const { error, ...rest } = facts ?? {}
    lines.push(`${event} ${JSON.stringify(rest)} ${error instanceof Error ? `${error.message} ${error.stack}` : ''}`)
  }
  const log: Log = { debug: write, info: write, warn: write, error: write, with: () => log }
  return log
}

test('no password, token or key in logs and error answers', async (t) => {
  const lines: string[] = []
  const local = await localPds(t, { log: recordingLog(lines) })
  const { accessJwt, refreshJwt, did } = await joinAs(local, 'hanako')
  const made = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt)
  const wrong = 'wrong but nearly mine'
  const refusals: Answer[] = [
    await local.post('com.atproto.server.createAccount', { handle: 'hanako.pds1.test', password: PASSWORD }),
    await local.post('com.atproto.server.createAccount', { handle: 'taro.pds1.test', password: PASSWORD, email: 'x' }),
    await local.post('com.atproto.server.createSession', { identifier: did, password: wrong }),
    await local.post('com.atproto.server.createSession', { identifier: did, password: 12 }),
    await local.post('com.atproto.server.createSession', { identifier: PASSWORD, password: wrong }),
    await local.get('com.atproto.server.getSession', {}, `${accessJwt}x`),
    await local.get('com.atproto.server.getSession', {}, refreshJwt),
    await local.post('com.atproto.server.refreshSession', undefined, accessJwt),
    await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt),
    await local.admin('com.atproto.admin.updateAccountSigningKey', {
      did,
      signingKey: 'did:key:zQ3shXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
    }),
    await local.post('org.waki.noSuchMethod', { password: PASSWORD }, accessJwt),
  ]
  for (const { status, text } of refusals) assert.ok(status >= 400 && status !== 500, text)
  await local.plc.close()
  const away = await local.post('com.atproto.identity.updateHandle', { handle: 'h2n.pds1.test' }, accessJwt)
  assert.equal(away.status, 502)
  const secret = readFileSync(join(local.config.dataDir, 'secret'), 'utf8').trim()
  const everything = [...lines, ...refusals.map(({ text }) => text), away.text].join('\n')
  assert.ok(lines.length > 0)
  for (const one of [
    PASSWORD,
    wrong,
    ADMIN_PASSWORD,
    secret,
    String(made.json['password']),
    accessJwt.split('.')[2],
    refreshJwt.split('.')[2],
  ])
    assert.equal(everything.includes(String(one)), false, one)
})

/** Every byte of a folder's files. */
const bytesOf = (folder: string): Buffer =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  )

test('an app’s whole way leaves no token, code, password or key in logs, error answers or files; files are their owner’s alone', async (t) => {
  const lines: string[] = []
  const local = await localPds(t, { log: recordingLog(lines) })
  const hanako = await joinAs(local, 'hanako')
  const { app, access, refresh, code } = await grantTo(local, hanako, { scope: 'atproto account:email' })
  const next = await app.refresh(refresh)
  const wrong = 'nearly the right password'
  const person = personAt(local.pds.url)
  const pushed = await app.par(newVerifier())
  await person.open(app.clientId, String(pushed.json['request_uri']))
  const refusals = [
    await person.signIn(hanako.handle, wrong),
    await app.token(code, newVerifier()),
    await app.call(`${access}x`, 'com.atproto.server.getSession'),
    await app.call(access, 'com.atproto.server.getSession', { key: proofKey() }),
    await app.refresh(`${refresh.slice(0, -2)}00`),
    await app.refresh('ref-nonsense'),
    await app.post('/oauth/token', { grant_type: 'password', password: PASSWORD }),
    await app.par(newVerifier(), { code_challenge_method: 'plain' }),
    await app.call(access, 'com.atproto.repo.createRecord', { body: { repo: hanako.did, collection: 'app.bsky.feed.post', record: {} } }),
  ]
  for (const { status, json } of refusals) assert.ok(status >= 400 && status < 500, JSON.stringify(json))
  const secret = readFileSync(join(local.config.dataDir, 'secret'), 'utf8').trim()
  const secrets = [PASSWORD, wrong, secret, code, refresh, access, String(next.json['refresh_token']), String(next.json['access_token'])]
  const everything = [...lines, ...refusals.map(({ json }) => JSON.stringify(json))].join('\n')
  assert.ok(lines.some((line) => line.startsWith('oauth.refused')))
  for (const one of [...secrets, access.split('.')[2] ?? '', app.nonce() ?? '']) assert.equal(everything.includes(one), false, one)
  await local.pds.close()
  const kept = bytesOf(local.config.dataDir)
  for (const one of [...secrets.filter((each) => each !== secret), ...person.cookies()]) assert.equal(kept.includes(one), false, one)
  for (const entry of readdirSync(local.config.dataDir, { withFileTypes: true }))
    if (entry.isFile()) assert.equal(statSync(join(local.config.dataDir, entry.name)).mode & 0o077, 0, entry.name)
  await local.restart()
})

test('the secret is rotated: keys and browsers’ sessions open under the new one alone, apps refresh, the accounts’ own sessions end', async (t) => {
  const local = await localPds(t)
  const hanako = await joinAs(local, 'hanako')
  await local.post('com.atproto.server.reserveSigningKey', { did: 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' })
  const person = personAt(local.pds.url)
  const { app, access, refresh } = await grantTo(local, hanako, { scope: 'atproto repo:app.bsky.feed.post' }, person)
  const file = join(local.config.dataDir, 'secret')
  const old = readFileSync(file, 'utf8')
  assert.throws(() => rotateSecret(local.config), /in use by another running server/)
  assert.equal(readFileSync(file, 'utf8'), old)
  await local.pds.close()
  // As a crash between adding the secret and sealing leaves it: the server starts with both, and the next call finishes.
  addSecret(file)
  await local.restart()
  assert.equal((await app.refresh(refresh)).status, 200)
  await local.pds.close()
  const { renewed } = rotateSecret(local.config)
  assert.ok(renewed >= 4, 'rotation key, signing key, reserved key, browser')
  const now = readFileSync(file, 'utf8')
  assert.equal(now.includes(old.trim()), false)
  assert.equal(now.trim().split('\n').length, 1)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(rotateSecret(local.config).renewed, renewed, 'and again')
  await local.restart()
  assert.equal(refusalOf(await local.get('com.atproto.server.getSession', {}, hanako.accessJwt)), '400 InvalidToken')
  assert.equal((await app.call(access, 'com.atproto.server.getSession')).status, 401)
  const again = await local.post('com.atproto.server.createSession', { identifier: hanako.handle, password: PASSWORD })
  const body = {
    repo: hanako.did,
    collection: 'app.bsky.feed.post',
    record: { $type: 'app.bsky.feed.post', text: 'x', createdAt: '2026-11-21T00:00:00.000Z' },
  }
  assert.equal(
    (await local.post('com.atproto.repo.createRecord', body, String(again.json['accessJwt']))).status,
    200,
    'the signing key opens',
  )
  assert.equal(
    (
      await local.admin('com.atproto.admin.updateAccountSigningKey', {
        did: hanako.did,
        signingKey: String((await local.post('com.atproto.server.reserveSigningKey', { did: hanako.did })).json['signingKey']),
      })
    ).status,
    200,
    'the rotation key opens',
  )
  await person.openAccount()
  const { json } = await person.api('GET', '/device-sessions', {})
  assert.equal(Array.isArray(json) && json.length, 1, 'still signed in on this browser')
})

test('a PDS whose secret is lost says so, and neither it nor its auditor makes another in its place', async (t) => {
  const local = await localPds(t)
  await joinAs(local, 'hanako')
  await local.pds.close()
  const file = join(local.config.dataDir, 'secret')
  const secret = readFileSync(file)
  rmSync(file)
  for (const use of [() => auditPds(local.config.dataDir), () => local.restart()])
    await assert.rejects(use, { name: 'StartError', message: /secret is not there; restore the secret from the backup/ })
  assert.equal(existsSync(file), false)
  writeFileSync(file, secret, { mode: 0o600 })
  await local.restart()
  assert.deepEqual((await auditPds(local.config.dataDir)).problems, [])
})
