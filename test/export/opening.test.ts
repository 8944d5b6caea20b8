// Entries that only exported journals have: balances brought forward, and the sum of what is counted but not shown.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ledgerEntries } from '../../appview/export/ledger-accounts.ts'
import { openingEntry, poolEntries, restEntry } from '../../appview/export/opening.ts'

const sum = (entity: string, account: number, amount: number, unit: 'MIN' | 'JPY' = 'MIN') => ({ entity, account, unit, amount })

test('earlier revenue, expense and net assets come forward in one line, balances as they are, each entity by itself', () => {
  const opening = openingEntry(
    [
      sum('P:a', 1310, 30),
      sum('P:a', 4110, -90),
      sum('P:a', 5110, 50),
      sum('P:a', 3310, 10),
      sum('P:b', 1310, -30),
      sum('P:b', 5110, 30),
      sum('P:b', 1310, 0, 'JPY'),
    ],
    '172014',
    '2027-04-01',
  )
  assert.deepEqual(
    opening?.lines.map(({ entity, account, unit, amount }) => [entity, account, unit, amount]),
    [
      ['P:a', 1310, 'MIN', 30],
      ['P:a', 3110, 'MIN', -30],
      ['P:b', 1310, 'MIN', -30],
      ['P:b', 3110, 'MIN', 30],
    ],
  )
  assert.equal(opening === null ? 0 : ledgerEntries(opening).length, 2)
  assert.equal(openingEntry([sum('P:a', 1310, 0)], '172014', '2027-04-01'), null)
})

test('what the books count beyond the lines shown is one entry, which balances; nothing when all is shown', () => {
  const sums = [sum('', 1310, 90), sum('', 4110, -90), sum('', 1310, 2742, 'JPY'), sum('', 4110, -2742, 'JPY')]
  const shown = [sum('', 1310, 60), sum('', 4110, -60), sum('', 1310, 1828, 'JPY'), sum('', 4110, -1828, 'JPY')]
  const rest = restEntry(sums, shown, { entity: 'X:172014', scope: '172014' }, '2027-03-31')
  assert.deepEqual(
    rest?.lines.map(({ account, unit, amount }) => [account, unit, amount]),
    [
      [1310, 'MIN', 30],
      [4110, 'MIN', -30],
      [1310, 'JPY', 914],
      [4110, 'JPY', -914],
    ],
  )
  assert.equal(restEntry(sums, sums, { entity: 'X:172014', scope: '172014' }, '2027-03-31'), null)
})

test('what somebody received without being named stands under their own key, day by day', () => {
  const line = (account: number, amount: number, effectiveDate: string) => ({
    ...sum('X:172014', account, amount),
    scope: '172014',
    effectiveDate,
  })
  const entries = poolEntries(
    [line(5110, 60, '2026-05-10'), line(1310, -60, '2026-05-10'), line(5110, 30, '2026-06-01'), line(1310, -30, '2026-06-01')],
    'P:did:plc:d',
  )
  assert.deepEqual(
    entries.map(({ effectiveDate, lines }) => [effectiveDate, ...lines.map(({ entity, amount }) => `${entity} ${amount}`)]),
    [
      ['2026-05-10', 'P:did:plc:d 60', 'P:did:plc:d -60'],
      ['2026-06-01', 'P:did:plc:d 30', 'P:did:plc:d -30'],
    ],
  )
})
