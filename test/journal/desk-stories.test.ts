// Short stories of what desks tell the books: households, deaths, openings, receivers, flags; and what becomes of it later.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownLinesOf } from '../../appview/journal/own-lines.ts'
import type { Book } from './book.ts'
import { clearing, codes, folded, minutes, ofKind } from './book-lines.ts'
import { household, imported, mapTo, opened, pooled } from './desk-refusals.ts'
import { KANAZAWA, KOMATSU, person, smallTown } from './rows.ts'

const [A, B, C, H] = [person('a'), person('b'), person('c'), person('h')]

const flagsOf = ({ documents }: Book, key: string): readonly { code: string; action: string; leaf: number; by: string }[] =>
  JSON.parse(documents.get(`flags:${key}`) ?? '{"flags":[]}').flags

test('people of one household no longer are when the desk says so; guardians and wards are told the same way', () => {
  const log = smallTown()
  household(log, [A, B])
  const act = log.act(A)
  log.confirm(B, act)
  household(log, [B])
  log.confirm(B, act)
  const book = folded(log)
  assert.deepEqual(codes(book), ['confirmation.same-household'])
  assert.equal(ofKind(book, 'recognise').length, 1)
  household(log, [B, H])
  household(log, [A, B, H])
  log.confirm(H, log.act(A), { role: 'hostBody' })
  assert.equal(ofKind(folded(log), 'recognise').length, 2, 'a host body speaks as an office')
})

test('a death ends the admission and withdraws what waits; what is recognised stays', () => {
  const log = smallTown()
  log.confirm(B, log.act(A, { minutes: 20 }))
  const open = log.act(A, { minutes: 30 })
  const death = log.at('2026-05-20').entry(KANAZAWA, 'death', { did: A, on: '2026-05-15' })
  log.confirm(A, log.act(B))
  log.confirm(H, log.act(A, { performedOn: '2026-05-16' }), { role: 'hostBody' })
  const book = folded(log)
  const release = book.transactions.find(({ leaf }) => leaf === death.leaf)
  assert.deepEqual([release?.kind, release?.action, release?.sources], ['memo-release', open.uri, [death.uri]])
  assert.deepEqual(
    ofKind(book, 'recognise').map((one) => minutes(one)[0]),
    ['P:a 172014 1310 20'],
  )
  assert.deepEqual(clearing(book, KANAZAWA.code), { 'P:a': 20, 'P:b': -20 })
})

test('an opening is booked by the hash that two persons approve; its rows are not kept, and the balances move with their holders', () => {
  const log = smallTown()
  imported(log)
  opened(log, { control: { rows: 2, points: 210, minutes: 345 } })
  opened(log)
  const book = folded(log)
  assert.deepEqual(codes(book), ['opening.control-mismatch'])
  const [key, text] = [...book.documents].find(([name]) => name.startsWith('import:')) ?? []
  assert.match(String(key), /^import:172014\/[0-9a-f]{64}$/)
  assert.deepEqual(JSON.parse(text ?? '').rows, [])
  assert.deepEqual(clearing(book, KANAZAWA.code), { 'P:a': 300, 'P:b': 45, 'X:172014': -345 })
  log.at('2026-06-01').admit(KOMATSU, A, '2026-06-01')
  assert.deepEqual(clearing(folded(log), KOMATSU.code), { 'P:a': 300 })
})

test('a receiver of the pool keeps their part when the action is edited or taken back: of each version its own', () => {
  const log = smallTown()
  const act = pooled(log)
  mapTo(log, act, B)
  const edited = log.edit(act, { minutes: 20 })
  log.confirm(H, edited, { role: 'hostBody', receivers: [{ class: 'unnamed' }] })
  mapTo(log, edited, C)
  const book = folded(log)
  assert.deepEqual(codes(book), [])
  const own = (did: string): Record<string, number> => {
    const sums: Record<string, number> = {}
    for (const mapped of JSON.parse(book.documents.get(`pool:${did}`) ?? '').mapped)
      for (const { account, unit, amount } of ownLinesOf(
        book.transactions.filter(({ action }) => action === act.uri),
        mapped,
        [],
      ))
        if (unit === 'MIN') sums[account] = (sums[account] ?? 0) + amount
    return sums
  }
  assert.deepEqual(own(B), { 1310: 0, 5110: 0 })
  assert.deepEqual(own(C), { 1310: -20, 5110: 20 })
})

test('a second act of the same day and category stands and is flagged; so is what passes a limit; a freed day is free of both', () => {
  const log = smallTown()
  log.act(A, { minutes: 700 })
  log.act(A, { category: 'safety' })
  const second = log.act(A)
  const over = log.act(A, { minutes: 300, category: 'other' })
  const flags = flagsOf(folded(log), '172014/2026-05-10')
  assert.deepEqual(flags, [
    { code: 'action.same-day', action: `${second.leaf}/0`, leaf: second.leaf, op: 0, by: A },
    { code: 'action.day-full', action: `${over.leaf}/0`, leaf: over.leaf, op: 0, by: A },
  ])
  assert.equal(ofKind(folded(log), 'claim').length, 3)
  const freed = smallTown()
  const gone = freed.act(A)
  freed.delete(gone)
  freed.act(A)
  assert.deepEqual(flagsOf(folded(freed), '172014/2026-05-10'), [])
})

test('whoever is flagged again and again takes no room from others', () => {
  const log = smallTown()
  for (let n = 0; n < 30; n += 1) log.confirm(A, log.act(A, { minutes: 1 }))
  log.confirm(B, log.act(B))
  const flags = flagsOf(folded(log), '172014/2026-05-10')
  assert.deepEqual([flags.filter(({ by }) => by === A).length, flags.filter(({ by }) => by === B).length], [20, 1])
})

test('a resident becomes an organisation by the word of their own town; then any other may register it, and end what it registered', () => {
  const log = smallTown()
  const elsewhere = log.host(KOMATSU, A)
  log.confirm(B, log.act(A, { minutes: 20 }))
  assert.deepEqual(codes(folded(log)), ['host.resident-elsewhere'])
  assert.deepEqual(
    ofKind(folded(log), 'recognise').map(({ lines }) => lines[0]?.entity),
    [`P:${A}`],
  )
  log.host(KANAZAWA, A)
  const second = log.host(KOMATSU, A)
  log.edit(second, { validTo: '2026-06-30' })
  log.confirm(B, log.act(A, { minutes: 30 }))
  const book = folded(log)
  assert.deepEqual(codes(book), ['host.resident-elsewhere'])
  assert.deepEqual(
    ofKind(book, 'recognise').map(({ lines }) => lines[0]?.entity),
    [`P:${A}`, `O:${A}`],
  )
  log.edit(elsewhere, { validTo: '2026-06-30' })
  assert.deepEqual(codes(folded(log)), ['host.resident-elsewhere'], 'by now its own town has said so')
})
