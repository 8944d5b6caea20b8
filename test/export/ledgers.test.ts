// What hledger and Beancount make of our journals is what stands in our statements, account by account: the worked examples, and random towns.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { addDays, periodOfFiscalYear } from '../../appview/journal/calendar.ts'
import { accountOf } from '../../appview/journal/chart.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import type { AccountUnit } from '../../appview/journal/chart.ts'
import { BookKeeper, type Book } from '../journal/book.ts'
import { examplesOf, fixture, instant, keyOfEntity, roster, rowsOf } from '../journal/fixture.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns as towns } from '../journal/rows.ts'
import { statementOf } from '../statements/statement-of.ts'
import { isKnown } from '../statements/sums.ts'
import { beanCheckPath, hledgerPath, skipUnless } from '../support/needs.ts'
import { accountsIn, beancountOf, beancountText, hledgerOf, hledgerText, inScope, type Figures } from './ledger-tools.ts'

const noHledger = { skip: skipUnless(hledgerPath, 'hledger') }
const noBeancount = { skip: skipUnless(beanCheckPath, 'beancount') }
const UNITS = [
  ['MIN', 'WA.MIN'],
  ['JPY', 'JPY'],
] as const satisfies readonly (readonly [AccountUnit, string])[]

const exampleBook = (): Book => new BookKeeper(roster).fold(rowsOf('town'), 16, instant(examplesOf('town')[0]?.through ?? '')).book()

const knownThen = ({ transactions }: Book, knownAt: { readonly leaf: number; readonly instant: string }): readonly Transaction[] =>
  transactions.filter((one) => isKnown(one, { leaf: knownAt.leaf, instant: instant(knownAt.instant) }))

test('hledger: every statement of the worked examples', noHledger, (t) => {
  const book = exampleBook()
  const journals = new Map<string, ReturnType<typeof hledgerOf>>()
  let figures = 0
  for (const expected of [...fixture.scopes, ...fixture.statements]) {
    const { entity, scope, period, knownAt } = expected
    const key = `${scope} ${knownAt.leaf} ${knownAt.instant}`
    const journal = journals.get(key) ?? hledgerOf(t, hledgerText(inScope(knownThen(book, knownAt), scope)))
    journals.set(key, journal)
    const whose = entity === null ? null : keyOfEntity(entity)
    for (const [unit, commodity] of UNITS) {
      assert.deepEqual(journal.incomeStatement(commodity, period, whose), accountsIn(expected[unit].PL), `${entity} ${key} ${unit} is`)
      assert.deepEqual(journal.balanceSheet(commodity, period, whose), accountsIn(expected[unit].BS), `${entity} ${key} ${unit} bs`)
      figures += Object.keys(accountsIn(expected[unit].PL)).length
    }
  }
  assert.ok(figures > 20, `${figures} figures compared`)
})

/** Debit balances of the accounts of a statement, as a trial balance has them. */
const debitsOf = (PL: Figures, sign: 1 | -1): Figures =>
  Object.fromEntries(Object.entries(accountsIn(PL)).map(([code, amount]) => [code, sign * amount]))
const ofType = (figures: Figures, types: readonly string[]): Figures =>
  Object.fromEntries(Object.entries(figures).filter(([code]) => types.includes(accountOf(Number(code))?.type ?? '')))

test('Beancount: every statement of a municipality’s area in the worked examples', noBeancount, (t) => {
  const book = exampleBook()
  for (const expected of fixture.scopes) {
    const { scope, period, knownAt } = expected
    const sums = beancountOf(t, beancountText(inScope(knownThen(book, knownAt), scope)))
    for (const [unit, currency] of UNITS) {
      assert.deepEqual(ofType(sums(currency, period), ['revenue', 'expense']), debitsOf(expected[unit].PL, -1), `${scope} ${unit} PL`)
      assert.deepEqual(
        ofType(sums(currency, { through: period.through }), ['asset', 'liability']),
        debitsOf(expected[unit].BS, 1),
        `${scope} ${unit} BS`,
      )
    }
  }
})

const SEED = 20_261_121
const TOWNS = 2
const STEPS = 240
const YEARS = [2026, 2027]
const LAST_DAY = '2028-03-31'

test('random towns: both programs and the statements agree in both years', { skip: noHledger.skip || noBeancount.skip }, (t) => {
  t.diagnostic(`seed ${SEED}`)
  const plans = fc.sample(steps(STEPS), { numRuns: TOWNS, seed: SEED })
  let compared = 0
  for (const plan of plans) {
    const { rows } = townOf(plan)
    const end = new Date(`${addDays(LAST_DAY, 1)}T00:00:00+09:00`).toISOString()
    const book = new BookKeeper(towns).fold(rows, 16, end).book()
    const knownAt = { leaf: rows.at(-1)?.leaf ?? 0, instant: end }
    for (const { code: scope } of towns) {
      const lines = inScope(book.transactions, scope)
      if (lines.length === 0) continue
      const [hledger, sums] = [hledgerOf(t, hledgerText(lines)), beancountOf(t, beancountText(lines))]
      for (const period of YEARS.map(periodOfFiscalYear))
        for (const [unit, name] of UNITS) {
          const { PL, BS } = statementOf(book, { entity: null, scope, period, knownAt }).units[unit]
          assert.deepEqual(hledger.incomeStatement(name, period), accountsIn(PL))
          assert.deepEqual(hledger.balanceSheet(name, period), accountsIn(BS))
          assert.deepEqual(ofType(sums(name, period), ['revenue', 'expense']), debitsOf(PL, -1))
          assert.deepEqual(ofType(sums(name, { through: period.through }), ['asset', 'liability']), debitsOf(BS, 1))
          compared += Object.keys(accountsIn(PL)).length
        }
    }
  }
  assert.ok(compared > 10, `${compared} figures compared`)
})
