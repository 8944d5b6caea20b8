// Everything in MongoDB can be sharded by its book: every document has it and begins its key with it, every index is led by it and none but that of keys is
// unique, and every command that reads or changes documents names it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MongoClient } from 'mongodb'
import type { Document } from 'mongodb'
import { openWriter } from '../../appview/follow/writer.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { settableClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { farewellOfA, roster, rowsOf } from '../journal/fixture.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const FAR = '2030-01-01T00:00:00.000Z'
/** Says which indexes there are: one document for all books. */
const UNLED = 'schema'

/** Whether a filter, or each of its alternatives, names the book. */
const namesBook = (filter: Document | undefined): boolean =>
  filter !== undefined && (filter['b'] !== undefined || (Array.isArray(filter['$or']) && filter['$or'].every(namesBook)))

const filterOf = ({ command }: Document): Document | undefined =>
  command?.['q'] ?? command?.['filter'] ?? command?.['query'] ?? command?.['pipeline']?.[0]?.['$match']

test('all is led by the book', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-keys-'))
  const set = await sharedReplicaSet()
  const client = await MongoClient.connect(set.uri('keys'))
  t.after(async () => {
    await client.close()
    rmSync(folder, { recursive: true })
  })
  const db = client.db('keys')
  await db.command({ profile: 2 })
  const store = await openStore({ address: set.uri('keys'), folder, book: 'town' })
  const { books, desk, work } = store
  await books.setRoster(roster)
  const writer = await openWriter({ books, clock: settableClock(Date.parse(FAR)), roster: () => roster })
  await writer.append([...rowsOf('town'), ...farewellOfA()].map(partOf))
  await writer.advance(FAR)
  await rebuildBooks(books)
  const { did, code } = roster[0] ?? assert.fail('an empty roster')
  const [year, line] = [
    { scope: code, from: '2026-04-01', through: '2027-03-31' },
    { at: FAR, by: did, deed: 'x', on: null, outcome: 'done', code: null, detail: {} } as const,
  ]
  for (const knownAt of [undefined, { leaf: 20, instant: '2026-06-01T00:00:00.000Z' }]) {
    const cut = { ...year, ...(knownAt === undefined ? {} : { knownAt }) }
    await Promise.all([books.sums(cut), books.sumsByEntity(cut), books.sums({ ...cut, entity: `M:${code}` }), books.headcount(cut)])
    await Promise.all([books.flows({ ...cut, scopes: [code] }), books.flowPairs(cut), books.transactions({ ...cut, limit: 5 })])
  }
  await Promise.all([
    books.asked(did, { perGiver: 1, limit: 1 }),
    books.refusals({ repo: did, limit: 5 }),
    books.rows({ repo: did, limit: 5 }),
    books.paths(did),
    books.counts(),
  ])
  const publish = [{ repo: did, collection: 'c', rkey: 'r', verb: 'create', record: {} } as const]
  const entry = { uri: 'at://x/y/z', kind: 'dispute', commitment: 'c0', payload: {}, salt: 'aa', about: [did] }
  await desk.persist({
    town: code,
    audit: [line],
    publish,
    entries: [entry],
    roles: [{ did, role: 'clerk', from: FAR, until: null, grantedBy: did, endedBy: null }],
  })
  await Promise.all([
    desk.trail(code, { limit: 1 }),
    desk.register(code, { find: 'x', limit: 1 }),
    desk.entriesAbout(code, did),
    desk.roles(code),
  ])
  await desk.forget(code, did)
  for (const { id } of await work.pending([], 9)) await work.settle(id, { state: 'done', cid: null, error: null })
  await work.keep({ kind: 'session', name: 's', owner: 'o', sealed: Uint8Array.of(1), expiresMs: 1 })
  await work.dropExpired(5)
  await store.close()
  await db.command({ profile: 0 })

  const collections = (await db.listCollections().toArray())
    .map(({ name }) => name)
    .filter((name) => name !== UNLED && !name.startsWith('system.'))
  assert.ok(collections.length > 20)
  for (const name of collections) {
    for (const { key, unique } of await db.collection(name).indexes())
      assert.ok(
        '_id' in key && Object.keys(key).length === 1 ? true : Object.keys(key)[0] === 'b' && unique !== true,
        `${name} ${JSON.stringify(key)}`,
      )
    for (const document of await db.collection<{ _id: string; b: string }>(name).find().toArray())
      assert.ok(document._id.startsWith(`${document.b}/`) && document.b.startsWith('town'), `${name} ${document._id}`)
  }
  const profiled = await db
    .collection('system.profile')
    .find({ op: { $in: ['query', 'update', 'remove', 'command'] } })
    .toArray()
  const touching = profiled.filter((one) => collections.includes(String(one['ns']).slice('keys.'.length)) && filterOf(one) !== undefined)
  assert.ok(touching.length > 300, `${touching.length} commands`)
  for (const one of touching)
    assert.ok(namesBook(filterOf(one)), `${one['ns']} ${one['op']} ${JSON.stringify(filterOf(one)).slice(0, 200)}`)
  const scans = touching.filter(({ planSummary }) => planSummary === 'COLLSCAN')
  assert.deepEqual(
    scans.map((one) => `${one['ns']} ${JSON.stringify(filterOf(one))}`),
    [],
  )
})
