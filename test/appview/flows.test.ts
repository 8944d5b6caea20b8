// Flows between municipalities in the store: at every known-at and period what a plain count over the transactions gives, also after a fold anew; no
// row of nought is kept; and the people behind them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { periodOfFiscalYear, periodOfMonth } from '../../appview/journal/calendar.ts'
import type { Transaction } from '../../appview/journal/model.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books, FlowPair } from '../../appview/store/store.ts'
import { BookKeeper } from '../journal/book.ts'
import { steps, townOf } from '../journal/random-town.ts'
import { threeTowns as towns } from '../journal/rows.ts'
import { END, flowOrder, flowsOf, pairsOf } from '../statements/flows.ts'
import { commitSurely, dumped, nothing } from './store-rows.ts'

const BOTH = towns.map(({ code }) => code)
const PERIODS = [periodOfFiscalYear(2025), periodOfFiscalYear(2026), periodOfMonth('2026-06')]

const keep = async (books: Books, transactions: readonly Transaction[], size: number): Promise<void> => {
  for (let at = 0; at < transactions.length; at += size) {
    const part = transactions.slice(at, at + size)
    await commitSurely(books, { changes: { ...nothing, transactions: part } }, at + 1, part.at(-1)?.recordedAt ?? '')
  }
}

const added = (pairs: readonly FlowPair[]): unknown[] => {
  const sums = new Map<string, { minutes: number; yen: number }>()
  for (const { minutes, yen, ...key } of pairs) {
    const name = JSON.stringify([key.giverScope, key.receiverScope, key.account, key.category, key.giver, key.receiver])
    const known = sums.get(name) ?? { minutes: 0, yen: 0 }
    sums.set(name, { minutes: known.minutes + minutes, yen: known.yen + yen })
  }
  return [...sums].filter(([, { minutes, yen }]) => minutes !== 0 || yen !== 0).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

test('flows and the people behind them equal a plain count, at every known-at', async () => {
  let [seen, crossed] = [0, 0]
  await fc.assert(
    fc.asyncProperty(steps(40), async (plan) => {
      const { transactions } = new BookKeeper(towns).fold(townOf(plan).rows, 8, END.instant).book()
      const store = openSqliteStore(':memory:')
      const { books } = store
      await keep(books, transactions, 5)
      const leaves = [...new Set(transactions.flatMap(({ leaf }) => leaf ?? []))]
      for (const leaf of [...leaves.slice(-20), undefined]) {
        const instant = transactions.findLast((one) => one.leaf === leaf)?.recordedAt ?? END.instant
        const knownAt = leaf === undefined ? END : { leaf, instant }
        for (const { from, through } of PERIODS) {
          const cut = { from, through, knownAt }
          const query = { from, through, ...(leaf === undefined ? {} : { knownAt }) }
          const expected = flowsOf(transactions, cut)
          assert.deepEqual((await books.flows({ ...query, scopes: BOTH })).toSorted(flowOrder), expected)
          for (const scope of BOTH)
            assert.deepEqual(
              (await books.flows({ ...query, scopes: [scope] })).toSorted(flowOrder),
              expected.filter(({ giverScope, receiverScope }) => giverScope === scope || receiverScope === scope),
            )
          assert.deepEqual(added(await books.flowPairs(query)), added(pairsOf(transactions, cut)))
          seen += expected.length
          crossed += expected.filter(({ giverScope, receiverScope }) => giverScope !== receiverScope).length
        }
      }
      const lines = (await dumped(store)).filter((line) => line.startsWith('["flow"'))
      assert.ok(lines.every((line) => JSON.parse(line).at(-1) !== 0))
      await books.resetFold((await books.state()).epoch, 1)
      assert.deepEqual(await books.flows({ ...periodOfFiscalYear(2026), scopes: BOTH }), [])
      await keep(books, transactions, 50)
      assert.deepEqual(
        (await dumped(store)).filter((line) => line.startsWith('["flow"')),
        lines,
      )
      await store.close()
    }),
    { seed: 20260401, numRuns: 25 },
  )
  assert.ok(seen > 400 && crossed > 200, `${seen} flows, ${crossed} across towns`)
})

test('flows are asked for by whole months, and of nobody there are none', async () => {
  const store = openSqliteStore(':memory:')
  const { books } = store
  await assert.rejects(books.flows({ scopes: BOTH, from: '2026-04-02', through: '2026-04-30' }))
  assert.deepEqual(await books.flows({ scopes: ['999999'], from: '2026-04-01', through: '2026-04-30' }), [])
  await store.close()
})
