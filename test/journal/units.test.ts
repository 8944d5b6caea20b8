// Amounts, dates and codes: exact arithmetic against a slow twin in big integers, the civil calendar of Asia/Tokyo, check digits, the chart.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import {
  addDays,
  cutOffOf,
  dayOf,
  firstOpenDay,
  fiscalYearOf,
  isCivilDate,
  isClosed,
  midnightOf,
  periodOfMonth,
} from '../../appview/journal/calendar.ts'
import { chart } from '../../appview/journal/chart.ts'
import { isMunicipalityCode } from '../../appview/journal/municipality-code.ts'
import { largestRemainder, roundHalfUp, yenOf } from '../../appview/journal/units.ts'

const SEED = 20260401

test('yen of minutes, halves up', () => {
  assert.deepEqual([yenOf(90, 1828), yenOf(150, 1828), yenOf(60, 1828), yenOf(50, 1828), yenOf(50, 1900)], [2742, 4570, 1828, 1523, 1583])
  assert.equal(yenOf(30, 1829), 915, '914.5 rounds up')
  fc.assert(
    fc.property(fc.nat(720 * 1_000_000), fc.constantFrom(60, 7, 100), (numerator, denominator) => {
      const exact = (BigInt(numerator) * 2n + BigInt(denominator)) / (BigInt(denominator) * 2n)
      assert.equal(BigInt(roundHalfUp(numerator, denominator)), exact)
    }),
    { seed: SEED },
  )
})

test('largest remainder: exact, fair by less than one, ties by entity key and position', () => {
  assert.deepEqual(
    largestRemainder(60, [
      { entity: 'P:b', weight: 1 },
      { entity: 'X:1', weight: 2 },
    ]),
    [20, 40],
  )
  assert.deepEqual(
    largestRemainder(1828, [
      { entity: 'P:b', weight: 1 },
      { entity: 'X:1', weight: 2 },
    ]),
    [609, 1219],
  )
  assert.deepEqual(
    largestRemainder(1, [
      { entity: 'X:1', weight: 1 },
      { entity: 'P:b', weight: 1 },
    ]),
    [0, 1],
    'P before X',
  )
  assert.deepEqual(
    largestRemainder(1, [
      { entity: 'X:1', weight: 1 },
      { entity: 'X:1', weight: 1 },
    ]),
    [1, 0],
    'then by position',
  )
  const shares = fc.array(
    fc.record({ entity: fc.constantFrom('P:a', 'P:b', 'X:172014', 'M:172014'), weight: fc.integer({ min: 1, max: 1000 }) }),
    { minLength: 1, maxLength: 16 },
  )
  fc.assert(
    fc.property(fc.nat(12_000_000), shares, (total, list) => {
      const parts = largestRemainder(total, list)
      const weights = BigInt(list.reduce((sum, { weight }) => sum + weight, 0))
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0),
        total,
      )
      for (const [index, { weight }] of list.entries()) {
        const off = BigInt(parts[index] ?? -1) * weights - BigInt(total) * BigInt(weight)
        assert(off > -weights && off < weights, 'within one of the exact share')
      }
    }),
    { seed: SEED },
  )
})

test('civil days of Asia/Tokyo', () => {
  assert.equal(dayOf('2026-05-31T14:59:59.999Z'), '2026-05-31')
  assert.equal(dayOf('2026-05-31T15:00:00.000Z'), '2026-06-01')
  assert.equal(midnightOf('2026-07-09'), '2026-07-08T15:00:00.000Z')
  assert.equal(addDays('2026-04-10', 90), '2026-07-09')
  assert.equal(addDays('2028-02-28', 1), '2028-02-29')
  for (const date of ['2026-02-30', '2026-13-01', '2026-1-1', '20260101', '2026-02-29', '', '2026-01-01T00:00:00Z'])
    assert.equal(isCivilDate(date), false, date)
  assert.equal(isCivilDate('2028-02-29'), true)
})

test('the fiscal year closes at 1 June 00:00', () => {
  assert.deepEqual([fiscalYearOf('2026-03-31'), fiscalYearOf('2026-04-01'), fiscalYearOf('2027-03-31')], [2025, 2026, 2026])
  assert.equal(cutOffOf(2026), '2027-05-31T15:00:00.000Z')
  assert.equal(isClosed('2027-03-31', '2027-05-31T14:59:59.999Z'), false)
  assert.equal(isClosed('2027-03-31', '2027-05-31T15:00:00.000Z'), true)
  assert.equal(firstOpenDay('2027-05-31T14:59:59.999Z'), '2026-04-01')
  assert.equal(firstOpenDay('2027-05-31T15:00:00.000Z'), '2027-04-01')
  assert.deepEqual(periodOfMonth('2028-02'), { from: '2028-02-01', through: '2028-02-29' })
  assert.deepEqual(periodOfMonth('2026-12'), { from: '2026-12-01', through: '2026-12-31' })
})

test('municipality codes', () => {
  for (const code of ['172014', '172031', '172065', '131016', '011002']) assert.equal(isMunicipalityCode(code), true, code)
  for (const code of ['172015', '72014', '1720144', '17201a', '000000', '482014', '']) assert.equal(isMunicipalityCode(code), false, code)
})

test('the chart is whole: codes rise, the first digit is the type', () => {
  const digits = { asset: 1, liability: 2, netAssets: 3, revenue: 4, expense: 5, memo: 9 }
  assert.equal(chart.length, 37)
  for (const [index, { code, type, units }] of chart.entries()) {
    assert(index === 0 || code > (chart[index - 1]?.code ?? 0))
    assert.equal(Math.floor(code / 1000), digits[type])
    assert(units.length > 0)
  }
})
