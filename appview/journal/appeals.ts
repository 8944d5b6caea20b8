// Appeals against rulings that took an action back. Within `APPEAL_DAYS` of the ruling, by the log's time, the town that ruled takes one; two persons who
// did not rule the first time decide it, once: the ruling stands, or what was booked before it is booked again.

import { addDays, dayOf } from './calendar.ts'
import { restoreAction } from './claims.ts'
import { placeOf } from './disputes.ts'
import type { ActionDoc } from './documents.ts'
import type { RulingDoc } from './documents-desk.ts'
import { occasionOfRow, type Draft, type Occasion } from './draft.ts'
import { didOf, fieldsOf, listOf, textOf, wordOf } from './fields.ts'
import { mergersOf, successorOn } from './mergers.ts'
import type { IntakeRow, Json } from './model.ts'
import { approvalsIn, endSuspensions } from './suspensions.ts'

/** The last day is the ruling's and so many more. */
export const APPEAL_DAYS = 30
const OUTCOMES = ['upheld', 'restored'] as const

export const lastDayOfAppeal = ({ recordedAt }: Pick<RulingDoc, 'recordedAt'>): string => addDays(dayOf(recordedAt), APPEAL_DAYS)

/** What is kept of a ruling that upholds a dispute of this action. */
export const keepRuling = (draft: Draft, row: IntakeRow, action: ActionDoc, town: string): void => {
  const confirmers = action.confirmations.filter(({ role, verdict }) => role !== 'municipality' && verdict === 'confirmed')
  const doc: RulingDoc = {
    kind: 'ruling',
    action: placeOf(action),
    town,
    recordedAt: row.recordedAt,
    parties: [...new Set([action.repo, ...confirmers.map(({ repo }) => repo)])],
    approvals: (listOf(fieldsOf(row.payload)?.['approvals'])?.map(didOf) ?? []).filter((did) => did !== undefined),
    appeal: null,
    state: 'upheld',
    suspended: [],
  }
  draft.put('ruling', row.uri, doc)
}

type Appealed = { readonly uri: string; readonly ruling: RulingDoc; readonly action: ActionDoc }

/** The ruling an entry speaks of, and the action it took back, if both are still there. */
const appealedBy = (draft: Draft, { subject }: IntakeRow, payload: Json): Appealed | null | undefined => {
  const fields = fieldsOf(payload)
  const [stated, uri] = [textOf(fields?.['action']), textOf(fields?.['ruling'])]
  if (stated === undefined || uri === undefined) return undefined
  draft.want(() => [`action:${subject ?? stated}`, `ruling:${uri}`])
  const [ruling, action] = [draft.get('ruling', uri), draft.get('action', subject ?? stated)]
  return ruling === null || action?.reversed?.ruling !== uri ? null : { uri, ruling, action }
}

const isOfTown = (draft: Draft, { ruling }: Appealed, town: string, { day }: Occasion): boolean => {
  const mergers = mergersOf(draft)
  return successorOn(mergers, ruling.town, day) === successorOn(mergers, town, day)
}

export const decideAppeal = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const occasion = occasionOfRow(row)
  const appealed = appealedBy(draft, row, payload)
  if (appealed === undefined) return draft.refuse(row, 'record.malformed')
  if (draft.get('record', row.uri) !== null) return
  if (appealed === null) return draft.refuse(row, 'appeal.no-upheld-ruling')
  const { uri, ruling, action } = appealed
  if (!isOfTown(draft, appealed, town, occasion)) return draft.refuse(row, 'appeal.not-the-ruling-town')
  if (ruling.state !== 'upheld') return draft.refuse(row, 'appeal.decided')
  if (ruling.appeal !== null) return draft.refuse(row, 'appeal.already-open')
  if (occasion.day > lastDayOfAppeal(ruling)) return draft.refuse(row, 'appeal.too-late')
  draft.put('record', row.uri, { kind: 'record', about: placeOf(action) })
  draft.put('ruling', uri, { ...ruling, appeal: row.uri })
}

export const decideAppealRuling = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const occasion = occasionOfRow(row)
  const appealed = appealedBy(draft, row, payload)
  const outcome = wordOf(fieldsOf(payload)?.['outcome'], OUTCOMES)
  if (appealed === undefined || outcome === undefined) return draft.refuse(row, 'record.malformed')
  if (draft.get('record', row.uri) !== null) return
  const approvals = approvalsIn(payload)
  if (approvals === undefined) return draft.refuse(row, 'appeal.approvals-missing')
  if (appealed === null || appealed.ruling.appeal === null) return draft.refuse(row, 'appeal.none-open')
  const { uri, ruling, action } = appealed
  if (!isOfTown(draft, appealed, town, occasion)) return draft.refuse(row, 'appeal.not-the-ruling-town')
  if (approvals.some((did) => ruling.approvals.includes(did))) return draft.refuse(row, 'appeal.same-persons')
  draft.put('record', row.uri, { kind: 'record', about: placeOf(action) })
  draft.put('ruling', uri, { ...ruling, appeal: null, state: outcome === 'restored' ? 'restored' : 'upheld-again' })
  if (outcome === 'upheld') return
  restoreAction(draft, action, occasion, row.uri)
  // What rested on the ruling falls with it.
  for (const did of ruling.suspended) endSuspensions(draft, did, row.leaf, (one) => one.ruling === uri)
}
