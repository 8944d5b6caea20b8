// What an account is made of before it is one: sealed keys, secret files, passwords, handles, e-mail addresses, invites, reserved keys, wrong passwords.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDid } from '../../atproto/did.ts'
import { UnresolvedHandle } from '../../atproto/resolve-handle.ts'
import { parseEmail, parseNewPassword } from '../../pds/accounts/account-input.ts'
import { createHandleRules } from '../../pds/accounts/handle-rules.ts'
import { createInvites } from '../../pds/accounts/invites.ts'
import { isOwnPassword } from '../../pds/accounts/own-password.ts'
import { hashPassword, PASSWORDS_WAITING_MAX, randomAppPassword, verifyPassword } from '../../pds/accounts/password.ts'
import { parseRecoveryKey } from '../../pds/accounts/recovery-key.ts'
import {
  createReservedKeys,
  KEY_RESERVED_MS,
  KEYS_RESERVED,
  RESERVATIONS_PER_ADDRESS,
  RESERVATIONS_WINDOW_MS,
} from '../../pds/accounts/reserved-keys.ts'
import { createSealer } from '../../server/seal.ts'
import { keysFor, readOrCreateAdminPassword } from '../../pds/accounts/secret.ts'
import { createAttempts, FAILURES_ALLOWED, FAILURES_PER_ADDRESS, FAILURE_WINDOW_MS } from '../../pds/auth/attempts.ts'
import { accountsSql } from '../../pds/schema/accounts.sql.ts'
import { wantUsableAddress } from '../../pds/usable-address.ts'
import { StartError } from '../../server/start-error.ts'
import { systemClock } from '../../server/clock.ts'
import { readOrCreateSecrets } from '../../server/secret-file.ts'
import { openDatabase } from '../../server/sqlite.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const refusedAs = (error: string) => (thrown: unknown) => thrown instanceof XrpcError && thrown.error === error

test('sealed bytes open only whole, under their label and their key', () => {
  const sealer = createSealer(new Uint8Array(32).fill(1))
  const plain = Buffer.from('a private key of 32 bytes, nearly')
  const sealed = sealer.seal('one', plain)
  assert.deepEqual(Buffer.from(sealer.open('one', sealed)), plain)
  assert.notDeepEqual(sealer.seal('one', plain), sealed, 'the nonce is fresh')
  assert.equal(Buffer.from(sealed).includes(plain), false)
  assert.throws(() => sealer.open('two', sealed))
  assert.throws(() => createSealer(new Uint8Array(32).fill(2)).open('one', sealed))
  for (let index = 0; index < sealed.length; index++) {
    const altered = Uint8Array.from(sealed, (byte, at) => (at === index ? byte ^ 1 : byte))
    assert.throws(() => sealer.open('one', altered), `byte ${index}`)
  }
})

test('keys differ by purpose, the admin password is made once, readable by the owner alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const secrets = readOrCreateSecrets(join(folder, 'secret'))
  assert.notDeepEqual(keysFor(secrets, 'seal keys'), keysFor(secrets, 'sign sessions'))
  assert.notDeepEqual(keysFor(secrets, 'sign oauth tokens'), keysFor(secrets, 'sign sessions'))
  const passwordFile = join(folder, 'admin-password')
  const password = readOrCreateAdminPassword(passwordFile)
  assert.equal(statSync(passwordFile).mode & 0o777, 0o600)
  assert.equal(readFileSync(passwordFile, 'utf8').trim(), password)
  assert.equal(readOrCreateAdminPassword(passwordFile), password)
  assert.ok(password.length >= 32)
})

test('a password matches its hash alone, in whatever form of the same characters it was typed', async () => {
  const hash = await hashPassword('おたがいさま')
  assert.equal(await verifyPassword('おたがいさま'.normalize('NFD'), hash), true)
  assert.equal(await verifyPassword('おたかいさま', hash), false)
  assert.equal(await verifyPassword('おたがいさま', 'plain$text'), false)
  assert.equal(hash.includes('おたがいさま'), false)
  assert.notEqual(await hashPassword('おたがいさま'), hash)
  assert.match(randomAppPassword(), /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/)
})

test('more passwords at once than the queue holds: the rest are told to come back', async () => {
  const hash = await hashPassword('correct horse battery')
  const answers = await Promise.allSettled(
    Array.from({ length: PASSWORDS_WAITING_MAX + 3 }, () => verifyPassword('wrong', hash.replace('$16384$', '$2$'))),
  )
  assert.equal(answers.filter(({ status }) => status === 'rejected').length, 3)
  assert.equal(await verifyPassword('correct horse battery', hash), true)
})

test('a name that is not here and a password that is too long are checked like any other', async () => {
  const hash = await hashPassword('correct horse battery')
  const asked = (account: { did: typeof did } | undefined, password: string) =>
    isOwnPassword({ passwordHash: () => hash }, account, password)
  assert.equal(await asked({ did }, 'correct horse battery'), true)
  assert.equal(await asked({ did }, 'wrong'), false)
  // Whoever waits for no thread is told at once, and is told apart: where none is free, nobody is told.
  const filling = Array.from({ length: PASSWORDS_WAITING_MAX }, () => verifyPassword('wrong', hash.replace('$16384$', '$2$')))
  for (const [account, password] of [
    [{ did }, 'wrong'],
    [{ did }, 'w'.repeat(300)],
    [undefined, 'wrong'],
    [undefined, 'w'.repeat(300)],
  ] as const)
    await assert.rejects(asked(account, password), refusedAs('Overloaded'))
  await Promise.all(filling)
})

test('a password that is replaced while it is checked is not taken any more', async () => {
  const next = await hashPassword('another good password')
  let hash = await hashPassword('correct horse battery')
  const asked = isOwnPassword({ passwordHash: () => hash }, { did }, 'correct horse battery')
  hash = next
  assert.equal(await asked, false)
})

test('handles: each refusal by its name', async () => {
  const elsewhere = async (handle: string) => {
    if (handle === 'mine.example') return did
    throw new UnresolvedHandle('not-found', handle)
  }
  const rules = createHandleRules(['.pds1.test'], elsewhere)
  assert.equal(rules.parseLocal('Hanako.PDS1.test'), 'hanako.pds1.test')
  assert.throws(() => rules.parseLocal('ha_nako.pds1.test'), refusedAs('InvalidHandle'))
  assert.throws(() => rules.parseLocal('ab.pds1.test'), refusedAs('InvalidHandle'))
  assert.throws(() => rules.parseLocal('a.hanako.pds1.test'), refusedAs('InvalidHandle'))
  assert.throws(() => rules.parseLocal('hanako.pds2.test'), refusedAs('UnsupportedDomain'))
  assert.throws(() => rules.parseLocal('admin.pds1.test'), refusedAs('HandleNotAvailable'))
  assert.equal(await rules.parseFor(did, 'mine.example'), 'mine.example')
  assert.equal(await rules.parseFor(did, 'hanako.pds1.test'), 'hanako.pds1.test')
  await assert.rejects(rules.parseFor(did, 'yours.example'), refusedAs('InvalidHandle'))
  await assert.rejects(rules.parseFor(parseDid('did:web:other.example'), 'mine.example'), refusedAs('InvalidHandle'))
})

test('password, e-mail and recovery key are checked at the door', () => {
  for (const password of [undefined, '', 'short', 'x'.repeat(257)])
    assert.throws(() => parseNewPassword(password), refusedAs('InvalidPassword'))
  assert.equal(parseEmail('Hanako@Example.JP'), 'hanako@example.jp')
  assert.equal(parseEmail(undefined), null)
  for (const email of ['hanako', 'a b@example.jp', 'a@b', `${'x'.repeat(400)}@example.jp`])
    assert.throws(() => parseEmail(email), refusedAs('InvalidRequest'))
  assert.equal(parseRecoveryKey(undefined), null)
  assert.throws(
    () => parseRecoveryKey('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'),
    refusedAs('InvalidRequest'),
    'ed25519 is no rotation key',
  )
})

test('an invite code is good for as many accounts as it says', () => {
  const invites = createInvites(openDatabase(':memory:', [accountsSql]), systemClock())
  const code = invites.create('pds.example', 2, 'admin')
  assert.match(code, /^pds-example-[a-z2-7]{5}-[a-z2-7]{5}$/)
  invites.use(code, 'did:plc:one')
  invites.check(code)
  invites.use(code, 'did:plc:two')
  assert.throws(() => invites.check(code), refusedAs('InvalidInviteCode'))
  assert.throws(() => invites.use(code, 'did:plc:three'), refusedAs('InvalidInviteCode'))
  for (const unknown of [undefined, '', 'pds-example-aaaaa-aaaaa'])
    assert.throws(() => invites.check(unknown), refusedAs('InvalidInviteCode'))
})

test('a reserved key is the same for the same DID, nobody else’s, and their number is bounded', () => {
  const db = openDatabase(':memory:', [accountsSql])
  const keys = createReservedKeys(db, createSealer(new Uint8Array(32)), systemClock())
  const didKey = keys.reserve(did, '192.0.2.1')
  assert.equal(keys.reserve(did, '192.0.2.1'), didKey)
  assert.equal(keys.find(didKey, did)?.didKey, didKey)
  assert.equal(keys.find(didKey, 'did:web:other.example'), undefined)
  const anybody = keys.reserve(undefined, '192.0.2.1')
  assert.equal(keys.find(anybody, did)?.didKey, anybody)
  keys.remove(didKey)
  assert.equal(keys.findFor(did), undefined)
  db.transaction(() => {
    const insert = db.prepare("INSERT INTO reserved_key (did_key, sealed, created_ms) VALUES (?, x'00', ?)")
    for (let count = 0; count < KEYS_RESERVED; count++) insert.run(`did:key:${count}`, Date.now())
  })()
  keys.reserve(undefined, '192.0.2.1')
  assert.equal(db.prepare('SELECT count(*) FROM reserved_key').pluck().get(), KEYS_RESERVED)
  assert.equal(keys.find(anybody, did), undefined, 'the oldest went')
})

test('keys are reserved so often from an address, and kept so long; asking again for the same takes nothing', () => {
  let [realMs, civilMs] = [0, Date.parse('2026-04-01T00:00:00.000Z')]
  const clock = { ...systemClock(), realMs: () => realMs, civilMs: () => civilMs }
  const keys = createReservedKeys(openDatabase(':memory:', [accountsSql]), createSealer(new Uint8Array(32)), clock)
  const first = keys.reserve(did, '192.0.2.1')
  for (let count = 1; count < RESERVATIONS_PER_ADDRESS; count++) keys.reserve(undefined, '192.0.2.1')
  assert.throws(() => keys.reserve(undefined, '192.0.2.1'), refusedAs('RateLimitExceeded'))
  assert.equal(keys.reserve(did, '192.0.2.1'), first)
  keys.reserve(undefined, '192.0.2.2')
  realMs += RESERVATIONS_WINDOW_MS
  keys.reserve(undefined, '192.0.2.1')
  civilMs += KEY_RESERVED_MS
  keys.reserve(undefined, '192.0.2.1')
  assert.equal(keys.findFor(did)?.didKey, first, 'exactly as old as is kept')
  civilMs += 1
  keys.reserve(undefined, '192.0.2.1')
  assert.equal(keys.findFor(did), undefined)
})

test('an address under which nobody could sign in is refused at the start', () => {
  for (const address of ['https://pds.example.jp', 'https://pds.example.jp:8443', 'http://localhost:3000', 'http://127.0.0.1:1'])
    wantUsableAddress(address)
  for (const address of [
    'http://pds.example.jp',
    'https://pds',
    'https://localhost',
    'https://192.0.2.1',
    'https://pds.local',
    'http://0.0.0.0:1',
  ])
    assert.throws(() => wantUsableAddress(address), StartError, address)
})

test('passwords are counted when they are tried, by name and by address, and forgotten when right or after a while', () => {
  let nowMs = 0
  const attempts = createAttempts({ ...systemClock(), realMs: () => nowMs })
  const [here, there] = ['192.0.2.1', '2001:db8:0:1::1']
  const hanako = { name: 'hanako', ip: here }
  for (let count = 0; count < FAILURES_ALLOWED; count++) {
    attempts.begin(hanako)
    attempts.right(hanako)
    attempts.begin(hanako)
  }
  assert.throws(() => attempts.begin(hanako), refusedAs('RateLimitExceeded'))
  attempts.begin({ name: 'hanako', ip: there })
  for (let count = FAILURES_ALLOWED; count < FAILURES_PER_ADDRESS; count++) attempts.begin({ name: `name${count}`, ip: here })
  assert.throws(() => attempts.begin({ name: 'taro', ip: here }), refusedAs('RateLimitExceeded'))
  assert.throws(() => attempts.begin({ name: 'jiro', ip: `::ffff:${here}` }), refusedAs('RateLimitExceeded'))
  attempts.begin({ name: 'taro', ip: there })
  nowMs += FAILURE_WINDOW_MS
  attempts.begin(hanako)
})
