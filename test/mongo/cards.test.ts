// A card may be called whatever its host body likes, a month too: its documents are nobody's days.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { settableClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { person, smallTown, towns } from '../journal/rows.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { freshStore } from './fresh-store.ts'

const AFTER = '2026-06-25T00:00:00.000Z'

test(
  'a card that is called like a month gives the same books on both engines, erased with its host body',
  { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') },
  async () => {
    const log = smallTown()
    const host = person('h')
    const act = log.act(host, { giver: { card: '2026-04' } })
    log.at('2026-05-20').account(host, 'deleted')
    const dumps: string[][] = []
    for (const store of [openSqliteStore(':memory:'), await freshStore()]) {
      await store.books.setRoster(towns)
      const writer = await openWriter({ books: store.books, clock: settableClock(Date.parse(AFTER)), roster: () => towns })
      for (const row of log.rows) await writer.append([partOf(row)])
      await writer.advance(AFTER)
      dumps.push(await Array.fromAsync(store.books.dump()))
      await rebuildBooks(store.books)
      dumps.push(await Array.fromAsync(store.books.dump()))
      await store.close()
    }
    const [first = [], ...others] = dumps
    assert.ok(first.some((line) => line.includes('giver:C:did:erased:1/2026-04')))
    assert.equal(
      first.some((line) => line.includes(act.rkey)),
      false,
    )
    for (const other of others) assert.deepEqual(other, first)
  },
)
