// Books that were folded by other rules: an appview folds them anew from intake before it answers, and says so; it does so once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAppview } from '../../appview/appview.ts'
import { auditAppview } from '../../appview/audit.ts'
import { refoldIntake } from '../../appview/follow/refold.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { hashOfFolded } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books } from '../../appview/store/store.ts'
import { systemClock } from '../../server/clock.ts'
import type { Facts, Log } from '../../server/log.ts'
import { silentLog } from '../../server/log.ts'
import { SmallNetwork } from './small-network.ts'

const withBooks = async <T>(network: SmallNetwork, work: (books: Books) => Promise<T>): Promise<T> => {
  const store = openSqliteStore(network.storeFile)
  try {
    return await work(store.books)
  } finally {
    await store.close()
  }
}

/** Folds as rules would that know no town: nothing counts. */
const foldByOtherRules = async (books: Books, version: number): Promise<void> => {
  await books.resetFold(await books.takeEpoch(), version)
  await refoldIntake(books, await openWriter({ books, clock: systemClock(), roster: () => [] }))
}

/** Starts the appview and stops it; gives what it logged about folding anew. */
const startOnce = async (network: SmallNetwork): Promise<Facts[]> => {
  const lines: Facts[] = []
  const note = (event: string, facts: Facts = {}): void => void (event === 'books.refolded' && lines.push(facts))
  const log: Log = { ...silentLog, info: note }
  const appview = await startAppview(network.config(), { log })
  await appview.close()
  return lines
}

test('books of other rules are folded anew at start, before anything is answered, and once', { timeout: 180_000 }, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const [aoi, ben] = [await network.join('aoi'), await network.join('ben')]
  await network.openAppview()
  for (const one of [aoi, ben]) await network.admit(town, one)
  await network.confirm(ben, await network.act(aoi))
  await network.settled(town, aoi, ben)
  await network.closeAppview()
  const good = await withBooks(network, hashOfFolded)
  assert.equal((await withBooks(network, (books) => books.state())).rules, RULES)
  assert.deepEqual(await startOnce(network), [], 'by the same rules nothing is folded anew')

  await withBooks(network, (books) => foldByOtherRules(books, RULES - 1))
  assert.notEqual(await withBooks(network, hashOfFolded), good)
  const [line, ...more] = await startOnce(network)
  assert.deepEqual([line?.['rules'], line?.['formerRules'], more.length], [RULES, RULES - 1, 0])
  assert.ok(Number(line?.['rows']) > 0)
  assert.equal(await withBooks(network, hashOfFolded), good)
  assert.deepEqual(await startOnce(network), [])
  assert.deepEqual((await auditAppview(network.storeFile)).problems, [])

  await withBooks(network, async (books) => books.resetFold(await books.takeEpoch(), RULES + 1))
  assert.equal((await startOnce(network))[0]?.['formerRules'], RULES + 1)
  assert.equal(await withBooks(network, hashOfFolded), good)
})
