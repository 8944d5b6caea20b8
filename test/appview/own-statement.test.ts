// A person's own statement: the lines of the pool that the private register says are theirs are read as theirs, by them and by nobody else; no public
// figure moves (I18).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess } from '../../appview/auth/access.ts'
import type { Caller } from '../../appview/auth/caller.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { createQueries } from '../../appview/queries/queries.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { settableClock } from '../../server/clock.ts'
import { fixture, instant, roster, rowsOf } from '../journal/fixture.ts'
import { KANAZAWA, KOMATSU, person, smallTown, towns } from '../journal/rows.ts'
import { partOf } from './books-town.ts'

const [A, B, H] = [person('a'), person('b'), person('h')]
const anyone: Caller = { kind: 'anyone' }
const of = (did: string): Caller => ({ kind: 'account', did })

const queriesOver = async (stack: AsyncDisposableStack, rows: readonly IntakeRow[], known: Roster, now: string) => {
  const clock = settableClock(Date.parse(now))
  const store = openSqliteStore(':memory:')
  stack.defer(() => store.close())
  const { books } = store
  await books.setRoster(known)
  await books.bind({ name: 'origin/1', key: 'did:key:z', base: 0, created: '2026-01-01T00:00:00.000Z' })
  const writer = await openWriter({ books, clock, roster: () => known })
  await writer.append(rows.map(partOf))
  await writer.advance(now)
  const status = { state: 'connecting' as const, reason: null, origin: null, leaf: 0, recordedAt: '', relayLeaves: null, counts: {} }
  const access = createAccess({ books, roster: () => known })
  return createQueries({ books, access, clock, roster: () => known, follow: () => status, relayUrl: 'http://localhost:1', fetch })
}

const unitsOf = ({ statement }: { readonly statement: object }) => ('units' in statement ? statement.units : assert.fail('it is hidden'))

test('the worked example: D received sixty minutes, which the public books know as the pool’s', async () => {
  await using stack = new AsyncDisposableStack()
  const queries = await queriesOver(stack, rowsOf('town'), roster, instant('2028-06-01T00:00:00+09:00'))
  let compared = 0
  for (const { entity, scope, period, knownAt, MIN } of fixture.ownStatements) {
    const did = fixture.entities[entity]?.did ?? assert.fail('it is a person')
    const asked = { scope, entity: did, fiscalYear: period.fiscalYear, instant: instant(knownAt.instant) }
    const answer = await queries.statementFor(of(did), asked)
    const { PL } = Object(unitsOf(answer)).MIN
    for (const [account, amount] of Object.entries(MIN.PL)) {
      assert.equal(PL[account] ?? 0, amount, `account ${account}`)
      compared += 1
    }
    assert.equal(answer.acts.received, 1)
    for (const caller of [anyone, of(fixture.entities['A']?.did ?? '')])
      await assert.rejects(queries.statementFor(caller, { scope, entity: did, fiscalYear: period.fiscalYear }), /NotFound|nothing here/)
  }
  assert(compared > 0)
})

test('whoever shows their statement to all shows their own lines only; the pool keeps what it had', async () => {
  await using stack = new AsyncDisposableStack()
  const log = smallTown()
  const act = log.act(A, { minutes: 100 })
  log.confirm(H, act, { role: 'hostBody', receivers: [{ class: 'unnamed', weight: 3 }, { class: 'unnamed' }] })
  const before = log.leaf
  log.entry(KANAZAWA, 'receiver', { action: act.uri, index: 0, did: B })
  log.write(B, 'profile', { statementVisibility: 'public' }, { key: 'self' })
  const merged = log.leaf
  const town = { code: KOMATSU.code, names: { ja: '小松市' }, tier: 'municipality' }
  log.at('2026-05-12').write(KANAZAWA.did, 'municipality', { ...town, code: KANAZAWA.code, successor: KOMATSU.code }, { key: 'self' })
  log.write(KOMATSU.did, 'municipality', { ...town, predecessors: [KANAZAWA.code] }, { key: 'self' })
  const queries = await queriesOver(stack, log.rows, towns, '2026-07-01T00:00:00.000Z')
  const minutes = async (caller: Caller, scope: string, leaf?: number) => {
    const answer = await queries.statementFor(caller, { scope, entity: B, fiscalYear: 2026, ...(leaf === undefined ? {} : { leaf }) })
    const { PL, BS } = Object(unitsOf(answer)).MIN
    return [PL['5110'] ?? 0, BS['1310'] ?? 0]
  }
  assert.deepEqual(await minutes(of(B), KANAZAWA.code, before), [0, 0], 'not known yet')
  assert.deepEqual(await minutes(of(B), KANAZAWA.code, merged), [-75, -75])
  assert.deepEqual(await minutes(of(B), KANAZAWA.code), [-75, 0], 'what is owed goes over with the town')
  assert.deepEqual(await minutes(of(B), KOMATSU.code), [0, -75])
  assert.deepEqual(await minutes(anyone, KANAZAWA.code), [0, 0])
  const area = await queries.statementFor(of(KANAZAWA.did), { scope: KANAZAWA.code, fiscalYear: 2026, leaf: merged })
  assert.equal(Object(unitsOf(area)).MIN.PL['5110'], -100)
})

test('any days, by whom it concerns: what lies before them is the opening, and days add up to the year', async () => {
  await using stack = new AsyncDisposableStack()
  const log = smallTown()
  for (const day of ['2026-04-15', '2026-05-01', '2026-05-02', '2026-06-30']) {
    log.at(day)
    log.confirm(B, log.act(A, { minutes: 30, performedOn: day }))
  }
  const queries = await queriesOver(stack, log.rows, towns, '2026-07-01T00:00:00.000Z')
  const given = async (days: { from: string; through: string } | { fiscalYear: number }) => {
    const { statement } = await queries.statementFor(of(A), { scope: KANAZAWA.code, entity: A, ...days })
    const { PL, NA } = Object(unitsOf({ statement })).MIN
    return [PL['4110'] ?? 0, NA['opening'], NA['closing']]
  }
  assert.deepEqual(await given({ from: '2026-05-01', through: '2026-05-02' }), [60, 30, 90])
  assert.deepEqual(await given({ from: '2026-05-03', through: '2027-12-31' }), [30, 90, 120])
  assert.deepEqual(await given({ from: '2026-04-01', through: '2027-03-31' }), await given({ fiscalYear: 2026 }))
  for (const [from, through] of [
    ['2026-05-02', '2026-05-01'],
    ['2026-02-30', '2026-05-01'],
    ['1900-01-01', '2026-05-01'],
  ] as const)
    await assert.rejects(queries.statementFor(of(A), { scope: KANAZAWA.code, entity: A, from, through }), { error: 'InvalidPeriod' })
  await assert.rejects(queries.statementFor(of(A), { scope: KANAZAWA.code, from: '2026-05-01', through: '2026-05-02', fiscalYear: 2026 }), {
    error: 'InvalidPeriod',
  })
})
