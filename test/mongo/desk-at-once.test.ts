// Deeds of one town's desk from several processes at once: each is kept, the trail is numbered without a gap; who is in another's way waits.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMongoStore } from '../../appview/store/mongo-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const TOWN = '172014'
const DEEDS = 60
const PROCESSES = 6

test('sixty deeds from six sides', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-at-once-'))
  const set = await sharedReplicaSet()
  const stores: Store[] = []
  for (let nth = 0; nth < PROCESSES; nth += 1)
    stores.push(await openMongoStore({ uri: set.uri('at-once'), book: 'town', keyFile: join(folder, 'key') }))
  t.after(async () => {
    for (const store of stores) await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const deeds = Array.from({ length: DEEDS }, (_, nth) => `deed-${nth}`)
  await Promise.all(
    deeds.map(async (deed, nth) => {
      const line = { at: '2026-05-10T09:00:00.000Z', by: 'did:plc:clerk', deed, on: null, outcome: 'done' as const, code: null, detail: {} }
      await stores[nth % PROCESSES]?.desk.persist({ town: TOWN, audit: [line] })
    }),
  )
  const trail = (await stores[0]?.desk.trail(TOWN, { limit: DEEDS + 1 })) ?? []
  assert.deepEqual(
    trail.map(({ seq }) => seq),
    Array.from({ length: DEEDS }, (_, nth) => DEEDS - nth),
  )
  assert.deepEqual(trail.map(({ deed }) => deed).toSorted(), deeds.toSorted())
})
