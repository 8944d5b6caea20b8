// Suspended confirming: after an upheld ruling the town of a person may say, by two persons, that what this person confirms does not count for some time.
// It holds in all books of the journal, whatever office the word is given in, for words that come into the log behind its entry and through its last
// day; what was confirmed before stands. Only time is booked here, so that acts the person gives count as ever: earning comes with points.

import { addDays, dayOf, isCivilDate } from './calendar.ts'
import type { ConfirmationNote } from './documents.ts'
import type { RulingDoc, Suspension, SuspensionsDoc } from './documents-desk.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { didOf, fieldsOf, listOf, textOf } from './fields.ts'
import { mergersOf, residenceOf, successorOn } from './mergers.ts'
import type { IntakeRow, Json } from './model.ts'
import type { RefusalCode } from './refusals.ts'
import { scopeOn } from './residence.ts'

/** As long as one may last, its last day included. */
export const SUSPENSION_MAX_DAYS = 180
const APPROVALS = 2
/** As many receivers as an action can have. */
export const MOST_RECEIVERS = 16

/** Who approved, each once; undefined where they are not two. */
export const approvalsIn = (payload: Json): readonly string[] | undefined => {
  const dids = new Set(listOf(fieldsOf(payload)?.['approvals'])?.map(didOf) ?? [])
  const approvals = [...dids].filter((did) => did !== undefined)
  return approvals.length < APPROVALS ? undefined : approvals
}

export const decideSuspension = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const fields = fieldsOf(payload)
  const [did, ruling, until] = [didOf(fields?.['did']), textOf(fields?.['ruling']), textOf(fields?.['until'])]
  if (did === undefined || ruling === undefined || until === undefined || !isCivilDate(until)) return draft.refuse(row, 'record.malformed')
  draft.want(() => [`suspensions:${did}`, `ruling:${ruling}`, `admissions:${did}`, 'mergers:all'])
  const doc = draft.get('ruling', ruling)
  const suspensions = draft.get('suspensions', did)?.suspensions ?? []
  if (suspensions.some(({ uri }) => uri === row.uri)) return
  if (approvalsIn(payload) === undefined) return draft.refuse(row, 'suspension.approvals-missing')
  const { day } = occasionOfRow(row)
  const refusal = refusalOf(draft, doc, { did, town, day }) ?? refusalOfDays(until, day)
  if (refusal !== undefined || doc === null) return draft.refuse(row, refusal ?? 'suspension.no-upheld-ruling')
  if (suspensions.some((other) => other.ruling === ruling)) return draft.refuse(row, 'suspension.repeated')
  const suspension: Suspension = { uri: row.uri, town, ruling, leaf: row.leaf, until, endedLeaf: null }
  draft.put('suspensions', did, { kind: 'suspensions', suspensions: [...suspensions, suspension] })
  draft.put('ruling', ruling, { ...doc, suspended: [...doc.suspended, did] })
}

type Whom = { readonly did: string; readonly town: string; readonly day: string }

const refusalOf = (draft: Draft, ruling: RulingDoc | null, { did, town, day }: Whom): RefusalCode | undefined => {
  if (ruling === null || ruling.state === 'restored') return 'suspension.no-upheld-ruling'
  if (!ruling.parties.includes(did) && !isMapped(draft, ruling.action, did)) return 'suspension.not-a-party'
  const home = scopeOn(residenceOf(draft, did), day)
  return home === undefined || home !== successorOn(mergersOf(draft), town, day) ? 'suspension.not-resident' : undefined
}

/** Whether the register says of one of its unnamed receivers that it is this person: who confirms in private is told so. */
const isMapped = (draft: Draft, action: string, did: string): boolean => {
  const indices = Array.from({ length: MOST_RECEIVERS }, (_, index) => `${action}/${index}`)
  draft.want(() => indices.map((index) => `mapped:${index}`))
  return indices.some((index) => draft.get('mapped', index)?.did === did)
}

/** Why a suspension cannot last through this day; the desk asks the same. */
export const refusalOfDays = (until: string, day: string): 'suspension.over-already' | 'suspension.too-long' | undefined => {
  if (until < day) return 'suspension.over-already'
  return until >= addDays(day, SUSPENSION_MAX_DAYS) ? 'suspension.too-long' : undefined
}

/** It ends before its last day: by the town that published it, or the one where the person is by now. */
export const decideSuspensionEnd = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const fields = fieldsOf(payload)
  const [did, uri] = [didOf(fields?.['did']), textOf(fields?.['suspension'])]
  if (did === undefined || uri === undefined) return draft.refuse(row, 'record.malformed')
  draft.want(() => [`suspensions:${did}`, `admissions:${did}`, 'mergers:all'])
  const suspension = draft.get('suspensions', did)?.suspensions.find((one) => one.uri === uri)
  if (suspension?.endedLeaf === row.leaf) return
  if (approvalsIn(payload) === undefined) return draft.refuse(row, 'suspension.approvals-missing')
  const { day } = occasionOfRow(row)
  if (suspension === undefined || suspension.endedLeaf !== null || suspension.until < day)
    return draft.refuse(row, 'suspension.none-running')
  const mergers = mergersOf(draft)
  const heir = successorOn(mergers, town, day)
  if (successorOn(mergers, suspension.town, day) !== heir && scopeOn(residenceOf(draft, did), day) !== heir)
    return draft.refuse(row, 'suspension.not-resident')
  endSuspensions(draft, did, row.leaf, (one) => one.uri === uri)
}

/** Those of a person that run and fit end at this leaf. */
export const endSuspensions = (draft: Draft, did: string, leaf: number, fits: (one: Suspension) => boolean): void => {
  const suspensions = draft.get('suspensions', did)?.suspensions ?? []
  draft.put('suspensions', did, {
    kind: 'suspensions',
    suspensions: suspensions.map((one) => (one.endedLeaf === null && fits(one) ? { ...one, endedLeaf: leaf } : one)),
  })
}

/** Whether a word came into the log while its author's confirming was suspended. */
export const isSuspended = (draft: Draft, { repo, leaf, recordedAt }: ConfirmationNote): boolean => {
  const doc = draft.get('suspensions', repo)
  return doc !== null && isSuspendedAt(doc, leaf, dayOf(recordedAt))
}

export const isSuspendedAt = ({ suspensions }: SuspensionsDoc, leaf: number, day: string): boolean =>
  suspensions.some((one) => one.leaf < leaf && day <= one.until && (one.endedLeaf === null || leaf < one.endedLeaf))

/** By what the books know now. */
export const isRunning = ({ endedLeaf, until }: Suspension, today: string): boolean => endedLeaf === null && today <= until
