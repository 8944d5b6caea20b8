// The statements of the worked examples, built from their raw inputs, are the fixture's in minutes and yen; and a scope's is the sum of its entities (I8).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BookKeeper } from '../journal/book.ts'
import { examplesOf, fixture, instant, keyOfEntity, roster, rowsOf, type FixtureStatement } from '../journal/fixture.ts'
import { statementOf } from './statement-of.ts'

const statementsOf = (world: string): readonly FixtureStatement[] => {
  if (world === 'town') return [...fixture.statements, ...fixture.scopes]
  return examplesOf(world).flatMap(({ statements = [], scopes = [] }) => [...statements, ...scopes])
}

const wantedOf = ({ entity, scope, period, knownAt }: FixtureStatement) => ({
  entity: entity === null ? null : keyOfEntity(entity),
  scope,
  period,
  knownAt: { leaf: knownAt.leaf, instant: instant(knownAt.instant) },
})

const COMPARED = 89
let compared = 0
for (const world of ['town', 'e15', 'e16', 'e17', 'e18', 'e19', 'e20', 'e21', 'e22', 'e23'])
  test(`statements of world ${world}`, () => {
    const through = examplesOf(world)[0]?.through
    assert(through !== undefined)
    const book = new BookKeeper(roster).fold(rowsOf(world), 16, instant(through)).book()
    for (const expected of statementsOf(world)) {
      const { units, notes } = statementOf(book, wantedOf(expected))
      const name = `${expected.entity ?? 'scope'} ${expected.scope} ${expected.period.fiscalYear}`
      for (const unit of ['MIN', 'JPY'] as const) {
        const { PL, BS, NA } = units[unit]
        assert.deepEqual({ PL, BS, NA }, expected[unit], `${name} ${unit}`)
      }
      assert.deepEqual(notes, expected.notes, `${name} notes`)
      compared += 1
    }
  })

test('none was left out', () => assert.equal(compared, COMPARED))
