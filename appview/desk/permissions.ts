// Who may do what at a desk, as one table. The town's own DID holds every role; two-person rules are in approvals.ts and hold for it, too.

import type { DeskRole } from '../store/desk.ts'

const EVERYBODY = ['clerk', 'approver', 'admin', 'auditor'] as const
const STAFF = ['clerk', 'approver', 'admin'] as const

const table = {
  'role.read': EVERYBODY,
  'role.add': ['admin'],
  'role.remove': ['admin'],
  'register.read': STAFF,
  'register.import': ['clerk', 'admin'],
  'admission.add': ['clerk', 'admin'],
  'admission.end': ['clerk', 'admin'],
  'hostBody.add': ['admin'],
  'hostBody.end': ['admin'],
  'draft.read': EVERYBODY,
  'sheet.save': ['clerk'],
  'draft.propose': ['clerk'],
  'draft.approve': ['approver'],
  'draft.withdraw': ['clerk', 'approver'],
  'dispute.read': EVERYBODY,
  'dispute.open': ['clerk'],
  'ruling.propose': ['clerk'],
  'appeal.open': ['clerk'],
  'appeal.propose': ['clerk'],
  'suspension.propose': ['clerk'],
  'policy.preview': STAFF,
  'policy.publish': ['admin'],
  'rates.preview': STAFF,
  'rates.publish': ['admin'],
  'opening.propose': ['admin', 'clerk'],
  'receiver.map': ['clerk'],
  'household.publish': ['clerk'],
  'death.record': ['clerk'],
  'notice.publish': ['admin'],
  'flag.read': EVERYBODY,
  'flag.dismiss': ['approver'],
  'trail.read': ['admin', 'auditor'],
  'entry.read': ['admin', 'auditor'],
  'intake.export': ['admin', 'auditor'],
  'job.read': EVERYBODY,
  'job.cancel': EVERYBODY,
  'job.close': ['approver', 'admin'],
  'job.restate': ['approver', 'admin'],
  'job.auditSample': ['approver', 'admin', 'auditor'],
  'job.rebuild': ['admin'],
  'job.export': ['admin', 'auditor'],
  'job.take': ['admin', 'auditor'],
  'hook.set': ['admin'],
} as const satisfies Readonly<Record<string, readonly DeskRole[]>>

/** What is done, by the name it has in the audit trail. */
export type DeedName = keyof typeof table

/** What a municipality that has become part of another still does at its own desk; all else is its successor's. Jobs go on: its last years are closed there. */
const WHEN_MERGED = /^(?:role\.|job\.|hook\.|intake\.|draft\.withdraw$)/

export const mayDoWhenMerged = (deed: DeedName): boolean => WHEN_MERGED.test(deed)

export const mayDo = (deed: DeedName, held: readonly DeskRole[]): boolean => {
  const roles: readonly DeskRole[] = table[deed]
  return held.some((role) => roles.includes(role))
}
