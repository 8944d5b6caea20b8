// Restatements by hand-made books: a year valued anew act by act, against a second computation from the journal; what they merge; every reason not to.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { closedYear, sealedStatement } from '../../appview/close/closings.ts'
import { remake } from '../../appview/close/remake.ts'
import { restateYear } from '../../appview/close/restate-year.ts'
import { deskSentence } from '../../appview/desk/refusals.ts'
import { largestRemainder, yenOf } from '../../appview/journal/units.ts'
import type { Statement } from '../../appview/statements/statement.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { nsid } from '../../lexicons/authority.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { ClosingTown, DAY_MS, DESK, closableTown, codesOf, valueOf } from './closing-town.ts'

const FY = { fiscalYear: 2026 }
const NEW_RATE = 1_931

const yearOf = async (town: ClosingTown) => (await closedYear(town.store.books, ROSTER, CODE, 2026)) ?? assert.fail('closed')

const areaOf = async (town: ClosingTown, version: number): Promise<Statement> => {
  const of = (await yearOf(town)).versions[version - 1] ?? assert.fail(`version ${version}`)
  const { statement } = (await sealedStatement(town.store.books, of, null)) ?? assert.fail('sealed')
  return 'units' in statement ? statement : assert.fail('shown')
}

const closeAndPublish = async (town: ClosingTown): Promise<void> => {
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
}

test('a year valued by a later table: each act’s minutes times the new rate, nothing else changes, and version 1 stays as it was', async () => {
  await using town = await closableTown()
  await closeAndPublish(town)
  const before = await areaOf(town, 1)
  const rateTable = await town.rateTable(NEW_RATE)
  // What comes after the cut-off must not come in, whatever it is valued by.
  await town.act(0, { afterMs: DAY_MS })
  const restated = valueOf(await restateYear(town.deps, DESK, { ...FY, reason: '単価表の改定のため', rateTable }))
  assert.equal(restated.version, 2)
  await town.publish()

  const year = await yearOf(town)
  assert.deepEqual(
    year.versions.map(({ version, reason, replaces }) => [version, reason, replaces]),
    [
      [1, null, null],
      [2, '単価表の改定のため', year.versions[0]?.hash],
    ],
  )
  const after = await areaOf(town, 2)
  assert.deepEqual(await areaOf(town, 1), before)
  assert.deepEqual(after.units.MIN, before.units.MIN)
  assert.deepEqual(after.knownAt, before.knownAt)
  const yen = 12 * yenOf(60, NEW_RATE) + 12 * yenOf(50, NEW_RATE) + 3 * yenOf(40, NEW_RATE)
  assert.notEqual(yen, before.units.JPY.PL['4110'])
  assert.deepEqual([after.units.JPY.PL['4110'], after.units.JPY.PL['5110']], [yen, -yen])
  assert.equal(after.notes['restatedVersion'], 2)
  for (const version of year.versions) assert.equal((await remake(town.store.books, ROSTER, year, version)).verdict, 'same')
})

test('splits, negations and rounding: the revalued yen are those of a computation of its own', async () => {
  await using town = await ClosingTown.open()
  await town.fillYear()
  const acts: { minutes: number; weights: readonly number[] }[] = []
  for (let index = 0; index < 12; index++) acts.push({ minutes: 60, weights: [1] }, { minutes: 50, weights: [1] })
  for (let index = 0; index < 3; index++) acts.push({ minutes: 40, weights: [1] })
  const sharing = async (giver: number, minutes: number, weights: readonly number[]): Promise<IntakeRow> => {
    const [act = assert.fail()] = (await town.act(giver, { minutes, confirmer: null }), town.rows.slice(-1))
    const people = weights.slice(1).map((weight, index) => ({ class: 'person', did: town.resident(giver + 2 + index), weight }))
    const receivers = [{ class: 'unnamed', weight: weights[0] ?? 1 }, ...people]
    const subject = { uri: act.uri, cid: act.cid ?? '' }
    const word = { $type: nsid.confirmation, subject, role: 'beneficiary', verdict: 'confirmed', receivers, createdAt: act.recordedAt }
    await town.take([town.maker.row(town.resident(giver + 1), nsid.confirmation, word, 1)])
    return act
  }
  for (const [giver, minutes, weights] of [
    [0, 47, [1, 1, 1]],
    [1, 50, [3, 2]],
    [2, 7, [2, 1, 5]],
  ] as const) {
    await sharing(giver, minutes, weights)
    acts.push({ minutes, weights })
  }
  const taken = await sharing(3, 55, [1])
  await town.take([
    { ...town.maker.row(town.resident(3), nsid.action, null, 1), action: 'delete', uri: taken.uri, rkey: taken.rkey, cid: null },
  ])
  await town.goOn('2027-06-02T00:00:00.000Z')
  await closeAndPublish(town)
  const rateTable = await town.rateTable(NEW_RATE)
  valueOf(await restateYear(town.deps, DESK, { ...FY, reason: 'x', rateTable }))
  await town.publish()
  const total = acts.reduce((sum, { minutes }) => sum + yenOf(minutes, NEW_RATE), 0)
  const { units } = await areaOf(town, 2)
  assert.equal(units.JPY.PL['4110'], total)
  assert.equal(units.JPY.PL['5110'], -total)
})

test('what a split gives each receiver is what the split gave before, of another sum', () => {
  const [old, fresh] = [yenOf(47, 1_828), yenOf(47, NEW_RATE)]
  for (const weights of [
    [1, 1, 1],
    [1, 2],
    [3, 4, 5, 9],
  ]) {
    const shares = weights.map((weight, index) => ({ entity: `P:${index}`, weight }))
    const before = largestRemainder(old, shares)
    const after = largestRemainder(
      fresh,
      shares.map(({ entity }, index) => ({ entity, weight: before[index] ?? 0 })),
    )
    const exact = largestRemainder(fresh, shares)
    assert.equal(
      after.reduce((sum, part) => sum + part, 0),
      fresh,
    )
    for (const [index, part] of after.entries()) assert(Math.abs(part - (exact[index] ?? 0)) <= 1)
  }
})

test('a second restatement values anew again, merges at least what was merged, and says where the first one stands', async () => {
  await using town = await closableTown()
  await closeAndPublish(town)
  for (const [index, rate] of [NEW_RATE, 2_000].entries()) {
    const rateTable = await town.rateTable(rate)
    valueOf(await restateYear(town.deps, DESK, { ...FY, reason: `${index}`, rateTable }))
    await town.publish()
  }
  const year = await yearOf(town)
  assert.equal(year.versions.length, 3)
  assert.deepEqual(
    year.versions.map(({ merged }) => merged),
    [
      ['culture', 'community'],
      ['culture', 'community'],
      ['culture', 'community'],
    ],
  )
  assert.equal((await areaOf(town, 3)).units.JPY.PL['4110'], 12 * 2_000 + 12 * yenOf(50, 2_000) + 3 * yenOf(40, 2_000))
  for (const version of year.versions) assert.equal((await remake(town.store.books, ROSTER, year, version)).verdict, 'same')
})

test('yen of two versions side by side tell no category apart that one of them hides: rates by category leave them out', async () => {
  await using town = await closableTown()
  await closeAndPublish(town)
  const rateTable = await town.rateTable(NEW_RATE, [{ category: 'culture', yenPerHour: 9_000, method: 'RC-S' }])
  valueOf(await restateYear(town.deps, DESK, { ...FY, reason: 'x', rateTable }))
  await town.publish()
  const { units } = await areaOf(town, 2)
  assert.deepEqual(units.JPY.PL, {}, 'three people with a rate of their own could be told from the sum')
  assert.equal(units.MIN.PL['4110'], 12 * 60 + 12 * 50 + 3 * 40)
})

test('every reason not to restate, in order', async () => {
  await using town = await closableTown()
  const { deps } = town
  const said = new Set<string>()
  const expect = async (code: string, ask: Partial<Parameters<typeof restateYear>[2]> = {}): Promise<void> => {
    assert.equal(codesOf(await restateYear(deps, DESK, { ...FY, reason: 'x', ...ask })), code)
    assert(deskSentence(code) !== undefined)
    said.add(code)
  }
  assert.equal(codesOf(await restateYear(deps, { did: town.resident(0), town: CODE }, { ...FY, reason: 'x' })), 'desk.no-role')
  await expect('close.year-invalid', { fiscalYear: Number.NaN })
  await expect('close.year-invalid', { fiscalYear: 0 })
  await expect('restate.not-closed')
  await closeYear(deps, DESK, FY)
  await expect('restate.not-closed')
  await town.publish()
  await expect('restate.reason-missing', { reason: ' ' })
  await expect('restate.reason-too-long', { reason: '字'.repeat(1_001) })
  await expect('restate.rates-unknown', { rateTable: `at://${TOWN}/${nsid.rateTable}/none` })
  await expect('restate.unchanged')
  await expect('restate.unchanged', { rateTable: town.rows[2]?.uri ?? '' })
  const rateTable = await town.rateTable(NEW_RATE)
  valueOf(await restateYear(deps, DESK, { ...FY, reason: 'x', rateTable }))
  await expect('restate.pending', { rateTable })
  assert.equal(said.size, 7)
})

test('two restatements at one moment: the second is told of the first', async () => {
  await using town = await closableTown()
  await closeAndPublish(town)
  const [one, other] = [await town.rateTable(NEW_RATE), await town.rateTable(2_000)]
  const outcomes = await Promise.all([one, other].map((rateTable) => restateYear(town.deps, DESK, { ...FY, reason: 'x', rateTable })))
  assert.deepEqual(outcomes.map(codesOf), ['done', 'restate.pending'])
})

test('books that do not make the version before again do not restate it', async () => {
  await using town = await closableTown()
  await closeAndPublish(town)
  const other = ROSTER.map((one) => ({ ...one, fromLeaf: 2 }))
  const outcome = await restateYear({ ...town.deps, roster: () => other }, DESK, { ...FY, reason: 'x' })
  assert.equal(codesOf(outcome), 'restate.differs')
})
