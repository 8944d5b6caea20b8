// A new signing key in the middle of writing: every commit verifies with the key that the stream had last announced, and the chain has no gap.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseEvent } from '../../atproto/event.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import { verifySync } from '../../atproto/verify-sync.ts'
import { createAccounts } from '../../pds/accounts/accounts.ts'

import { sealerOf } from '../../pds/accounts/secret.ts'
import { readOrCreateSecrets } from '../../server/secret-file.ts'
import { openForReading } from '../../server/sqlite.ts'
import { eventsOf } from './events-of.ts'
import { joinAs, fetchJson, localPds, type DidJson } from './local-pds.ts'

const WRITES = 200
const WRITERS = 16
const ROTATIONS = 3

test('rotation amid writes', async (t) => {
  const local = await localPds(t)
  const { did, accessJwt } = await joinAs(local, 'hanako')
  const keys = [`did:key:${(await fetchJson<DidJson>(`${local.plc.url}/${did}`)).verificationMethod[0]?.publicKeyMultibase}`]
  let next = 0
  const writer = async () => {
    while (next < WRITES) {
      const record = { $type: 'com.example.note', text: `note ${next++}` }
      const { status, text } = await local.post(
        'com.atproto.repo.createRecord',
        { repo: did, collection: 'com.example.note', record, validate: false },
        accessJwt,
      )
      assert.equal(status, 200, text)
    }
  }
  const rotator = async () => {
    for (let count = 0; count < ROTATIONS; count++) {
      const signingKey = String((await local.post('com.atproto.server.reserveSigningKey', { did })).json['signingKey'])
      assert.equal((await local.admin('com.atproto.admin.updateAccountSigningKey', { did, signingKey })).status, 200)
      keys.push(signingKey)
    }
  }
  await Promise.all([rotator(), ...Array.from({ length: WRITERS }, writer)])
  assert.equal(next, WRITES)

  const events = await eventsOf(local.pds.url, 4 + WRITES + 2 * ROTATIONS)
  let key = -1
  let last: { rev: string; data: string } | undefined
  for (const { t: kind, payload } of events) {
    const event = parseEvent(kind, payload)
    if (event.kind === 'identity') key++
    if (event.kind === 'commit') {
      const verified = verifyCommit(event, keys[key] ?? '', Date.now())
      assert.ok(verified.ok, verified.ok ? '' : `${verified.reason}: ${verified.detail}`)
      assert.equal(event.since ?? undefined, last?.rev)
      assert.equal(event.prevData?.toString(), last?.data)
      last = { rev: event.rev, data: verified.dataCid.toString() }
    }
    if (event.kind === 'sync') {
      const verified = verifySync(event, keys[key] ?? '', Date.now())
      assert.ok(verified.ok, verified.ok ? '' : `${verified.reason}: ${verified.detail}`)
      last = { rev: event.rev, data: verified.dataCid.toString() }
    }
  }
  assert.equal(key, ROTATIONS)

  const db = openForReading(join(local.config.dataDir, 'pds.sqlite'))
  t.after(() => db.close())
  const secrets = readOrCreateSecrets(join(local.config.dataDir, 'secret'))
  const accounts = createAccounts(db, sealerOf(secrets))
  key = -1
  for (const { t: kind, payload } of events) {
    if (kind === '#identity') key++
    assert.equal(accounts.didKeyAt(did, Number(payload['seq'])), keys[key], 'the key of its time is kept')
  }
})
