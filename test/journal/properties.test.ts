// Invariants of the books on random towns (bookkeeping.md 4.9): I1–I3, I6, I10, I14, I15 by the auditor; the totals by a second computation; and
// that neither batches, nor reloading the state, nor hearing of a row twice changes anything.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { test } from 'node:test'
import { auditTransactions } from '../../appview/journal/audit.ts'
import { addDays, dayOf, isClosed } from '../../appview/journal/calendar.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { people, type Step } from './random-people.ts'
import { steps, townOf } from './random-town.ts'
import { threeTowns as towns } from './rows.ts'
import { SecondComputation } from './second-computation.ts'

const SEED = 20260401
const RUNS = Number(process.env['WAKI_RUNS'] ?? 150)
const options = { seed: SEED, numRuns: RUNS }

const endOf = (plan: readonly Step[]) => {
  const { rows } = townOf(plan)
  const last = rows.at(-1)?.recordedAt ?? ''
  return { rows, through: new Date(Date.parse(`${addDays(dayOf(last), 20)}T00:00:00+09:00`)).toISOString() }
}

const plain = ({ documents, dues, transactions, refusals }: Book) => ({
  documents: [...documents].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  dues,
  transactions,
  refusals,
})

const COMPARED = new Set([3210, 3420, 4110, 4190, 5110, 5130, 5190, 9110])

const booksOf = (transactions: readonly Transaction[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const transaction of transactions)
    for (const line of transaction.lines) {
      if (!COMPARED.has(line.account)) continue
      // A memo of a closed year is released in the open one: only what is left counts.
      const date = line.account === 9110 ? 'any' : (line.effectiveDate ?? transaction.effectiveDate)
      const key = [line.entity, line.scope, line.account, line.unit, date].join(' ')
      sums.set(key, (sums.get(key) ?? 0) + line.amount)
    }
  for (const [key, sum] of sums) if (sum === 0) sums.delete(key)
  return sums
}

const sorted = (sums: ReadonlyMap<string, number>) => [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))

test('the books are sound and agree with a second computation from the records', () => {
  const kinds = new Map<string, number>()
  fc.assert(
    fc.property(steps(60), (plan) => {
      const { rows, through } = endOf(plan)
      const { transactions, refusals, documents } = new BookKeeper(towns).fold(rows, 8, through).book()
      assert.deepEqual(auditTransactions(transactions), [])
      const second = new SecondComputation(rows, towns, through)
      assert.deepEqual(sorted(booksOf(transactions)), sorted(second.books()))
      for (const { kind } of transactions) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      for (const { code } of refusals) kinds.set(code, (kinds.get(code) ?? 0) + 1)
      for (const text of documents.values()) if (text.includes('"putOffDays"')) kinds.set('put off', (kinds.get('put off') ?? 0) + 1)
      const slots = transactions.flatMap(({ kind, lines }) => (lines.some(({ entity }) => entity.includes('#')) ? [`erased ${kind}`] : []))
      for (const kind of slots) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }),
    options,
  )
  for (const kind of [
    'claim',
    'memo-release',
    'claim-lapse',
    'recognise',
    'recognise-prior',
    'retract',
    'reversal',
    'restore',
    'confirmation.suspended',
    'put off',
    'move',
    'merger',
    'opening',
  ])
    assert((kinds.get(kind) ?? 0) >= RUNS / 50, `the towns are alive: ${kind} happened ${kinds.get(kind) ?? 0} times`)
  assert((kinds.get('recognise') ?? 0) > RUNS)
  assert((kinds.get('erased recognise') ?? 0) > 0, 'somebody whose acts are recognised is erased')
})

test('clearing follows the person: it ends in the last municipality, and in open years stands where the person lives', () => {
  fc.assert(
    fc.property(steps(60), (plan) => {
      const { rows, through } = endOf(plan)
      const { transactions, documents } = new BookKeeper(towns).fold(rows, 8, through).book()
      const second = new SecondComputation(rows, towns, through)
      for (const did of people) {
        const all = clearingOf(transactions, `P:${did}`)
        const scopes = [...Map.groupBy(all, ({ scope }) => scope)].map(([scope, lines]) => ({
          scope,
          sum: lines.reduce((sum, { amount }) => sum + amount, 0),
        }))
        for (const { scope, sum } of scopes) assert(sum === 0 || scope === second.lastHome(did), `${did} keeps ${sum} in ${scope}`)
        const kept = documents.get(`balance:P:${did}`)
        const balances: readonly { scope: string; MIN: number }[] = kept === undefined ? [] : JSON.parse(kept).scopes
        const minutesIn = (code: string): number => balances.find(({ scope }) => scope === code)?.MIN ?? 0
        for (const { scope, sum } of scopes) assert.equal(minutesIn(scope), sum, 'the kept balance is that of the postings')
      }
    }),
    options,
  )
})

const clearingOf = (transactions: readonly Transaction[], entity: string) =>
  transactions.flatMap(({ lines }) => lines.filter((line) => line.entity === entity && line.account === 1310 && line.unit === 'MIN'))

test('I9: batches of any size, and a state that is reloaded between any two, give the same books to the byte', () => {
  fc.assert(
    fc.property(steps(40), fc.integer({ min: 2, max: 50 }), (plan, size) => {
      const { rows, through } = endOf(plan)
      const one = plain(new BookKeeper(towns).fold(rows, 1, through).book())
      assert.deepEqual(plain(new BookKeeper(towns).fold(rows, size, through).book()), one)
      assert.deepEqual(plain(new BookKeeper(towns).fold(rows, rows.length, through).book()), one)
    }),
    options,
  )
})

test('I9: time may be advanced in between, as often as anybody asks', () => {
  fc.assert(
    fc.property(steps(40), (plan) => {
      const { rows, through } = endOf(plan)
      const keeper = new BookKeeper(towns)
      for (const row of rows) {
        keeper.advance(row.recordedAt)
        keeper.fold([row], 1)
      }
      keeper.advance(through)
      assert.deepEqual(plain(keeper.book()), plain(new BookKeeper(towns).fold(rows, 5, through).book()))
    }),
    options,
  )
})

test('I11: nothing is effective in a year that was closed when it was recorded', () => {
  fc.assert(
    fc.property(steps(60), (plan) => {
      const { rows, through } = endOf(plan)
      for (const { lines, effectiveDate, recordedAt, id } of new BookKeeper(towns).fold(rows, 8, through).book().transactions)
        for (const line of lines) assert(!isClosed(line.effectiveDate ?? effectiveDate, recordedAt), `${id} changes a closed year`)
    }),
    options,
  )
})

test('I14: a row heard twice changes nothing', () => {
  fc.assert(
    fc.property(steps(40), (plan) => {
      const { rows, through } = endOf(plan)
      const once = plain(new BookKeeper(towns).fold(rows, 1, through).book())
      const { refusals, ...twice } = plain(
        new BookKeeper(towns)
          .fold(
            rows.flatMap((row) => [row, row]),
            4,
            through,
          )
          .book(),
      )
      assert.deepEqual({ ...twice, refusals: [...new Map(refusals.map((refusal) => [JSON.stringify(refusal), refusal])).values()] }, once)
    }),
    options,
  )
})
