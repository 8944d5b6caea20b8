// The worked examples of bookkeeping.md, derived from their raw inputs: every line in minutes and yen, and every refusal, is the fixture's.
// Lines in points belong to a later part of the books.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditTransactions } from '../../appview/journal/audit.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import { BookKeeper } from './book.ts'
import { examplesOf, instant, keyOfEntity, roster, rowsOf, type FixtureTransaction } from './fixture.ts'

type PlainLine = readonly (string | number | null)[]
type Plain = { readonly kind: string; readonly leaf: number | null; readonly recordedAt: string; readonly lines: readonly PlainLine[] }

const order = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

const expected = (transaction: FixtureTransaction): Plain & Record<string, unknown> => ({
  kind: transaction.kind,
  leaf: transaction.leaf,
  recordedAt: instant(transaction.recordedAt),
  effectiveDate: transaction.eff,
  sources: transaction.sources,
  action: transaction.action ?? null,
  rate: transaction.rate ?? null,
  lines: transaction.lines
    .filter(({ u }) => u !== 'PT')
    .map(({ e, s, a, u, amt, eff, cat, rcv }) => [keyOfEntity(e), s, a, u, amt, eff ?? transaction.eff, cat ?? null, rcv ?? null])
    .toSorted(order),
})

const ERASED = 'at://did:erased:'

/** Uris of erased accounts as the fixture writes them: the account, and how manieth of its actions. */
const erasedNames = (transactions: readonly Transaction[]): ReadonlyMap<string, string> => {
  const ofAccount = new Map<string, Set<string>>()
  for (const { action } of transactions) {
    const nth = action?.startsWith(ERASED) === true ? action.slice(ERASED.length).split('/')[0] : undefined
    if (nth !== undefined && action !== null) ofAccount.set(nth, (ofAccount.get(nth) ?? new Set()).add(action))
  }
  return new Map([...ofAccount].flatMap(([nth, uris]) => [...uris].map((uri, index) => [uri, `erased:${nth}.${index + 1}`] as const)))
}

const actual = (transaction: Transaction, names: ReadonlyMap<string, string>): Plain & Record<string, unknown> => ({
  kind: transaction.kind,
  leaf: transaction.leaf,
  recordedAt: transaction.recordedAt,
  effectiveDate: transaction.effectiveDate,
  sources: transaction.sources.map((uri) => (uri.startsWith(ERASED) ? 'erased' : uri)),
  action: names.get(transaction.action ?? '') ?? transaction.action,
  rate: transaction.rate,
  lines: transaction.lines
    .map(({ entity, scope, account, unit, amount, effectiveDate, category, receiver }) => [
      entity,
      scope,
      account,
      unit,
      amount,
      effectiveDate ?? transaction.effectiveDate,
      category ?? null,
      receiver ?? null,
    ])
    .toSorted(order),
})

for (const world of ['town', 'e15', 'e16', 'e17', 'e18', 'e19', 'e20', 'e21', 'e22', 'e23'])
  for (const batchSize of [1, 7, 1000])
    test(`world ${world} in batches of ${batchSize}: transactions and refusals`, () => {
      const examples = examplesOf(world)
      const through = examples[0]?.through
      assert(through !== undefined)
      const { transactions, refusals } = new BookKeeper(roster).fold(rowsOf(world), batchSize, instant(through)).book()
      const wanted = examples
        .flatMap((example) => example.transactions)
        .map(expected)
        .filter(({ lines }) => lines.length > 0)
      assert(wanted.length > 0)
      const names = erasedNames(transactions)
      assert.deepEqual(transactions.map((one) => actual(one, names)).toSorted(order), wanted.toSorted(order))
      assert.deepEqual(
        refusals.map(({ leaf, code }) => ({ leaf, code })),
        examples.flatMap(({ refused }) => refused),
      )
      assert.deepEqual(auditTransactions(transactions), [])
    })
