// The contract suites and the comparison with SQLite on a sharded cluster, each collection sharded by its book: `WAKI_MONGOS_URI=mongodb://… npm run test:sharded`.
// No part of `npm test`, since no mongos can be had everywhere.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { MongoClient } from 'mongodb'
import { openMongoStore } from '../../appview/store/mongo-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { yielding } from '../appview/faulty-store.ts'
import { storeContract } from '../appview/store-contract.ts'
import { deskStoreContract } from '../desk/desk-store-contract.ts'
import { sameBooks } from './same-books.ts'

const given = process.env['WAKI_MONGOS_URI'] ?? ''
assert.match(given, /^mongodb/, 'name the cluster: WAKI_MONGOS_URI=mongodb://HOST:27017 npm run test:sharded')
const database = `waki_test_${randomBytes(4).toString('hex')}`
const uri = given.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${database}`)
const folder = mkdtempSync(join(tmpdir(), 'waki-sharded-'))
const client = new MongoClient(uri)
let books = 0

/** As an operator does it before the first start: every collection by its book. */
const shardByBook = async (): Promise<void> => {
  await (await openMongoStore({ uri, keyFile: join(folder, 'first') })).close()
  const admin = client.db('admin')
  assert.equal((await admin.command({ hello: 1 }))['msg'], 'isdbgrid', 'WAKI_MONGOS_URI is no mongos')
  await admin.command({ enableSharding: database })
  for (const { name } of await client.db(database).listCollections({}, { nameOnly: true }).toArray()) {
    if (name === 'schema') continue
    await client.db(database).collection(name).createIndex({ b: 1 })
    await admin.command({ shardCollection: `${database}.${name}`, key: { b: 1 } })
  }
}

const freshStore = (keyFile = join(folder, 'key')): Promise<Store> => openMongoStore({ uri, book: `book-${(books += 1)}`, keyFile })

before(shardByBook)
after(async () => {
  await client.db(database).dropDatabase()
  await client.close()
  rmSync(folder, { recursive: true, force: true })
})

storeContract('sharded', () => freshStore())
storeContract('sharded, yielding', async () => yielding(await freshStore()))
deskStoreContract('sharded', () => freshStore())
sameBooks('sharded', freshStore)

test('every collection is sharded, and each book lies on one shard', async () => {
  const plan = await client.db(database).command({ explain: { find: 'intake', filter: { b: 'book-1' } }, verbosity: 'queryPlanner' })
  assert.equal(plan['queryPlanner'].winningPlan.shards.length, 1)
})
