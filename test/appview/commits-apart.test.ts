// Commits of a backlog are written by another thread: the books are the same to the byte, in whatever batches, with deletions and erasures between; what
// fails there fails as a commit does, a thread that dies costs nothing, and who is fenced off is refused.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Writer } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { hashOfFolded } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { StoreRefused } from '../../appview/store/store.ts'
import { systemClock } from '../../server/clock.ts'
import { farewellOfA, roster, rowsOf } from '../journal/fixture.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'
import * as fc from 'fast-check'

const folder = mkdtempSync(join(tmpdir(), 'waki-apart-'))
after(() => rmSync(folder, { recursive: true }))

const clock = { ...systemClock(), sleep: () => Promise.resolve() }
const FAR = '2035-01-01T00:00:00.000Z'
const EACH = { begins: 1, lasts: 1 }
const threads: Worker[] = []
process.on('worker', (thread: Worker) => void threads.push(thread))

let files = 0
const fileOf = (): string => join(folder, `${(files += 1)}.sqlite`)

const opened = (store: Store, towns: typeof roster): Promise<Writer> =>
  store.books.setRoster(towns).then(() => openWriter({ books: store.books, clock, roster: () => towns }))

/** Batches given at once; `between` is done after each. */
const fold = async (
  store: Store,
  towns: typeof roster,
  rows: readonly IntakeRow[],
  size: number,
  between: (nth: number) => void = () => {},
): Promise<string> => {
  const writer = await opened(store, towns)
  const batches: Promise<void>[] = []
  for (let at = 0; at < rows.length; at += size) {
    batches.push(writer.append(rows.slice(at, at + size).map(partOf)))
    if (batches.length % 3 === 0) await Promise.all(batches)
    between(batches.length)
  }
  await Promise.all([...batches, writer.advance(FAR)])
  const hash = await hashOfFolded(store.books)
  await store.close()
  return hash
}

test('what a thread writes are the books of one that writes itself', async () => {
  const rows = [...rowsOf('town'), ...farewellOfA()]
  for (const size of [4, 20]) {
    threads.length = 0
    const found = await fold(openSqliteStore(fileOf(), undefined, EACH), roster, rows, size)
    assert.equal(found, await fold(openSqliteStore(':memory:'), roster, rows, size))
    assert.ok(threads.length > 0, 'a thread was there')
  }
  await fc.assert(
    fc.asyncProperty(steps(60), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 4 }), async (plan, size, lasts) => {
      const town = townOf(plan).rows
      const found = await fold(openSqliteStore(fileOf(), undefined, { begins: 2, lasts }), threeTowns, town, size)
      assert.equal(found, await fold(openSqliteStore(':memory:'), threeTowns, town, 3))
    }),
    { seed: 20261121, numRuns: 6, endOnFailure: true },
  )
})

test('a thread that dies in the middle costs nothing', async () => {
  const rows = [...rowsOf('town'), ...farewellOfA()]
  threads.length = 0
  let deaths = 0
  const found = await fold(openSqliteStore(fileOf(), undefined, EACH), roster, rows, 4, (nth) => {
    const thread = threads.at(-1)
    if (nth % 2 === 0 || thread === undefined) return
    deaths += 1
    void thread.terminate()
  })
  assert.equal(found, await fold(openSqliteStore(':memory:'), roster, rows, 4))
  assert.ok(deaths > 3 && threads.length > 3, `${deaths} deaths, ${threads.length} threads`)
})

test('what cannot be stored is refused by the thread as by the store, and what comes after it is stored', async () => {
  const rows = rowsOf('town')
  const file = fileOf()
  const store = openSqliteStore(file, undefined, EACH)
  const writer = await opened(store, roster)
  const [first, second, third] = [rows.slice(0, 6), rows.slice(6, 12), rows.slice(12)]
  await writer.append(first.map(partOf))
  threads.length = 0
  const twice = second.map((row) => ({ ...row, leaf: second[0]?.leaf ?? 0, op: 0 }))
  await assert.rejects(writer.append(twice.map(partOf)), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
  assert.equal((await store.books.state()).cursor.read.leaf, first.at(-1)?.leaf)
  await writer.append(second.map(partOf))
  await writer.append(third.map(partOf))
  const other = openSqliteStore(file)
  const newer = await openWriter({ books: other.books, clock, roster: () => roster })
  const late = { ...rows[0], leaf: 10_000, recordedAt: rows.at(-1)?.recordedAt } as IntakeRow
  await assert.rejects(writer.append([partOf(late)]), (error) => error instanceof StoreRefused && error.reason === 'epoch')
  assert.ok(threads.length > 0)
  await newer.advance(FAR)
  const found = await hashOfFolded(other.books)
  for (const one of [store, other]) await one.close()
  assert.equal(found, await fold(openSqliteStore(':memory:'), roster, rows, 6))
})

test('a thread starts when a backlog is told of; one that has failed by the time it is to write costs nothing', async () => {
  const rows = rowsOf('town')
  const plain = await fold(openSqliteStore(':memory:'), roster, rows, 4)
  const file = fileOf()
  const store = openSqliteStore(file, undefined, { begins: 4, lasts: 1 })
  const writer = await opened(store, roster)
  threads.length = 0
  const folding = await store.books.folding()
  folding.soon?.(3)
  await setImmediate()
  assert.equal(threads.length, 0)
  folding.soon?.(4)
  folding.soon?.(4)
  await setImmediate()
  assert.equal(threads.length, 1, 'one, before anything is committed')
  await threads[0]?.terminate()
  for (let at = 0; at < rows.length; at += 4) await writer.append(rows.slice(at, at + 4).map(partOf))
  await writer.advance(FAR)
  assert.ok(threads.length > 1, 'another took its place')
  assert.equal(await hashOfFolded(store.books), plain)
  await store.close()
})

test('a thread that has nothing more to write moves the log into the file before it ends', async () => {
  const file = fileOf()
  const store = openSqliteStore(file, undefined, EACH)
  const writer = await opened(store, roster)
  threads.length = 0
  const before = statSync(file).size
  await writer.append(rowsOf('town').map(partOf))
  const [thread] = threads
  assert.ok(thread !== undefined && statSync(file).size === before, 'what was written stands in the log')
  await once(thread, 'exit')
  assert.ok(statSync(file).size > before)
  await store.close()
})

test('nothing is written when the store has closed amid a backlog', async () => {
  const rows = rowsOf('town')
  const file = fileOf()
  const store = openSqliteStore(file, undefined, EACH)
  const writer = await opened(store, roster)
  const given = [rows.slice(0, 6), rows.slice(6, 12), rows.slice(12, 18), rows.slice(18)].map((some) => writer.append(some.map(partOf)))
  const ends = Promise.allSettled(given)
  await given[0]
  threads.length = 0
  await store.close()
  assert.equal((await ends).at(-1)?.status, 'rejected')
  assert.equal(threads.length, 0, 'no thread began after it')
  const again = openSqliteStore(file)
  const { leaf } = (await again.books.state()).cursor.read
  await again.close()
  assert.ok(leaf === rows[5]?.leaf || leaf === rows[11]?.leaf, `it stands at ${leaf}`)
})
