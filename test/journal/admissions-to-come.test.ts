// Admissions that are yet to begin: a wrong year locks nobody out, and a move that is taken back leaves the balances where they were.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditTransactions } from '../../appview/journal/audit.ts'
import { BookKeeper, type Book } from './book.ts'
import { KANAZAWA, KOMATSU, person, smallTown, threeTowns, type Log } from './rows.ts'

const [A, B, C] = [person('a'), person('b'), person('c')]
const folded = (log: Log, through?: string): Book => {
  const book = new BookKeeper(threeTowns).fold(log.rows, 3, through).book()
  assert.deepEqual(auditTransactions(book.transactions), [])
  return book
}
const recognised = ({ transactions }: Book): number => transactions.filter(({ kind }) => kind === 'recognise').length
const spansOf = ({ documents }: Book, did: string): readonly unknown[] =>
  JSON.parse(documents.get(`admissions:${did}`) ?? '{"spans":[]}').spans.map(({ code, from }: { code: string; from: string }) => [
    code,
    from,
  ])
/** Account 1310 of A in minutes by scope on a date, zero left out. */
const clearing = ({ transactions }: Book, through: string): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { lines, effectiveDate } of transactions)
    for (const { entity, scope, account, unit, amount, effectiveDate: own } of lines)
      if (entity === `P:${A}` && account === 1310 && unit === 'MIN' && (own ?? effectiveDate) <= through)
        sums[scope] = (sums[scope] ?? 0) + amount
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0))
}

test('a first admission of a hundred years hence gives way to one of today, whichever town writes it, and may be deleted', () => {
  for (const mend of [
    (log: Log) => log.admit(KANAZAWA, C),
    (log: Log) => log.admit(KOMATSU, C),
    (log: Log) => {
      const [wrong] = log.rows.slice(-1)
      if (wrong !== undefined) log.delete(wrong)
      log.admit(KANAZAWA, C)
    },
  ]) {
    const log = smallTown()
    log.admit(KANAZAWA, C, '2126-04-01')
    assert.equal(spansOf(folded(log), C).length, 1)
    mend(log)
    log.confirm(C, log.act(A))
    const book = folded(log, '2127-01-01T00:00:00.000Z')
    assert.equal(spansOf(book, C).length, 1)
    assert.equal(recognised(book), 1)
    assert.deepEqual(book.refusals, [])
    assert.deepEqual(book.dues, [])
  }
})

test('a move to come that is deleted, or that an earlier one takes the place of, leaves the balances where they were', () => {
  const moving = (): Log => {
    const log = smallTown()
    log.confirm(B, log.act(A))
    return log
  }
  const deleted = moving()
  const wrong = deleted.admit(KOMATSU, A, '2126-06-01')
  deleted.confirm(B, deleted.act(A, { minutes: 7 }))
  assert.deepEqual(clearing(folded(deleted), '2126-06-01'), { [KOMATSU.code]: 67 })
  deleted.delete(wrong)
  assert.deepEqual(clearing(folded(deleted), '2126-06-01'), { [KANAZAWA.code]: 67 })
  assert.deepEqual(spansOf(folded(deleted), A), [[KANAZAWA.code, '2026-04-01']])
  const sooner = moving()
  sooner.admit(KOMATSU, A, '2126-06-01')
  sooner.admit(KOMATSU, A, '2026-06-01')
  assert.deepEqual(clearing(folded(sooner), '2026-05-31'), { [KANAZAWA.code]: 60 })
  assert.deepEqual(clearing(folded(sooner), '2026-06-01'), { [KOMATSU.code]: 60 })
  assert.deepEqual(clearing(folded(sooner), '2126-06-01'), { [KOMATSU.code]: 60 })
  const stays = moving()
  stays.admit(KOMATSU, A, '2126-06-01')
  const again = stays.admit(KANAZAWA, A)
  assert.deepEqual(
    folded(stays).refusals.map(({ leaf, code }) => [leaf, code]),
    [[again.leaf, 'admission.already-admitted']],
  )
})

test('who dies before an announced move is told of by the town where they live: they give and confirm no more, and nothing moves', () => {
  const announced = (): Log => {
    const log = smallTown()
    log.confirm(B, log.act(A))
    log.admit(KOMATSU, A, '2027-04-01')
    return log
  }
  const elsewhere = announced()
  elsewhere.entry(KOMATSU, 'death', { did: A, on: '2026-05-09' })
  assert.deepEqual(
    folded(elsewhere).refusals.map(({ code }) => code),
    ['death.not-resident'],
    'they do not live there yet',
  )
  const log = announced()
  log.entry(KANAZAWA, 'death', { did: A, on: '2026-05-09' })
  log.confirm(B, log.at('2026-05-11').act(A, { performedOn: '2026-05-11' }))
  log.confirm(A, log.act(B, { performedOn: '2026-05-11' }))
  const book = folded(log, '2028-01-01T00:00:00.000Z')
  assert.equal(recognised(book), 1, 'what was recognised before')
  assert.deepEqual(spansOf(book, A), [[KANAZAWA.code, '2026-04-01']])
  assert.deepEqual(clearing(book, '2028-01-01'), { [KANAZAWA.code]: 60 })
  assert.deepEqual(book.dues, [])
})

test('of two moves announced one after the other a death takes back both; who was to be admitted only is told of by that town', () => {
  const log = smallTown()
  log.confirm(B, log.act(A))
  log.admit(KOMATSU, A, '2026-07-01')
  log.admit(KANAZAWA, A, '2026-08-01')
  log.admit(KOMATSU, C, '2026-07-01')
  log.entry(KANAZAWA, 'death', { did: C, on: '2026-05-09' })
  log.entry(KOMATSU, 'death', { did: C, on: '2026-05-09' })
  log.entry(KANAZAWA, 'death', { did: A, on: '2026-05-10' })
  const book = folded(log, '2027-01-01T00:00:00.000Z')
  assert.deepEqual(
    book.refusals.map(({ code }) => code),
    ['death.not-resident'],
  )
  assert.deepEqual([spansOf(book, A), spansOf(book, C)], [[[KANAZAWA.code, '2026-04-01']], []])
  for (const day of ['2026-07-15', '2026-12-31']) assert.deepEqual(clearing(book, day), { [KANAZAWA.code]: 60 })
  assert.equal(new Set(book.transactions.map(({ id }) => id)).size, book.transactions.length)
})
