// Where and on which day each event is booked (bookkeeping.md 4.4, 4.5), sentence by sentence as far as neither the worked examples nor other stories
// tell it: before and after the cut-off, before and after a move, at home and on a visit.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Transaction } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { KANAZAWA, KOMATSU, person, smallTown, towns, type Log } from './rows.ts'

const [A, B, H] = [person('a'), person('b'), person('h')]
const LAST_DAY = '2027-05-31T23:59:59.999+09:00'
const CUT_OFF = '2027-06-01T00:00:00+09:00'

const folded = (log: Log, through?: string): Book => new BookKeeper(towns).fold(log.rows, 4, through).book()
const last = ({ transactions }: Book): Transaction => transactions.at(-1) ?? assert.fail('something is booked')
const minutes = ({ effectiveDate, lines }: Transaction): readonly string[] =>
  lines
    .filter(({ unit }) => unit === 'MIN')
    .map((line) =>
      [
        line.entity.replace(/^([PO]):did:plc:(.).*/, '$1:$2'),
        line.scope,
        line.account,
        line.amount,
        line.effectiveDate ?? effectiveDate,
      ].join(' '),
    )
const march = { performedOn: '2027-03-20' }

test('a claim is dated to performance until the cut-off, to the recording day from then on', () => {
  const claimed = (time: string) => minutes(last(folded(((log) => (log.act(A, march), log))(smallTown().at(time)))))
  assert.deepEqual(claimed(LAST_DAY), ['P:a 172014 9110 60 2027-03-20', 'P:a 172014 9120 -60 2027-03-20'])
  assert.deepEqual(claimed(CUT_OFF), ['P:a 172014 9110 60 2027-06-01', 'P:a 172014 9120 -60 2027-06-01'])
})

test('its release likewise, whatever ends it: a rejection, a deletion, the window', () => {
  const released = (time: string, end: (log: Log, act: ReturnType<Log['act']>) => void): readonly string[] => {
    const log = smallTown().at('2027-03-21')
    const act = log.act(A, march)
    end(log.at(time), act)
    return minutes(last(folded(log)))
  }
  const reject = (log: Log, act: ReturnType<Log['act']>) => log.confirm(H, act, { role: 'hostBody', verdict: 'rejected' })
  const remove = (log: Log, act: ReturnType<Log['act']>) => log.delete(act)
  for (const end of [reject, remove]) {
    assert.deepEqual(released(LAST_DAY, end), ['P:a 172014 9110 -60 2027-03-20', 'P:a 172014 9120 60 2027-03-20'])
    assert.deepEqual(released(CUT_OFF, end), ['P:a 172014 9110 -60 2027-06-01', 'P:a 172014 9120 60 2027-06-01'])
  }
  const log = smallTown().at('2027-03-21')
  log.act(A, march)
  const lapse = last(folded(log, '2027-06-18T15:00:00.000Z'))
  assert.deepEqual([lapse.kind, lapse.leaf, lapse.recordedAt], ['claim-lapse', null, '2027-06-18T15:00:00.000Z'])
  assert.deepEqual(minutes(lapse), ['P:a 172014 9110 -60 2027-06-19', 'P:a 172014 9120 60 2027-06-19'])
})

test('recognised in time it is dated to performance, where its giver lived; late, to the day, where they live then', () => {
  const recognised = (time: string): readonly string[] => {
    const log = smallTown().at('2027-03-21')
    const act = log.act(A, march)
    log.at('2027-04-05').admit(KOMATSU, A, '2027-04-05')
    log.at(time).confirm(B, act)
    return minutes(last(folded(log)))
  }
  assert.deepEqual(recognised(LAST_DAY), [
    'P:a 172014 1310 60 2027-03-20',
    'P:a 172014 4110 -60 2027-03-20',
    'P:b 172014 5110 60 2027-03-20',
    'P:b 172014 1310 -60 2027-03-20',
    'P:a 172014 1310 -60 2027-04-05',
    'P:a 172014 3310 60 2027-04-05',
    'P:a 172031 1310 60 2027-04-05',
    'P:a 172031 3310 -60 2027-04-05',
  ])
  assert.deepEqual(recognised(CUT_OFF), [
    'P:a 172031 1310 60 2027-06-01',
    'P:a 172031 4190 -60 2027-06-01',
    'P:b 172014 5190 60 2027-06-01',
    'P:b 172014 1310 -60 2027-06-01',
  ])
})

test('edited, the old version is taken back where it stands, and the new one is a claim to be confirmed again', () => {
  const edited = (time: string): readonly (readonly [string, string, string | undefined])[] => {
    const log = smallTown().at('2027-03-21')
    const act = log.act(A, march)
    log.confirm(B, act)
    const { leaf } = log.at(time).edit(act, { minutes: 30 })
    return folded(log)
      .transactions.filter((one) => one.leaf === leaf)
      .map((one) => [one.kind, one.effectiveDate, minutes(one)[1]] as const)
  }
  assert.deepEqual(edited(LAST_DAY), [
    ['retract', '2027-03-20', 'P:a 172014 4110 60 2027-03-20'],
    ['claim', '2027-03-20', 'P:a 172014 9120 -30 2027-03-20'],
  ])
  assert.deepEqual(edited(CUT_OFF), [
    ['retract', '2027-06-01', 'P:a 172014 4190 60 2027-06-01'],
    ['claim', '2027-06-01', 'P:a 172014 9120 -30 2027-06-01'],
  ])
})

test('a visitor’s act is recognised once, in their home; who received it unnamed is of the town visited', () => {
  const log = smallTown()
  log.confirm(KOMATSU.did, log.act(A, { municipality: { scheme: 'jis-x-0402', code: KOMATSU.code } }), { role: 'municipality' })
  assert.deepEqual(minutes(last(folded(log))), [
    'P:a 172014 1310 60 2026-05-10',
    'P:a 172014 4110 -60 2026-05-10',
    'X:172031 172031 5110 60 2026-05-10',
    'X:172031 172031 1310 -60 2026-05-10',
  ])
})

test('several givers of one event are each an action, split exactly and by itself', () => {
  const log = smallTown()
  const receivers = [
    { class: 'person', did: B },
    { class: 'unnamed', weight: 2 },
  ]
  for (const giver of [A, H]) log.confirm(B, log.act(giver, { eventId: 'e', minutes: 50 }), { receivers })
  const { transactions } = folded(log)
  const parts = transactions
    .filter(({ kind }) => kind === 'recognise')
    .map(({ lines }) => lines.filter(({ account }) => account === 5110).map(({ unit, amount }) => [unit, amount]))
  const each = [
    ['MIN', 17],
    ['JPY', 508],
    ['MIN', 33],
    ['JPY', 1015],
  ]
  assert.deepEqual(parts, [each, each])
})

test('taken down or deactivated an account’s acts stay as they are, and are recognised', () => {
  for (const status of ['takendown', 'deactivated', 'suspended']) {
    const log = smallTown()
    const act = log.act(A)
    log.account(A, status)
    log.confirm(B, act)
    const { transactions, documents } = folded(log, '2026-12-31T00:00:00.000Z')
    assert.deepEqual(
      transactions.map(({ kind }) => kind),
      ['claim', 'memo-release', 'recognise'],
    )
    assert(documents.has(`account:${A}`), 'its content is hidden')
  }
})

test('entries that only points know, and those whose payload is not here, book nothing and are refused nothing', () => {
  const log = smallTown()
  for (const kind of ['grant', 'transfer', 'acceptance', 'settlement', 'pledge', 'waiver', 'deskError', 'erasure', 'something-new'])
    log.entry(KANAZAWA, kind, { amount: 20, to: B, issuer: KANAZAWA.code })
  log.write(KANAZAWA.did, 'entry', { kind: 'ruling' })
  const { transactions, refusals } = folded(log)
  assert.deepEqual([transactions, refusals], [[], []])
})
