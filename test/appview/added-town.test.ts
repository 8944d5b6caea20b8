// A town that is added while a backlog is folded counts from a leaf that nothing decided before it has reached: the books are those of a rebuild.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openRosterKeeper } from '../../appview/follow/roster-keeper.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { hashOfFolded, rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { townIntake } from '../../bench/town-intake.ts'
import { partOf } from './books-town.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-added-'))
after(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'roster.json')
const list = (towns: Roster): void => writeFileSync(file, JSON.stringify({ towns: towns.map(({ code, did }) => ({ code, did })) }))

const BEFORE = 100
const LATE = 2_000
const town = townIntake({ acts: 2_000, residents: 50, days: 60, seed: 8 })

/** What the last town says comes in the middle of the backlog. */
const rowsOf = (did: string): readonly IntakeRow[] => {
  const all = [...town.pages()].flat()
  const [said, others] = [all.filter(({ repo }) => repo === did), all.filter(({ repo }) => repo !== did)]
  const recordedAt = others[LATE - 1]?.recordedAt ?? ''
  const rows = [...others.slice(0, LATE), ...said.map((row) => ({ ...row, recordedAt })), ...others.slice(LATE)]
  return rows.map((row, nth) => ({ ...row, leaf: nth + 1 }))
}

test('a store that fails while it waits is told, and nothing is added', async () => {
  const store = openSqliteStore(':memory:')
  list(town.roster.slice(0, -1))
  const keeper = await openRosterKeeper({ books: store.books, file, log: silentLog })
  list(town.roster)
  assert.match(await keeper.reload(() => Promise.reject(new Error('no answer'))), /not taken up, since the store failed: Error: no answer/)
  assert.equal(keeper.current().length, town.roster.length - 1)
  await store.close()
})

for (const turns of [0, 1, 4])
  test(`a town added after ${turns} turns of a backlog gives the books of a rebuild`, async () => {
    const added = town.roster.at(-1) ?? assert.fail('there are towns')
    const rows = rowsOf(added.did)
    const store = openSqliteStore(join(folder, `${turns}.sqlite`))
    const { books } = store
    list(town.roster.slice(0, -1))
    const keeper = await openRosterKeeper({ books, file, log: silentLog })
    const writer = await openWriter({ books, clock: systemClock(), roster: keeper.current })
    await writer.append(rows.slice(0, BEFORE).map(partOf))
    list(town.roster)
    const folded = writer.append(rows.slice(BEFORE).map(partOf))
    for (let nth = 0; nth < turns; nth++) await setImmediate()
    assert.match(await keeper.reload((work) => writer.between(work)), /Added/)
    await folded
    const found = await hashOfFolded(books)
    await rebuildBooks(books)
    assert.equal(found, await hashOfFolded(books))
    await store.close()
  })
