// Statements of random towns: I4 at every period, I8 scope = Σ entities and nothing remains over the federation, I9 known at a leaf is what a replay
// up to that leaf gives, I11 a closed year known at the cut-off stays. I16 stands in small-groups.test.ts.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import { addDays, cutOffOf, periodOfFiscalYear, periodOfMonth, type Period } from '../../appview/journal/calendar.ts'
import type { IntakeRow, Transaction } from '../../appview/journal/model.ts'
import { buildStatement, type Statement } from '../../appview/statements/statement.ts'
import { canonicalJson } from '../../appview/statements/canonical-json.ts'
import { BookKeeper } from '../journal/book.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns as towns } from '../journal/rows.ts'
import { sumsOf, type Cut } from './sums.ts'

const options = { seed: 20260401, numRuns: 60 }
const PERIODS: readonly Period[] = [
  periodOfFiscalYear(2025),
  periodOfFiscalYear(2026),
  periodOfFiscalYear(2027),
  periodOfMonth('2026-06'),
  periodOfMonth('2026-07'),
]
const SCOPES = ['172014', '172031', '172065']

const build = (
  transactions: readonly Transaction[],
  scope: string,
  entity: string | null,
  period: Period,
  knownAt: Cut['knownAt'],
): Statement => {
  const cut = { scope, entity, knownAt }
  return buildStatement({
    entity,
    scope,
    kind: 'scope',
    period,
    knownAt: { origin: 'demo/test', ...knownAt },
    roster: '',
    policyCid: null,
    rateCids: [],
    opening: sumsOf(transactions, { ...cut, through: addDays(period.from, -1) }),
    within: sumsOf(transactions, { ...cut, from: period.from, through: period.through }),
    notes: {},
  })
}

const fold = (rows: readonly IntakeRow[]): readonly Transaction[] =>
  new BookKeeper(towns).fold(rows, 16, '2030-01-01T00:00:00.000Z').book().transactions
const END = { leaf: 10_000, instant: '2030-01-01T00:00:00.000Z' }

const added = (statements: readonly Statement[], unit: 'MIN' | 'JPY', sheet: 'PL' | 'NA'): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { units } of statements) for (const [key, amount] of Object.entries(units[unit][sheet])) sums[key] = (sums[key] ?? 0) + amount
  return sums
}

test('I4, I8: every statement balances; a scope is the sum of its entities; over the federation nothing is left', () => {
  fc.assert(
    fc.property(steps(50), fc.constantFrom(...PERIODS), (plan, period) => {
      const transactions = fold(townOf(plan).rows)
      const scopes = SCOPES.map((scope) => build(transactions, scope, null, period, END))
      for (const [index, scope] of SCOPES.entries()) {
        const entities = new Set(transactions.flatMap(({ lines }) => lines.flatMap((line) => (line.scope === scope ? [line.entity] : []))))
        const each = [...entities].map((entity) => build(transactions, scope, entity, period, END))
        for (const unit of ['MIN', 'JPY'] as const)
          for (const sheet of ['PL', 'NA'] as const)
            assert.deepEqual(added(each, unit, sheet), each.length === 0 ? {} : scopes[index]?.units[unit][sheet])
      }
      for (const unit of ['MIN', 'JPY'] as const) {
        const federation = added(scopes, unit, 'PL')
        assert.equal(federation['net'], 0, 'what is given is received')
        assert.equal(added(scopes, unit, 'NA')['3310'] ?? 0, 0, 'what moves out moves in')
      }
    }),
    options,
  )
})

test('I9: known at a leaf is, to the byte, what a replay up to that leaf gives', () => {
  fc.assert(
    fc.property(steps(40), fc.nat(60), (plan, cut) => {
      const { rows } = townOf(plan)
      const head = rows.slice(0, 12 + (cut % rows.length))
      const last = head.at(-1)
      if (last === undefined) return
      const knownAt = { leaf: last.leaf, instant: last.recordedAt }
      const all = fold(rows)
      const early = new BookKeeper(towns).fold(head, 7, last.recordedAt).book().transactions
      for (const scope of SCOPES)
        for (const period of PERIODS)
          assert.equal(canonicalJson(build(all, scope, null, period, knownAt)), canonicalJson(build(early, scope, null, period, knownAt)))
    }),
    options,
  )
})

test('I11: a year known at its cut-off is the same known later', () => {
  fc.assert(
    fc.property(steps(60), (plan) => {
      const { rows } = townOf(plan)
      const transactions = fold(rows)
      const instant = cutOffOf(2025)
      const before = rows.findLast(({ recordedAt }) => recordedAt < instant)
      const atCutOff = { leaf: before?.leaf ?? 0, instant: new Date(Date.parse(instant) - 1).toISOString() }
      for (const scope of SCOPES) {
        const { units } = build(transactions, scope, null, periodOfFiscalYear(2025), atCutOff)
        assert.deepEqual(build(transactions, scope, null, periodOfFiscalYear(2025), END).units, units)
      }
    }),
    options,
  )
})
