// Random towns in the real store, in batches of any size: what it folds is what a book in memory folds, and a rebuild from what is left of intake, after
// deletions, edits and erasures, is the same to the byte. Mergers, openings, registers, households and deaths included.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { settableClock } from '../../server/clock.ts'
import { BookKeeper } from '../journal/book.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'
import { dumped } from './store-rows.ts'

const FAR = '2035-01-01T00:00:00.000Z'
const ORIGIN = { name: 'demo/test', key: 'did:key:z', base: 0, created: '2026-01-01T00:00:00.000Z' }
const RUNS = Number(process.env['WAKI_RUNS'] ?? 60)

/** What is booked, without names that a store gives otherwise than a book in memory, and without the order of what falls due at one instant. */
const booked = (transactions: readonly Transaction[]) =>
  transactions
    .map(({ kind, leaf, op, effectiveDate, recordedAt, lines }) => JSON.stringify([recordedAt, leaf, op, kind, effectiveDate, lines]))
    .toSorted()

test('a rebuild of random towns gives the same bytes, and the books that a fold in memory gives', async () => {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(steps(60), fc.integer({ min: 1, max: 30 }), async (plan, size) => {
      const { rows } = townOf(plan)
      const store = openSqliteStore(':memory:')
      const { books } = store
      await books.setRoster(threeTowns)
      await books.bind(ORIGIN)
      const writer = await openWriter({ books, clock: settableClock(Date.parse(FAR)), roster: () => threeTowns })
      for (let at = 0; at < rows.length; at += size) await writer.append(rows.slice(at, at + size).map(partOf))
      await writer.advance(FAR)
      const folded = await dumped(store)
      const transactions = await books.transactions({ limit: 10_000 })
      const { transactions: inMemory } = new BookKeeper(threeTowns).fold(rows, 7, FAR).book()
      assert.deepEqual(booked(transactions), booked(inMemory))
      await rebuildBooks(books)
      assert.deepEqual(await dumped(store), folded)
      seen += transactions.length
      await store.close()
    }),
    { seed: 20260403, numRuns: RUNS, endOnFailure: true },
  )
  assert(seen > RUNS * 10, `${seen} transactions`)
})
