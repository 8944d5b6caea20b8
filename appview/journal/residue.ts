// What stays of a row when its record is gone: the fields the books are folded from, and nothing else of what a person wrote. A residue folds to
// what its record folded to. A withdrawn record has a name of its place in the log where its uri stood; no record can have such a key.

import { nsid } from '../../lexicons/authority.ts'
import type { Receiver } from './documents.ts'
import { fieldsOf, textOf } from './fields.ts'
import type { IntakeRow, Json } from './model.ts'
import { OUTAGE } from './outages.ts'
import { parseAction } from './parse-action.ts'
import { parseConfirmation } from './parse-confirmation.ts'

const MARK = '#'
/** Stands where the uri of a withdrawn action stood. */
const SOME_ACTION = `at://-/${nsid.action}/-`
const CODE_SCHEME = 'jis-x-0402'

/** What only a municipality publishes. */
export const TOWN_RECORDS: ReadonlySet<string> = new Set([
  nsid.admission,
  nsid.close,
  nsid.entry,
  nsid.hostBody,
  nsid.municipality,
  nsid.policy,
  nsid.rateTable,
  nsid.restatement,
  nsid.statement,
])

/** What the books are folded from in the payload of an entry. */
const ENTRY_FIELDS: ReadonlySet<string> = new Set([
  'subject',
  'outcome',
  'action',
  'index',
  'cid',
  'did',
  'members',
  'on',
  'sha256',
  'rows',
  'control',
  'approvals',
  'ruling',
  'until',
  'suspension',
])

/** The record key that stands for a record withdrawn at this place. */
export const withdrawnKey = (leaf: number, op: number): string => `${MARK}${leaf}.${op}`

export const isWithdrawn = (uri: string): boolean => uri.includes(`/${MARK}`)

/** A row that stands for a record of which no more is told than its kind, its place and when it was: no name, no CID, not whether it still stands. */
export const isUnnamed = ({ residue, cid, action }: Pick<IntakeRow, 'residue' | 'cid' | 'action'>): boolean =>
  residue === 'withdrawn' && cid === null && action !== 'delete'

/** The row without its content. */
export const emptied = (row: IntakeRow): IntakeRow =>
  row.residue === undefined ? { ...row, ...foldingPart(row), residue: 'emptied' } : row

/**
 * The row of somebody else's record that named an erased account: without its content; what a municipality has published, without what is private, and
 * without what its CID could be reckoned by.
 */
export const released = (row: IntakeRow, named: string): IntakeRow => {
  if (row.residue !== undefined) return row
  if (!TOWN_RECORDS.has(row.collection)) return { ...emptied(row), residue: 'erased', named }
  const fields = fieldsOf(row.value)
  const payload = fieldsOf(row.payload)
  const kept = Object.entries(payload ?? {}).filter(([field]) => ENTRY_FIELDS.has(field))
  const { nonce: _nonce, ...value } = fields ?? {}
  const open = { ...row, ...(fields === undefined ? {} : { value }), residue: 'erased', named } as const
  return payload === undefined ? open : { ...open, payload: Object.fromEntries(kept) }
}

/** The row without its content and its uri. */
export const withdrawn = (row: IntakeRow, rkey: string): IntakeRow => ({
  ...emptied(row),
  rkey,
  uri: `at://${row.repo}/${row.collection}/${rkey}`,
  residue: 'withdrawn',
})

/** Whether the record itself may stay beside its row: all of it is there, or it is an entry, whose record is a commitment and names nobody. */
export const keepsRecord = ({ residue, collection, value }: IntakeRow): boolean =>
  residue === undefined || (residue === 'erased' && collection === nsid.entry && value !== null)

/** A residue that knows the record it speaks of by name only. */
export const withSubject = (row: IntakeRow, name: string): IntakeRow =>
  row.collection === nsid.entry
    ? { ...row, subject: name, payload: withoutUri(row.payload) }
    : { ...row, subject: name, value: withoutUri(row.value) }

const withoutUri = (value: Json | undefined): Json => {
  const fields = fieldsOf(value) ?? {}
  if (fields['action'] !== undefined) return { ...fields, action: SOME_ACTION }
  return { ...fields, subject: { ...fieldsOf(fields['subject']), uri: SOME_ACTION } }
}

/** The occasion a giver says an action belongs to: an id, or the uri of its record. */
export const eventOf = (value: Json): string | undefined => {
  const fields = fieldsOf(value)
  return textOf(fields?.['eventId']) ?? textOf(fieldsOf(fields?.['event'])?.['uri'])
}

/** The residue of an action with another word for its occasion. */
export const withEvent = (row: IntakeRow, eventId: string): IntakeRow => {
  const { event: _, ...fields } = fieldsOf(row.value) ?? {}
  return { ...row, value: { ...fields, eventId } }
}

/** The record a confirmation or an entry speaks of. */
export const subjectOf = ({ collection, value, payload }: Pick<IntakeRow, 'collection' | 'value' | 'payload'>): string | undefined => {
  const spoken = fieldsOf(collection === nsid.confirmation ? value : collection === nsid.entry ? payload : undefined)
  return textOf(fieldsOf(spoken?.['subject'])?.['uri']) ?? textOf(spoken?.['action'])
}

/** The same as the books know it: where it was withdrawn, by its name. */
export const knownSubjectOf = (row: IntakeRow): string | undefined => row.subject ?? subjectOf(row)

/** All that these rows speak of, by uri and by name. */
export const subjectsOf = (rows: readonly IntakeRow[]): readonly string[] =>
  rows.flatMap((row) => [row.subject, subjectOf(row)]).filter((uri) => uri !== undefined)

const foldingPart = (row: IntakeRow): Pick<IntakeRow, 'value' | 'refusal'> => {
  if (row.value === null) return { value: null }
  if (row.collection === nsid.action) return actionPart(row.value)
  if (row.collection === nsid.notice) return noticePart(row.value)
  return row.collection === nsid.confirmation ? confirmationPart(row) : { value: null }
}

const actionPart = (value: Json): Pick<IntakeRow, 'value' | 'refusal'> => {
  const parsed = parseAction(value)
  if (typeof parsed === 'string') return { value: null, refusal: parsed }
  const { category, minutes, performedOn, municipality, hostBody, eventId, beneficiaries, card } = parsed
  const isByRecord = fieldsOf(value)?.['eventId'] === undefined
  return {
    value: {
      category,
      minutes,
      performedOn,
      municipality: { scheme: CODE_SCHEME, code: municipality },
      ...(hostBody === null ? {} : { hostBody }),
      ...(eventId === null ? {} : isByRecord ? { event: { uri: eventId, cid: MARK } } : { eventId }),
      ...(beneficiaries.length === 0 ? {} : { beneficiaries: beneficiaries.map(receiverPart) }),
      ...(card === null ? {} : { giver: { card } }),
    },
  }
}

/** Of a notice the days of an outage: nobody is named by them, and windows have been longer for them. */
const noticePart = (value: Json): Pick<IntakeRow, 'value'> => {
  const { kind, from, until } = fieldsOf(value) ?? {}
  return { value: kind === OUTAGE && typeof from === 'string' && typeof until === 'string' ? { kind, from, until } : null }
}

const confirmationPart = (row: IntakeRow): Pick<IntakeRow, 'value' | 'refusal'> => {
  const parsed = parseConfirmation(row)
  if (typeof parsed === 'string') return { value: null, refusal: parsed }
  const { role, verdict, minutes, onBehalf, receivers, subjectCid } = parsed.note
  return {
    value: {
      subject: { uri: subjectOf(row) ?? '', cid: subjectCid },
      role,
      verdict,
      ...(minutes === null ? {} : { minutes }),
      ...(onBehalf === null ? {} : { onBehalf }),
      ...(receivers.length === 0 ? {} : { receivers: receivers.map(receiverPart) }),
    },
  }
}

const receiverPart = ({ class: receiverClass, did, scope, weight }: Receiver): Json => ({
  class: receiverClass,
  weight,
  ...(did === null ? {} : { did }),
  ...(scope === null ? {} : { scope }),
})
