// An account that is erased goes out of what others' words about it left in the books: ids of entries that carry its act's uri, and what an intake that is
// taken in later says of it before its own first row.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { AUTHORITY } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { KANAZAWA, Log, person, smallTown, towns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'

const FAR = '2026-12-01T00:00:00.000Z'
const folder = mkdtempSync(join(tmpdir(), 'waki-elsewhere-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Each row a commit of its own, the store opened anew before each where `isRestless`. */
const folded = async (name: string, rows: readonly IntakeRow[], { isRestless }: { isRestless: boolean }): Promise<Store> => {
  const file = join(folder, name, 'appview.sqlite')
  let store = openSqliteStore(file)
  await store.books.setRoster(towns)
  const clock = settableClock(Date.parse(FAR))
  for (const row of rows) {
    if (isRestless) {
      await store.close()
      store = openSqliteStore(file)
    }
    await (await openWriter({ books: store.books, clock, roster: () => towns })).append([partOf(row)])
  }
  await (await openWriter({ books: store.books, clock, roster: () => towns })).advance(FAR)
  return store
}

const dumpOf = (store: Store): Promise<string[]> => Array.fromAsync(store.books.dump())

test('an act that an admission recognised is erased from the ids of its entries, too', async () => {
  const log = smallTown()
  const giver = person('z')
  const act = log.act(giver)
  log.confirm(person('a'), act)
  log.at('2026-05-12').admit(KANAZAWA, giver, '2026-05-01')
  log.at('2026-05-20').account(giver, 'deleted')
  const store = await folded('late', log.rows, { isRestless: false })
  const lines = await dumpOf(store)
  assert.ok(
    lines.some((line) => line.includes('/memo-release/at://did:erased:1/')),
    'an id carries the uri of the act',
  )
  await store.books.purge()
  for (const name of readdirSync(join(folder, 'late')))
    for (const word of [giver, `action/${act.rkey}`])
      assert.equal(readFileSync(join(folder, 'late', name)).includes(word), false, `${name} has ${word}`)
  await rebuildBooks(store.books)
  assert.deepEqual(await dumpOf(store), lines)
  await store.close()
})

/** Somebody confirms an act before it is seen; its giver is erased afterwards. */
const earlyWord = (): Log => {
  const log = smallTown()
  const giver = person('b')
  const uri = `at://${giver}/${AUTHORITY}.action/early`
  log.write(person('a'), 'confirmation', { subject: { uri, cid: `cid${log.leaf + 3}` }, role: 'beneficiary', verdict: 'confirmed' })
  log.act(giver, { category: 'safety', performedOn: '2026-05-09' })
  const municipality = { scheme: 'jis-x-0402', code: KANAZAWA.code }
  log.write(giver, 'action', { category: 'community', minutes: 60, performedOn: '2026-05-10', municipality }, { key: 'early' })
  log.at('2026-05-20').account(giver, 'deleted')
  return log
}

test('what is left of an erased account, taken in by another store, gives the same books, however often that is opened anew', async () => {
  const store = await folded('source', earlyWord().rows, { isRestless: true })
  const lines = await dumpOf(store)
  const left = await store.books.intake({ leaf: 0, op: 0 }, 1000)
  assert.ok(left.some(({ repo }) => repo === 'did:erased:1'))
  for (const isRestless of [false, true]) {
    const other = await folded(`other-${isRestless}`, left, { isRestless })
    assert.deepEqual(await dumpOf(other), lines)
    await other.close()
  }
  await store.close()
})
