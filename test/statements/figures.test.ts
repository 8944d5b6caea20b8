// Canonical JSON and its hash, the published form with small groups merged, the trial balance.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Transaction } from '../../appview/journal/model.ts'
import { canonicalHash, canonicalJson } from '../../appview/statements/canonical-json.ts'
import { categoriesToMerge, personsGivingTo, personsOf, publishedStatement } from '../../appview/statements/small-groups.ts'
import type { Statement } from '../../appview/statements/statement.ts'
import { trialBalance } from '../../appview/statements/trial-balance.ts'
import { BookKeeper } from '../journal/book.ts'
import { roster, rowsOf } from '../journal/fixture.ts'
import { statementOf } from './statement-of.ts'
import { sumsOf } from './sums.ts'

test('canonical JSON is that of RFC 8785', () => {
  assert.equal(
    canonicalJson({ b: [1, -2, null], a: { '€': 'é', '\r': '\u0007"\\', 1: true } }),
    '{"a":{"\\r":"\\u0007\\"\\\\","1":true,"€":"é"},"b":[1,-2,null]}',
  )
  // Section 3.2.3: by UTF-16 code units, so that an astral character comes before U+FB33.
  assert.equal(canonicalJson({ '\ufb33': 1, '😀': 2, ö: 3, '\u0080': 4, '1': 5 }), '{"1":5,"\u0080":4,"ö":3,"😀":2,"\ufb33":1}')
  assert.equal(canonicalJson({ a: undefined, b: -0 }), '{"b":0}')
  assert.equal(canonicalHash({}), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
})

test('what is not exact has no canonical form', () => {
  for (const value of [0.5, Number.NaN, 2 ** 53, new Date(0), () => 0, '\ud800', 1n]) assert.throws(() => canonicalJson({ value }))
})

const people = (n: number, from = 0) => new Set(Array.from({ length: n }, (_, i) => `P:did:plc:${from + i}`))

test('categories with few people are merged, the fewest first, until every cell has enough', () => {
  const merge = (cells: Record<string, ReadonlySet<string>>) => categoriesToMerge(Object.keys(cells), new Map(Object.entries(cells)))
  assert.deepEqual(merge({ community: people(5), safety: people(9) }), [], 'enough everywhere')
  assert.equal(merge({ community: people(4) }), null, 'the total is too small')
  assert.deepEqual(
    merge({ community: people(9), children: people(9) }),
    ['children', 'community'],
    'ten for children, then its cell needs ten',
  )
  assert.deepEqual(merge({ community: people(30), children: people(10) }), [])
  assert.deepEqual(merge({ community: people(30), safety: people(2), disaster: people(2, 10), culture: people(6, 20) }), [
    'safety',
    'disaster',
    'culture',
  ])
  assert.deepEqual(
    merge({ community: people(30), safety: people(2), other: people(3, 10) }),
    ['safety'],
    'merged into an `other` that has its own',
  )
  assert.deepEqual(
    merge({ community: people(30), safety: people(3), other: people(3) }),
    ['safety', 'community'],
    'the same three people are not six',
  )
  assert.deepEqual(
    categoriesToMerge(
      ['community', 'safety'],
      new Map([
        ['community', people(9)],
        ['safety', people(8)],
      ]),
      ['safety'],
    ),
    ['safety'],
  )
})

const book = new BookKeeper(roster).fold(rowsOf('town'), 16, '2028-05-31T15:00:00.000Z').book()
const knownAt = { leaf: 50, instant: '2027-05-31T15:00:00.000Z' }
const period = { fiscalYear: 2026, from: '2026-04-01', through: '2027-03-31' }
const scope = (): Statement => statementOf(book, { entity: null, scope: '172014', period, knownAt })

test('a town of few people shows only its title', () => {
  const persons = personsOf(sumsOf(book.transactions, { scope: '172014', entity: null, ...period, knownAt }))
  assert.deepEqual(
    [...persons].map(([category, set]) => [category, set.size]).toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    [
      ['children', 2],
      ['disability', 1],
      ['elderly', 2],
      ['environment', 1],
    ],
  )
  const published = publishedStatement(scope(), persons)
  assert.equal('hidden' in published && published.hidden, true)
  assert.equal('units' in published, false)
})

test('merging keeps every total, and a month shows totals only', () => {
  const persons = new Map([
    ['children', people(12)],
    ['elderly', people(20)],
    ['disability', people(3, 30)],
    ['environment', people(8)],
    ['other', people(7, 40)],
  ])
  const statement = scope()
  const published = publishedStatement(statement, persons)
  assert('units' in published)
  assert.deepEqual(Object.keys(published.units.MIN.byCategory).toSorted(), ['children', 'elderly', 'environment', 'other'])
  assert.equal(published.notes['mergedCategories'], 1)
  for (const unit of ['MIN', 'JPY'] as const)
    for (const account of ['4110', '5110', '5130']) {
      const total: number = Object.values(published.units[unit].byCategory).reduce((sum, figures) => sum + (figures[account] ?? 0), 0)
      assert.equal(total, statement.units[unit].PL[account] ?? 0, `${unit} ${account}`)
    }
  const month = publishedStatement({ ...statement, period: { from: '2026-05-01', through: '2026-05-31' } }, persons)
  assert('units' in month)
  assert.deepEqual(month.units.MIN.byCategory, {})
})

test('givers to the public are counted by who gave, and not when it was taken back', () => {
  const of = (transactions: readonly Transaction[]) =>
    [...personsGivingTo('M:172014', transactions, period)].map(([category, set]) => [category, [...set]])
  assert.deepEqual(of(book.transactions), [['environment', ['P:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa']]])
  const taken = book.transactions.map((transaction) => ({
    ...transaction,
    lines: transaction.lines.map((line) => ({ ...line, amount: -line.amount })),
  }))
  assert.deepEqual(of([...book.transactions, ...taken]), [])
})

test('the trial balance balances in every unit, scope by scope and entity by entity', () => {
  for (const code of ['172014', '172031', '172065'])
    for (const entity of [null, 'P:did:plc:bbbbbbbbbbbbbbbbbbbbbbbb', `M:${code}`]) {
      const rows = trialBalance(
        sumsOf(book.transactions, { scope: code, entity, knownAt: { leaf: 99, instant: '2028-05-31T15:00:00.000Z' } }),
      )
      for (const unit of ['MIN', 'JPY'])
        assert.equal(
          rows.filter((row) => row.unit === unit).reduce((sum, { debit, credit }) => sum + debit - credit, 0),
          0,
          `${code} ${entity} ${unit}`,
        )
    }
  const rows = trialBalance(
    sumsOf(book.transactions, { scope: '172014', entity: 'P:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', through: '2026-05-31', knownAt }),
  )
  assert.deepEqual(
    rows.map(({ account, unit, debit, credit }) => [account, unit, debit, credit]),
    [
      [1310, 'MIN', 240, 0],
      [4110, 'MIN', 0, 240],
      [9110, 'MIN', 0, 0],
      [9120, 'MIN', 0, 0],
      [1310, 'JPY', 7312, 0],
      [4110, 'JPY', 0, 7312],
    ],
  )
})
