// Refusals of what the desk writes: receivers of the register, households, deaths, imports and openings, mergers. Each case writes what leads to the
// refusal and gives back the row that is refused.

import { hash } from 'node:crypto'
import { openingCsv } from '../../appview/journal/parse-opening.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import type { ImportRow } from '../../appview/journal/documents-desk.ts'
import type { RefusalCode } from '../../appview/journal/refusals.ts'
import { KANAZAWA, KOMATSU, person, type Log } from './rows.ts'

export type Case = readonly [RefusalCode, string, (log: Log) => IntakeRow]

const [A, B, C, H] = [person('a'), person('b'), person('c'), person('h')]
const town = { code: KANAZAWA.code, names: { ja: '金沢市' }, tier: 'municipality' }

/** A and B live together. */
export const household = (log: Log, members: readonly string[] = [A, B]): IntakeRow => log.entry(KANAZAWA, 'household', { members })

/** An act of A that is recognised for the pool. */
export const pooled = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.confirm(H, act, { role: 'hostBody', receivers: [{ class: 'unnamed' }, { class: 'public' }] })
  return act
}

export const mapTo = (log: Log, { uri }: IntakeRow, did: string, index = 0): IntakeRow =>
  log.entry(KANAZAWA, 'receiver', { action: uri, index, did })

const holders: readonly ImportRow[] = [
  { holder: A, points: 120, usableUntil: '2026-09-30', minutes: 300 },
  { holder: B, points: 80, usableUntil: null, minutes: 45 },
]
export const sha256Of = (rows: readonly ImportRow[]): string => hash('sha256', openingCsv(rows), 'hex')

export const imported = (log: Log, rows = holders, sha256 = sha256Of(rows)): IntakeRow => log.entry(KANAZAWA, 'import', { sha256, rows })

const control = { rows: 2, points: 200, minutes: 345 }
const approvals = ['did:web:desk1.example', 'did:web:desk2.example']
export const opened = (log: Log, fields: object = {}): IntakeRow =>
  log.entry(KANAZAWA, 'opening', { sha256: sha256Of(holders), control, approvals, ...fields })

const afterImport = (log: Log, fields: object): IntakeRow => (imported(log), opened(log, fields))

/** Kanazawa says of whom it becomes part; of Komatsu, unless it says otherwise. */
export const agreed = (log: Log, successor: string = KOMATSU.code): IntakeRow =>
  log.write(KANAZAWA.did, 'municipality', { ...town, successor }, { key: 'self' })

/** With the word of Kanazawa, where it is the predecessor. */
export const merger = (log: Log, predecessors: readonly string[], fields: object = {}): IntakeRow => {
  if (predecessors.includes(KANAZAWA.code)) agreed(log)
  return unagreed(log, predecessors, fields)
}

export const unagreed = (log: Log, predecessors: readonly string[], fields: object = {}): IntakeRow =>
  log.write(KOMATSU.did, 'municipality', { ...town, code: KOMATSU.code, predecessors, ...fields }, { key: 'self' })

const mergedAlready = (log: Log): IntakeRow => {
  merger(log, [KANAZAWA.code])
  return log.write(KANAZAWA.did, 'municipality', { ...town, predecessors: [KOMATSU.code] }, { key: 'self' })
}

const disputed = (log: Log): IntakeRow => {
  const act = log.act(A)
  log.confirm(B, act)
  return log.entry(KANAZAWA, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
}

export const deskCases: readonly Case[] = [
  ['record.malformed', 'predecessors as text', (log) => log.write(KANAZAWA.did, 'municipality', { ...town, predecessors: KOMATSU.code })],
  ['town.code-invalid', 'a predecessor’s check digit', (log) => merger(log, ['172015'])],
  ['town.date-impossible', 'a merger on 30 February', (log) => merger(log, [KANAZAWA.code], { validFrom: '2027-02-30' })],
  ['town.predecessor-unknown', 'a town elsewhere', (log) => merger(log, ['131016'])],
  ['town.predecessor-unknown', 'itself', (log) => merger(log, [KOMATSU.code])],
  ['town.merged-already', 'into one that is no more', mergedAlready],
  ['town.predecessor-not-agreed', 'that has said nothing, at once', (log) => unagreed(log, [KANAZAWA.code])],
  [
    'town.predecessor-not-agreed',
    'that has said nothing, in 29 days',
    (log) => unagreed(log, [KANAZAWA.code], { validFrom: '2026-06-08' }),
  ],
  [
    'town.predecessor-not-agreed',
    'that wants to stay, in a year',
    (log) => (agreed(log, KANAZAWA.code), unagreed(log, [KANAZAWA.code], { validFrom: '2027-06-08' })),
  ],
  ['record.malformed', 'a successor that is no text', (log) => log.write(KANAZAWA.did, 'municipality', { ...town, successor: 1 })],
  ['town.code-invalid', 'a successor’s check digit', (log) => agreed(log, '172015')],
  ['action.minutes-over-limit', 'more than the policy lets one act be', (log) => (log.policy(KANAZAWA, { minutesPerAct: 59 }), log.act(A))],
  [
    'action.too-old',
    'by the policy’s own days',
    (log) => (log.policy(KANAZAWA, { actDays: 5 }), log.act(A, { performedOn: '2026-05-04' })),
  ],
  [
    'action.beneficiary-same-household',
    'for somebody at home',
    (log) => {
      household(log)
      return log.act(A, { beneficiaries: [{ class: 'person', did: B }] })
    },
  ],
  ['confirmation.same-household', 'by somebody at home', (log) => (household(log), log.confirm(B, log.act(A)))],
  ['confirmation.same-household', 'as a witness', (log) => (household(log), log.confirm(B, log.act(A), { role: 'witness' }))],
  [
    'dispute.not-concerned',
    'by another town',
    (log) => {
      const act = pooled(log)
      return log.entry(KOMATSU, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
    },
  ],
  [
    'ruling.not-concerned',
    'by another town',
    (log) => {
      const { uri, cid } = disputed(log)
      return log.entry(KOMATSU, 'ruling', { subject: { uri, cid }, outcome: 'upheld' })
    },
  ],
  ['record.malformed', 'a receiver without an index', (log) => log.entry(KANAZAWA, 'receiver', { action: pooled(log).uri, did: B })],
  [
    'receiver.action-unknown',
    'of an action nobody has seen',
    (log) => mapTo(log, { ...pooled(log), uri: `at://${A}/org.waki.action/x` }, B),
  ],
  [
    'receiver.action-unknown',
    'of another version',
    (log) => {
      const { uri } = pooled(log)
      return log.entry(KANAZAWA, 'receiver', { action: uri, cid: 'bafyother', index: 0, did: B })
    },
  ],
  ['receiver.is-giver', 'the giver', (log) => mapTo(log, pooled(log), A)],
  ['receiver.same-household', 'somebody at home', (log) => (household(log), mapTo(log, pooled(log), B))],
  ['receiver.not-in-pool', 'where the public received', (log) => mapTo(log, pooled(log), B, 1)],
  ['receiver.not-in-pool', 'where nobody received', (log) => mapTo(log, pooled(log), B, 2)],
  [
    'receiver.already-mapped',
    'the same person again',
    (log) => {
      const act = pooled(log)
      mapTo(log, act, B)
      return mapTo(log, act, B)
    },
  ],
  [
    'receiver.named-otherwise',
    'where the act names somebody',
    (log) => {
      const act = log.act(A, { beneficiaries: [{ class: 'person', did: B }] })
      log.confirm(KANAZAWA.did, act, { role: 'municipality' })
      return mapTo(log, act, H)
    },
  ],
  ['record.malformed', 'a household with somebody twice', (log) => household(log, [A, A])],
  ['household.resident-elsewhere', 'told by another town', (log) => log.entry(KOMATSU, 'household', { members: [A, B] })],
  ['record.malformed', 'a death to come', (log) => log.entry(KANAZAWA, 'death', { did: A, on: '2026-05-11' })],
  ['death.not-resident', 'of somebody unknown', (log) => log.entry(KANAZAWA, 'death', { did: C, on: '2026-05-01' })],
  ['death.not-resident', 'told by another town', (log) => log.entry(KOMATSU, 'death', { did: A, on: '2026-05-01' })],
  ['record.malformed', 'an import of half a minute', (log) => imported(log, [{ holder: A, points: 0, usableUntil: null, minutes: 0.5 }])],
  ['import.hash-mismatch', 'the hash of other rows', (log) => imported(log, holders.slice(1), sha256Of(holders))],
  ['import.repeated', 'the same rows', (log) => (imported(log), imported(log))],
  ['record.malformed', 'an opening without control totals', (log) => afterImport(log, { control: null })],
  ['opening.no-such-import', 'of rows nobody imported', (log) => opened(log)],
  ['opening.repeated', 'again', (log) => (imported(log), opened(log), opened(log))],
  ['opening.approvals-missing', 'one person', (log) => afterImport(log, { approvals: approvals.slice(1) })],
  ['opening.approvals-missing', 'one person twice', (log) => afterImport(log, { approvals: [approvals[0], approvals[0]] })],
  ['opening.approvals-missing', 'before control totals', (log) => afterImport(log, { approvals: [], control: { ...control, rows: 3 } })],
  ...(['rows', 'points', 'minutes'] as const).map((name): Case => [
    'opening.control-mismatch',
    name,
    (log) => afterImport(log, { control: { ...control, [name]: 1 } }),
  ]),
  [
    'opening.holder-not-resident',
    'somebody who never was',
    (log) => {
      const rows = [{ holder: C, points: 0, usableUntil: null, minutes: 5 }]
      imported(log, rows)
      return opened(log, { sha256: sha256Of(rows), control: { rows: 1, points: 0, minutes: 5 } })
    },
  ],
]
