// Who gave most in a month reaches the audit queue: one in a hundred, at least one, of those whose minutes the month recorded; the same afterwards whatever
// comes later, on either engine and after a rebuild; without a change of any figure, and set aside with a reason like every flag.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDesk } from '../../appview/desk/desk.ts'
import type { FlagView } from '../../appview/desk/operations.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { CODE, ROSTER, TOWN, actRows, openingRows, partOf, personDid, rowMaker, type RowMaker } from '../appview/books-town.ts'
import { freshStore } from '../mongo/fresh-store.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const RESIDENTS = 151
const HOUR_MS = 3_600_000
const MONTH_MS = 31 * 24 * HOUR_MS
const TOWN_ITSELF = { did: TOWN, town: CODE }
const most = (index: number): string => `P:${personDid(index)}`

/** April: everybody gives 30 minutes but the last; 7 and 3 give more of them, 3 by an act that May takes back. May: one act. */
const rowsOf = (maker: RowMaker): readonly (readonly IntakeRow[])[] => {
  const act = (giver: number, minutes: number, afterMs = 1): readonly IntakeRow[] =>
    actRows(maker, { giver, confirmer: (giver + 1) % RESIDENTS, minutes, category: 'environment', afterMs })
  const april = openingRows(maker, RESIDENTS)
  for (let index = 0; index < RESIDENTS - 1; index++) april.push(...act(index, 30))
  const large = act(3, 400)
  april.push(...large, ...act(7, 200), ...actRows(maker, { giver: 9, confirmer: null, minutes: 700, category: 'other', afterMs: 1 }))
  const [first] = large
  assert.ok(first !== undefined)
  const may = [...act(5, 45, MONTH_MS)]
  may.push({ ...maker.row(first.repo, first.collection, null), rkey: first.rkey, uri: first.uri, action: 'delete', cid: null })
  return [april, may, act(6, 10, MONTH_MS)]
}

const onStore = async (store: Store): Promise<void> => {
  const { books, desk } = store
  await books.setRoster(ROSTER)
  const clock = settableClock(Date.parse('2026-04-20T00:00:00.000Z'))
  const writer = await openWriter({ books, clock, roster: () => ROSTER })
  const desks = createDesk({ books, desk, roster: () => ROSTER, accounts: new Map(), clock, flush: () => {} })
  const earners = async (): Promise<readonly FlagView[]> => {
    const flags = await desks.flags(TOWN_ITSELF, { limit: 200 })
    assert.ok(flags.ok)
    return flags.value.items.filter(({ code }) => code === 'audit.top-earner')
  }
  const maker = rowMaker()
  const [april = [], may = [], june = []] = rowsOf(maker)
  await writer.append(april.map(partOf))
  assert.deepEqual(await earners(), [], 'the month is not over')

  clock.set('2026-05-02T00:00:00.000Z')
  const told = await earners()
  assert.deepEqual(
    told.map(({ day, earner }) => [day, earner?.entity, earner?.minutes, earner?.acts.length]),
    [
      ['2026-04-30', most(3), 430, 2],
      ['2026-04-30', most(7), 230, 2],
    ],
    'two of 150, as claimed minutes count for nothing',
  )
  await writer.append(may.map(partOf))
  const before = (await books.counts()).postings
  clock.set('2026-06-02T00:00:00.000Z')
  assert.deepEqual(
    (await earners()).map(({ day, earner }) => [day, earner?.entity, earner?.minutes]),
    [
      ['2026-05-31', most(5), 45],
      ['2026-04-30', most(3), 430],
      ['2026-04-30', most(7), 230],
    ],
    'at least one; what May takes back was in April’s figures',
  )
  assert.equal((await books.counts()).postings, before, 'nothing is booked for it')
  await writer.append(june.map(partOf))

  const [id = ''] = told.map((flag) => flag.id)
  assert.equal((await desks.dismissFlag(TOWN_ITSELF, { id, reason: '' })).ok, false)
  const dismissed = await desks.dismissFlag(TOWN_ITSELF, { id, reason: '本人と受け手に話を聞いた' })
  assert.ok(dismissed.ok && dismissed.value.isDismissed)
  const again = await desks.dismissFlag(TOWN_ITSELF, { id, reason: 'もう一度' })
  assert.deepEqual(again.ok ? [] : again.reasons.map(({ code }) => code), ['flag.dismissed'])
  const now = await earners()
  assert.deepEqual(
    now.map((flag) => flag.isDismissed),
    [false, true, false],
  )
  await rebuildBooks(books)
  const anew = createDesk({ books, desk, roster: () => ROSTER, accounts: new Map(), clock, flush: () => {} })
  const flags = await anew.flags(TOWN_ITSELF, { limit: 200 })
  assert.deepEqual(flags.ok && flags.value.items.filter(({ code }) => code === 'audit.top-earner'), now)

  const policy = {
    $type: nsid.policy,
    mode: 'none',
    effectiveFrom: '2026-04-15',
    earnersPerThousand: 40,
    createdAt: '2026-06-02T00:00:00.000Z',
  }
  const next = await openWriter({ books, clock, roster: () => ROSTER })
  await next.append([partOf(maker.row(TOWN, nsid.policy, policy))])
  const more = await earners()
  assert.deepEqual(
    more.map(({ day }) => day),
    ['2026-05-31', ...Array.from({ length: 6 }, () => '2026-04-30')],
    'as many of 150 as the policy says, and still at least one',
  )
}

test('who gave most in a month is looked at', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-earners-'))
  const store = openSqliteStore(join(folder, 'appview.sqlite'))
  try {
    await onStore(store)
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('on MongoDB likewise', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, async () => {
  const store = await freshStore()
  try {
    await onStore(store)
  } finally {
    await store.close()
  }
})
