// Restatements where rates changed within the year: a table values the days on which it holds and no others, by a second computation; a table that does not
// fit the year is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { closedYear, sealedStatement } from '../../appview/close/closings.ts'
import { remake, tablesUpTo } from '../../appview/close/remake.ts'
import { restateYear } from '../../appview/close/restate-year.ts'
import { revaluedBooks } from '../../appview/close/revalue.ts'
import { knownAtCutOff } from '../../appview/close/statement-set.ts'
import { periodOfFiscalYear } from '../../appview/journal/calendar.ts'
import { voicesOf } from '../../appview/journal/mergers.ts'
import { yenOf } from '../../appview/journal/units.ts'
import { readDoc } from '../../appview/queries/deps.ts'
import { stretchesOf } from '../../appview/queries/rates-of-year.ts'
import { CODE, ROSTER } from '../appview/books-town.ts'
import { ClosingTown, DESK, codesOf, valueOf } from './closing-town.ts'

const FY = { fiscalYear: 2026 }
const OCTOBER = '2026-10-01'
const [MAY_MINUTES, OCTOBER_MINUTES, ACTS] = [60, 45, 8]

/** Eight acts in May by the first table, eight in October by another, the year closed. */
const townOfTwoRates = async (): Promise<ClosingTown> => {
  const town = await ClosingTown.open()
  await town.goOn('2026-05-10T00:00:00.000Z')
  for (let index = 0; index < ACTS; index++) await town.act(index, { minutes: MAY_MINUTES, afterMs: 1_000 })
  await town.goOn('2026-09-20T00:00:00.000Z')
  await town.rateTable(1_900, [], OCTOBER)
  await town.goOn('2026-10-10T00:00:00.000Z')
  for (let index = 0; index < ACTS; index++) await town.act(index, { minutes: OCTOBER_MINUTES, afterMs: 1_000 })
  await town.goOn('2027-06-02T00:00:00.000Z')
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  return town
}

const restate = async (town: ClosingTown, rateTable: string): Promise<void> => {
  valueOf(await restateYear(town.deps, DESK, { ...FY, reason: '単価の訂正', rateTable }))
  await town.publish()
}

/** Yen given in the year, by the newest version. */
const yenOfNewest = async ({ store: { books } }: ClosingTown): Promise<number> => {
  const year = (await closedYear(books, ROSTER, CODE, 2026)) ?? assert.fail('closed')
  const named = (await tablesUpTo(books, ROSTER, year, year.versions.length)) ?? assert.fail('tables')
  const [period, knownAt] = [periodOfFiscalYear(2026), await knownAtCutOff(books, 2026)]
  const tables = (await readDoc(books, 'rates', `rates:${CODE}`))?.tables ?? []
  const stretches = stretchesOf(tables, period, knownAt.leaf, named)
  const valued = await revaluedBooks(books, { scope: CODE, period, knownAt, stretches })
  const sums = await valued.sums({ scope: CODE, from: period.from, through: period.through, knownAt })
  for (const version of year.versions) assert.equal((await remake(books, ROSTER, year, version)).verdict, 'same')
  return -sums.filter(({ unit, account }) => unit === 'JPY' && account === 4110).reduce((sum, { amount }) => sum + amount, 0)
}

const given = (may: number, october: number): number => ACTS * (yenOf(MAY_MINUTES, may) + yenOf(OCTOBER_MINUTES, october))

test('the table of October is corrected: May stays as it was valued', async () => {
  await using town = await townOfTwoRates()
  const first = await yenOfNewest(town)
  await restate(town, await town.rateTable(1_950, [], OCTOBER))
  const may = (first - ACTS * yenOf(OCTOBER_MINUTES, 1_900)) / ACTS
  assert.equal(await yenOfNewest(town), ACTS * may + ACTS * yenOf(OCTOBER_MINUTES, 1_950))
  // Then that of spring: what the version before corrected stays corrected, since the table of October stood when this one was published.
  await restate(town, await town.rateTable(1_700, [], '2026-04-01'))
  assert.equal(await yenOfNewest(town), given(1_700, 1_950))
  // And one from June on: no act of May is of its days.
  await restate(town, await town.rateTable(2_400, [], '2026-09-30').then(() => town.rateTable(1_960, [], OCTOBER)))
  assert.equal(await yenOfNewest(town), given(1_700, 1_960))
})

test('a version names every table that values a day of it, and shows no yen where they differ', async () => {
  await using town = await townOfTwoRates()
  const { books } = town.store
  await restate(town, await town.rateTable(1_950, [], OCTOBER))
  const year = (await closedYear(books, ROSTER, CODE, 2026)) ?? assert.fail('closed')
  const [first, second] = await Promise.all(
    year.versions.map(async (version) => {
      const { statement } = (await sealedStatement(books, version, null)) ?? assert.fail('sealed')
      return 'units' in statement ? statement : assert.fail('shown')
    }),
  )
  const tables = (await readDoc(books, 'rates', `rates:${CODE}`))?.tables ?? []
  const [spring, before, corrected] = tables.map(({ cid }) => cid)
  assert.deepEqual(first?.rateCids, [spring ?? '', before ?? ''].toSorted())
  assert.deepEqual(second?.rateCids, [spring ?? '', corrected ?? ''].toSorted())
  assert.deepEqual(second?.units.JPY.leftOut, ['PL', 'BS', 'NA', 'byCategory'])
})

test('a table none of whose days lies in the year, or that lacks a category of its days, values nothing anew', async () => {
  await using town = await townOfTwoRates()
  const codeFor = async (rateTable: string): Promise<string> =>
    codesOf(await restateYear(town.deps, DESK, { ...FY, reason: 'x', rateTable }))
  assert.equal(await codeFor(await town.rateTable(9_999, [], '2030-04-01')), 'restate.rates-not-in-year')
  assert.equal(await codeFor(await town.rateTable(9_999, [], '2020-01-01')), 'restate.rates-not-in-year')
  const cultureOnly = await town.rateTableOf([{ category: 'culture', yenPerHour: 2_000, method: 'RC-S' }], OCTOBER)
  assert.equal(await codeFor(cultureOnly), 'restate.rates-lacking')
  // Of a category in which nobody gave anything on its days nothing needs to be said.
  const enough = await town.rateTableOf([{ category: 'environment', yenPerHour: 2_000, method: 'RC-S' }], OCTOBER)
  assert.equal(await codeFor(enough), 'done')
})

test('who speaks for a town is the town itself, then what it became, and then what that became', () => {
  const merger = (from: string, into: string, leaf: number) => ({ from, into, on: '2027-01-01', leaf, at: '2027-01-01T00:00:00.000Z' })
  const mergers = [merger('A', 'B', 5), merger('D', 'B', 6), merger('B', 'C', 9)]
  const told = (code: string): unknown => voicesOf(mergers, code).map((one) => [one.code, one.since?.leaf ?? null])
  assert.deepEqual(told('A'), [
    ['A', null],
    ['B', 5],
    ['C', 9],
  ])
  assert.deepEqual(told('C'), [['C', null]])
})
