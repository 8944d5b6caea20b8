// Consolidation: example E14 derived from its raw inputs, to the last figure in minutes and yen; and for random towns, against the rule as it is
// written: per action, the lesser of what was given and what was received in the set.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import { addDays, periodOfFiscalYear, periodOfMonth, type Period } from '../../appview/journal/calendar.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import { WORKSHEET_UNITS, worksheetOf, type Worksheet, type WorksheetUnit } from '../../appview/statements/consolidate.ts'
import { BookKeeper } from '../journal/book.ts'
import { fixture, instant, roster, rowsOf } from '../journal/fixture.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns as towns } from '../journal/rows.ts'
import { eliminatedIn, END, flowsOf } from './flows.ts'
import { sumsOf, type Cut } from './sums.ts'

type Asked = { readonly members: readonly string[]; readonly period: Period; readonly knownAt: Cut['knownAt'] }

const sheetOf = (transactions: readonly Transaction[], { members, period, knownAt }: Asked, unit: WorksheetUnit): Worksheet => {
  const { from, through } = period
  const sums = (cut: Pick<Cut, 'from' | 'through'>) =>
    members.flatMap((scope) => sumsOf(transactions, { ...cut, scope, entity: null, knownAt }))
  return worksheetOf(
    {
      members,
      within: sums({ from, through }),
      opening: sums({ through: addDays(from, -1) }),
      flows: flowsOf(transactions, { from, through, knownAt }),
    },
    unit,
  )
}

const book = new BookKeeper(roster).fold(rowsOf('town'), 16, instant('2028-06-01T00:00:00+09:00')).book()
const CUT_OFF = { leaf: 50, instant: instant('2027-06-01T00:00:00+09:00') }
const { period, scopes } = fixture.consolidation

test('example E14: the worksheets of three municipalities, from the raw inputs', () => {
  let compared = 0
  for (const [code, expected] of Object.entries(scopes))
    for (const unit of WORKSHEET_UNITS) {
      const { lines, clearing } = sheetOf(book.transactions, { members: [code], period, knownAt: CUT_OFF }, unit)
      assert.deepEqual({ given: lines.given, received: lines.received, clearing }, expected[unit], `${code} ${unit}`)
      compared += 1
    }
  assert.equal(compared, 6)
})

test('example E14: the prefecture of the three keeps nothing, and the clearings come to 0 in each unit', () => {
  for (const unit of WORKSHEET_UNITS) {
    const { lines, clearing } = sheetOf(book.transactions, { members: Object.keys(scopes), period, knownAt: CUT_OFF }, unit)
    const sum = unit === 'MIN' ? 450 : 13_710
    const whole = { sum, elim: -sum, cons: 0 }
    assert.deepEqual([lines.given, lines.received], [whole, whole], unit)
    assert.equal(clearing, 0)
    assert.equal(
      Object.values(scopes).reduce((total, one) => total + one[unit].clearing, 0),
      0,
    )
  }
})

test('an act of an earlier year is eliminated on the line of earlier years', () => {
  const later = {
    members: ['172014'],
    period: periodOfFiscalYear(2027),
    knownAt: { leaf: 51, instant: instant('2028-06-01T00:00:00+09:00') },
  }
  const { lines } = sheetOf(book.transactions, later, 'MIN')
  assert.deepEqual(lines.priorGiven, { sum: 30, elim: -30, cons: 0 })
  assert.deepEqual(lines.priorReceived, { sum: 30, elim: -30, cons: 0 })
  assert.deepEqual(lines.given, { sum: 0, elim: 0, cons: 0 })
})

const SETS = [['172014'], ['172031'], ['172014', '172065'], ['172014', '172031', '172065']]
const PERIODS = [periodOfFiscalYear(2025), periodOfFiscalYear(2026), periodOfFiscalYear(2027), periodOfMonth('2026-06')]

test('random towns: what is eliminated is the lesser of both, action by action; the whole keeps nothing and owes nobody', () => {
  let [crossed, late] = [0, 0]
  fc.assert(
    fc.property(steps(60), (plan) => {
      const { transactions } = new BookKeeper(towns).fold(townOf(plan).rows, 16, END.instant).book()
      for (const one of PERIODS)
        for (const unit of WORKSHEET_UNITS) {
          const cut = { from: one.from, through: one.through, knownAt: END }
          const sheets = SETS.map((members) => sheetOf(transactions, { members, period: one, knownAt: END }, unit))
          for (const [index, { lines }] of sheets.entries()) {
            const members = SETS[index] ?? []
            for (const prior of [false, true]) {
              const [given, received] = prior ? [lines.priorGiven, lines.priorReceived] : [lines.given, lines.received]
              const lesser = eliminatedIn(transactions, cut, { members, unit, prior })
              assert.deepEqual([0 - (given?.elim ?? 0), 0 - (received?.elim ?? 0)], [lesser, lesser], `${members.join(' ')} ${unit}`)
            }
            if (members.length === 1 && lines.given?.cons !== 0) crossed += 1
            if (lines.priorGiven?.sum !== 0) late += 1
          }
          const whole = sheets.at(-1)
          for (const row of Object.values(whole?.lines ?? {})) assert.equal(row.cons, 0)
          assert.equal(whole?.clearing, 0)
        }
    }),
    { seed: 20260401, numRuns: 60 },
  )
  assert.ok(crossed > 10 && late > 2, `${crossed} sheets with acts across towns, ${late} with acts of earlier years`)
})
