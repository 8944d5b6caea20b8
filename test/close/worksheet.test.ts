// The area's worksheet as a member of the sealed set: hashed, published and made again like the statements; later versions show no more of it than the
// versions before; and what passed between areas is valued anew with the acts behind it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { closeYear } from '../../appview/close/close-year.ts'
import { closedYear, sealedWorksheet } from '../../appview/close/closings.ts'
import { hiddenBefore, remake } from '../../appview/close/remake.ts'
import { restateYear } from '../../appview/close/restate-year.ts'
import { revaluedBooks } from '../../appview/close/revalue.ts'
import { statementSet } from '../../appview/close/statement-set.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import { periodOfFiscalYear } from '../../appview/journal/calendar.ts'
import { yenOf } from '../../appview/journal/units.ts'
import { wholeConsolidation } from '../../appview/queries/whole-consolidation.ts'
import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import type { Consolidation } from '../../appview/statements/consolidation.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Flow } from '../../appview/store/flows.ts'
import { nsid } from '../../lexicons/authority.ts'
import { settableClock } from '../../server/clock.ts'
import { CODE, ROSTER } from '../appview/books-town.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { KANAZAWA, threeTowns } from '../journal/rows.ts'
import { ClosingTown, DAY_MS, DESK, OPENED, closableTown, valueOf } from './closing-town.ts'

const FY = { fiscalYear: 2026 }

const yearOf = async (town: ClosingTown) => (await closedYear(town.store.books, ROSTER, CODE, 2026)) ?? assert.fail('closed')

const sheetOf = async (town: ClosingTown, version: number): Promise<Consolidation> => {
  const of = (await yearOf(town)).versions[version - 1] ?? assert.fail(`version ${version}`)
  const sealed = (await sealedWorksheet(town.store.books, of)) ?? assert.fail('sealed')
  assert.equal(canonicalHash(sealed.statement), of.statements.at(-1)?.hash)
  return sealed.statement
}

const restateAt = async (town: ClosingTown, rateTable: string): Promise<void> => {
  valueOf(await restateYear(town.deps, DESK, { ...FY, reason: 'x', rateTable }))
  await town.publish()
}

test('the worksheet is sealed with the statements: what stands in its record is what the set was hashed of, and what the books make again', async () => {
  await using town = await closableTown()
  const closed = valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  assert.deepEqual(
    closed.statements.map(({ kind }) => kind),
    ['scope', 'municipality', 'consolidation'],
  )
  const year = await yearOf(town)
  const [version = assert.fail()] = year.versions
  const { level, units } = await sheetOf(town, 1)
  const minutes = 12 * 60 + 12 * 50 + 3 * 40
  assert.equal(level, 'municipality')
  assert.deepEqual(units.MIN.worksheet.lines.given, { sum: minutes, elim: -minutes, cons: 0 })
  assert.equal((await remake(town.store.books, ROSTER, year, version)).verdict, 'same')
})

test('where a table says nothing of a category, yen would tell what was given in it: they are left out', async () => {
  await using town = await ClosingTown.open()
  const [opening = assert.fail()] = town.rows.filter(({ collection }) => collection === nsid.rateTable)
  const gone = town.maker.row(opening.repo, nsid.rateTable, null)
  await town.take([{ ...gone, action: 'delete', rkey: opening.rkey, uri: opening.uri, cid: null }])
  const rates = ['environment', 'community'].map((category) => ({ category, yenPerHour: 1_828, method: 'RC-S' }))
  await town.rateTableOf(rates, '2026-04-01')
  await town.fillYear()
  await town.goOn('2027-06-02T00:00:00.000Z')
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  const { units } = await sheetOf(town, 1)
  assert.equal(units.MIN.worksheet.lines.given?.sum, 12 * 60 + 12 * 50 + 3 * 40)
  assert.deepEqual(units.JPY.worksheet.lines, {}, 'three gave for culture, so many minutes')
})

test('valued anew at one rate its yen follow; at rates by category they are left out, and stay so in every later version', async () => {
  await using town = await closableTown()
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  const yen = async (version: number): Promise<number | undefined> => (await sheetOf(town, version)).units.JPY.worksheet.lines.given?.sum
  const first = await yen(1)
  await restateAt(town, await town.rateTable(2_000))
  const at = (rate: number): number => 12 * yenOf(60, rate) + 12 * yenOf(50, rate) + 3 * yenOf(40, rate)
  assert.deepEqual([first, await yen(2)], [at(1_828), at(2_000)])
  await restateAt(town, await town.rateTable(2_100, [{ category: 'culture', yenPerHour: 9_000, method: 'RC-S' }]))
  assert.equal(await yen(3), undefined)
  const year = await yearOf(town)
  assert.deepEqual(
    year.versions.map(({ leftOut }) => leftOut.includes('yen')),
    [false, false, true],
  )
  for (const version of year.versions) assert.equal((await remake(town.store.books, ROSTER, year, version)).verdict, 'same')
  const later = { scope: CODE, fiscalYear: 2026, version: 4, revaluedBy: [], ...hiddenBefore(year, 4) }
  const [, , made] = (await statementSet(town.store.books, ROSTER, later)).members
  assert(made !== undefined && 'level' in made.statement)
  assert.deepEqual(made.statement.units.JPY.worksheet.lines, {}, 'as booked they would stand')
})

test('of a year with few people no worksheet stands in its record', async () => {
  await using town = await ClosingTown.open()
  for (let index = 0; index < 3; index++) await town.act(index, { afterMs: DAY_MS, confirmer: (index + 1) % 3 })
  await town.goOn('2027-06-02T00:00:00.000Z')
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  const { units } = await sheetOf(town, 1)
  assert.deepEqual([units.MIN.areas.PL, units.MIN.worksheet.lines], [{}, {}])
})

test('at a yen a minute, what passed between areas is as many yen as minutes, and the worksheet adds up', async () => {
  const period = periodOfFiscalYear(2026)
  const table = {
    uri: `at://${KANAZAWA.did}/org.waki.rateTable/new`,
    cid: 'new',
    yenPerHour: { '*': 60 },
    validFrom: '2020-04-01',
    source: '',
    leaf: 0,
    untilLeaf: null,
  }
  let passed = 0
  await fc.assert(
    fc.asyncProperty(steps(40), async (plan) => {
      const store = openSqliteStore(':memory:')
      const { books } = store
      const { rows } = townOf(plan)
      await books.bind({ name: 'demo/test', key: 'key', base: 0, created: OPENED })
      await books.setRoster(threeTowns)
      const writer = await openWriter({ books, clock: settableClock(Date.parse(OPENED)), roster: () => threeTowns })
      for (const row of rows) await writer.append([{ leaf: row.leaf, recordedAt: row.recordedAt, rows: [row] }])
      const { cursor } = await books.state()
      const { code: scope } = KANAZAWA
      const knownAt = { origin: 'demo/test', ...cursor.folded }
      const valued = await revaluedBooks(books, { scope, period, knownAt, stretches: [{ ...period, table, isAnew: true }] })
      const flows = await valued.flows({ scopes: [scope], from: period.from, through: period.through, knownAt })
      const given = (unit: Flow['unit'], isOut: boolean): number =>
        flows
          .filter((flow) => flow.unit === unit && flow.giverScope === scope && flow.account !== 5190)
          .filter(({ receiverScope }) => !isOut || receiverScope !== scope)
          .reduce((sum, { amount }) => sum + amount, 0)
      assert.equal(given('JPY', false), given('MIN', false))
      const subject = { level: 'municipality', scope, members: [scope], period, knownAt, roster: '' } as const
      const { worksheet } = (await wholeConsolidation(valued, subject)).units.JPY
      assert.equal(worksheet.lines.given?.sum, given('MIN', false))
      passed += given('MIN', true)
      await store.close()
    }),
    { seed: 20261121, numRuns: 12 },
  )
  assert(passed > 0, 'something passed to another area')
})
