// Neighbours in the outbox go in one commit; where one of them stands there already they go one by one, and each stands once. A store that fails for a
// while holds up nothing after it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOutbox } from '../../appview/publish/outbox.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { createAppPassword } from '../../cli/xrpc-client.ts'
import { nsid } from '../../lexicons/authority.ts'
import { silentLog } from '../../server/log.ts'
import { getJson, listIn } from '../support/asking.ts'
import { PASSWORD, World } from '../support/world.ts'

test('a run of records is one commit, and survives that some of it was published before', async () => {
  await using world = await World.start()
  const town = await world.member('kanazawa')
  const { service } = town.session
  const account = { pds: service, identifier: town.did, appPassword: await createAppPassword(town.session, 'appview') }
  const store = openSqliteStore(':memory:')
  const isCaughtUp = async (): Promise<boolean> => true
  const deps = { ...store, accounts: new Map([[town.did, account]]), fetch, clock: world.clock, log: silentLog, isCaughtUp }
  const publish = async (): Promise<void> => {
    const outbox = openOutbox(deps)
    await outbox.flush()
    await outbox.close()
  }
  const keep = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      const record = { $type: nsid.notice, title: name, body: name, createdAt: town.now }
      await store.work.enqueue({ repo: town.did, collection: nsid.notice, rkey: `3m${name.repeat(11)}`, verb: 'create', record })
    }
  }
  const head = async (): Promise<unknown> => (await getJson(`${service}/xrpc/com.atproto.sync.getLatestCommit?did=${town.did}`))['rev']
  const leaves = async (): Promise<number> => {
    world.wrote(town.did, String(await head()))
    await world.relayed()
    return world.leaves()
  }
  const before = await leaves()
  await keep(['a', 'b', 'c'])
  await publish()
  assert.equal((await leaves()) - before, 1, 'three records, one commit')
  const rows = await store.work.outbox(town.did, 9)
  assert.deepEqual(
    rows.map(({ state, cid }) => [state, typeof cid]),
    [
      ['done', 'string'],
      ['done', 'string'],
      ['done', 'string'],
    ],
  )
  // The crash: what was published is noted as pending again, and more has come.
  const again = openSqliteStore(':memory:')
  Object.assign(deps, { work: again.work })
  for (const { repo, collection, rkey, verb, record } of rows.toReversed())
    await again.work.enqueue({ repo, collection, rkey, verb, record })
  await again.work.enqueue({
    repo: town.did,
    collection: nsid.notice,
    rkey: `3m${'d'.repeat(11)}`,
    verb: 'create',
    record: { $type: nsid.notice, title: 'd', body: 'd', createdAt: town.now },
  })
  await publish()
  assert.deepEqual(new Set((await again.work.outbox(town.did, 9)).map(({ state }) => state)), new Set(['done']))
  const listed = listIn(await getJson(`${service}/xrpc/com.atproto.repo.listRecords?repo=${town.did}&collection=${nsid.notice}`), 'records')
  assert.equal(listed.length, 4)
  await store.close()
  await again.close()
})

test('a store that does not answer for a while is asked again, and what waits is published then', async () => {
  await using world = await World.start()
  const town = await world.member('kanazawa')
  const { service, handle } = town.session
  const account = { pds: service, identifier: handle, appPassword: PASSWORD }
  const store = openSqliteStore(':memory:')
  const asked = { times: 0, isAway: true }
  const pending = (except: readonly string[], limit: number): ReturnType<typeof store.work.pending> => {
    asked.times += 1
    return asked.isAway ? Promise.reject(new Error('no primary')) : store.work.pending(except, limit)
  }
  const accounts = new Map([[town.did, account]])
  const outbox = openOutbox({
    work: { ...store.work, pending },
    books: store.books,
    accounts,
    fetch,
    clock: world.clock,
    log: silentLog,
    isCaughtUp: async () => true,
  })
  const record = { $type: nsid.notice, title: 'a', body: 'a', createdAt: town.now }
  await store.work.enqueue({ repo: town.did, collection: nsid.notice, rkey: '3maaaaaaaaaaa', verb: 'create', record })
  await assert.rejects(outbox.flush(), /no primary/)
  const [one, other] = await Promise.allSettled([outbox.flush(), outbox.flush()])
  assert.deepEqual([one.status, other.status, asked.times], ['rejected', 'rejected', 2], 'who asks while one waits waits with it')
  asked.isAway = false
  await outbox.flush()
  assert.deepEqual(
    (await store.work.outbox(town.did, 9)).map(({ state }) => state),
    ['done'],
  )
  await outbox.close()
  await store.close()
})
