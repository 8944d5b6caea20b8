// Where two reasons apply, the one further up in the table of refusals is told: every pair of faults that one action, or one confirmation, can have.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { refusalCodes, type RefusalCode } from '../../appview/journal/refusals.ts'
import { BookKeeper } from './book.ts'
import { household } from './desk-refusals.ts'
import { ruleOn, suspend } from './ladder.ts'
import { KANAZAWA, person, smallTown, towns, type Log } from './rows.ts'

const [A, B, C] = [person('a'), person('b'), person('c')]
type Fields = { readonly [key: string]: Json }

/** `before`: what must have happened; `fields`: what is wrong with the record. Two faults that need one field to differ have no pair. */
type Fault = { readonly code: RefusalCode; readonly before?: (log: Log) => void; readonly fields: Fields }

/** B, for an act of their own. */
const suspended = (log: Log): void => {
  const act = log.act(B)
  log.confirm(person('h'), act, { role: 'hostBody' })
  suspend(log, { ruling: ruleOn(log, act) })
}

const here = (code: string) => ({ municipality: { scheme: 'jis-x-0402', code } })
const named = (did: string) => ({ beneficiaries: [{ class: 'person', did }] })

const actionFaults: readonly Fault[] = [
  { code: 'record.malformed', fields: { category: 5 } },
  { code: 'action.minutes-out-of-range', fields: { minutes: 721 } },
  { code: 'action.category-unknown', fields: { category: 'gardening' } },
  { code: 'action.date-impossible', fields: { performedOn: '2026-02-30' } },
  { code: 'action.code-invalid', fields: here('172015') },
  { code: 'action.municipality-not-in-roster', fields: here('131016') },
  { code: 'action.municipality-not-in-roster', fields: { beneficiaries: [{ class: 'unnamed', scope: '131016' }] } },
  { code: 'action.performed-in-future', fields: { performedOn: '2026-05-11' } },
  { code: 'action.too-old', fields: { performedOn: '2026-01-10' } },
  { code: 'action.card-without-host-body', fields: { giver: { card: 'k' } } },
  { code: 'action.host-body-not-registered', fields: { hostBody: C } },
  { code: 'action.beneficiary-is-giver', fields: named(A) },
  { code: 'action.beneficiary-same-household', before: (log) => household(log, [A, B]), fields: named(B) },
  { code: 'action.beneficiary-sensitive', fields: { ...named(C), category: 'children' } },
  { code: 'action.event-repeated', before: (log) => log.act(A, { eventId: 'e', minutes: 1 }), fields: { eventId: 'e' } },
  { code: 'action.minutes-over-limit', before: (log) => log.policy(KANAZAWA, { minutesPerAct: 400 }), fields: { minutes: 410 } },
  { code: 'action.day-full', before: (log) => [1, 2].forEach(() => log.act(A, { minutes: 390 })), fields: { minutes: 395 } },
]

const confirmationFaults: readonly Fault[] = [
  { code: 'record.malformed', fields: { verdict: 'maybe' } },
  { code: 'confirmation.cid-mismatch', fields: { subject: 'other' } },
  { code: 'confirmation.on-behalf-not-allowed', fields: { role: 'beneficiary', onBehalf: 'witness' } },
  { code: 'confirmation.not-the-municipality', fields: { role: 'municipality' } },
  { code: 'confirmation.same-household', before: (log) => household(log, [A, B]), fields: { role: 'beneficiary' } },
  { code: 'confirmation.host-body-not-registered', fields: { role: 'hostBody' } },
  { code: 'confirmation.rejection-not-entitled', fields: { role: 'beneficiary', verdict: 'rejected' } },
  { code: 'confirmation.witness-says-less', fields: { role: 'witness', minutes: 1 } },
  { code: 'confirmation.receiver-is-giver', fields: { receivers: [{ class: 'person', did: A }] } },
  { code: 'confirmation.suspended', before: suspended, fields: {} },
  { code: 'confirmation.receiver-scope-unknown', fields: { receivers: [{ class: 'unnamed', scope: '131016' }] } },
]

const pairsOf = (faults: readonly Fault[]): readonly (readonly [Fault, Fault])[] =>
  faults.flatMap((one, index) => faults.slice(index + 1).map((other) => [one, other] as const))

const conflicts = (one: Fault, other: Fault): boolean =>
  Object.keys(one.fields).some((key) => key in other.fields && one.fields[key] !== other.fields[key])

const toldOf = (log: Log, row: IntakeRow): string | undefined =>
  new BookKeeper(towns)
    .fold(log.rows, 3)
    .book()
    .refusals.find(({ leaf }) => leaf === row.leaf)?.code

const first = (one: Fault, other: Fault): RefusalCode =>
  refusalCodes.indexOf(one.code) < refusalCodes.indexOf(other.code) ? one.code : other.code

const countPairs = (faults: readonly Fault[], write: (log: Log, fields: Fields) => IntakeRow): number => {
  let told = 0
  for (const [one, other] of pairsOf(faults)) {
    if (conflicts(one, other)) continue
    const log = smallTown()
    one.before?.(log)
    other.before?.(log)
    const row = write(log, { ...one.fields, ...other.fields })
    assert.equal(toldOf(log, row), first(one, other), `${one.code} and ${other.code}`)
    told += 1
  }
  return told
}

test('of an action', () => {
  for (const { before, fields, code } of actionFaults) {
    const log = smallTown()
    before?.(log)
    assert.equal(toldOf(log, log.act(A, fields)), code)
  }
  assert(countPairs(actionFaults, (log, fields) => log.act(A, fields)) > 80)
})

test('of a confirmation', () => {
  const write = (log: Log, { subject, ...fields }: Fields): IntakeRow => {
    const act = log.act(A)
    return log.confirm(B, subject === undefined ? act : { ...act, cid: 'bafyother' }, fields)
  }
  for (const { before, fields, code } of confirmationFaults) {
    const log = smallTown()
    before?.(log)
    assert.equal(toldOf(log, write(log, fields)), code)
  }
  assert(countPairs(confirmationFaults, write) > 25)
})
