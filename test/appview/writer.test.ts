// The writer over an intake made by hand: one result whatever the batches, the faults of the store, crashes and rebuilds; and one writer at a time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditBooks } from '../../appview/audit.ts'
import { refoldIntake } from '../../appview/follow/refold.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { hashOfFolded, rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { StoreRefused } from '../../appview/store/store.ts'
import type { Books, Store } from '../../appview/store/store.ts'
import { systemClock } from '../../server/clock.ts'
import { seededRandom } from '../support/random.ts'
import { CATEGORIES, CODE, ROSTER, actRows, openingRows, partOf, rowMaker } from './books-town.ts'
import { failing, yielding } from './faulty-store.ts'

const clock = { ...systemClock(), sleep: () => Promise.resolve() }
const RESIDENTS = 12
const ACTS = 120
const HOUR_MS = 3_600_000

/** A year of a town, some of it never confirmed: claims lapse between the rows. */
const yearOfRows = (seed: number): IntakeRow[] => {
  const random = seededRandom(seed)
  const maker = rowMaker()
  const rows = openingRows(maker, RESIDENTS)
  for (let index = 0; index < ACTS; index++) {
    const giver = random.below(RESIDENTS)
    const other = (giver + 1 + random.below(RESIDENTS - 1)) % RESIDENTS
    const confirmer = random.below(4) === 0 ? null : other
    const afterMs = HOUR_MS * (1 + random.below(140))
    rows.push(...actRows(maker, { giver, confirmer, minutes: 1 + random.below(120), category: random.pick(CATEGORIES), afterMs }))
  }
  return rows
}

const fold = async (store: Store, rows: readonly IntakeRow[], batch: (at: number) => number): Promise<void> => {
  await store.books.setRoster(ROSTER)
  const writer = await openWriter({ books: store.books, clock, roster: () => ROSTER })
  for (let at = 0; at < rows.length;) {
    const size = batch(at)
    await writer.append(rows.slice(at, at + size).map(partOf))
    at += size
  }
  await writer.advance('2028-01-01T00:00:00.000Z')
}

const folded = async (store: Store): Promise<string> => hashOfFolded(store.books)

test('batches of any size give the same books, and they are sound', async () => {
  for (const seed of [1, 2, 3]) {
    const rows = yearOfRows(seed)
    const random = seededRandom(seed)
    const stores = [1, 7, 1000].map((size) => ({ store: openSqliteStore(':memory:'), batch: () => size }))
    const ragged = { store: openSqliteStore(':memory:'), batch: () => 1 + random.below(40) }
    const hashes = new Set<string>()
    for (const { store, batch } of [...stores, ragged]) {
      await fold(store, rows, batch)
      hashes.add(await folded(store))
    }
    assert.equal(hashes.size, 1, `seed ${seed}`)
    const { transactions } = await ragged.store.books.counts()
    assert.ok(transactions > ACTS, 'claims, lapses and recognitions')
    const lapsed = await ragged.store.books.transactions({ scope: CODE, limit: 1000 })
    assert.ok(lapsed.some(({ kind }) => kind === 'claim-lapse') && lapsed.some(({ kind }) => kind === 'recognise'))
    for (const { store } of [...stores, ragged]) await store.close()
  }
})

test('a store that yields, fails, or fails after storing gives the same books', async () => {
  const rows = yearOfRows(4)
  const plain = openSqliteStore(':memory:')
  await fold(plain, rows, () => 9)
  const faults = { before: { fired: 0 }, after: { fired: 0 } }
  const ugly = [
    yielding(openSqliteStore(':memory:')),
    failing(openSqliteStore(':memory:'), 'before', faults.before),
    failing(openSqliteStore(':memory:'), 'after', faults.after),
  ]
  for (const store of ugly) {
    await fold(store, rows, () => 9)
    assert.equal(await folded(store), await folded(plain))
    await store.close()
  }
  assert.ok(faults.before.fired > 10 && faults.after.fired > 10, JSON.stringify(faults))
  await plain.close()
})

test('a rebuild gives the same lines, also when it was cut off and finished later', async () => {
  const store = openSqliteStore(':memory:')
  await fold(store, yearOfRows(5), () => 17)
  const before = await folded(store)
  const shown: number[] = []
  const rebuilt = await rebuildBooks(store.books, (done, total) => shown.push(done / total))
  assert.equal(rebuilt.statementsHash, before)
  assert.equal(shown.at(-1), 1)
  assert.equal(rebuilt.rows, (await store.books.counts()).intake)

  await store.books.resetFold(await store.books.takeEpoch(), RULES)
  const cutOff = await openWriter({ books: store.books, clock, roster: () => ROSTER })
  const rows = await store.books.intake({ leaf: 0, op: 0 }, 40)
  await cutOff.refold(rows.map(partOf))
  assert.notEqual(await folded(store), before)
  const writer = await openWriter({ books: store.books, clock, roster: () => ROSTER })
  await refoldIntake(store.books, writer)
  assert.equal(await folded(store), before)
  assert.deepEqual(writer.cursor().read, writer.cursor().folded)
  assert.deepEqual(problemsBeyondProofs(await auditBooks(store.books)), [])
  await store.close()
})

// Rows made by hand have no proofs; that the auditor says so is checked where it speaks of them.
const problemsBeyondProofs = ({ problems }: { problems: readonly { what: string }[] }): string[] => {
  const others = problems.filter(({ what }) => what !== 'its rows have no proof').map(({ what }) => what)
  assert.ok(problems.length > others.length)
  return others
}

test('the auditor sees a balance that was changed behind our back', async () => {
  const store = openSqliteStore(':memory:')
  const rows = yearOfRows(6)
  await fold(store, rows, () => 50)
  const altered: Books = {
    ...store.books,
    dump: async function* () {
      for await (const line of store.books.dump()) yield line.startsWith('["bucket"') ? line.replace(/,(\d+),/, ',1$1,') : line
    },
  }
  assert.ok(problemsBeyondProofs(await auditBooks(altered)).some((what) => what.startsWith('intake folds to')))
  await store.close()
})

test('an older writer is fenced off', async () => {
  const store = openSqliteStore(':memory:')
  const rows = yearOfRows(7)
  const older = await openWriter({ books: store.books, clock, roster: () => ROSTER })
  await older.append(rows.slice(0, 5).map(partOf))
  const newer = await openWriter({ books: store.books, clock, roster: () => ROSTER })
  await assert.rejects(older.append(rows.slice(5, 9).map(partOf)), (error) => error instanceof StoreRefused && error.reason === 'epoch')
  await newer.append(rows.slice(5, 9).map(partOf))
  assert.equal((await store.books.counts()).intake, 9)
  await store.close()
})
