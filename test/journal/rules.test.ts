// That the rules have not changed under their version: what the worked examples and a number of random towns fold to, as one hash beside it.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { BookKeeper } from './book.ts'
import { fixture, roster, rowsOf } from './fixture.ts'
import { steps, townOf } from './random-town.ts'
import { towns } from './rows.ts'

/** Of each version what this test folds and what comes out. */
const KNOWN = { rules: 3, inputs: '80be808b7a51c9479744fff28358ad03', books: '2c473b9e66c8559993ee108f645aa9fe' }

const SEED = 20_260_401
const TOWNS = 8
const STEPS = 150
const BATCH = 50
const THROUGH = '2030-01-01T00:00:00.000Z'

const worlds = (): readonly (readonly [readonly IntakeRow[], Roster])[] => [
  ...[...new Set(fixture.examples.map(({ world }) => world))].map((world) => [rowsOf(world), roster] as const),
  ...fc.sample(steps(STEPS), { seed: SEED, numRuns: TOWNS }).map((plan) => [townOf(plan).rows, towns] as const),
]

const bookOf = ([rows, known]: readonly [readonly IntakeRow[], Roster]): unknown => {
  const { documents, dues, transactions, refusals } = new BookKeeper(known).fold(rows, BATCH, THROUGH).book()
  return { documents: [...documents].toSorted(([a], [b]) => (a < b ? -1 : 1)), dues, transactions, refusals }
}

const print = (value: unknown): string => hash('sha256', JSON.stringify(value), 'hex').slice(0, 32)

test('the same intake gives the same books as long as the rules have the same version', () => {
  const inputs = worlds()
  const now = { rules: RULES, inputs: print(inputs), books: print(inputs.map(bookOf)) }
  assert.equal(now.inputs, KNOWN.inputs, `this test folds other inputs than before: write down ${JSON.stringify(now)}`)
  if (now.rules === KNOWN.rules)
    assert.equal(
      now.books,
      KNOWN.books,
      `the rules have changed: raise RULES in appview/journal/rules.ts and write down the new books, ${now.books}`,
    )
  assert.deepEqual(now, KNOWN, `write down ${JSON.stringify(now)}`)
})
