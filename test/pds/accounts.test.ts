// Accounts over real sockets with a real directory: joining, what it leaves in directory, stream and folder, and every refusal by name and status.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createKeypair } from '../../atproto/keys.ts'
import { openForReading } from '../../server/sqlite.ts'
import { eventsOf } from './events-of.ts'
import { fetchJson, joinAs, localPds, parseJoined, PASSWORD, refusalOf, type DidJson } from './local-pds.ts'

test('joining makes an identity, a repo and a session, and tells the stream in order', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  assert.match(did, /^did:plc:[a-z2-7]{24}$/)
  const document = await fetchJson<DidJson>(`${local.plc.url}/${did}`)
  assert.deepEqual(document.alsoKnownAs, ['at://hanako.pds1.test'])
  assert.equal(document.service[0]?.serviceEndpoint, local.pds.url)
  const events = await eventsOf(local.pds.url, 4)
  assert.deepEqual(
    events.map(({ t: kind }) => kind),
    ['#identity', '#account', '#commit', '#sync'],
  )
  const [identity, account, commit, sync] = events.map(({ payload }) => payload)
  assert.deepEqual([identity?.['did'], identity?.['handle']], [did, 'hanako.pds1.test'])
  assert.deepEqual([account?.['did'], account?.['active']], [did, true])
  assert.deepEqual([commit?.['repo'], commit?.['ops'], commit?.['since'], commit?.['prevData']], [did, [], null, undefined])
  assert.equal(sync?.['rev'], commit?.['rev'])
  const session = await local.get('com.atproto.server.getSession', {}, accessJwt)
  assert.equal(session.status, 200)
  const { didDoc, ...rest } = session.json
  assert.deepEqual(rest, {
    did,
    handle: 'hanako.pds1.test',
    email: 'hanako@example.jp',
    emailConfirmed: false,
    emailAuthFactor: false,
    active: true,
  })
  assert.equal((didDoc as { id: string }).id, did)
})

test('a recovery key outranks the server’s in the directory', async (t) => {
  const local = await localPds(t)
  const recoveryKey = createKeypair('p256').didKey
  const { did } = await joinAs(local, 'hanako', { recoveryKey })
  const data = await fetchJson<{ rotationKeys: string[] }>(`${local.plc.url}/${did}/data`)
  assert.equal(data.rotationKeys.length, 2)
  assert.equal(data.rotationKeys[0], recoveryKey)
})

test('joining is refused by name', async (t) => {
  const local = await localPds(t)
  await joinAs(local, 'hanako')
  const create = (input: Record<string, unknown>) =>
    local.post('com.atproto.server.createAccount', { handle: 'taro.pds1.test', email: 'taro@example.jp', password: PASSWORD, ...input })
  const table: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['no handle at all', { handle: 'taro' }, '400 InvalidRequest'],
    ['too short', { handle: 'ta.pds1.test' }, '400 InvalidHandle'],
    ['two labels', { handle: 'a.taro.pds1.test' }, '400 InvalidHandle'],
    ['another domain', { handle: 'taro.example.com' }, '400 UnsupportedDomain'],
    ['taken', { handle: 'Hanako.pds1.test' }, '400 HandleNotAvailable'],
    ['reserved', { handle: 'admin.pds1.test' }, '400 HandleNotAvailable'],
    ['no password', { password: undefined }, '400 InvalidPassword'],
    ['short password', { password: 'short' }, '400 InvalidPassword'],
    ['no e-mail address', { email: 'taro' }, '400 InvalidRequest'],
    ['e-mail taken', { email: 'Hanako@example.jp' }, '400 InvalidRequest'],
    ['bad recovery key', { recoveryKey: 'did:key:z6Mk' }, '400 InvalidRequest'],
    ['own PLC operation', { plcOp: {} }, '400 InvalidRequest'],
    ['a DID without proof', { did: 'did:plc:ewvi7nxzyoun6zhxrhs64oiz' }, '401 AuthMissing'],
  ]
  for (const [what, input, refusal] of table) assert.equal(refusalOf(await create(input)), refusal, what)
  assert.equal((await create({})).status, 200, 'and without a fault it is not')
})

test('invites are needed unless told otherwise; each use is counted', async (t) => {
  const local = await localPds(t, { config: { inviteRequired: true } })
  const attempt = (name: string, inviteCode?: string) =>
    local.post('com.atproto.server.createAccount', {
      handle: `${name}.pds1.test`,
      password: PASSWORD,
      ...(inviteCode ? { inviteCode } : {}),
    })
  assert.equal(refusalOf(await attempt('hanako')), '400 InvalidInviteCode')
  assert.equal(refusalOf(await attempt('hanako', 'wrong')), '400 InvalidInviteCode')
  assert.equal(refusalOf(await local.post('com.atproto.server.createInviteCode', { useCount: 1 })), '401 AuthMissing')
  const { json } = await local.admin('com.atproto.server.createInviteCode', { useCount: 1 })
  assert.equal((await attempt('hanako', String(json['code']))).status, 200)
  assert.equal(refusalOf(await attempt('taro', String(json['code']))), '400 InvalidInviteCode')
})

test('two who ask for one handle at once: one gets it whole, the other nothing', async (t) => {
  const local = await localPds(t)
  const answers = await Promise.all(
    [1, 2].map((n) =>
      local.post('com.atproto.server.createAccount', { handle: 'hanako.pds1.test', email: `h${n}@example.jp`, password: PASSWORD }),
    ),
  )
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 400],
  )
  assert.equal((await eventsOf(local.pds.url, 4)).length, 4)
  const db = openForReading(join(local.config.dataDir, 'pds.sqlite'))
  t.after(() => db.close())
  assert.deepEqual(
    db.prepare('SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM repo), (SELECT count(*) FROM event)').raw().get(),
    [1, 1, 4],
  )
})

test('a directory that is away leaves nothing half-made; the same handle works afterwards', async (t) => {
  const local = await localPds(t)
  const { port } = local.plc
  await local.plc.close()
  const body = { handle: 'hanako.pds1.test', password: PASSWORD }
  assert.equal(refusalOf(await local.post('com.atproto.server.createAccount', body)), '502 UpstreamFailure')
  assert.equal(
    refusalOf(await local.post('com.atproto.server.createSession', { identifier: body.handle, password: PASSWORD })),
    '401 AuthenticationRequired',
  )
  await local.startPlcAgain(port)
  const joined = parseJoined((await local.post('com.atproto.server.createAccount', body)).json)
  assert.equal((await local.get('com.atproto.server.getSession', {}, joined.accessJwt)).status, 200)
})

test('the folder holds no key and no password in the clear, and only its owner reads it', async (t) => {
  const local = await localPds(t, { config: { adminPassword: undefined } })
  const { accessJwt, refreshJwt } = await joinAs(local, 'hanako')
  const { json } = await local.post('com.atproto.server.createAppPassword', { name: 'town' }, accessJwt)
  const files = readdirSync(local.config.dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(local.config.dataDir, name))
    .filter((file) => statSync(file).isFile())
  for (const file of files) assert.equal(statSync(file).mode & 0o077, 0, `${file} is private`)
  const bytes = Buffer.concat(files.filter((file) => file.includes('pds.sqlite')).map((file) => readFileSync(file)))
  for (const secret of [PASSWORD, String(json['password']), accessJwt, refreshJwt]) assert.equal(bytes.includes(secret), false)
  assert.ok(files.some((file) => file.endsWith('admin-password')))
})
