// Entries of a municipality: the public place of a private act, decided here as far as they concern time: disputes and rulings. The payload comes
// with the row where this appview holds it; without it, and for every other kind, nothing is booked.

import { nsid } from '../../lexicons/authority.ts'
import { reverseAction } from './claims.ts'
import { closeDispute, openDispute } from './disputes.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { fieldsOf, strongRefOf, textOf, wordOf } from './fields.ts'
import type { IntakeRow, Json } from './model.ts'
import { townOf } from './roster.ts'

const OUTCOMES = ['upheld', 'dismissed'] as const

export const decideEntry = (draft: Draft, row: IntakeRow): void => {
  if (townOf(draft.roster, row.repo, row.leaf) === undefined) return draft.refuse(row, 'town.not-in-roster')
  if (row.action !== 'create' || row.payload === undefined) return
  const kind = textOf(fieldsOf(row.value)?.['kind'])
  if (kind === 'dispute') decideDispute(draft, row, row.payload)
  if (kind === 'ruling') decideRuling(draft, row, row.payload)
}

const decideDispute = (draft: Draft, row: IntakeRow, payload: Json): void => {
  const subject = strongRefOf(fieldsOf(payload)?.['subject'])
  if (subject === undefined || !subject.uri.includes(`/${nsid.action}/`)) return draft.refuse(row, 'record.malformed')
  const action = draft.get('action', subject.uri)
  if (action === null || action.recognised === null || action.cid !== subject.cid) return draft.refuse(row, 'dispute.action-not-recognised')
  if (action.dispute === row.uri) return
  if (action.dispute !== null) return draft.refuse(row, 'dispute.already-open')
  draft.put('action', action.uri, openDispute(draft, action, action.recognised, row.uri, row.leaf))
}

const decideRuling = (draft: Draft, row: IntakeRow, payload: Json): void => {
  const fields = fieldsOf(payload)
  const subject = strongRefOf(fields?.['subject'])
  const outcome = wordOf(fields?.['outcome'], OUTCOMES)
  if (subject === undefined || outcome === undefined) return draft.refuse(row, 'record.malformed')
  if (draft.get('record', row.uri) !== null) return
  const actionUri = draft.get('dispute', subject.uri)?.action
  const action = actionUri === undefined ? null : draft.get('action', actionUri)
  if (action === null || action.dispute !== subject.uri) return draft.refuse(row, 'ruling.no-open-dispute')
  draft.put('record', row.uri, { kind: 'record', about: `${action.leaf}/${action.op}` })
  const occasion = occasionOfRow(row)
  if (outcome === 'upheld') reverseAction(draft, action, occasion, row.uri)
  else draft.put('action', action.uri, closeDispute(draft, action, occasion))
}
