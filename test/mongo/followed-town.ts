// A made-up town folded batch by batch into a store, while trouble is made beside it; and what its books have to be.

import { openWriter } from '../../appview/follow/writer.ts'
import type { Writer } from '../../appview/follow/writer.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { townIntake } from '../../bench/town-intake.ts'
import { systemClock } from '../../server/clock.ts'
import { partOf } from '../appview/books-town.ts'
import { dumped } from '../appview/store-rows.ts'

const END = '2025-01-01T00:00:00.000Z'
export const BATCH = 25
export const town = townIntake({ acts: 160, residents: 30, days: 40, seed: 5 })
export const rows = [...town.pages()].flat()
export const BATCHES = Math.ceil(rows.length / BATCH)

export const writerOf = ({ books }: Store): Promise<Writer> => openWriter({ books, clock: systemClock(), roster: () => town.roster })

/** Rows of a batch, as parts. */
export const batchAt = (batch: number) => rows.slice(batch * BATCH, (batch + 1) * BATCH).map(partOf)

export const finish = (writer: Writer): Promise<void> => writer.advance(END)

/** Folds the town in batches; `trouble` begins beside the batch it is asked for. Gives how long the longest batch took. */
export const follow = async (store: Store, trouble: (batch: number) => Promise<unknown> | undefined = () => undefined): Promise<number> => {
  await store.books.setRoster(town.roster)
  const writer = await writerOf(store)
  let longest = 0
  for (let batch = 0; batch < BATCHES; batch++) {
    const begun = trouble(batch)
    const from = performance.now()
    await writer.append(batchAt(batch))
    longest = Math.max(longest, performance.now() - from)
    await begun
  }
  await finish(writer)
  return longest
}

/** Lines of the books as SQLite has them. */
export const expectedLines = async (): Promise<readonly string[]> => {
  const sqlite = openSqliteStore(':memory:')
  await follow(sqlite)
  const lines = await dumped(sqlite)
  await sqlite.close()
  return lines
}
