// What the appview writes into its towns' repos, through the outbox.

import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openOutbox } from '../../appview/publish/outbox.ts'
import { readPublishFile } from '../../appview/publish/publish-file.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { createAppPassword } from '../../cli/xrpc-client.ts'
import type { Session } from '../../cli/xrpc-client.ts'
import { nsid } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { createSafeFetch } from '../../server/safe-fetch.ts'
import { getJson, listIn } from '../support/asking.ts'
import { SmallNetwork } from './small-network.ts'

const TIMEOUT = { timeout: 120_000 }
const clock = systemClock()
// As the appview's own: it can speak to a host under another name, which handles need.
const fetch = createSafeFetch({ allowLoopback: true, maxBytes: 1_000_000, timeoutMs: 10_000 })
const createdAt = '2026-04-01T00:00:00.000Z'

const publishFileFor = async (network: SmallNetwork, town: Session): Promise<string> => {
  const file = join(network.dir, 'publish.json')
  const account = { pds: network.wire.url, identifier: town.did, appPassword: await createAppPassword(town, 'appview') }
  await writeFile(file, JSON.stringify({ [town.did]: account }), { mode: 0o600 })
  return file
}

test('the outbox publishes each record once, also when a crash hid that it was done', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const file = await publishFileFor(network, town)
  const accounts = await readPublishFile(file)
  const store = openSqliteStore(':memory:')
  const deps = { ...store, accounts, fetch, clock, log: silentLog, isCaughtUp: async () => true }
  const outbox = openOutbox(deps)
  const record = { names: { ja: '公園の会' }, did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', validFrom: '2026-04-01', createdAt }
  const uri = await outbox.add(town.did, nsid.hostBody, record)
  await outbox.flush()
  await outbox.close()
  const [row] = await store.work.outbox(town.did, 5)
  assert.equal(row?.state, 'done')
  assert.ok(uri.endsWith(row.rkey))
  const listed = async () =>
    listIn(await getJson(`${network.wire.url}/xrpc/com.atproto.repo.listRecords?repo=${town.did}&collection=${nsid.hostBody}`), 'records')
  assert.deepEqual(
    (await listed()).map((one) => [one['uri'], one['cid']]),
    [[uri, row.cid]],
  )
  // The crash: the record is there, the note of it is not.
  const before = openSqliteStore(':memory:')
  await before.work.enqueue(row)
  const again = openOutbox({ ...deps, ...before })
  await again.flush()
  await again.close()
  assert.equal((await before.work.outbox(town.did, 5))[0]?.state, 'done')
  assert.equal((await listed()).length, 1)
  await before.close()
  await store.close()
})

test('what cannot be published waits, with the reason, and goes out later', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const file = await publishFileFor(network, town)
  const store = openSqliteStore(':memory:')
  const deps = { ...store, fetch, clock, log: silentLog, isCaughtUp: async () => true }
  const without = openOutbox({ ...deps, accounts: new Map() })
  await without.add(town.did, nsid.notice, { text: 'x', createdAt })
  await without.flush()
  await without.close()
  const [waiting] = await store.work.outbox(town.did, 1)
  assert.equal(waiting?.state, 'pending')
  assert.match(waiting.error ?? '', /no account/)
  assert.equal(waiting.attempts, 1)
  await chmod(file, 0o644)
  await assert.rejects(readPublishFile(file), /0600/)
  await store.close()
})
