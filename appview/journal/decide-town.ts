// Records that count only from a municipality of the roster: who it is, its policy, rate tables, host bodies and admissions.

import { decideAdmission } from './decide-admission.ts'
import type { HostsDoc } from './documents.ts'
import { isOthersResident } from './others-resident.ts'
import { forgetMerger, planMerger, refusalOfPredecessors } from './decide-merger.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { nsid } from '../../lexicons/authority.ts'
import { mergersOf } from './mergers.ts'
import type { IntakeRow } from './model.ts'
import { parseHostBody, parseMunicipality, parsePolicy, parseRateTable } from './parse-town.ts'
import { withPolicy, withRateTable } from './policy.ts'
import { townOf } from './roster.ts'

export const decideTownRecord = (draft: Draft, row: IntakeRow): void => {
  const code = townOf(draft.roster, row.repo, row.leaf)
  if (code === undefined) return draft.refuse(row, 'town.not-in-roster')
  switch (row.collection) {
    case nsid.admission:
      return decideAdmission(draft, row, code)
    case nsid.municipality:
      return decideMunicipality(draft, row, code)
    case nsid.policy:
      return decidePolicy(draft, row, code)
    case nsid.rateTable:
      return decideRateTable(draft, row, code)
    default:
      return decideHostBody(draft, row, code)
  }
}

const decideMunicipality = (draft: Draft, row: IntakeRow, code: string): void => {
  const standing = draft.get('municipality', code)
  if (standing?.uri === row.uri && standing.cid === row.cid) return
  if (row.action === 'delete' || row.cid === null) {
    forgetMerger(draft, standing)
    return draft.put('municipality', code, null)
  }
  const parsed = parseMunicipality({ code, row, cid: row.cid })
  if (typeof parsed === 'string') return draft.refuse(row, parsed)
  const occasion = occasionOfRow(row)
  const refusal = refusalOfPredecessors(draft, parsed, row, occasion.day)
  if (refusal !== undefined) return draft.refuse(row, refusal)
  forgetMerger(draft, standing)
  draft.put('municipality', code, parsed)
  planMerger(draft, parsed, occasion)
}

const decidePolicy = (draft: Draft, row: IntakeRow, code: string): void => {
  const doc = draft.get('policies', code)
  if (row.action === 'delete' || row.cid === null) return draft.put('policies', code, withPolicy(doc, row.uri, null, row.leaf))
  const parsed = parsePolicy({ code, row, cid: row.cid })
  if (typeof parsed === 'string') return draft.refuse(row, parsed)
  draft.put('policies', code, withPolicy(doc, row.uri, parsed, row.leaf))
}

const decideRateTable = (draft: Draft, row: IntakeRow, code: string): void => {
  const doc = draft.get('rates', code)
  if (row.action === 'delete' || row.cid === null) return draft.put('rates', code, withRateTable(doc, row.uri, null, row.leaf))
  const parsed = parseRateTable({ code, row, cid: row.cid })
  if (typeof parsed === 'string') return draft.refuse(row, parsed)
  draft.put('rates', code, withRateTable(doc, row.uri, parsed, row.leaf))
}

const decideHostBody = (draft: Draft, row: IntakeRow, code: string): void => {
  const about = draft.get('record', row.uri)?.about
  if (about !== undefined) removeRegistration(draft, about, row.uri)
  if (row.action === 'delete' || row.cid === null) return draft.put('record', row.uri, null)
  const parsed = parseHostBody({ code, row, cid: row.cid })
  if (typeof parsed === 'string') {
    draft.put('record', row.uri, null)
    return draft.refuse(row, parsed)
  }
  const registrations = draft.get('hosts', parsed.did)?.registrations ?? []
  draft.want(() => [`admissions:${parsed.did}`, 'mergers:all'])
  const known = { admissions: draft.get('admissions', parsed.did), registrations, mergers: mergersOf(draft) }
  if (about !== parsed.did && isOthersResident(known, code, occasionOfRow(row).day)) {
    draft.put('record', row.uri, null)
    return draft.refuse(row, 'host.resident-elsewhere')
  }
  draft.put('hosts', parsed.did, { kind: 'hosts', registrations: [...registrations, parsed.registration] })
  draft.put('record', row.uri, { kind: 'record', about: parsed.did })
}

// The document stays when the last registration goes: a body once registered keeps its entity key.
const removeRegistration = (draft: Draft, did: string, uri: string): void => {
  const doc: HostsDoc | null = draft.get('hosts', did)
  draft.put('hosts', did, { kind: 'hosts', registrations: (doc?.registrations ?? []).filter((other) => other.uri !== uri) })
}
