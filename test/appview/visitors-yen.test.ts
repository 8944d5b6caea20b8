// Two towns with different rates: minutes and yen that are published side by side never tell what few visitors gave, in a year, a month, or by a
// later version that values the town's own acts anew.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import { statementSet } from '../../appview/close/statement-set.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { partOf, personDid, rowMaker } from './books-town.ts'

const [HERE, THERE] = ['172031', '172014']
const ROSTER = [
  { code: HERE, did: 'did:web:here.example', fromLeaf: 1 },
  { code: THERE, did: 'did:web:there.example', fromLeaf: 1 },
]
const HOUR_MS = 3_600_000
const NOW = '2026-06-20T00:00:00.000Z'
const createdAt = '2026-04-01T00:00:00.000Z'

/** Twelve of the town and so many visitors give there; eight of the other town give at home. */
const booksWith = async (stack: AsyncDisposableStack, visitors: number, rateThere: number) => {
  const maker = rowMaker()
  const rows: IntakeRow[] = []
  const put = (repo: string, collection: string, value: Record<string, Json>, afterMs = 0): IntakeRow => {
    const row = maker.row(repo, collection, { $type: collection, createdAt, ...value }, afterMs)
    rows.push(row)
    return row
  }
  const townOf = (code: string): string => ROSTER.find((town) => town.code === code)?.did ?? assert.fail()
  for (const [code, yenPerHour] of [
    [HERE, 1200],
    [THERE, rateThere],
  ] as const) {
    put(townOf(code), nsid.municipality, { code, names: { ja: '町' }, tier: 'municipality' })
    put(townOf(code), nsid.policy, { mode: 'none', effectiveFrom: '2026-04-01' })
    put(townOf(code), nsid.rateTable, { rates: [{ category: '*', yenPerHour, method: 'x' }], source: 's', validFrom: '2026-04-01' })
  }
  for (let i = 0; i < 8; i++) put(townOf(THERE), nsid.admission, { subject: personDid(i), from: '2020-01-01' })
  for (let i = 10; i < 22; i++) put(townOf(HERE), nsid.admission, { subject: personDid(i), from: '2020-01-01' })
  const act = (who: number, code: string, minutes: number): void => {
    const municipality = { scheme: 'jis-x-0402', code }
    const said = { category: 'community', minutes, municipality, performedOn: '2026-04-01', nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' } }
    const { uri, cid } = put(personDid(who), nsid.action, said, HOUR_MS / 60)
    const receivers = [{ class: 'unnamed', weight: 1, scope: code }]
    put(townOf(code), nsid.confirmation, { subject: { uri, cid: cid ?? '' }, role: 'municipality', verdict: 'confirmed', receivers }, 1)
  }
  for (let i = 10; i < 22; i++) act(i, HERE, 30 + i)
  for (let i = 0; i < visitors; i++) act(i, HERE, 77)
  for (let i = 0; i < 8; i++) act(i, THERE, 45)
  const store = stack.adopt(openSqliteStore(':memory:'), (open) => open.close())
  const { books } = store
  await books.bind({ name: 'test/1', key: 'k', base: 0, created: createdAt })
  await books.setRoster(ROSTER)
  const clock = settableClock(Date.parse(NOW))
  const writer = await openWriter({ books, clock, roster: () => ROSTER })
  await writer.append(rows.map(partOf))
  await writer.advance(NOW)
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => ROSTER })
  const deps = { books, access, clock, roster: () => ROSTER, follow: () => status, relayUrl: 'http://localhost:1', fetch }
  return { books, queries: createQueries(deps) }
}

type Shown = { readonly minutes: unknown; readonly yen: unknown }
const received = (statement: object): Shown => {
  const units: Record<string, { PL: Record<string, number> }> = 'units' in statement ? Object(statement.units) : {}
  return { minutes: units['MIN']?.PL['5110'], yen: units['JPY']?.PL['5110'] }
}

test('yen stand beside minutes only where visitors, and the others, are enough', async () => {
  const shownWith = async (visitors: number, rateThere: number): Promise<readonly boolean[]> => {
    await using stack = new AsyncDisposableStack()
    const { queries } = await booksWith(stack, visitors, rateThere)
    const yearly = received((await queries.statementFor({ kind: 'anyone' }, { scope: HERE, fiscalYear: 2026 })).statement)
    const monthly = received((await queries.statementFor({ kind: 'anyone' }, { scope: HERE, month: '2026-04' })).statement)
    assert.ok(typeof yearly.minutes === 'number' && typeof monthly.minutes === 'number', 'minutes stand')
    return [yearly.yen !== undefined, monthly.yen !== undefined]
  }
  assert.deepEqual(await shownWith(0, 1800), [true, true], 'nobody came')
  assert.deepEqual(await shownWith(1, 1800), [false, false], 'one came')
  assert.deepEqual(await shownWith(4, 1800), [false, false])
  assert.deepEqual(await shownWith(5, 1800), [true, false], 'enough came for a year')
  assert.deepEqual(await shownWith(1, 1200), [true, true], 'one rate tells nothing')
})

test('a version that values the town’s own acts anew shows no yen that tell what one visitor gave', async () => {
  await using stack = new AsyncDisposableStack()
  const { books } = await booksWith(stack, 1, 1200)
  const table = (await books.load([`rates:${HERE}`])).get(`rates:${HERE}`)
  const [booked = assert.fail()] = table?.kind === 'rates' ? table.tables : []
  const query = { scope: HERE, fiscalYear: 2026, alreadyMerged: [], leftOutBefore: [] }
  const [first] = (await statementSet(books, ROSTER, { ...query, version: 1, revaluedBy: [] })).members
  const anew = { ...booked, uri: `${booked.uri}2`, yenPerHour: { '*': 2000 }, until: '9999-12-31' }
  const [second] = (await statementSet(books, ROSTER, { ...query, version: 2, revaluedBy: [anew] })).members
  assert.equal(typeof received(first?.statement ?? {}).yen, 'number')
  assert.equal(typeof received(second?.statement ?? {}).minutes, 'number')
  assert.equal(received(second?.statement ?? {}).yen, undefined)
})
