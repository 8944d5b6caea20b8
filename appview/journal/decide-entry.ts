// Entries of a municipality: the public place of a private act, decided here as far as they concern time. The payload comes with the row where this
// appview holds it; without it, and for every kind that only points know, nothing is booked.

import { nsid } from '../../lexicons/authority.ts'
import { decideAppeal, decideAppealRuling, keepRuling } from './appeals.ts'
import { reverseAction } from './claims.ts'
import { decideImport, decideOpening } from './decide-opening.ts'
import { decideDeath, decideHousehold, decideReceiver } from './decide-register.ts'
import { closeDispute, hasPart, openDispute, placeOf } from './disputes.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { fieldsOf, strongRefOf, textOf, wordOf } from './fields.ts'
import type { IntakeRow, Json } from './model.ts'
import { townOf } from './roster.ts'
import { decideSuspension, decideSuspensionEnd } from './suspensions.ts'

const OUTCOMES = ['upheld', 'dismissed'] as const

export const decideEntry = (draft: Draft, row: IntakeRow): void => {
  const town = townOf(draft.roster, row.repo, row.leaf)
  if (town === undefined) return draft.refuse(row, 'town.not-in-roster')
  if (row.action !== 'create' || row.payload === undefined) return
  switch (textOf(fieldsOf(row.value)?.['kind']) ?? '') {
    case 'receiver':
      return decideReceiver(draft, row, row.payload, town)
    case 'household':
      return decideHousehold(draft, row, row.payload, town)
    case 'death':
      return decideDeath(draft, row, row.payload, town)
    case 'import':
      return decideImport(draft, row, row.payload, town)
    case 'opening':
      return decideOpening(draft, row, row.payload, town)
    case 'dispute':
      return decideDispute(draft, row, row.payload, town)
    case 'ruling':
      return decideRuling(draft, row, row.payload, town)
    case 'appeal':
      return decideAppeal(draft, row, row.payload, town)
    case 'appeal-ruling':
      return decideAppealRuling(draft, row, row.payload, town)
    case 'suspension':
      return decideSuspension(draft, row, row.payload, town)
    case 'suspension-end':
      return decideSuspensionEnd(draft, row, row.payload, town)
    default:
      return
  }
}

const decideDispute = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const subject = strongRefOf(fieldsOf(payload)?.['subject'])
  if (subject === undefined || !subject.uri.includes(`/${nsid.action}/`)) return draft.refuse(row, 'record.malformed')
  const action = draft.get('action', row.subject ?? subject.uri)
  if (action !== null && !hasPart(draft, town, action, occasionOfRow(row).day)) return draft.refuse(row, 'dispute.not-concerned')
  if (action === null || action.recognised === null || action.cid !== subject.cid) return draft.refuse(row, 'dispute.action-not-recognised')
  if (action.dispute === row.uri) return
  if (action.dispute !== null) return draft.refuse(row, 'dispute.already-open')
  draft.put('action', action.uri, openDispute(draft, action, action.recognised, row.uri, row.leaf))
}

const decideRuling = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const fields = fieldsOf(payload)
  const subject = strongRefOf(fields?.['subject'])
  const outcome = wordOf(fields?.['outcome'], OUTCOMES)
  if (subject === undefined || outcome === undefined) return draft.refuse(row, 'record.malformed')
  if (draft.get('record', row.uri) !== null) return
  const occasion = occasionOfRow(row)
  const dispute = row.subject ?? subject.uri
  const actionUri = draft.get('dispute', dispute)?.action
  const action = actionUri === undefined ? null : draft.get('action', actionUri)
  if (action === null || action.dispute !== dispute) return draft.refuse(row, 'ruling.no-open-dispute')
  if (!hasPart(draft, town, action, occasion.day)) return draft.refuse(row, 'ruling.not-concerned')
  draft.put('record', row.uri, { kind: 'record', about: placeOf(action) })
  if (outcome === 'dismissed') return draft.put('action', action.uri, closeDispute(draft, action, occasion))
  keepRuling(draft, row, action, town)
  reverseAction(draft, action, occasion, row.uri)
}
