// That the rules have not changed under their version: what the worked examples, random towns and what seldom happens fold to, as one hash beside it.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { IntakeRow, Roster } from '../../appview/journal/model.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { BookKeeper } from './book.ts'
import { fixture, roster, rowsOf } from './fixture.ts'
import { steps, townOf } from './random-town.ts'
import { KANAZAWA, KOMATSU, person, smallTown, threeTowns, towns } from './rows.ts'

/** Of each version what this test folds and what comes out. */
const KNOWN = { rules: 18, inputs: '7425e9990dbd4a230719f1d6295b9635', books: '89e74c8b2638c5ef4fe16a4339aaf003' }

const SEED = 20_260_401
const TOWNS = 8
const STEPS = 150
const BATCH = 50
const CROWD = 40
const THROUGH = '2030-01-01T00:00:00.000Z'

type Input = readonly [readonly IntakeRow[], Roster]

/** What examples and random towns do not reach: a town that joins late, crowds of confirmations, cards, people who leave. */
const seldom = (): Input => {
  const log = smallTown()
  const [a, b, h] = [person('a'), person('b'), person('h')]
  const elsewhere = { municipality: { scheme: 'jis-x-0402', code: KOMATSU.code } }
  log.act(a, elsewhere)
  const joins = log.leaf + 1
  for (const act of [log.act(a), log.act(a, elsewhere)]) {
    for (let i = 0; i < CROWD; i += 1) log.confirm(person(`s${i}`), act, { role: i % 2 === 0 ? 'beneficiary' : 'witness' })
    log.confirm(b, act)
    log.confirm(KANAZAWA.did, act, { role: 'municipality' })
  }
  const card = log.act(h, { giver: { card: 'T1' }, hostBody: h, minutes: 700 })
  for (const repo of [h, KANAZAWA.did]) log.confirm(repo, card, { role: repo === h ? 'hostBody' : 'municipality' })
  log.account(b, 'deactivated')
  log.confirm(b, log.act(a))
  log.account(b, 'deleted')
  return [log.rows, [...towns.filter(({ code }) => code !== KOMATSU.code), { ...KOMATSU, fromLeaf: joins }]]
}

const worlds = (): readonly Input[] => [
  ...[...new Set(fixture.examples.map(({ world }) => world))].map((world) => [rowsOf(world), roster] as const),
  ...fc.sample(steps(STEPS), { seed: SEED, numRuns: TOWNS }).map((plan) => [townOf(plan).rows, threeTowns] as const),
  seldom(),
]

const bookOf = ([rows, known]: Input): unknown => {
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
