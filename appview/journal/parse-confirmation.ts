// A confirmation record as the books read it: all that recognition needs, nothing looked up elsewhere.

import { nsid } from '../../lexicons/authority.ts'
import type { ConfirmationNote } from './documents.ts'
import { fieldsOf, integerOf, strongRefOf, wordOf } from './fields.ts'
import type { IntakeRow } from './model.ts'
import { parseReceivers } from './parse-receivers.ts'
import type { RefusalCode } from './refusals.ts'

const ROLES = ['beneficiary', 'witness', 'hostBody', 'municipality'] as const
const VERDICTS = ['confirmed', 'rejected'] as const
const MAX_MINUTES = 720

export type ParsedConfirmation = { readonly action: string; readonly note: ConfirmationNote }

/** The confirmation, or the code of the first thing wrong with it. */
export const parseConfirmation = (row: IntakeRow): ParsedConfirmation | RefusalCode => {
  const fields = fieldsOf(row.value)
  const subject = strongRefOf(fields?.['subject'])
  const role = wordOf(fields?.['role'], ROLES)
  const verdict = wordOf(fields?.['verdict'], VERDICTS)
  const receivers = parseReceivers(fields?.['receivers'])
  if (fields === undefined || subject === undefined || role === undefined || verdict === undefined) return 'record.malformed'
  if (receivers === undefined || row.cid === null) return 'record.malformed'
  const minutes = fields['minutes'] === undefined ? null : integerOf(fields['minutes'], 1, MAX_MINUTES)
  const onBehalf = fields['onBehalf'] === undefined ? null : wordOf(fields['onBehalf'], ROLES)
  if (minutes === undefined || onBehalf === undefined) return 'record.malformed'
  // Only in what is left of a row may a withdrawn record be named; nobody writes such a name.
  const isName = subject.uri.includes('#') && row.residue === undefined
  if (!subject.uri.includes(`/${nsid.action}/`) || isName) return 'confirmation.subject-not-action'
  const { uri, cid, leaf, op, recordedAt, repo } = row
  const note = { uri, cid, leaf, op, recordedAt, repo, role, onBehalf, verdict, minutes, receivers, subjectCid: subject.cid }
  return { action: row.subject ?? subject.uri, note }
}
