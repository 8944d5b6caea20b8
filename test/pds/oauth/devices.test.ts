// Browsers at the sign-in pages: those on which nobody is signed in are bounded in number, the others stay.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COUNTED_EVERY, createDeviceStore, IDLE_DEVICES_KEPT } from '../../../pds/oauth/device-store.ts'
import { parseDeviceId, parseSessionId } from '../../../pds/oauth/parse-stored.ts'
import { schema } from '../../../pds/schema/schema.ts'
import { systemClock } from '../../../server/clock.ts'
import { createSealer } from '../../../server/seal.ts'
import { openDatabase } from '../../../server/sqlite.ts'

test('browsers that nobody signs in at are kept up to a number, the one seen longest ago goes; where somebody is signed in it stays', async (t) => {
  const db = openDatabase(':memory:', schema)
  t.after(() => db.close())
  const clock = systemClock()
  const store = createDeviceStore(db, createSealer(new Uint8Array(32)), clock)
  const beginMs = clock.realMs()
  const id = (index: number) => parseDeviceId(`dev-${index}`)
  const create = (index: number) =>
    store.createDevice(id(index), {
      sessionId: parseSessionId(`ses-${index}`),
      lastSeenAt: new Date(beginMs + index),
      userAgent: null,
      ipAddress: '192.0.2.1',
    })
  await create(0)
  db.prepare(
    "INSERT INTO account (did, handle, password_hash, signing_key, created_ms) VALUES ('did:web:a.test', 'a.test', '', x'', 0)",
  ).run()
  db.prepare("INSERT INTO oauth_device_account (device, did, created_ms, updated_ms) VALUES ('dev-0', 'did:web:a.test', 0, 0)").run()
  const last = IDLE_DEVICES_KEPT + 2 * COUNTED_EVERY
  for (let index = 1; index <= last; index++) await create(index)
  const kept = Number(db.prepare('SELECT count(*) FROM oauth_device').pluck().get())
  assert.ok(kept > IDLE_DEVICES_KEPT && kept <= 1 + IDLE_DEVICES_KEPT + COUNTED_EVERY, `${kept} are kept`)
  const isKept = async (index: number): Promise<boolean> => (await store.readDevice(id(index))) !== null
  assert.deepEqual([await isKept(0), await isKept(1), await isKept(last)], [true, false, true])
})
