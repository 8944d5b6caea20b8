// A rebuild while others read: they see the former books whole until the new ones are, then those; broken off, it goes on where it stood; who is erased
// meanwhile is gone from both; a program that knows less of the documents reads on.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MongoClient } from 'mongodb'
import { dropOtherRules, partsOf, refoldIntake } from '../../appview/follow/refold.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { systemClock } from '../../server/clock.ts'
import { partOf, personDid } from '../appview/books-town.ts'
import { dumped } from '../appview/store-rows.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { rows, town } from './followed-town.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const END = '2025-01-01T00:00:00.000Z'
const clock = systemClock()
const PAGE = 60

const writerOf = ({ books }: Store, roster: Roster = town.roster) => openWriter({ books, clock, roster: () => roster })

const followed = async (store: Store, intake: readonly IntakeRow[], roster: Roster = town.roster): Promise<void> => {
  await store.books.setRoster(roster)
  await store.books.resetFold(await store.books.takeEpoch(), RULES)
  const writer = await writerOf(store, roster)
  await writer.append(intake.map(partOf))
  await writer.advance(END)
}

/** As rules would that know one town only. */
const foldByOtherRules = async (store: Store): Promise<void> => {
  await store.books.resetFold(await store.books.takeEpoch(), RULES - 1)
  await refoldIntake(store.books, await writerOf(store, town.roster.slice(0, 1)))
}

/** What a page asks for, in one value. */
const answersOf = async ({ books }: Store): Promise<unknown> => {
  const year = { scope: town.roster[0]?.code ?? '', from: '2024-04-01', through: '2025-03-31' }
  const giver = town.residentAt(1)
  const sums = [await books.sumsByEntity(year), await books.contributions({ ...year, accounts: [4110, 5110] }), await books.headcount(year)]
  const lists = [await books.transactions({ scope: year.scope, limit: 20, newestFirst: true }), await books.scopesOf(`P:${giver}`)]
  const { rules, cursor } = await books.state()
  return [sums, lists, await books.load([`admissions:${giver}`]), await books.counts(), await books.nextDue(), rules, cursor.folded]
}

type Place = { readonly uri: string; readonly open: () => Promise<Store> }

const inDatabase = async (database: string, work: (place: Place) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-online-'))
  const uri = (await sharedReplicaSet()).uri(database)
  const opened: Store[] = []
  const open = async (): Promise<Store> => {
    const store = await openStore({ address: uri, folder })
    opened.push(store)
    return store
  }
  try {
    await work({ uri, open })
  } finally {
    for (const store of opened) await store.close()
    rmSync(folder, { recursive: true })
  }
}

const onDatabase = async <T>(uri: string, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = await MongoClient.connect(uri)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

/** Folds so many pages of a rebuild, looking after each. */
const foldPages = async (store: Store, pages: number, look: () => Promise<void>): Promise<void> => {
  const writer = await writerOf(store)
  for (let page = 0; page < pages; page++) {
    const after = { leaf: writer.cursor().folded.leaf, op: Number.MAX_SAFE_INTEGER }
    await writer.refold(partsOf(await store.books.intake(after, PAGE)))
    await look()
  }
}

test('readers see the former books whole, then the new ones; broken off, the rebuild goes on where it stood', { skip }, () =>
  inDatabase('online', async ({ uri, open }) => {
    const sqlite = openSqliteStore(':memory:')
    await followed(sqlite, rows)
    const good = await dumped(sqlite)
    await sqlite.close()
    const [first, reader] = [await open(), await open()]
    await followed(first, rows)
    assert.deepEqual(await dumped(reader), good)
    await foldByOtherRules(first)
    const [former, answers] = [await dumped(reader), await answersOf(reader)]
    assert.ok(former.length > 500 && former.length < good.length)

    assert.equal(await dropOtherRules(first.books), RULES - 1)
    let looks = 0
    await foldPages(first, 3, async () => {
      assert.deepEqual(await answersOf(reader), answers)
      assert.deepEqual(await answersOf(first), answers)
      looks += 1
    })
    assert.deepEqual(await dumped(reader), former)
    await assert.rejects(first.books.endRebuild(), /the rebuild stands at leaf 180, what was read at/)
    await first.close()

    const second = await open()
    assert.equal(await dropOtherRules(second.books), null, 'the rebuild that was begun is by the present rules')
    const writer = await writerOf(second)
    assert.equal(writer.cursor().folded.leaf, PAGE * looks)
    const folded = await refoldIntake(second.books, writer, () => {})
    assert.equal(folded, rows.length - PAGE * looks)
    assert.deepEqual(await dumped(reader), good)
    assert.equal((await reader.books.state()).rules, RULES)
    const left = await onDatabase(uri, (client) => client.db().collection('doc').distinct('b'))
    assert.equal(left.length, 1, `folds that are left: ${left.join(', ')}`)
  }),
)

test('a rebuild given up for another one leaves nothing behind', { skip }, () =>
  inDatabase('given-up', async ({ uri, open }) => {
    const store = await open()
    await followed(store, rows)
    const good = await dumped(store)
    await store.books.resetFold(await store.books.takeEpoch(), RULES - 1)
    await foldPages(store, 2, async () => {})
    await rebuildBooks(store.books)
    assert.deepEqual(await dumped(store), good)
    for (const name of ['doc', 'name', 'home'])
      assert.equal((await onDatabase(uri, (client) => client.db().collection(name).distinct('b', { b: /\./ }))).length, 1)
  }),
)

/** An office that was on the roster when its account ended: erased by a rebuild, once it is on it no more. */
const office = personDid(7)
const OFFICE_KEY = '3koffices2key'

const withOffice = (): IntakeRow[] => {
  const last = rows.at(-1) ?? assert.fail('there are rows')
  const own = rows.find(({ collection }) => collection.endsWith('.action')) ?? assert.fail('there are acts')
  const here = { repo: office, recordedAt: last.recordedAt }
  const act = { ...own, ...here, rkey: OFFICE_KEY, uri: `at://${office}/${own.collection}/${OFFICE_KEY}`, leaf: last.leaf + 1 }
  const account = { active: false, status: 'deleted' }
  const ended = {
    ...last,
    ...here,
    leaf: last.leaf + 2,
    source: 'account',
    collection: '',
    rkey: '',
    uri: `at://${office}`,
    account,
  } as const
  return [...rows, act, { ...ended, action: 'update', cid: null, value: null }]
}

test('who is erased while a rebuild is on is gone from the books that are shown, too', { skip }, () =>
  inDatabase('erased-amidst', async ({ uri, open }) => {
    const lists = [...town.roster, { code: '172049', did: office, fromLeaf: 1 }]
    const sqlite = openSqliteStore(':memory:')
    const store = await open()
    for (const one of [sqlite, store]) {
      await followed(one, withOffice(), lists)
      await one.books.setRoster(town.roster)
    }
    await rebuildBooks(sqlite.books)
    const good = await dumped(sqlite)
    await sqlite.close()
    assert.ok(good.some((line) => line.includes('did:erased:1')))
    assert.ok((await dumped(store)).some((line) => line.includes(office)))

    const { books } = store
    await books.resetFold(await books.takeEpoch(), RULES)
    const writer = await writerOf(store)
    await writer.refold(partsOf(await books.intake({ leaf: 0, op: 0 }, 10_000)))
    await writer.advance(END)
    const shown = await dumped(store)
    assert.notDeepEqual(shown, good)
    assert.ok(shown.length > 500)
    await onDatabase(uri, async (client) => {
      for (const { name } of await client.db().listCollections().toArray())
        assert.doesNotMatch(
          JSON.stringify(await client.db().collection(name).find().toArray()),
          new RegExp(`${office}|${OFFICE_KEY}`),
          name,
        )
    })
    await writer.settle()
    await books.endRebuild()
    assert.deepEqual(await dumped(store), good)
  }),
)

test('fields a program does not know are left alone', { skip }, () =>
  inDatabase('newer-fields', async ({ uri, open }) => {
    const [writing, reading] = [await open(), await open()]
    await followed(writing, rows.slice(0, PAGE))
    const answers = await answersOf(reading)
    const newer = await onDatabase(uri, async (client) => {
      const db = client.db()
      const all = (await db.listCollections().toArray()).map(({ name }) => name).filter((name) => name !== 'schema')
      for (const name of all) await db.collection(name).updateMany({}, { $set: { fromALaterVersion: { by: 'another' } } })
      return all.length
    })
    assert.ok(newer > 20)
    assert.deepEqual(await answersOf(reading), answers)
    const sqlite = openSqliteStore(':memory:')
    await followed(sqlite, rows.slice(0, PAGE))
    for (const store of [writing, sqlite]) await (await writerOf(store)).append(rows.slice(PAGE).map(partOf))
    assert.deepEqual(await dumped(reading), await dumped(sqlite))
    await sqlite.close()
    const kept = await onDatabase(uri, (client) => client.db().collection('state').findOne({ b: 'main' }))
    assert.deepEqual(kept?.['fromALaterVersion'], { by: 'another' })
  }),
)
