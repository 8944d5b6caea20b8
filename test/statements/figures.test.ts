// Canonical JSON and its hash, the published form with small groups merged, the trial balance.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cell } from '../../appview/statements/cells.ts'
import { canonicalHash, canonicalJson } from '../../appview/statements/canonical-json.ts'
import { categoriesToMerge } from '../../appview/statements/small-groups.ts'
import { trialBalance } from '../../appview/statements/trial-balance.ts'
import { BookKeeper } from '../journal/book.ts'
import { roster, rowsOf } from '../journal/fixture.ts'
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

const people = (n: number, from = 0): Cell =>
  new Map(Array.from({ length: n }, (_, i) => [`P:did:plc:${from + i}`, { minutes: 30, yen: 0 }] as const))

test('categories with few people are merged, the fewest first, until every cell has enough', () => {
  const merge = (cells: Readonly<Record<string, Cell>>, already: readonly string[] = []) =>
    categoriesToMerge(new Map(Object.entries(cells).map(([category, cell]) => [category, [cell]])), already)
  assert.deepEqual(merge({ community: people(5), safety: people(9) }), [], 'enough everywhere')
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
  assert.deepEqual(merge({ community: people(9), safety: people(8) }, ['safety']), ['safety'], 'a later version merges at least that')
})

test('each cell of a category counts by itself: many who gave do not hide one who gave to the public', () => {
  const cells = (given: Cell, forPeople: Cell, forPublic: Cell): readonly Cell[] => [given, forPeople, forPublic]
  const byCategory = new Map([
    ['community', cells(people(30), people(20), people(10))],
    ['safety', cells(people(12), people(11), people(1))],
    ['culture', cells(people(9), people(9), people(0))],
    ['environment', cells(people(7), people(0), people(7))],
  ])
  assert.deepEqual(categoriesToMerge(byCategory), ['safety', 'environment'])
})

const book = new BookKeeper(roster).fold(rowsOf('town'), 16, '2028-05-31T15:00:00.000Z').book()
const knownAt = { leaf: 50, instant: '2027-05-31T15:00:00.000Z' }
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
  const whose = { scope: '172014', entity: 'P:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }
  const later = { leaf: 99, instant: '2028-05-31T15:00:00.000Z' }
  const all = trialBalance(sumsOf(book.transactions, { ...whose, knownAt: later }))
  const [within, before] = [
    sumsOf(book.transactions, { ...whose, from: '2027-04-01', knownAt: later }),
    sumsOf(book.transactions, { ...whose, through: '2027-03-31', knownAt: later }),
  ]
  const ofYear = trialBalance(within, before)
  const amountOf = (of: typeof all, wanted: (account: number) => boolean): number =>
    of.filter(({ account, unit }) => unit === 'MIN' && wanted(account)).reduce((sum, { debit, credit }) => sum + debit - credit, 0)
  const earlier = amountOf(trialBalance(before), (account) => account >= 3000 && account < 9000)
  assert.notEqual(earlier, 0, 'something came before')
  assert.equal(
    amountOf(ofYear, (account) => account === 3110),
    earlier,
  )
  assert.equal(
    amountOf(ofYear, (account) => account === 4110),
    amountOf(trialBalance(within), (account) => account === 4110),
  )
  assert.equal(
    amountOf(ofYear, (account) => account === 1310),
    amountOf(all, (account) => account === 1310),
  )
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
