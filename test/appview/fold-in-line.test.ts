// Batches given without waiting for one another, on a store that has no documents at hand: the books are those of one batch after the other, with claims
// that lapse between; a commit that fails takes with it what was given before that was known, and nothing of it is stored.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Writer } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { hashOfFolded } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books, Store } from '../../appview/store/store.ts'
import { systemClock } from '../../server/clock.ts'
import { townIntake } from '../../bench/town-intake.ts'
import { farewellOfA, roster, rowsOf } from '../journal/fixture.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'
import { DiskFault, failing, yielding } from './faulty-store.ts'
import * as fc from 'fast-check'

const clock = { ...systemClock(), sleep: () => Promise.resolve() }
const FAR = '2035-01-01T00:00:00.000Z'

/** As a database that is asked for each document. */
const asked = (store: Store): Store => ({
  ...store,
  books: {
    ...store.books,
    folding: async () => {
      const { state, load, due } = await store.books.folding()
      return { state, load, due, documents: async () => null }
    },
  },
})

const opened = (store: Store, towns: typeof roster): Promise<Writer> =>
  store.books.setRoster(towns).then(() => openWriter({ books: store.books, clock, roster: () => towns }))

const oneByOne = async (towns: typeof roster, rows: readonly IntakeRow[], size: number): Promise<string> => {
  const store = openSqliteStore(':memory:')
  const writer = await opened(store, towns)
  for (let at = 0; at < rows.length; at += size) await writer.append(rows.slice(at, at + size).map(partOf))
  await writer.advance(FAR)
  return hashOfFolded(store.books)
}

const atOnce = async (store: Store, towns: typeof roster, rows: readonly IntakeRow[], size: number): Promise<string> => {
  const writer = await opened(store, towns)
  const batches: Promise<void>[] = []
  for (let at = 0; at < rows.length; at += size) batches.push(writer.append(rows.slice(at, at + size).map(partOf)))
  const advanced = writer.advance(FAR)
  await Promise.all([...batches, advanced])
  return hashOfFolded(store.books)
}

test('batches given at once give the books of one after the other', async () => {
  const rows = [...rowsOf('town'), ...farewellOfA()]
  for (const size of [1, 3, 20]) {
    const expected = await oneByOne(roster, rows, size)
    assert.equal(await atOnce(asked(openSqliteStore(':memory:')), roster, rows, size), expected)
    assert.equal(await atOnce(yielding(asked(openSqliteStore(':memory:'))), roster, rows, size), expected)
    assert.equal(await atOnce(yielding(openSqliteStore(':memory:')), roster, rows, size), expected)
  }
  await fc.assert(
    fc.asyncProperty(steps(60), fc.integer({ min: 1, max: 12 }), async (plan, size) => {
      const town = townOf(plan).rows
      const found = await atOnce(yielding(asked(openSqliteStore(':memory:'))), threeTowns, town, size)
      assert.equal(found, await oneByOne(threeTowns, town, size))
    }),
    { seed: 20260404, numRuns: 20, endOnFailure: true },
  )
})

/** A store in memory that notes how much each commit takes in, on whose clock each row of it takes so long. */
const timed = (msOfRow: number) => {
  const store = openSqliteStore(':memory:')
  const sizes: number[] = []
  let now = 0
  const commit: Books['commit'] = async (one) => {
    sizes.push(one.intake.length)
    await store.books.commit(one)
    now += one.intake.length * msOfRow
  }
  return { sizes, books: { ...store.books, commit }, clock: { ...clock, monotonicMs: () => now } }
}

const backlog = townIntake({ acts: 4_000, residents: 20, days: 40, seed: 5 })
const backlogRows = [...backlog.pages()].flat()

test('of a backlog little is committed at first, then more and more, and as much as is given once it is under way', async () => {
  const { sizes, ...deps } = timed(0.01)
  const writer = await openWriter({ ...deps, roster: () => backlog.roster })
  const [first, second] = [4_000, 7_000]
  const given = [backlogRows.slice(0, first), backlogRows.slice(first, second)]
  await Promise.all(given.map((rows) => writer.append(rows.map(partOf))))
  assert.deepEqual(sizes, [500, 1_000, 2_500, 3_000])
  await writer.append(backlogRows.slice(second, second + 900).map(partOf))
  assert.equal(sizes.at(-1), 900)
})

test('where storing is slow, no commit of a backlog takes more than is stored within a second', async () => {
  const { sizes, ...deps } = timed(1)
  const writer = await openWriter({ ...deps, roster: () => backlog.roster })
  await writer.append(backlogRows.slice(0, 6_000).map(partOf))
  assert.deepEqual(sizes, [500, 1_000, 1_000, 1_000, 1_000, 1_500])
})

test('leaves of many rows: no commit takes more rows than a database is to be waited for', async () => {
  const { sizes, ...deps } = timed(0)
  const asking = asked({ ...openSqliteStore(':memory:'), books: { ...deps.books, folding: async () => deps.books } })
  const writer = await openWriter({ ...deps, books: asking.books, roster: () => backlog.roster })
  const rowsOfLeaf = 150
  const leaves = Array.from({ length: Math.ceil(backlogRows.length / rowsOfLeaf) }, (_rows, nth) => {
    const rows = backlogRows.slice(nth * rowsOfLeaf, (nth + 1) * rowsOfLeaf)
    const { recordedAt = '' } = rows.at(-1) ?? {}
    return { leaf: nth + 1, recordedAt, rows: rows.map((row, op) => ({ ...row, leaf: nth + 1, op, recordedAt })) }
  })
  await writer.append(leaves)
  assert.deepEqual(sizes, [3_900, 3_900, backlogRows.length - 7_800])
})

test('a batch that is decided lets others have their turn', async () => {
  const writer = await opened(openSqliteStore(':memory:'), backlog.roster)
  const folding = { isUnderWay: true }
  const folded = writer.append(backlogRows.map(partOf)).finally(() => (folding.isUnderWay = false))
  let turns = 0
  while (folding.isUnderWay) {
    await setImmediate()
    turns += 1
  }
  await folded
  assert.ok(turns > 8, `${turns} turns while 8,000 rows were folded`)
})

test('also where every second commit fails, before or after it is stored', async () => {
  const rows = [...rowsOf('town'), ...farewellOfA()]
  const expected = await oneByOne(roster, rows, 4)
  for (const when of ['before', 'after'] as const) {
    const faults = { fired: 0 }
    assert.equal(await atOnce(failing(yielding(asked(openSqliteStore(':memory:'))), when, faults), roster, rows, 4), expected)
    assert.ok(faults.fired > 5)
  }
})

/** No commit from this one on succeeds until it is mended. */
const broken = (store: Store, from: number): { readonly store: Store; readonly mend: () => void } => {
  let [commits, isMended] = [0, false]
  const commit: Books['commit'] = async (part) => {
    if (part.nextCursor.step >= from && !isMended) throw new DiskFault(`commit ${(commits += 1)}`)
    await store.books.commit(part)
  }
  return { store: { ...store, books: { ...store.books, commit } }, mend: () => (isMended = true) }
}

test('a commit that fails takes with it what was given before it was known', async () => {
  const rows = rowsOf('town')
  const size = 5
  const batches = Array.from({ length: 6 }, (_, nth) => rows.slice(nth * size, (nth + 1) * size).map(partOf))
  const { store, mend } = broken(yielding(asked(openSqliteStore(':memory:'))), 3)
  const writer = await opened(store, roster)
  const given = batches.map((batch) => writer.append(batch))
  const ends = await Promise.allSettled(given)
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected', 'rejected'],
  )
  const { cursor } = await store.books.state()
  assert.deepEqual([cursor.step, cursor.read.leaf, writer.cursor().read.leaf], [2, rows[size * 2 - 1]?.leaf, rows[size * 2 - 1]?.leaf])
  mend()
  for (const batch of batches.slice(2)) await writer.append(batch)
  await writer.append(rows.slice(size * 6).map(partOf))
  await writer.advance(FAR)
  assert.equal(await hashOfFolded(store.books), await oneByOne(roster, rows, size))
})
