// Three real nodes: while a town is folded the primary steps down, is killed, all nodes are killed and started again, and a commit that is stored is said to
// have failed. The books are those of SQLite from the same intake, to the byte; of two writers one is refused. A start without a majority says so.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { connectMongo } from '../../appview/store/mongo-connect.ts'
import { openStore } from '../../appview/store/open-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { StoreRefused } from '../../appview/store/store.ts'
import { StartError } from '../../server/start-error.ts'
import { partOf } from '../appview/books-town.ts'
import { dumped } from '../appview/store-rows.ts'
import { eventually } from '../support/asking.ts'
import { mongoSet } from '../support/mongo-set.ts'
import { BATCH, expectedLines, finish, follow, rows, town, writerOf } from './followed-town.ts'

/** An election takes two seconds and more; a box that is busy takes longer. */
const LONGEST_STALL_MS = 20_000
const SHORT_MS = 1_500
const { skip, folder, nodes: set } = mongoSet('failover')
let expected: readonly string[] = []
let databases = 0

before(async () => {
  if (skip === false) expected = await expectedLines()
})

const opened = async (t: TestContext): Promise<Store> => {
  const store = await openStore({ address: set().uri(`failover${databases}`), folder })
  t.after(() => store.close())
  return store
}

const fresh = (t: TestContext): Promise<Store> => {
  databases += 1
  return opened(t)
}

const killPrimary = async (): Promise<number> => {
  const index = await set().primary()
  await set().kill(index)
  return index
}

test('the primary steps down, and is killed, while the town is folded', { skip }, async (t) => {
  const store = await fresh(t)
  let dead = -1
  const longest = await follow(store, (batch) => {
    if (batch === 3) return set().command({ replSetStepDown: 3, force: true })
    if (batch !== 9) return undefined
    return killPrimary().then((index) => void (dead = index))
  })
  assert.ok(dead >= 0)
  assert.deepEqual(await dumped(store), expected)
  await set().start(dead)
  t.diagnostic(`longest batch ${Math.round(longest)} ms`)
  assert.ok(longest < LONGEST_STALL_MS, `${longest} ms`)
})

test('all nodes are killed and started again while the town is folded', { skip }, async (t) => {
  const store = await fresh(t)
  await follow(store, (batch) => {
    if (batch !== 5) return undefined
    return (async () => {
      await Promise.all([0, 1, 2].map((index) => set().kill(index)))
      await Promise.all([0, 1, 2].map((index) => set().start(index)))
    })()
  })
  assert.deepEqual(await dumped(store), expected)
})

test('the primary stands still, its connections open, and wakes again', { skip }, async (t) => {
  const store = await fresh(t)
  const still = await set().primary()
  const longest = await follow(store, (batch) => {
    if (batch === 4) set().signal(still, 'SIGSTOP')
    return undefined
  })
  t.diagnostic(`longest batch ${Math.round(longest)} ms`)
  assert.notEqual(await set().primary(), still)
  set().signal(still, 'SIGCONT')
  assert.deepEqual(await dumped(store), expected)
  assert.ok(longest < LONGEST_STALL_MS, `${longest} ms`)
})

test('a commit that is said to have failed, and is stored, is stored once', { skip }, async (t) => {
  const store = await fresh(t)
  const stored = {
    failCommands: ['commitTransaction'],
    writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting for replication timed out' },
  }
  const cut = { failCommands: ['commitTransaction'], closeConnection: true }
  await follow(store, (batch) => {
    if (batch !== 2 && batch !== 6) return undefined
    return set().command({ configureFailPoint: 'failCommand', mode: { times: batch === 2 ? 4 : 3 }, data: batch === 2 ? stored : cut })
  })
  assert.deepEqual(await dumped(store), expected)
  const { count } = await set().command({ configureFailPoint: 'failCommand', mode: 'off' })
  assert.ok(count >= 6, `commits failed ${count} times`)
  assert.equal((await store.books.state()).cursor.read.leaf, rows.at(-1)?.leaf)
})

test('a writer that was passed by writes no more; the other one goes on where it stood', { skip }, async (t) => {
  const [first, second] = [await fresh(t), await opened(t)]
  await first.books.setRoster(town.roster)
  const old = await writerOf(first)
  await old.append(rows.slice(0, BATCH).map(partOf))
  const next = await writerOf(second)
  await assert.rejects(
    old.append(rows.slice(BATCH, BATCH * 2).map(partOf)),
    (error) => error instanceof StoreRefused && error.reason === 'epoch',
  )
  assert.equal(next.cursor().read.leaf, rows[BATCH - 1]?.leaf)
  await next.append(rows.slice(BATCH).map(partOf))
  await finish(next)
  assert.deepEqual(await dumped(first), expected)
})

test('a start with a majority lost says so, also where the first host of the address is one of them', { skip }, async () => {
  const lost = [0, 1]
  await Promise.all(lost.map((index) => set().kill(index)))
  try {
    await eventually(
      () => set().primary(),
      (index) => index < 0,
      'who is left has noticed',
      LONGEST_STALL_MS,
    )
    await assert.rejects(
      connectMongo(set().uri('lost'), { waitMs: SHORT_MS }),
      (error) => error instanceof StartError && /the replica set rs0 at .* has no primary/.test(error.message),
    )
  } finally {
    await Promise.all(lost.map((index) => set().start(index)))
  }
})
