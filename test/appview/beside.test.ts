// Two processes on one SQLite file: what one remembers never outlives what the other has erased or folded anew. Each answer of the one that only reads is
// what a store opened at that moment says.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { settableClock } from '../../server/clock.ts'
import { farewellOfA, roster, rowsOf } from '../journal/fixture.ts'
import { partOf } from './books-town.ts'
import { commitLeaf, untilLeaf } from './changes-contract.ts'

const FAR = '2030-01-01T00:00:00.000Z'
const [TOWN] = roster
const DID = rowsOf('town').find(({ collection }) => collection.endsWith('.action'))?.repo ?? ''

const fileFor = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-beside-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'appview.sqlite')
}

const answersOf = async ({ books, desk }: Store): Promise<unknown> => {
  const scope = TOWN?.code ?? ''
  const year = { scope, from: '2026-04-01', through: '2027-03-31' }
  return {
    state: (await books.state()).cursor,
    sums: await books.sums(year),
    each: await books.sumsByEntity(year),
    contributions: await books.contributions({ ...year, accounts: [4110, 4120, 5110, 5120] }),
    heads: await books.headcount(year),
    flows: await books.flowPairs(year),
    transactions: await books.transactions({ scope, limit: 50 }),
    rows: await books.rows({ repo: DID, limit: 50 }),
    doc: [...(await books.load(['erasures:all', `account:${DID}`, `giver:P:${DID}`]))],
    entries: await desk.entriesAbout(scope, DID),
  }
}

test('a reader beside the writer says at every moment what a store opened then says', async (t) => {
  const file = fileFor(t)
  const [writing, reading] = [openSqliteStore(file), openSqliteStore(file)]
  t.after(async () => {
    await writing.close()
    await reading.close()
  })
  const seen: string[] = []
  const compare = async (when: string): Promise<void> => {
    const fresh = openSqliteStore(file)
    const [ours, theirs] = [await answersOf(reading), await answersOf(fresh)]
    await fresh.close()
    assert.deepEqual(ours, theirs, when)
    seen.push(JSON.stringify(ours))
  }
  await writing.books.setRoster(roster)
  const writer = await openWriter({ books: writing.books, clock: settableClock(Date.parse(FAR)), roster: () => roster })
  const entry = { uri: 'at://x/y/z', kind: 'dispute', commitment: 'c0', payload: {}, salt: 'aa', about: [DID] }
  await writing.desk.persist({ town: TOWN?.code ?? '', audit: [], publish: [], entries: [entry] })
  for (const row of rowsOf('town')) {
    await writer.append([partOf(row)])
    if (row.leaf % 5 === 0) await compare(`after leaf ${row.leaf}`)
  }
  assert.ok(seen.at(-1)?.includes(DID), 'the person is in the books that are read')
  for (const row of farewellOfA()) await writer.append([partOf(row)])
  await compare('after the account was deleted')
  await writer.advance(FAR)
  await compare('after the account was erased')
  await rebuildBooks(writing.books)
  await compare('after all was folded anew')
  assert.ok(new Set(seen).size > 5)
})

test('a purge does not wait for a reader, and is done once nobody reads', async (t) => {
  const file = fileFor(t)
  const [writing, reading] = [openSqliteStore(file), openSqliteStore(file)]
  t.after(async () => {
    await writing.close()
    await reading.close()
  })
  await writing.books.setRoster(roster)
  const writer = await openWriter({ books: writing.books, clock: settableClock(Date.parse(FAR)), roster: () => roster })
  await writer.append(rowsOf('town').map(partOf))
  const lines = reading.books.dump()
  await lines.next()
  const startMs = performance.now()
  await writing.books.purge()
  assert.ok(performance.now() - startMs < 1_000, 'it has not waited')
  await lines.return(undefined)
  await writing.books.purge()
  await writer.advance(FAR)
})

test('who waits is woken by what another process commits', async (t) => {
  const file = fileFor(t)
  const [writing, reading] = [openSqliteStore(file), openSqliteStore(file)]
  t.after(async () => {
    await writing.close()
    await reading.close()
  })
  const waiting = untilLeaf(reading, 1)
  await commitLeaf(writing, 1)
  assert.ok((await waiting) >= 1)
})
