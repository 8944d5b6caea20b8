// Strangers' records never stop the fold: values of every wrong shape, in every collection, from towns, residents and unknown repos.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditTransactions } from '../../appview/journal/audit.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { rebuildBooks, hashOfFolded } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { systemClock } from '../../server/clock.ts'
import { seededRandom } from '../support/random.ts'
import { CODE, ROSTER, TOWN, actRows, openingRows, partOf, personDid, rowMaker } from './books-town.ts'

const ROUNDS = 1500

type Random = ReturnType<typeof seededRandom>

const ODD: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  720,
  721,
  2 ** 53 - 1,
  '',
  'x',
  '2026-02-30',
  '2026-04-01',
  '9999-12-31',
  '0000-00-00',
  'did:plc:x',
  CODE,
  '999999',
  'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/org.waki.action/r5',
  '__proto__',
  'constructor',
  'person',
  'public',
  'unnamed',
  'confirmed',
  'rejected',
  'beneficiary',
  'municipality',
  'hostBody',
  'none',
  'earn',
  [],
  {},
  [[]],
  [{}],
  [null],
  { $bytes: 'AA' },
  { $link: 'bafy' },
  '\u{1F600}'.repeat(300),
]

const oddValue = (random: Random, depth = 0): Json => {
  const kind = depth > 2 ? 0 : random.below(6)
  if (kind === 1) return Array.from({ length: random.below(4) }, () => oddValue(random, depth + 1))
  if (kind === 2)
    return Object.fromEntries(Array.from({ length: random.below(4) }, () => [random.pick(NAMES), oddValue(random, depth + 1)]))
  return random.pick(ODD)
}

const NAMES = [
  'category',
  'minutes',
  'performedOn',
  'municipality',
  'scheme',
  'code',
  'subject',
  'uri',
  'cid',
  'role',
  'verdict',
  'receivers',
  'class',
  'did',
  'scope',
  'weight',
  'onBehalf',
  'from',
  'until',
  'mode',
  'effectiveFrom',
  'claimDays',
  'timeLevel',
  'rates',
  'yenPerHour',
  'validFrom',
  'validTo',
  'names',
  'ja',
  'beneficiaries',
  'hostBody',
  'giver',
  'event',
  'eventId',
  'kind',
  'commitment',
  'count',
  'createdAt',
  'minutesPerDay',
  'tier',
  'parent',
]

/** A good value with some fields made odd, or nothing but odd fields. */
const spoiled = (random: Random, good: Json): Json => {
  if (typeof good !== 'object' || good === null || Array.isArray(good) || random.below(8) === 0) return oddValue(random)
  const value = new Map(Object.entries(good))
  for (let times = 1 + random.below(3); times > 0; times--) value.set(random.pick([...value.keys(), ...NAMES]), oddValue(random))
  return Object.fromEntries(value)
}

test('records of any shape are refused or ignored, never fatal, and what stands is sound', async () => {
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed)
    const maker = rowMaker()
    const good = openingRows(maker, 4)
    good.push(...actRows(maker, { giver: 0, confirmer: 1, minutes: 60, category: 'culture', afterMs: 1000 }))
    const rows: IntakeRow[] = [...good]
    for (let round = 0; round < ROUNDS; round++) {
      const model = random.pick(good)
      const repo = random.pick([TOWN, personDid(0), personDid(1), personDid(9), 'did:web:stranger.example'])
      const collection = random.pick([model.collection, ...Object.values(nsid)])
      const made = maker.row(repo, collection, spoiled(random, model.value), random.below(4_000_000))
      const known = random.pick(rows)
      const action = random.pick(['create', 'create', 'update', 'delete'] as const)
      // Some are of records that are there already.
      const place = random.below(4) === 0 ? { repo: known.repo, collection: known.collection, rkey: known.rkey, uri: known.uri } : {}
      rows.push({ ...made, ...place, action, ...(action === 'delete' ? { cid: null, value: null } : {}) })
    }
    const store = openSqliteStore(':memory:')
    await store.books.setRoster(ROSTER)
    const writer = await openWriter({ books: store.books, clock: systemClock(), roster: () => ROSTER })
    for (let at = 0; at < rows.length; at += 50) await writer.append(rows.slice(at, at + 50).map(partOf))
    await writer.advance('2030-01-01T00:00:00.000Z')
    const { refusals, intake } = await store.books.counts()
    assert.equal(intake, rows.length, 'nothing is lost')
    assert.ok(refusals > ROUNDS / 10, `${refusals} refusals`)
    assert.deepEqual(auditTransactions(await store.books.transactions({ limit: 100_000 })), [], `seed ${seed}`)
    const before = await hashOfFolded(store.books)
    assert.equal((await rebuildBooks(store.books)).statementsHash, before)
    await store.close()
  }
})
