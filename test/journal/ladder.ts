// What follows an upheld ruling, as rows: an act that was taken back, appeals and their decisions, suspensions and their ends, and notices of outages.
// With the cases in which each is refused.

import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import type { Case } from './desk-refusals.ts'
import { KANAZAWA, KOMATSU, person, type Log } from './rows.ts'

const [A, B, C] = [person('a'), person('b'), person('c')]
export const FIRST_TWO = ['did:web:one.example', 'did:web:two.example']
export const OTHER_TWO = ['did:web:three.example', 'did:web:four.example']

export type Ruled = { readonly act: IntakeRow; readonly ruling: IntakeRow }
type Fields = { readonly [key: string]: Json }

/** An act of A that B confirmed, and a ruling on a dispute of it, by the first two. */
export const ruled = (log: Log, outcome = 'upheld', fields: Fields = {}): Ruled => {
  const act = log.act(A, fields)
  log.confirm(B, act)
  return { act, ruling: ruleOn(log, act, outcome) }
}

export const ruleOn = (log: Log, act: IntakeRow, outcome = 'upheld'): IntakeRow => {
  const dispute = log.entry(KANAZAWA, 'dispute', { subject: { uri: act.uri, cid: act.cid } })
  return log.entry(KANAZAWA, 'ruling', { subject: { uri: dispute.uri, cid: dispute.cid }, outcome, approvals: FIRST_TWO })
}

const subjectOf = ({ act, ruling }: Ruled): Fields => ({ action: act.uri, cid: act.cid, ruling: ruling.uri })

export const appeal = (log: Log, of: Ruled, town = KANAZAWA): IntakeRow => log.entry(town, 'appeal', { ...subjectOf(of), reason: 'x' })

export const decided = (log: Log, of: Ruled, outcome: string, { approvals = OTHER_TWO, town = KANAZAWA } = {}): IntakeRow =>
  log.entry(town, 'appeal-ruling', { ...subjectOf(of), outcome, approvals })

type Suspending = {
  readonly did?: string
  readonly until?: string
  readonly approvals?: readonly string[]
  readonly town?: { did: string }
}

export const suspend = (log: Log, { ruling }: Pick<Ruled, 'ruling'>, given: Suspending = {}): IntakeRow => {
  const { did = B, until = '2026-06-30', approvals = OTHER_TWO, town = KANAZAWA } = given
  return log.entry(town, 'suspension', { did, ruling: ruling.uri, until, approvals, reason: 'x' })
}

export const unsuspend = (log: Log, { uri }: IntakeRow, given: Omit<Suspending, 'until'> = {}): IntakeRow => {
  const { did = B, approvals = OTHER_TWO, town = KANAZAWA } = given
  return log.entry(town, 'suspension-end', { did, suspension: uri, approvals, reason: 'x' })
}

export const outage = (log: Log, from: string, until: string, { did }: { did: string } = KANAZAWA): IntakeRow =>
  log.write(did, 'notice', { title: '障害', body: '止まっていました。', kind: 'outage', from, until })

const appealed = (log: Log): Ruled => {
  const of = ruled(log)
  appeal(log, of)
  return of
}

const suspended = (log: Log, given: Suspending = {}): IntakeRow => suspend(log, ruled(log), given)

const appealCases: readonly Case[] = [
  ['record.malformed', 'an appeal against nothing', (log) => log.entry(KANAZAWA, 'appeal', { action: log.act(A).uri })],
  ['record.malformed', 'an appeal decided in another way', (log) => decided(log, appealed(log), 'dismissed')],
  ['appeal.no-upheld-ruling', 'of a dismissed dispute', (log) => appeal(log, ruled(log, 'dismissed'))],
  [
    'appeal.no-upheld-ruling',
    'of an act that is gone',
    (log) => {
      const of = ruled(log)
      log.delete(of.act)
      return appeal(log, of)
    },
  ],
  ['appeal.not-the-ruling-town', 'at another town', (log) => appeal(log, ruled(log), KOMATSU)],
  ['appeal.not-the-ruling-town', 'decided by another', (log) => decided(log, appealed(log), 'restored', { town: KOMATSU })],
  ['appeal.already-open', 'twice', (log) => appeal(log, appealed(log))],
  [
    'appeal.decided',
    'after the second decision',
    (log) => {
      const of = appealed(log)
      decided(log, of, 'upheld')
      return appeal(log, of)
    },
  ],
  [
    'appeal.too-late',
    'on the thirty-first day',
    (log) => {
      const of = ruled(log)
      return appeal(log.at('2026-06-09T15:00:00.000Z'), of)
    },
  ],
  ['appeal.none-open', 'decided without one', (log) => decided(log, ruled(log), 'restored')],
  ['appeal.approvals-missing', 'by one', (log) => decided(log, appealed(log), 'restored', { approvals: OTHER_TWO.slice(1) })],
  [
    'appeal.same-persons',
    'by one who ruled before',
    (log) => decided(log, appealed(log), 'restored', { approvals: [FIRST_TWO[1] ?? '', OTHER_TWO[0] ?? ''] }),
  ],
]

const suspensionCases: readonly Case[] = [
  ['record.malformed', 'through 31 June', (log) => suspended(log, { until: '2026-06-31' })],
  ['record.malformed', 'the end of nothing', (log) => log.entry(KANAZAWA, 'suspension-end', { did: B })],
  ['suspension.approvals-missing', 'by one', (log) => suspended(log, { approvals: OTHER_TWO.slice(1) })],
  ['suspension.approvals-missing', 'ended by one', (log) => unsuspend(log, suspended(log), { approvals: OTHER_TWO.slice(1) })],
  ['suspension.no-upheld-ruling', 'without one', (log) => suspend(log, ruled(log, 'dismissed'))],
  [
    'suspension.no-upheld-ruling',
    'that was taken back',
    (log) => {
      const of = appealed(log)
      decided(log, of, 'restored')
      return suspend(log, of)
    },
  ],
  ['suspension.not-a-party', 'of somebody else', (log) => suspended(log, { did: person('h') })],
  ['suspension.not-resident', 'by another town', (log) => suspended(log, { town: KOMATSU })],
  [
    'suspension.not-resident',
    'of somebody no town has admitted',
    (log) => {
      const act = log.act(A)
      log.confirm(B, act)
      const stranger = log.act(C, { hostBody: person('h') })
      log.confirm(person('h'), stranger, { role: 'hostBody' })
      log.admit(KANAZAWA, C, '2026-04-01', { until: '2026-05-10' })
      const of = { act: stranger, ruling: ruleOn(log, stranger) }
      return suspend(log.at('2026-05-11'), of, { did: C })
    },
  ],
  ['suspension.not-resident', 'ended by another town', (log) => unsuspend(log, suspended(log), { town: KOMATSU })],
  ['suspension.over-already', 'through yesterday', (log) => suspended(log, { until: '2026-05-09' })],
  ['suspension.too-long', 'for 181 days', (log) => suspended(log, { until: '2026-11-06' })],
  [
    'suspension.repeated',
    'for the same ruling',
    (log) => {
      const of = ruled(log)
      suspend(log, of)
      return suspend(log, of, { until: '2026-07-31' })
    },
  ],
  ['suspension.none-running', 'ended, and nobody is', (log) => unsuspend(log, ruled(log).ruling)],
  [
    'suspension.none-running',
    'ended twice',
    (log) => {
      const one = suspended(log)
      unsuspend(log, one)
      return unsuspend(log, one)
    },
  ],
  [
    'suspension.none-running',
    'ended after its last day',
    (log) => {
      const one = suspended(log)
      return unsuspend(log.at('2026-07-01'), one)
    },
  ],
  [
    'confirmation.suspended',
    'on the next leaf',
    (log) => {
      const next = log.act(A)
      suspended(log)
      return log.confirm(B, next)
    },
  ],
  [
    'confirmation.suspended',
    'a rejection on the last day, as a host body for somebody',
    (log) => {
      log.host(KANAZAWA, B)
      const next = log.act(A)
      suspended(log)
      return log.at('2026-06-30T14:59:59.999Z').confirm(B, next, { role: 'hostBody', onBehalf: 'beneficiary', verdict: 'rejected' })
    },
  ],
]

const outageCases: readonly Case[] = [
  ['town.not-in-roster', 'an outage by a resident', (log) => outage(log, '2026-05-01', '2026-05-02', { did: A })],
  ['record.malformed', 'an outage without days', (log) => log.write(KANAZAWA.did, 'notice', { kind: 'outage', title: 'x', body: 'x' })],
  ['town.date-impossible', 'an outage that ends before it begins', (log) => outage(log, '2026-05-02', '2026-05-01')],
  ['outage.too-long', '32 days', (log) => outage(log, '2026-04-01', '2026-05-02')],
  ['outage.not-begun', 'from tomorrow', (log) => outage(log, '2026-05-11', '2026-05-12')],
  ['outage.too-late', 'a month and a day ago', (log) => outage(log, '2026-04-01', '2026-04-09')],
]

export const ladderCases: readonly Case[] = [...appealCases, ...suspensionCases, ...outageCases]
