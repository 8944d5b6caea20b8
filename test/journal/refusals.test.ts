// Every refusal code with a case that earns it: told once, to the one whose record it is, and nothing else booked for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { refusalCodes, sentenceOf } from '../../appview/journal/refusals.ts'
import { BookKeeper } from './book.ts'
import { deskCases, type Case } from './desk-refusals.ts'
import { ladderCases } from './ladder.ts'
import { KANAZAWA, KOMATSU, Log, person, smallTown, towns } from './rows.ts'

const [A, B, C, H] = [person('a'), person('b'), person('c'), person('h')]
const card = { giver: { card: 'k-1' } }
const elsewhere = { scheme: 'jis-x-0402', code: '131016' }
const named = (did: string) => ({ beneficiaries: [{ class: 'person', did }] })

const townCases: readonly Case[] = [
  ['record.malformed', 'an action without category', (log) => log.act(A, { category: null })],
  ['record.malformed', 'minutes as text', (log) => log.act(A, { minutes: '60' })],
  ['record.malformed', 'a confirmation without role', (log) => log.confirm(B, log.act(A), { role: 'friend' })],
  ['record.malformed', 'a receiver of weight 0', (log) => log.confirm(B, log.act(A), { receivers: [{ class: 'unnamed', weight: 0 }] })],
  ['record.malformed', 'a policy of an unknown mode', (log) => log.policy(KANAZAWA, { mode: 'auction' })],
  ['record.malformed', 'an admission of nobody', (log) => log.admit(KANAZAWA, '山田')],
  ['record.repeated', 'an edit that changes nothing', (log) => repeat(log, log.act(A))],
  ['record.repeated', 'a confirmation again', (log) => repeat(log, log.confirm(B, log.act(A)))],
  ['town.not-in-roster', 'a policy by a resident', (log) => log.policy({ did: A })],
  ['town.not-in-roster', 'an admission by a resident', (log) => log.admit({ did: A }, C)],
  ['town.not-in-roster', 'an entry by a resident', (log) => log.entry({ did: A }, 'ruling', {})],
  ['town.code-mismatch', 'the code of another town', (log) => log.write(KANAZAWA.did, 'municipality', { ...town, code: KOMATSU.code })],
  ['town.code-invalid', 'a wrong check digit', (log) => log.write(KANAZAWA.did, 'municipality', { ...town, code: '172015' })],
  ['town.date-impossible', '30 February', (log) => log.rates(KANAZAWA, { validFrom: '2026-02-30' })],
  [
    'town.date-impossible',
    'an admission that ends before it begins',
    (log) => log.admit(KANAZAWA, C, '2026-05-01', { until: '2026-04-30' }),
  ],
  ['town.rate-malformed', 'a category twice', (log) => log.rates(KANAZAWA, { rates: [rate(1), rate(2)] })],
  ['town.rate-malformed', 'half a yen', (log) => log.rates(KANAZAWA, { rates: [rate(0.5)] })],
  ['host.resident-elsewhere', 'a resident of another town', (log) => log.host(KOMATSU, A)],
  ['admission.already-admitted', 'a second admission', (log) => log.admit(KANAZAWA, A)],
  ['admission.fixed', 'another subject', (log) => log.edit(log.admit(KANAZAWA, C), { subject: B })],
  ['admission.fixed', 'another first day', (log) => log.edit(log.admit(KANAZAWA, C), { from: '2026-04-02' })],
]

const town = { code: KANAZAWA.code, names: { ja: '金沢市' }, tier: 'municipality' }
const rate = (yenPerHour: number) => ({ category: '*', yenPerHour, method: 'RC-S' })
const repeat = (log: Log, row: IntakeRow): IntakeRow => {
  const again = { ...log.edit(row, {}), cid: row.cid }
  log.rows[log.rows.length - 1] = again
  return again
}

const actionCases: readonly Case[] = [
  ['action.minutes-out-of-range', 'no minutes', (log) => log.act(A, { minutes: 0 })],
  ['action.minutes-out-of-range', '721 minutes', (log) => log.act(A, { minutes: 721 })],
  ['action.minutes-out-of-range', 'half a minute', (log) => log.act(A, { minutes: 0.5 })],
  ['action.category-unknown', 'a category of one’s own', (log) => log.act(A, { category: 'gardening' })],
  ['action.date-impossible', '30 February', (log) => log.act(A, { performedOn: '2026-02-30' })],
  ['action.code-invalid', 'a wrong check digit', (log) => log.act(A, { municipality: { ...elsewhere, code: '172015' } })],
  ['action.municipality-not-in-roster', 'a town elsewhere', (log) => log.act(A, { municipality: elsewhere })],
  ['action.performed-in-future', 'tomorrow', (log) => log.act(A, { performedOn: '2026-05-11' })],
  ['action.too-old', '91 days ago', (log) => log.at('2026-07-31').act(A, { performedOn: '2026-05-01' })],
  ['action.card-without-host-body', 'a card in a resident’s repo', (log) => log.act(A, { giver: { card: 'k-1' } })],
  ['action.host-body-not-registered', 'a body nobody registered', (log) => log.act(A, { hostBody: C })],
  ['action.beneficiary-is-giver', 'for oneself', (log) => log.act(A, named(A))],
  ['action.beneficiary-sensitive', 'naming a child', (log) => log.act(A, { ...named(B), category: 'children' })],
  ['action.event-repeated', 'the same event', (log) => (log.act(A, { eventId: 'e' }), log.act(A, { eventId: 'e' }))],
  ['action.day-full', '961 minutes of one day', (log) => (log.act(A, { minutes: 720 }), log.act(A, { minutes: 241 }))],
  ['action.too-many-open', 'the thousand and first', (log) => manyActs(log)],
]

const manyActs = (log: Log): IntakeRow => {
  for (let i = 0; i < 1000; i += 1) log.act(A, { minutes: 1, performedOn: i < 500 ? '2026-05-09' : '2026-05-10' })
  return log.act(A, { minutes: 1 })
}

const ruled = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.confirm(B, act)
  const dispute = log.entry(KANAZAWA, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
  log.entry(KANAZAWA, 'ruling', { subject: { uri: dispute.uri, cid: dispute.cid }, outcome: 'upheld' })
  return act
}

const confirmationCases: readonly Case[] = [
  ['confirmation.subject-not-action', 'of a confirmation', (log) => log.confirm(B, log.confirm(B, log.act(A)))],
  ['confirmation.own-action', 'by the giver', (log) => log.confirm(A, log.act(A))],
  ['confirmation.own-action', 'by the giver as a host body', (log) => log.confirm(H, log.act(H), { role: 'hostBody' })],
  ['confirmation.own-card', 'by the body that wrote it', (log) => log.confirm(H, log.act(H, card), { role: 'hostBody' })],
  ['confirmation.own-card', 'as a witness', (log) => log.confirm(H, log.act(H, card), { role: 'witness' })],
  ['confirmation.cid-mismatch', 'of another version', (log) => log.confirm(B, { ...log.act(A), cid: 'bafyother' })],
  ['confirmation.cid-mismatch', 'of the version before the edit', (log) => beforeEdit(log)],
  ['confirmation.claim-lapsed', 'at 00:00 of the 90th day', (log) => log.confirm(B, log.act(A))],
  ['confirmation.action-rejected', 'after the rejection', (log) => afterRejection(log)],
  ['confirmation.action-reversed', 'after a ruling', (log) => log.confirm(B, ruled(log))],
  ['confirmation.on-behalf-not-allowed', 'by a resident', (log) => log.confirm(B, log.act(A), { onBehalf: 'beneficiary' })],
  [
    'confirmation.on-behalf-of-office',
    'a host body for the town',
    (log) => log.confirm(H, log.act(A), { role: 'hostBody', onBehalf: 'municipality' }),
  ],
  [
    'confirmation.on-behalf-of-office',
    'a town for a host body',
    (log) => log.confirm(KANAZAWA.did, log.act(A), { role: 'municipality', onBehalf: 'hostBody' }),
  ],
  ['confirmation.not-the-municipality', 'by a resident', (log) => log.confirm(B, log.act(A), { role: 'municipality' })],
  ['confirmation.not-the-municipality', 'by another town', (log) => log.confirm(KOMATSU.did, log.act(A), { role: 'municipality' })],
  ['confirmation.host-body-not-registered', 'by a resident', (log) => log.confirm(B, log.act(A), { role: 'hostBody' })],
  ['confirmation.host-body-not-registered', 'before its first day', (log) => beforeRegistration(log)],
  ['confirmation.not-entitled', 'where somebody else is named', (log) => log.confirm(B, log.act(A, named(C)))],
  ['confirmation.not-entitled', 'a host body where another is named', (log) => log.confirm(H, log.act(A, named(C)), { role: 'hostBody' })],
  [
    'confirmation.not-entitled',
    'the municipality for a witness where somebody is named',
    (log) => log.confirm(KANAZAWA.did, log.act(A, named(C)), { role: 'municipality', onBehalf: 'witness' }),
  ],
  [
    'confirmation.not-entitled',
    'its own host body for a witness where somebody is named',
    (log) => log.confirm(H, log.act(A, { ...named(C), hostBody: H }), { role: 'hostBody', onBehalf: 'witness' }),
  ],
  ['confirmation.rejection-not-entitled', 'by a witness', (log) => log.confirm(B, log.act(A), { role: 'witness', verdict: 'rejected' })],
  ['confirmation.witness-says-less', 'of what nobody is named in', (log) => log.confirm(B, log.act(A), { role: 'witness', minutes: 1 })],
  [
    'confirmation.witness-says-less',
    'by the municipality for a witness',
    (log) => log.confirm(KANAZAWA.did, log.act(A), { role: 'municipality', onBehalf: 'witness', minutes: 1 }),
  ],
  [
    'confirmation.public-elsewhere',
    'by a witness for a neighbouring town',
    (log) => log.confirm(B, log.act(A), { role: 'witness', receivers: [{ class: 'public', scope: KOMATSU.code }] }),
  ],
  [
    'confirmation.public-elsewhere',
    'by the municipality for its neighbour',
    (log) => log.confirm(KANAZAWA.did, log.act(A), { role: 'municipality', receivers: [{ class: 'public', scope: KOMATSU.code }] }),
  ],
  [
    'confirmation.public-elsewhere',
    'as the action says it',
    (log) => log.confirm(B, log.act(A, { beneficiaries: [{ class: 'public', scope: KOMATSU.code }] }), { role: 'witness' }),
  ],
  ['confirmation.not-admitted', 'after recognition', (log) => afterRecognition(log)],
  [
    'confirmation.own-benefit',
    'a host body for itself',
    (log) => log.confirm(H, log.act(A), { role: 'hostBody', receivers: [{ class: 'person', did: H }] }),
  ],
  [
    'confirmation.receiver-is-giver',
    'the giver receives',
    (log) => log.confirm(B, log.act(A), { receivers: [{ class: 'person', did: A }] }),
  ],
  [
    'confirmation.receiver-sensitive',
    'naming a child',
    (log) => log.confirm(H, log.act(A, { category: 'children' }), { role: 'hostBody', receivers: [{ class: 'person', did: B }] }),
  ],
  [
    'confirmation.receiver-scope-unknown',
    'a town elsewhere',
    (log) => log.confirm(B, log.act(A), { receivers: [{ class: 'unnamed', scope: '131016' }] }),
  ],
  ['confirmation.too-many', 'the seventeenth stranger', (log) => strangers(log, log.act(A))],
  ['confirmation.too-many', 'the seventeenth stranger who waits for it', (log) => strangers(log, { ...log.act(A), uri: unseen })],
  ['confirmation.too-many', 'the thirty-third neighbour of somebody not admitted', (log) => neighbours(log, log.act(C))],
  ['dispute.action-not-recognised', 'an open claim', (log) => disputeOf(log, log.act(A))],
  ['dispute.already-open', 'a second one', (log) => secondDispute(log)],
  [
    'ruling.no-open-dispute',
    'out of the blue',
    (log) => log.entry(KANAZAWA, 'ruling', { subject: { uri: `at://${B}/x/y`, cid: 'c' }, outcome: 'upheld' }),
  ],
]

const beforeEdit = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.edit(act, { minutes: 30 })
  return log.confirm(B, act)
}
const afterRejection = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.confirm(H, act, { role: 'hostBody', verdict: 'rejected' })
  return log.confirm(B, act)
}
const afterRecognition = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.confirm(B, act)
  return log.confirm(C, act)
}
const beforeRegistration = (log: Log): IntakeRow => {
  log.host(KANAZAWA, C, { validFrom: '2026-05-11' })
  return log.confirm(C, log.act(A), { role: 'hostBody' })
}
const unseen = `at://${A}/org.waki.action/unseen`
const strangers = (log: Log, act: IntakeRow): IntakeRow => {
  for (let i = 0; i < 16; i += 1) log.confirm(person(`s${i}`), act)
  return log.confirm(person('s16'), act)
}
const neighbours = (log: Log, act: IntakeRow): IntakeRow => {
  for (let i = 0; i <= 32; i += 1) log.admit(KANAZAWA, person(`n${i}`))
  for (let i = 0; i < 32; i += 1) log.confirm(person(`n${i}`), act)
  return log.confirm(person('n32'), act)
}
const disputeOf = (log: Log, act: IntakeRow): IntakeRow => log.entry(KANAZAWA, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
const secondDispute = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.confirm(B, act)
  disputeOf(log, act)
  return disputeOf(log, act)
}

const late: ReadonlySet<string> = new Set(['confirmation.claim-lapsed'])
const tested = new Set<string>()

for (const [code, name, write] of [...townCases, ...actionCases, ...confirmationCases, ...deskCases, ...ladderCases])
  test(`${code}: ${name}`, () => {
    tested.add(code)
    const log = smallTown()
    const refused = write(log)
    if (late.has(code)) log.rows[log.rows.length - 1] = { ...refused, recordedAt: '2026-08-07T15:00:00.000Z' }
    const { transactions, refusals } = new BookKeeper(towns).fold(log.rows, 3).book()
    assert.deepEqual(refusals, [{ leaf: refused.leaf, op: 0, uri: refused.uri, cid: refused.cid, code, repo: refused.repo }])
    assert.deepEqual(
      transactions.filter(({ leaf, kind }) => leaf === refused.leaf && kind !== 'memo-release'),
      [],
    )
  })

test('confirmation.action-refused: of a refused action, seen before or after', () => {
  tested.add('confirmation.action-refused')
  const log = smallTown()
  const act = { ...log.act(A, { minutes: 721 }) }
  const unseen = log.confirm(B, act)
  const future = log.act(A, { performedOn: '2026-05-11' })
  const seen = log.confirm(B, future)
  const { refusals } = new BookKeeper(towns).fold(log.rows, 2, '2026-12-31T00:00:00.000Z').book()
  assert.deepEqual(
    refusals.map(({ uri, code }) => [uri, code]),
    [
      [act.uri, 'action.minutes-out-of-range'],
      [future.uri, 'action.performed-in-future'],
      [seen.uri, 'confirmation.action-refused'],
      [unseen.uri, 'confirmation.action-not-seen'],
    ],
  )
})

test('confirmation.action-not-seen: it waits as long as a claim, then is refused to its author', () => {
  tested.add('confirmation.action-not-seen')
  const log = smallTown()
  const early = log.confirm(B, { ...log.act(A), uri: `at://${A}/org.waki.action/unseen` })
  const keeper = new BookKeeper(towns).fold(log.rows, 1, '2026-08-07T14:59:59.999Z')
  assert.deepEqual(keeper.book().refusals, [])
  keeper.advance('2026-08-07T15:00:00.000Z')
  const { leaf, uri, cid, repo } = early
  assert.deepEqual(keeper.book().refusals, [{ leaf, op: 0, uri, cid, code: 'confirmation.action-not-seen', repo }])
})

test('every code has a case, and a sentence in both languages that ends as one', () => {
  assert.deepEqual(
    refusalCodes.filter((code) => !tested.has(code)),
    [],
  )
  for (const code of refusalCodes) {
    assert.match(code, /^[a-z]+\.[a-z-]+$/)
    assert.match(sentenceOf(code)?.ja ?? '', /。$/)
    assert.match(sentenceOf(code)?.en ?? '', /\.$/)
  }
})
