// Who stands behind a town's time, asked again and again while the books grow: what is kept from the last answer gives the same as reading everything,
// also as known earlier, after a deletion and after a rebuild.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { headsIn } from '../../appview/journal/headcount.ts'
import { CONTRIBUTION_ACCOUNTS, cellsOf, everybodyIn } from '../../appview/statements/cells.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Position } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { seededRandom } from '../support/random.ts'
import { CATEGORIES, CODE, ROSTER, actRows, openingRows, partOf, rowMaker } from './books-town.ts'

const RESIDENTS = 9
const ACTS = 150
const DAY_MS = 86_400_000
const YEAR = { from: '2026-04-01', through: '2027-03-31' }
const PERIODS = [YEAR, { from: '2026-06-01', through: '2026-06-30' }, { from: '2027-04-01', through: '2028-03-31' }]

/** Acts of more than a year, some confirmed, some taken back. */
const rowsOf = (seed: number): IntakeRow[] => {
  const random = seededRandom(seed)
  const maker = rowMaker()
  const rows = openingRows(maker, RESIDENTS)
  for (let index = 0; index < ACTS; index++) {
    const giver = random.below(RESIDENTS)
    const confirmer = random.below(5) === 0 ? null : (giver + 1 + random.below(RESIDENTS - 1)) % RESIDENTS
    const acts = rows.filter(({ collection }) => collection === nsid.action)
    rows.push(
      ...actRows(maker, {
        giver,
        confirmer,
        minutes: 1 + random.below(90),
        category: random.pick(CATEGORIES),
        afterMs: random.below(5) * DAY_MS,
      }),
    )
    const old = acts.length === 0 || random.below(6) > 0 ? undefined : random.pick(acts)
    if (old === undefined || rows.some(({ uri, action }) => uri === old.uri && action === 'delete')) continue
    rows.push({ ...maker.row(old.repo, old.collection, null), rkey: old.rkey, uri: old.uri, action: 'delete', cid: null })
  }
  return rows
}

test('asked again while the books grow, the answer is what reading everything gives', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-contributions-'))
  const file = join(folder, 'appview.sqlite')
  const store = openSqliteStore(file)
  const compare = async (knownAt: Position | undefined): Promise<number> => {
    const fresh = openSqliteStore(file)
    let seen = 0
    for (const period of PERIODS) {
      const query = { ...period, scope: CODE, accounts: CONTRIBUTION_ACCOUNTS, ...(knownAt === undefined ? {} : { knownAt }) }
      const answer = await store.books.contributions(query)
      assert.deepEqual(answer, await fresh.books.contributions(query), JSON.stringify(query))
      const { accounts: _, ...heads } = query
      assert.deepEqual(await store.books.headcount(heads), everybodyIn(cellsOf(answer)))
      assert.deepEqual(headsIn(answer), everybodyIn(cellsOf(answer)))
      seen += answer.length
    }
    await fresh.close()
    return seen
  }
  try {
    const rows = rowsOf(8)
    await store.books.setRoster(ROSTER)
    const writer = await openWriter({ books: store.books, clock: systemClock(), roster: () => ROSTER })
    let seen = 0
    for (let at = 0; at < rows.length; at += 25) {
      await writer.append(rows.slice(at, at + 25).map(partOf))
      const earlier = await store.books.positionAt(Math.max(1, at - 40))
      for (const knownAt of [undefined, earlier, (await store.books.state()).cursor.folded]) seen += await compare(knownAt)
    }
    assert.ok(seen > 1_000, String(seen))
    const before = await store.books.contributions({ ...YEAR, scope: CODE, accounts: CONTRIBUTION_ACCOUNTS })
    await rebuildBooks(store.books)
    await compare(undefined)
    assert.deepEqual(await store.books.contributions({ ...YEAR, scope: CODE, accounts: CONTRIBUTION_ACCOUNTS }), before)
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
