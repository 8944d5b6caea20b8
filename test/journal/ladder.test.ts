// What follows an upheld ruling, and what an outage puts off: appeals that book again what was taken back, words that do not count for a time, windows
// that are longer by the days of an outage and years that close when they close.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Posting } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { appeal, decided, outage, ruled, ruleOn, suspend, unsuspend } from './ladder.ts'
import { KANAZAWA, KOMATSU, person, smallTown, towns, type Log } from './rows.ts'

const [A, B] = [person('a'), person('b')]
const FAR = '2027-12-31T00:00:00.000Z'

const folded = (log: Log, through?: string): Book => new BookKeeper(towns).fold(log.rows, 4, through).book()
const codes = ({ refusals }: Book): readonly string[] => refusals.map(({ code }) => code)
const kinds = ({ transactions }: Book): readonly string[] => transactions.map(({ kind }) => kind)
const given = ({ transactions }: Book): readonly string[] =>
  transactions.flatMap(({ lines, effectiveDate }) =>
    lines
      .filter(({ entity, account, unit }: Posting) => entity === `P:${A}` && (account === 4110 || account === 4190) && unit === 'MIN')
      .map((line) => `${line.scope} ${line.account} ${-line.amount} ${line.effectiveDate ?? effectiveDate}`),
  )
const lapses = ({ transactions }: Book): readonly string[] =>
  transactions.flatMap(({ kind, recordedAt }) => (kind === 'claim-lapse' ? [recordedAt] : []))
const stateOf = (book: Book, uri: string): string => JSON.parse(book.documents.get(`action:${uri}`) ?? '{"state":"none"}').state

test('an appeal that is upheld books again what was taken back, on the day of the act while its year is open', () => {
  const log = smallTown()
  const of = ruled(log)
  appeal(log.at('2026-06-09'), of)
  assert.equal(stateOf(folded(log), of.act.uri), 'reversed')
  const decision = decided(log, of, 'restored')
  const book = folded(log)
  assert.deepEqual(codes(book), [])
  assert.equal(stateOf(book, of.act.uri), 'recognised')
  assert.deepEqual(given(book), ['172014 4110 60 2026-05-10', '172014 4110 -60 2026-05-10', '172014 4110 60 2026-05-10'])
  const restored = book.transactions.find(({ kind }) => kind === 'restore')
  assert.deepEqual(restored?.sources, [of.act.uri, of.ruling.uri, decision.uri])
  const first = book.transactions.find(({ kind }) => kind === 'recognise')
  assert.deepEqual([restored?.lines, restored?.rate, restored?.rateCid], [first?.lines, first?.rate, first?.rateCid])
})

test('decided after the cut-off it is a prior-period line of the day it was decided, where the giver lives by then', () => {
  const log = smallTown().at('2027-03-20')
  const of = ruled(log.at('2027-05-25'), 'upheld', { performedOn: '2027-03-20' })
  appeal(log, of)
  log.admit(KOMATSU, A, '2027-06-01')
  decided(log.at('2027-06-15'), of, 'restored')
  assert.deepEqual(given(folded(log)), ['172014 4110 60 2027-03-20', '172014 4110 -60 2027-03-20', '172031 4190 60 2027-06-15'])
  log.delete(of.act)
  assert.deepEqual(given(folded(log)).at(-1), '172031 4190 -60 2027-06-15', 'and withdrawn as it stands')
})

test('an appeal that is not upheld changes nothing, and there is no second one', () => {
  const log = smallTown()
  const of = ruled(log)
  const before = kinds(folded(log))
  appeal(log, of)
  decided(log, of, 'upheld')
  appeal(log, of)
  assert.deepEqual(kinds(folded(log)), before)
  assert.deepEqual(codes(folded(log)), ['appeal.decided'])
})

test('what is booked again counts on its day again, and can be disputed again', () => {
  const log = smallTown()
  const of = ruled(log, 'upheld', { minutes: 600 })
  appeal(log, of)
  const meanwhile = log.act(A, { minutes: 300 })
  decided(log, of, 'restored')
  log.act(A, { minutes: 61 })
  const again = ruleOn(log, of.act)
  const book = folded(log)
  assert.deepEqual(codes(book), ['action.day-full'])
  assert.equal(stateOf(book, meanwhile.uri), 'open', 'what came meanwhile stands')
  assert.equal(stateOf(book, of.act.uri), 'reversed')
  assert(book.documents.has(`ruling:${again.uri}`))
})

test('words of a suspended person do not count from its leaf through its last day; what was confirmed before stands, also where it waited', () => {
  const town = smallTown()
  const acts = [town.act(A), town.act(A), town.act(A)]
  const waiting = { uri: `at://${A}/org.waki.action/later`, cid: 'cid99' }
  town.write(B, 'confirmation', { subject: waiting, role: 'beneficiary', verdict: 'confirmed' })
  suspend(town, ruled(town), { until: '2026-06-30' })
  const { municipality, category } = { municipality: { scheme: 'jis-x-0402', code: KANAZAWA.code }, category: 'safety' }
  const late = town.write(A, 'action', { municipality, category, minutes: 5, performedOn: '2026-05-10' }, { key: 'later' })
  town.rows[town.rows.length - 1] = { ...late, cid: 'cid99' }
  const refused = [town.confirm(B, acts[0] ?? late), town.at('2026-06-30T14:59:59.000Z').confirm(B, acts[1] ?? late)]
  town.at('2026-06-30T15:00:00.000Z').confirm(B, acts[2] ?? late)
  const book = folded(town)
  assert.deepEqual(
    book.refusals.map(({ uri, code }) => [uri, code]),
    refused.map(({ uri }) => [uri, 'confirmation.suspended']),
  )
  assert.deepEqual(
    [...acts, { uri: waiting.uri }].map(({ uri }) => stateOf(book, uri)),
    ['open', 'open', 'recognised', 'recognised'],
  )
})

test('a suspension is ended by two persons, or with the ruling it rests on; what was refused meanwhile may be said again', () => {
  for (const end of ['by two', 'on appeal']) {
    const log = smallTown()
    const of = ruled(log)
    const act = log.act(A)
    const suspension = suspend(log, of)
    log.confirm(B, act)
    if (end === 'by two') unsuspend(log, suspension)
    else {
      appeal(log, of)
      decided(log, of, 'restored')
    }
    log.confirm(B, act)
    const book = folded(log)
    assert.deepEqual(codes(book), ['confirmation.suspended'], end)
    assert.equal(stateOf(book, act.uri), 'recognised', end)
  }
})

test('who confirmed in private can be suspended, since the register says who they are; and the town that says so of a mover is the new one', () => {
  const log = smallTown()
  const act = log.act(A)
  log.confirm(KANAZAWA.did, act, { role: 'municipality', onBehalf: 'beneficiary' })
  log.entry(KANAZAWA, 'receiver', { action: act.uri, index: 0, did: B })
  const of = { act, ruling: ruleOn(log, act) }
  log.admit(KOMATSU, B, '2026-05-11')
  suspend(log.at('2026-05-11'), of)
  suspend(log, of, { town: KOMATSU })
  const book = folded(log)
  assert.deepEqual(codes(book), ['suspension.not-resident'])
  assert(book.documents.has(`suspensions:${B}`))
})

test('an erased person leaves no key in what is kept of rulings and suspensions', () => {
  const log = smallTown()
  const of = ruled(log)
  suspend(log, of)
  log.account(B, 'deleted')
  log.at('2026-07-01').act(A)
  const book = folded(log)
  assert.deepEqual(
    [...book.documents].filter(([key, text]) => key.includes(B) || text.includes(B)).map(([key]) => key),
    [],
  )
  assert(book.documents.has('suspensions:did:erased:1'))
})

test('days of an outage do not count for a claim that was running: it lapses so much later, by what is known when it is due', () => {
  const log = smallTown()
  log.act(A)
  assert.deepEqual(lapses(folded(log, FAR)), ['2026-08-07T15:00:00.000Z'])
  outage(log.at('2026-06-05'), '2026-06-01', '2026-06-05')
  outage(log, '2026-06-04', '2026-06-08')
  assert.deepEqual(lapses(folded(log, FAR)), ['2026-08-15T15:00:00.000Z'], 'days that two notices tell count once')
  outage(log.at('2026-08-12'), '2026-08-09', '2026-08-10')
  assert.deepEqual(lapses(folded(log, FAR)), ['2026-08-17T15:00:00.000Z'], 'one within the days put off is one, too')
  outage(log.at('2026-08-18'), '2026-08-01', '2026-08-14')
  assert.deepEqual(lapses(folded(log, FAR)), ['2026-08-17T15:00:00.000Z'], 'what is told after it lapsed changes nothing')
})

test('a confirmation within the days put off counts; an outage of another town, or before the claim, puts nothing off', () => {
  const log = smallTown()
  const act = log.act(A)
  const notice = outage(log.at('2026-06-05'), '2026-06-01', '2026-06-05')
  log.delete(notice)
  log.at('2026-08-12T14:59:59.000Z').confirm(B, act)
  assert.deepEqual(codes(folded(log)), [], 'whatever becomes of its record')
  assert.equal(stateOf(folded(log), act.uri), 'recognised')
  const other = smallTown()
  outage(other, '2026-05-01', '2026-05-09')
  other.act(A)
  outage(other.at('2026-06-05'), '2026-06-01', '2026-06-05', KOMATSU)
  assert.deepEqual(lapses(folded(other, FAR)), ['2026-08-07T15:00:00.000Z'])
})

test('actDays are longer by an outage; the cut-off of a year is not', () => {
  const log = smallTown().at('2026-08-13')
  log.act(A, { performedOn: '2026-05-10' })
  outage(log, '2026-08-01', '2026-08-05')
  const act = log.act(A, { performedOn: '2026-05-10' })
  log.act(A, { performedOn: '2026-05-09' })
  const book = folded(log)
  assert.deepEqual(codes(book), ['action.too-old', 'action.too-old'])
  assert.equal(stateOf(book, act.uri), 'open')
  const year = smallTown().at('2027-05-20')
  const late = year.act(A, { performedOn: '2027-03-30' })
  outage(year.at('2027-05-31'), '2027-05-21', '2027-05-31')
  year.at('2027-06-01').confirm(B, late)
  assert.deepEqual(given(folded(year)), ['172014 4190 60 2027-06-01'])
})
