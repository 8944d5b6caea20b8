// An account that was erased comes back with its records: what stands in the books is not booked a second time, also after a rebuild from what is left of
// intake. What was only deleted may be written again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Books } from '../../appview/store/store.ts'
import { settableClock } from '../../server/clock.ts'
import { BookKeeper } from '../journal/book.ts'
import { KANAZAWA, person, smallTown, towns, type Log } from '../journal/rows.ts'
import { partOf } from './books-town.ts'
import { dumped } from './store-rows.ts'

const [A, B, C] = [person('a'), person('b'), person('c')]
const FAR = '2026-12-31T00:00:00.000Z'

/** The same record once more: uri, content and CID. */
const again = (log: Log, act: IntakeRow): IntakeRow => {
  const row = { ...log.write(act.repo, 'action', act.value, { key: act.rkey }), cid: act.cid }
  log.rows[log.rows.length - 1] = row
  return row
}

const givenIn = async (books: Books): Promise<number> =>
  (await books.sums({ scope: KANAZAWA.code, through: '2030-03-31' }))
    .filter(({ account, unit }) => unit === 'MIN' && (account === 4110 || account === 4190))
    .reduce((sum, { amount }) => sum - amount, 0)

test('a record that stands in the books of an erased account is refused when it comes back, in every fold', async () => {
  await using stack = new AsyncDisposableStack()
  const store = openSqliteStore(':memory:')
  stack.defer(() => store.close())
  const { books } = store
  await books.setRoster(towns)
  await books.bind({ name: 'demo/test', key: 'did:key:z', base: 0, created: '2026-01-01T00:00:00.000Z' })
  const writer = await openWriter({ books, clock: settableClock(0), roster: () => towns })

  const log = smallTown()
  const act = log.act(A)
  log.confirm(B, act)
  log.account(A, 'deleted')
  log.at('2026-06-20').account(A, null)
  log.admit(KANAZAWA, A)
  const back = again(log, act)
  log.confirm(B, back)
  const fresh = log.act(A, { minutes: 7, performedOn: '2026-06-20' })
  log.confirm(B, fresh)
  for (const row of log.rows) await writer.append([partOf(row)])
  await writer.advance(FAR)

  assert.equal(await givenIn(books), 67)
  const refused = await books.refusals({ repo: A, uri: back.uri, limit: 5 })
  assert.deepEqual(
    refused.map(({ leaf, code }) => [leaf, code]),
    [[back.leaf, 'record.repeated']],
  )
  const folded = await dumped(store)
  await rebuildBooks(books)
  assert.deepEqual(await dumped(store), folded)
  assert.deepEqual(
    new BookKeeper(towns)
      .fold(log.rows, 4, FAR)
      .book()
      .refusals.filter(({ leaf }) => leaf === back.leaf)
      .map(({ code }) => code),
    ['record.repeated'],
  )
})

test('who copies a record that was erased claims nothing with it; a record that was deleted alone may be written again', () => {
  const log = smallTown()
  log.admit(KANAZAWA, C)
  const [erased, deleted] = [log.act(A), log.act(B, { performedOn: '2026-05-09' })]
  log.account(A, 'deleted')
  log.delete(deleted)
  log.at('2026-06-20')
  const copy = again(log, { ...erased, repo: C })
  const anew = again(log, deleted)
  const { refusals, transactions } = new BookKeeper(towns).fold(log.rows, 4, FAR).book()
  assert.deepEqual(
    refusals.map(({ leaf, code }) => [leaf, code]),
    [[copy.leaf, 'record.repeated']],
  )
  assert(transactions.some(({ leaf, kind }) => leaf === anew.leaf && kind === 'claim'))
})
