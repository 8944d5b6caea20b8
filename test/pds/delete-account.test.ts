// An account deleted by the operator: what is told of it, what is left of it, and that the rest of the server goes on as before.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditPds } from '../../pds/audit.ts'
import { openForReading } from '../../server/sqlite.ts'
import { eventsOf } from './events-of.ts'
import { joinAs, localPds, PASSWORD, refusalOf } from './local-pds.ts'

const DELETE = 'com.atproto.admin.deleteAccount'
const SECRET_WORD = 'kimigayo-no-kioku'

test('a deleted account is told, and gone with its repo, sessions and what the log kept of it', async (t) => {
  const local = await localPds(t)
  const [hanako, taro] = [await joinAs(local, 'hanako'), await joinAs(local, 'taro')]
  const write = (who: typeof hanako, text: string) =>
    local.post(
      'com.atproto.repo.createRecord',
      { repo: who.did, collection: 'com.example.note', record: { $type: 'com.example.note', text } },
      who.accessJwt,
    )
  assert.equal((await write(taro, 'stays')).status, 200)
  for (let i = 0; i < 5; i++) assert.equal((await write(hanako, SECRET_WORD)).status, 200)
  const before = openForReading(join(local.config.dataDir, 'pds.sqlite'))
  const lastSeq = before.prepare<[], number>('SELECT max(seq) FROM event').pluck().get() ?? 0
  before.close()

  assert.equal(refusalOf(await local.post(DELETE, { did: hanako.did }, hanako.accessJwt)), '401 AuthMissing')
  assert.equal((await local.admin(DELETE, { did: hanako.did })).status, 200)
  const [last] = await eventsOf(local.pds.url, 1, lastSeq)
  assert.equal(last?.t, '#account')
  assert.deepEqual([last.payload['did'], last.payload['active'], last.payload['status']], [hanako.did, false, 'deleted'])

  assert.equal(refusalOf(await local.admin(DELETE, { did: hanako.did })), '400 AccountNotFound')
  assert.notEqual((await write(hanako, 'late')).status, 200)
  assert.notEqual((await local.get('com.atproto.server.getSession', {}, hanako.accessJwt)).status, 200)
  assert.equal((await local.post('com.atproto.server.createSession', { identifier: hanako.handle, password: PASSWORD })).status, 401)
  assert.notEqual((await local.get('com.atproto.sync.getLatestCommit', { did: hanako.did })).status, 200)
  assert.equal((await write(taro, 'goes on')).status, 200)
  const kept = openForReading(join(local.config.dataDir, 'pds.sqlite'))
  const events = kept.prepare<[], number>('SELECT count(*) FROM event').pluck().get() ?? 0
  kept.close()
  const seen = await eventsOf(local.pds.url, 1 + events)
  assert.equal(seen[0]?.payload['name'], 'OutdatedCursor', 'the log began with what is gone')
  const ofHanako = seen.filter(({ payload }) => [payload['did'], payload['repo']].includes(hanako.did))
  assert.deepEqual(
    ofHanako.map(({ t: type, payload }) => [type, payload['status']]),
    [['#account', 'deleted']],
    'nor is it told from memory',
  )

  await local.restart()
  const db = openForReading(join(local.config.dataDir, 'pds.sqlite'))
  const kinds = db.prepare<[string], string>('SELECT kind FROM event WHERE did = ?').pluck().all(hanako.did)
  assert.deepEqual(kinds, ['account'])
  const seqs = db.prepare<[], number>('SELECT seq FROM event ORDER BY seq').pluck().all()
  assert.equal(new Set(seqs).size, seqs.length)
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('event', 'event_log')")
    .pluck()
    .all()
  for (const table of tables) assert.doesNotMatch(JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()), new RegExp(hanako.did), table)
  db.close()
  assert.deepEqual((await auditPds(local.config.dataDir)).problems, [])
  assert.equal((await joinAs(local, 'hanako')).handle, 'hanako.pds1.test', 'the name is free again')
})
