// What a statement says of its time does not change later: the roster it names is the one of its known-at, whoever joins afterwards.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { Roster } from '../../appview/journal/model.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books } from '../../appview/store/store.ts'
import { settableClock } from '../../server/clock.ts'
import { actRows, CODE, openingRows, partOf, personDid, ROSTER, rowMaker, TOWN } from './books-town.ts'

const RESIDENTS = 8
const HOUR_MS = 3_600_000
const clock = settableClock(Date.parse('2026-06-15T00:00:00.000Z'))

const queriesUnder = (books: Books, roster: Roster) => {
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => roster })
  return createQueries({ books, access, clock, roster: () => roster, follow: () => status, relayUrl: 'http://localhost:1', fetch })
}

test('a fixed month keeps its hash when a town joins; statements known later name the roster with it', async () => {
  await using stack = new AsyncDisposableStack()
  const store = openSqliteStore(':memory:')
  stack.defer(() => store.close())
  const { books } = store
  await books.setRoster(ROSTER)
  const maker = rowMaker()
  const rows = openingRows(maker, RESIDENTS)
  for (let giver = 0; giver < RESIDENTS; giver++)
    rows.push(...actRows(maker, { giver, confirmer: (giver + 1) % RESIDENTS, minutes: 60, category: 'community', afterMs: HOUR_MS }))
  const writer = await openWriter({ books, clock, roster: () => ROSTER })
  await writer.append(rows.map(partOf))
  const { leaf } = rows.at(-1) ?? assert.fail('there are rows')
  const joined = [...ROSTER, { code: '172031', did: 'did:web:other.example', fromLeaf: leaf + 1 }]
  const [before, after] = [queriesUnder(books, ROSTER), queriesUnder(books, joined)]

  const anyone = { kind: 'anyone' } as const
  const month = { scope: CODE, month: '2026-04' }
  const [fixed, again] = [await before.statementFor(anyone, month), await after.statementFor(anyone, month)]
  assert.equal(again.proof.hash, fixed.proof.hash)
  assert.equal(again.statement.roster, canonicalHash(ROSTER))

  await writer.append([
    partOf({ ...maker.row(personDid(0), '', null), source: 'account', rkey: '', account: { active: true, status: null } }),
  ])
  const town = { kind: 'account', did: TOWN } as const
  const later = await after.statementFor(town, { scope: CODE, fiscalYear: 2026 })
  assert.equal(later.statement.knownAt.leaf, leaf + 1)
  assert.equal(later.statement.roster, canonicalHash(joined))
})
