// Short stories of municipalities that become part of another: when, with whose word, and what becomes of what is booked later.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from './book.ts'
import { clearing, codes, folded, minutes, ofKind } from './book-lines.ts'
import { agreed, merger, pooled, unagreed } from './desk-refusals.ts'
import { KAGA, KANAZAWA, KOMATSU, person, smallTown, type Log } from './rows.ts'

const [A, B, H] = [person('a'), person('b'), person('h')]
const FAR = '2029-12-31T00:00:00.000Z'

test('a merger to come happens at midnight of its day; what is claimed there before is booked there and goes over', () => {
  const log = smallTown()
  pooled(log)
  const late = log.act(A, { performedOn: '2026-05-10', minutes: 30 })
  log.act(A, { performedOn: '2026-05-09', minutes: 7 })
  merger(log, [KANAZAWA.code], { validFrom: '2026-06-01' })
  assert.deepEqual(clearing(folded(log, '2026-05-31T14:59:59.999Z'), KOMATSU.code), {})
  const merged = folded(log, '2026-05-31T15:00:00.000Z')
  assert.deepEqual(
    ofKind(merged, 'merger').map(({ leaf, sources, effectiveDate }) => [leaf, sources, effectiveDate]),
    [[null, [], '2026-06-01']],
  )
  assert.deepEqual(clearing(merged, KANAZAWA.code), {})
  assert.deepEqual(clearing(merged, KOMATSU.code), { 'P:a': 60, 'X:172031': -30 })
  log.at('2026-06-10').confirm(H, late, { role: 'hostBody' })
  const after = folded(log)
  assert.deepEqual(minutes(after.transactions.at(-1)), [
    'P:a 172014 1310 30',
    'P:a 172014 4110 -30',
    'X:172014 172014 5110 30',
    'X:172014 172014 1310 -30',
    'P:a 172014 1310 -30 2026-06-01',
    'P:a 172014 3310 30 2026-06-01',
    'P:a 172031 1310 30 2026-06-01',
    'P:a 172031 3310 -30 2026-06-01',
    'X:172014 172014 1310 30 2026-06-01',
    'X:172014 172014 3310 -30 2026-06-01',
    'X:172031 172031 1310 -30 2026-06-01',
    'X:172031 172031 3310 30 2026-06-01',
  ])
  const lapse = ofKind(folded(log, FAR), 'claim-lapse').at(-1)
  assert.deepEqual(minutes(lapse), ['P:a 172014 9110 -7', 'P:a 172014 9120 7'], 'memo stays where it was claimed')
})

test('after a merger the successor’s desk, policy and rates hold; who was admitted there belongs here and cannot be admitted twice', () => {
  const log = smallTown()
  const before = log.act(A)
  merger(log, [KANAZAWA.code], { validFrom: '2026-05-01' })
  log.at('2026-05-11').policy(KOMATSU, { timeLevel: 3, effectiveFrom: '2026-05-11' })
  const act = log.act(A, { performedOn: '2026-05-11' })
  log.confirm(B, act)
  log.admit(KOMATSU, A)
  log.confirm(KOMATSU.did, before, { role: 'municipality', receivers: [{ class: 'public' }] })
  log.confirm(KOMATSU.did, act, { role: 'municipality' })
  const book = folded(log)
  assert.deepEqual(codes(book), ['admission.already-admitted'])
  assert.deepEqual(ofKind(book, 'recognise').map(minutes), [
    ['P:a 172031 1310 60', 'P:a 172031 4110 -60', 'M:172031 172031 5130 60', 'M:172031 172031 3420 -60'],
    ['P:a 172031 1310 60', 'P:a 172031 4110 -60', 'X:172031 172031 5110 60', 'X:172031 172031 1310 -60'],
  ])
  assert.equal(
    ofKind(book, 'recognise')[1]?.rate,
    log.rows.find(({ repo, collection }) => repo === KOMATSU.did && /rateTable/.test(collection))?.uri,
  )
})

test('a record that names a day gone by merges on the day it comes; withdrawn before its day, it merges nothing', () => {
  const log = smallTown()
  pooled(log)
  merger(log.at('2026-05-12'), [KANAZAWA.code], { validFrom: '2026-04-01' })
  assert.deepEqual(
    ofKind(folded(log), 'merger').map(({ leaf, effectiveDate }) => [leaf, effectiveDate]),
    [[log.leaf, '2026-05-12']],
  )
  const recalled = smallTown()
  pooled(recalled)
  const said = merger(recalled, [KANAZAWA.code], { validFrom: '2026-06-01' })
  recalled.edit(said, { predecessors: [] })
  const book = folded(recalled, FAR)
  assert.deepEqual(ofKind(book, 'merger'), [])
  assert.deepEqual(book.dues, [])
})

test('a town that says nothing goes over after a month; one that objects meanwhile stays, and the other is told', () => {
  const story = (meanwhile: (log: Log) => void): Book => {
    const log = smallTown()
    pooled(log)
    unagreed(log, [KANAZAWA.code], { validFrom: '2026-06-09' })
    meanwhile(log.at('2026-06-01'))
    return folded(log, '2026-06-08T15:00:00.000Z')
  }
  assert.deepEqual(
    clearing(
      story(() => {}),
      KANAZAWA.code,
    ),
    {},
  )
  const objected = story((log) => agreed(log, KANAZAWA.code))
  assert.deepEqual(clearing(objected, KANAZAWA.code), { 'P:a': 60, 'X:172014': -30 })
  assert.deepEqual(
    objected.refusals.map(({ code, repo }) => [code, repo]),
    [['town.predecessor-not-agreed', KOMATSU.did]],
  )
})

test('a successor that has itself become part of another by the day hands its predecessors on; a circle is told', () => {
  const log = smallTown()
  pooled(log)
  const kaga = { code: KAGA.code, names: { ja: '加賀市' }, tier: 'municipality' }
  log.write(KOMATSU.did, 'municipality', {
    code: KOMATSU.code,
    names: { ja: '小松市' },
    tier: 'municipality',
    predecessors: [KANAZAWA.code],
    validFrom: '2026-06-13',
  })
  log.write(KAGA.did, 'municipality', { ...kaga, predecessors: [KOMATSU.code], validFrom: '2026-06-10' })
  const book = folded(log, '2026-06-30T00:00:00.000Z')
  assert.deepEqual([clearing(book, KANAZAWA.code), clearing(book, KOMATSU.code)], [{}, {}])
  assert.deepEqual(clearing(book, KAGA.code), { 'P:a': 60, 'X:172065': -30 })
  const circle = smallTown()
  pooled(circle)
  agreed(circle)
  circle.write(KOMATSU.did, 'municipality', {
    code: KOMATSU.code,
    names: { ja: '小松市' },
    tier: 'municipality',
    predecessors: [KANAZAWA.code],
    validFrom: '2026-06-13',
  })
  const kanazawa = { code: KANAZAWA.code, names: { ja: '金沢市' }, tier: 'municipality' }
  circle.write(KANAZAWA.did, 'municipality', { ...kanazawa, predecessors: [KOMATSU.code], validFrom: '2026-06-11' }, { key: 'self' })
  const told = folded(circle, '2026-06-30T00:00:00.000Z')
  assert.deepEqual(clearing(told, KANAZAWA.code), { 'P:a': 60, 'X:172014': -30 })
  assert.deepEqual(codes(told), ['town.merged-already'])
})

test('upheld after the merger and in the same year: taken back where it was, and carried over; in a closed year by the heir', () => {
  const story = (day: string): Book => {
    const log = smallTown().at('2027-03-10')
    const act = log.act(A, { performedOn: '2027-03-10' })
    log.confirm(H, act, { role: 'hostBody', receivers: [{ class: 'unnamed' }, { class: 'public' }] })
    merger(log.at('2027-03-20'), [KANAZAWA.code])
    const dispute = log.entry(KOMATSU, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
    log.at(day).entry(KOMATSU, 'ruling', { subject: { uri: dispute.uri, cid: dispute.cid }, outcome: 'upheld' })
    return folded(log)
  }
  const open = story('2027-05-31')
  assert.deepEqual([clearing(open, KANAZAWA.code), clearing(open, KOMATSU.code)], [{}, {}])
  assert.deepEqual(ofKind(open, 'reversal').flatMap(minutes).slice(0, 3), [
    'P:a 172014 1310 -60',
    'P:a 172014 4110 60',
    'X:172014 172014 5110 -30',
  ])
  assert.deepEqual(ofKind(story('2027-06-01'), 'reversal').flatMap(minutes), [
    'P:a 172031 1310 -60',
    'P:a 172031 4190 60',
    'X:172031 172031 5190 -30',
    'X:172031 172031 1310 30',
    'M:172031 172031 5190 -30',
    'M:172031 172031 3420 30',
  ])
})

test('more people than one page of the roll go over, each once', () => {
  const log = smallTown()
  const names = Array.from({ length: 300 }, (_, n) => person(`r${n}x`))
  for (const did of names) {
    log.admit(KANAZAWA, did)
    log.confirm(H, log.act(did, { minutes: 1 }), { role: 'hostBody' })
  }
  merger(log, [KANAZAWA.code])
  const book = folded(log)
  assert.deepEqual([clearing(book, KANAZAWA.code), ofKind(book, 'merger').length], [{}, 2])
  assert.equal(clearing(book, KOMATSU.code)['X:172031'], -300)
})
