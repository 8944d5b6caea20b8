// What a refusal may tell: nobody learns from one who lives with whom, or what became of an action, who is neither of that household nor counts for
// anything in these books. And when an admission begins that is yet to come.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMappedAt, type MappedReceiver } from '../../appview/journal/documents-desk.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { household, mapTo, pooled } from './desk-refusals.ts'
import { KANAZAWA, KOMATSU, person, smallTown, threeTowns, type Log } from './rows.ts'

const [A, B, C, H, S] = [person('a'), person('b'), person('c'), person('h'), person('s')]
const folded = (log: Log, through?: string): Book => new BookKeeper(threeTowns).fold(log.rows, 3, through).book()
const toldTo = (log: Log, { leaf }: IntakeRow): readonly string[] =>
  folded(log)
    .refusals.filter((one) => one.leaf === leaf)
    .map(({ code }) => code)
const flagged = ({ documents }: Book): readonly string[] =>
  [...documents].flatMap(([key, text]) =>
    key.startsWith('flags:') ? JSON.parse(text).flags.map(({ code }: { code: string }) => `${key} ${code}`) : [],
  )
const recognised = ({ transactions }: Book): readonly string[] =>
  transactions.flatMap(({ kind, recordedAt, sources }) =>
    kind.startsWith('recognise') ? [`${recordedAt} ${sources.map((uri) => uri.split('/')[3]?.split('.')[2]).join(' ')}`] : [],
  )

/** Who lives with A, and who does not: whatever somebody else writes is answered the same of both. */
const askedOf = (write: (log: Log, act: IntakeRow, named: string) => IntakeRow): readonly (readonly string[])[] =>
  [B, person('d')].map((named) => {
    const log = smallTown()
    log.admit(KANAZAWA, person('d'))
    log.admit(KANAZAWA, C)
    household(log, [A, B])
    return toldTo(log, write(log, log.act(A), named))
  })
const naming = (did: string) => ({ receivers: [{ class: 'person', did }] })

test('naming somebody as receiver tells nobody whether they live with the giver', () => {
  const authors: readonly (readonly [string, object])[] = [
    [S, { role: 'witness' }],
    [C, { role: 'witness' }],
    [H, { role: 'hostBody' }],
    [KANAZAWA.did, { role: 'municipality' }],
  ]
  for (const [author, fields] of authors)
    assert.deepEqual(
      askedOf((log, act, named) => log.confirm(author, act, { ...naming(named), ...fields })),
      [[], []],
    )
})

test('it is recognised for the pool, and flagged for the desk alone', () => {
  const log = smallTown()
  household(log, [A, B])
  log.confirm(H, log.act(A), { role: 'hostBody', ...naming(B) })
  const other = log.act(A, { performedOn: '2026-05-09' })
  log.confirm(H, other, { role: 'hostBody', ...naming(C) })
  const book = folded(log)
  assert.equal(recognised(book).length, 2)
  assert.deepEqual(flagged(book), ['flags:172014/2026-05-10 receiver.same-household'])
})

test('who is not admitted learns of an action that it no longer waits, and nothing else', () => {
  const ends: readonly ((log: Log) => IntakeRow)[] = [
    (log) => log.act(A, { performedOn: '2026-01-01' }),
    (log) => {
      const act = log.act(A)
      log.confirm(H, act, { role: 'hostBody', verdict: 'rejected' })
      return act
    },
    (log) => {
      const act = log.act(A)
      log.at('2026-09-30')
      return act
    },
    (log) => {
      const act = log.act(A)
      log.confirm(B, act)
      return act
    },
  ]
  for (const end of ends) {
    const log = smallTown()
    assert.deepEqual(toldTo(log, log.confirm(S, end(log))), ['confirmation.not-admitted'])
  }
  const log = smallTown()
  assert.deepEqual(toldTo(log, log.confirm(S, log.act(A))), [])
})

test('of a named action nobody else learns what became of it', () => {
  const log = smallTown()
  log.admit(KANAZAWA, C)
  household(log, [A, B])
  assert.deepEqual(toldTo(log, log.confirm(C, log.act(A, { beneficiaries: [{ class: 'person', did: B }] }))), ['confirmation.not-entitled'])
})

test('who lives with the giver is told so once they are admitted, and not heard', () => {
  const log = smallTown()
  household(log, [A, C])
  const word = log.confirm(C, log.act(A))
  assert.deepEqual(toldTo(log, word), [])
  log.admit(KANAZAWA, C)
  const book = folded(log)
  assert.deepEqual(
    book.refusals.map(({ leaf, code }) => [leaf, code]),
    [[word.leaf, 'confirmation.same-household']],
  )
  assert.deepEqual(recognised(book), [])
  assert.deepEqual(flagged(book), ['flags:172014/2026-05-10 confirmation.same-household'])
})

test('a town that has no part in an action learns of no household by naming a receiver', () => {
  const told = [B, person('d')].map((named) => {
    const log = smallTown()
    household(log, [A, B])
    const [open, booked] = [log.act(A, { performedOn: '2026-05-09' }), pooled(log)]
    const entries = [open, booked].map(({ uri }) => log.entry(KOMATSU, 'receiver', { action: uri, index: 0, did: named }))
    return entries.flatMap((row) => toldTo(log, row))
  })
  assert.deepEqual(told, [
    ['receiver.not-in-pool', 'receiver.not-in-pool'],
    ['receiver.not-in-pool', 'receiver.not-in-pool'],
  ])
  const log = smallTown()
  household(log, [A, B])
  assert.deepEqual(toldTo(log, mapTo(log, log.act(A), B)), ['receiver.same-household'])
})

test('a town that has no part in an action is not told whether it is recognised', () => {
  const log = smallTown()
  const { uri, cid } = log.act(A)
  assert.deepEqual(toldTo(log, log.entry(KOMATSU, 'dispute', { subject: { uri, cid } })), ['dispute.not-concerned'])
})

test('an admission to come counts from its first day on: what waited is decided at that midnight', () => {
  const log = smallTown()
  const admission = log.admit(KANAZAWA, C, '2026-06-01')
  log.confirm(C, log.act(A))
  assert.deepEqual(recognised(folded(log, '2026-05-31T14:59:59.999Z')), [])
  const book = folded(log, '2026-05-31T15:00:00.000Z')
  assert.deepEqual(recognised(book), ['2026-05-31T15:00:00.000Z action confirmation admission'])
  assert.deepEqual(book.dues, [])
  log.delete(admission)
  assert.deepEqual(recognised(folded(log, '2026-12-31T15:00:00.000Z')), [])
})

test('a move to come leaves somebody where they are until then; one who is nowhere meanwhile waits', () => {
  const moving = smallTown()
  moving.admit(KOMATSU, B, '2026-06-01')
  moving.confirm(B, moving.act(A))
  assert.deepEqual(recognised(folded(moving)), ['2026-05-10T00:00:00.000Z action confirmation'])
  const ended = smallTown()
  ended.admit(KANAZAWA, C, '2026-04-01', { until: '2026-05-01' })
  ended.admit(KOMATSU, C, '2026-06-01')
  ended.confirm(C, ended.act(A))
  assert.deepEqual(recognised(folded(ended)), [])
  assert.equal(recognised(folded(ended, '2026-06-01T00:00:00.000Z')).length, 1)
})

test('a private word of a neighbour’s resident is theirs in the neighbour’s pool; without that word no town speaks of another’s pool', () => {
  const mapped = (log: Log): unknown => JSON.parse(folded(log).documents.get(`pool:${C}`) ?? '{}').mapped
  const town = (onBehalf: string | undefined, isEarly = false): { readonly log: Log; readonly entry: IntakeRow } => {
    const log = smallTown()
    log.admit(KOMATSU, C)
    const act = log.act(A)
    const receivers = [{ class: 'unnamed', scope: KOMATSU.code, weight: 1 }]
    const word = { role: 'municipality', receivers, ...(onBehalf === undefined ? {} : { onBehalf }) }
    if (isEarly) log.policy(KANAZAWA, { timeLevel: 2, effectiveFrom: '2026-04-02' })
    log.confirm(KANAZAWA.did, act, word)
    const entry = log.entry(KANAZAWA, 'receiver', { action: act.uri, cid: act.cid, index: 0, did: C })
    if (isEarly) log.confirm(H, act, { role: 'hostBody', receivers })
    return { log, entry }
  }
  const { log, entry } = town('beneficiary')
  assert.deepEqual(toldTo(log, entry), [])
  const place = { action: `${entry.leaf - 2}/0`, index: 0, town: KANAZAWA.code, home: KOMATSU.code, leaf: entry.leaf }
  assert.deepEqual(mapped(log), [place])
  for (const word of [undefined, 'witness']) {
    const other = town(word)
    assert.deepEqual(toldTo(other.log, other.entry), ['receiver.not-in-pool'])
  }
  const early = town('beneficiary', true)
  assert.deepEqual(toldTo(early.log, early.entry), [], 'also before it is recognised')
  assert.deepEqual(mapped(early.log), [{ ...place, action: `${early.entry.leaf - 3}/0`, leaf: early.entry.leaf }])
})

test('the town that named a receiver in error names another: from that leaf on it is theirs, as known before it is not; no other town does', () => {
  const log = smallTown()
  log.admit(KANAZAWA, C)
  const act = pooled(log)
  const first = mapTo(log, act, B)
  const second = mapTo(log, act, C)
  const third = log.entry(KOMATSU, 'receiver', { action: act.uri, cid: act.cid, index: 0, did: B })
  assert.deepEqual([toldTo(log, second), toldTo(log, third)], [[], ['receiver.not-in-pool']])
  const mapped = (did: string): readonly MappedReceiver[] => JSON.parse(folded(log).documents.get(`pool:${did}`) ?? '{}').mapped
  const place = { action: `${act.leaf}/0`, index: 0, town: KANAZAWA.code }
  assert.deepEqual(mapped(B), [{ ...place, leaf: first.leaf, until: second.leaf }])
  assert.deepEqual(mapped(C), [{ ...place, leaf: second.leaf }])
  const known = (leaf: number): readonly boolean[] => [B, C].map((did) => mapped(did).some((one) => isMappedAt(one, leaf)))
  assert.deepEqual(
    [known(first.leaf), known(second.leaf)],
    [
      [true, false],
      [false, true],
    ],
  )
})
