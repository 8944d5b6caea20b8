// Versions of the program side by side on one database: a newer one makes the indexes it needs while an older one reads; an older one starts on what a newer
// one has opened, unless that says otherwise; what another version folded is refused, not misread, and folded anew beside it.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Binary, MongoClient } from 'mongodb'
import type { Db } from 'mongodb'
import { dropOtherRules, refoldIntake } from '../../appview/follow/refold.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { INDEXES } from '../../appview/store/mongo-schema.ts'
import { textsIn } from '../../appview/store/mongo-texts.ts'
import type { Texts } from '../../appview/store/mongo-texts.ts'
import { numberOf } from '../../appview/store/number-of.ts'
import { openStore } from '../../appview/store/open-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { StartError } from '../../server/start-error.ts'
import { dumped } from '../appview/store-rows.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { follow, town, writerOf } from './followed-town.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const folder = mkdtempSync(join(tmpdir(), 'waki-versions-'))
after(() => rmSync(folder, { recursive: true, force: true }))

type Row = { readonly _id: string; readonly b: string }
type Page = Row & { readonly row: Texts; readonly uri: readonly (string | number)[] }
type Place = { readonly db: Db; readonly open: () => Promise<Store> }

const inDatabase = async (database: string, work: (place: Place) => Promise<void>): Promise<void> => {
  const address = (await sharedReplicaSet()).uri(database)
  const client = await MongoClient.connect(address)
  const stores: Store[] = []
  const open = async (): Promise<Store> => {
    const store = await openStore({ address, folder, book: database })
    stores.push(store)
    return store
  }
  try {
    await work({ db: client.db(), open })
  } finally {
    for (const store of stores) await store.close()
    await client.close()
  }
}

const schemaOf = (db: Db) => db.collection<{ _id: string; version: number; oldest: number }>('schema')

const indexNames = async (db: Db, collection: string): Promise<readonly string[]> =>
  (await db.collection(collection).indexes()).map(({ key }) => Object.keys(key).join(' '))

test('what is missing of indexes is made while another reads, and once', { skip }, () =>
  inDatabase('indexes', async ({ db, open }) => {
    const old = await open()
    await follow(old)
    const lines = await dumped(old)
    const whole = await indexNames(db, 'tx_page')
    await db.collection('tx_page').dropIndexes()
    await schemaOf(db).updateOne({ _id: 'indexes' }, { $set: { version: 2 } })
    const [, read] = await Promise.all([open(), dumped(old)])
    assert.deepEqual(read, lines)
    assert.deepEqual((await indexNames(db, 'tx_page')).toSorted(), whole.toSorted())
    assert.equal((await schemaOf(db).findOne({ _id: 'indexes' }))?.version, INDEXES.length)
    await db.collection('tx_page').dropIndexes()
    await open()
    assert.equal((await indexNames(db, 'tx_page')).length, 1, 'a version that is there is not made again')
  }),
)

test('a program starts on what a newer one has opened, unless that says that it cannot', { skip }, () =>
  inDatabase('newer', async ({ db, open }) => {
    await open()
    const [version, oldest] = [INDEXES.length + 7, INDEXES.length]
    await schemaOf(db).updateOne({ _id: 'indexes' }, { $set: { version, oldest } })
    await open()
    assert.equal((await schemaOf(db).findOne({ _id: 'indexes' }))?.version, version)
    await schemaOf(db).updateOne({ _id: 'indexes' }, { $set: { oldest: oldest + 1 } })
    await assert.rejects(open(), (error) => {
      assert.ok(error instanceof StartError)
      assert.match(error.message, /was changed by a newer version of Waki .*start this server with the newer version/)
      return true
    })
  }),
)

test('what another version folded is not read; it is folded anew beside it', { skip }, () =>
  inDatabase('layouts', async ({ db, open }) => {
    const store = await open()
    await follow(store)
    const lines = await dumped(store)
    await store.books.resetFold(await store.books.takeEpoch(), RULES)
    await refoldIntake(store.books, await writerOf(store))
    await db.collection<Row>('state').updateOne({ b: 'layouts' }, { $set: { layout: 1 } })
    const there = await db.collection<Row>('doc').countDocuments()
    const year = { scope: town.roster[0]?.code ?? '', through: '2025-03-31' }
    await assert.rejects(store.books.sums(year), /folded by an older version of Waki: they are read again once/)
    assert.equal((await store.books.state()).rules, 0)
    assert.equal((await store.books.intake({ leaf: 0, op: 0 }, 10)).length, 10)

    assert.equal(await dropOtherRules(store.books), 0)
    assert.equal(await db.collection<Row>('doc').countDocuments(), there, 'older processes read on')
    await refoldIntake(store.books, await writerOf(store))
    assert.deepEqual(await dumped(store), lines)
    await db.collection<Row>('state').updateOne({ b: 'layouts' }, { $set: { layout: 99 } })
    await assert.rejects(store.books.sums(year), /folded by a newer version of Waki: start this server anew with that one/)
  }),
)

test(
  'intake that older versions wrote, its texts and uris as they are or the uris as other numbers, is read as what is written now',
  { skip },
  () =>
    inDatabase('plain', async ({ db, open }) => {
      const store = await open()
      await follow(store)
      const rows = await store.books.intake({ leaf: 0, op: 0 }, 1_000)
      const pages = await db.collection<Page>('intake').find({ b: 'plain' }).toArray()
      assert.ok(pages.some(({ row }) => row instanceof Binary))
      for (const { _id, row } of pages) {
        const texts = [...textsIn(row)]
        const uri = texts.map((text) => String(JSON.parse(text).uri)).map((one, nth) => (nth % 2 === 0 ? one : numberOf(one)))
        await db.collection<Page>('intake').updateOne({ _id }, { $set: { row: texts, uri } })
      }
      const other = await open()
      assert.deepEqual(await other.books.intake({ leaf: 0, op: 0 }, 1_000), rows)
      for (const { uri } of rows)
        assert.deepEqual(await other.books.rows({ uri, limit: 100 }), rows.filter((row) => row.uri === uri).toReversed())
    }),
)
