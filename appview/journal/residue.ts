// What stays of a row when its record is gone: the fields the books are folded from, and nothing else of what a person wrote. A residue folds to
// what its record folded to. A withdrawn record has a name of its place in the log where its uri stood; no record can have such a key.

import { nsid } from '../../lexicons/authority.ts'
import type { Receiver } from './documents.ts'
import { fieldsOf, textOf } from './fields.ts'
import type { IntakeRow, Json } from './model.ts'
import { parseAction } from './parse-action.ts'
import { parseConfirmation } from './parse-confirmation.ts'

const MARK = '#'
/** Stands where the uri of a withdrawn action stood. */
const SOME_ACTION = `at://-/${nsid.action}/-`
const CODE_SCHEME = 'jis-x-0402'

/** The record key that stands for a record withdrawn at this place. */
export const withdrawnKey = (leaf: number, op: number): string => `${MARK}${leaf}.${op}`

export const isWithdrawn = (uri: string): boolean => uri.includes(`/${MARK}`)

/** The row without its content. */
export const emptied = (row: IntakeRow): IntakeRow =>
  row.residue === undefined ? { ...row, ...foldingPart(row), residue: 'emptied' } : row

/** The row without its content and its uri. */
export const withdrawn = (row: IntakeRow, rkey: string): IntakeRow => ({
  ...emptied(row),
  rkey,
  uri: `at://${row.repo}/${row.collection}/${rkey}`,
  residue: 'withdrawn',
})

/** A residue of a confirmation that knows its action by name only. */
export const withSubject = (row: IntakeRow, name: string): IntakeRow => {
  const fields = fieldsOf(row.value)
  const subject = fieldsOf(fields?.['subject'])
  return { ...row, subject: name, value: { ...fields, subject: { ...subject, uri: SOME_ACTION } } }
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

/** The action a confirmation speaks of. */
export const subjectOf = (value: Json): string | undefined => textOf(fieldsOf(fieldsOf(value)?.['subject'])?.['uri'])

const foldingPart = (row: IntakeRow): Pick<IntakeRow, 'value' | 'refusal'> => {
  if (row.value === null) return { value: null }
  if (row.collection === nsid.action) return actionPart(row.value)
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

const confirmationPart = (row: IntakeRow): Pick<IntakeRow, 'value' | 'refusal'> => {
  const parsed = parseConfirmation(row)
  if (typeof parsed === 'string') return { value: null, refusal: parsed }
  const { role, verdict, minutes, onBehalf, receivers, subjectCid } = parsed.note
  return {
    value: {
      subject: { uri: subjectOf(row.value) ?? '', cid: subjectCid },
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
