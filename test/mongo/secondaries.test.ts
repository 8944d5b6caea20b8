// A reader whose address says that it reads from secondaries: what it is told is never behind what it saw, also of a node that lags; and the queries are
// really answered there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import { openStore } from '../../appview/store/open-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { settableClock, systemClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { dumped } from '../appview/store-rows.ts'
import { roster, rowsOf } from '../journal/fixture.ts'
import { mongoSet } from '../support/mongo-set.ts'

const FAR = '2030-01-01T00:00:00.000Z'
const BATCH = 6
const LAG_MS = 400
const { skip, folder, nodes: set } = mongoSet('secondaries')

const queriesOn = async (index: number): Promise<number> => {
  const { opcounters } = await set().commandOn(index, { serverStatus: 1 })
  return Number(opcounters?.query)
}

/** The sums of every town as known at the newest position there is. */
const sumsOf = async ({ books }: Store): Promise<unknown> => {
  const { cursor } = await books.state()
  const sums: unknown[] = []
  for (const { code: scope } of roster) sums.push(await books.sums({ scope, through: '2030-03-31', knownAt: cursor.folded }))
  return { leaf: cursor.folded.leaf, counts: await books.counts(), sums }
}

test('reads from secondaries are of the newest moment anybody here was told of', { skip }, async () => {
  const writing = await openStore({ address: set().uri('town'), folder })
  // Without the threshold a node that answers 15 ms later than the other, as on a busy machine, would be asked nothing.
  const reading = await openStore({ address: `${set().uri('town')}&readPreference=secondary&localThresholdMS=60000`, folder })
  try {
    await writing.books.setRoster(roster)
    const writer = await openWriter({ books: writing.books, clock: settableClock(Date.parse(FAR)), roster: () => roster })
    const primary = await set().primary()
    const others = [0, 1, 2].filter((index) => index !== primary)
    const beforehand = await Promise.all(others.map(queriesOn))
    const rows = rowsOf('town')
    const [lagging = 0] = others
    for (let at = 0; at < rows.length; at += BATCH) {
      const isLagging = at % (BATCH * 3) === 0
      if (isLagging) await set().commandOn(lagging, { configureFailPoint: 'rsSyncApplyStop', mode: 'alwaysOn' })
      await writer.append(rows.slice(at, at + BATCH).map(partOf))
      const expected = await sumsOf(writing)
      const caughtUp = isLagging
        ? systemClock()
            .sleep(LAG_MS)
            .then(() => set().commandOn(lagging, { configureFailPoint: 'rsSyncApplyStop', mode: 'off' }))
        : undefined
      for (let asked = 0; asked < 4; asked++) assert.deepEqual(await sumsOf(reading), expected)
      await caughtUp
    }
    await writer.advance(FAR)
    const afterwards = await Promise.all(others.map(queriesOn))
    for (const [nth, queries] of afterwards.entries()) assert.ok(queries > (beforehand[nth] ?? 0) + 20, `node ${others[nth]}: ${queries}`)
    assert.deepEqual(await dumped(reading), await dumped(writing))
    // The reader can take over: what it decides by and commits is on the primary.
    const next = await openWriter({ books: reading.books, clock: settableClock(Date.parse(FAR)), roster: () => roster })
    assert.deepEqual(next.cursor(), (await writing.books.state()).cursor)
  } finally {
    await reading.close()
    await writing.close()
  }
})
