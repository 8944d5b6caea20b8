// Facts of the town's private register that reach the books by an entry: who stands behind a pool line, who lives together, who has died.

import { isCivilDate } from './calendar.ts'
import { withdrawAction } from './claims.ts'
import { endByDeath } from './decide-admission.ts'
import { hasPart, placeOf } from './disputes.ts'
import type { ActionDoc, Merger, Share } from './documents.ts'
import type { MappedReceiver, PoolDoc } from './documents-desk.ts'
import { occasionOfRow, type Draft } from './draft.ts'
import { didOf, fieldsOf, integerOf, listOf, textOf } from './fields.ts'
import { isSameHousehold, putHousehold } from './household.ts'
import { mergersOf, residenceOf, successorOn } from './mergers.ts'
import type { IntakeRow, Json } from './model.ts'
import { moverOf } from './moves.ts'
import { statedReceivers } from './receivers.ts'
import type { RefusalCode } from './refusals.ts'
import { scopeOn, spanOn } from './residence.ts'

const MAX_INDEX = 15
const MAX_HOUSEHOLD = 32

/** One of the receivers of an action is this person. The line stays the pool's; only their own statement reads it as theirs. */
export const decideReceiver = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const fields = fieldsOf(payload)
  const stated = textOf(fields?.['action'])
  const index = integerOf(fields?.['index'], 0, MAX_INDEX)
  const did = didOf(fields?.['did'])
  if (stated === undefined || index === undefined || did === undefined) return draft.refuse(row, 'record.malformed')
  const action = draft.get('action', row.subject ?? stated)
  const cid = fields?.['cid']
  if (action === null || action.state === 'refused' || (cid !== undefined && cid !== action.cid))
    return draft.refuse(row, 'receiver.action-unknown')
  const place = placeOf(action)
  draft.want(() => [`pool:${did}`, `mapped:${place}/${index}`])
  const mapped = draft.get('pool', did)?.mapped ?? []
  if (mapped.some(({ leaf }) => leaf === row.leaf)) return
  const { day } = occasionOfRow(row)
  const home = homeOfVoice(draft, action, row.repo, { index, did, day })
  const refusal = refusalOfReceiver(draft, action, { index, did, town, home, day })
  if (refusal !== undefined) return draft.refuse(row, refusal)
  replace(draft, `${place}/${index}`, row.leaf)
  const one = { action: place, index, town, ...(home === undefined || home === town ? {} : { home }), leaf: row.leaf }
  const pool: PoolDoc = { kind: 'pool', mapped: [...mapped, one] }
  draft.put('pool', did, pool)
  draft.put('mapped', `${place}/${index}`, { kind: 'mapped', did })
}

type Mapping = { readonly index: number; readonly did: string; readonly day: string }

/** Where somebody belongs whose private word this town has published: as resident of another they stand in that one's pool. */
const homeOfVoice = (draft: Draft, action: ActionDoc, repo: string, { index, did, day }: Mapping): string | undefined => {
  if (!action.confirmations.some((note) => note.repo === repo && note.onBehalf === 'beneficiary')) return undefined
  const share = action.recognised?.shares[index]
  const residence = residenceOf(draft, did)
  const homes = [action.performedOn, action.recognised?.effectiveDate ?? day, day].flatMap((date) => scopeOn(residence, date) ?? [])
  return share === undefined ? homes[0] : homes.find((home) => isInPoolOf(share, home, mergersOf(draft), day))
}

type Told = Mapping & { readonly town: string; readonly home: string | undefined }

const refusalOfReceiver = (draft: Draft, action: ActionDoc, { index, did, town, home, day }: Told): RefusalCode | undefined => {
  const giver = moverOf(action.giver)
  if (giver === did) return 'receiver.is-giver'
  const { recognised } = action
  const isTheirs =
    recognised === null ? hasPart(draft, town, action, day) : isInPoolOf(recognised.shares[index], town, mergersOf(draft), day)
  if (!isTheirs && (recognised === null || home === undefined)) return 'receiver.not-in-pool'
  if (namesOther(action, index, did)) return 'receiver.named-otherwise'
  // Only a municipality that has a part in the action is told who lives together.
  if (giver !== undefined && isSameHousehold(draft, giver, did)) return 'receiver.same-household'
  const standing = standingOf(draft, `${placeOf(action)}/${index}`)
  return standing === undefined || (standing.did !== did && successorOn(mergersOf(draft), standing.one.town, day) === town)
    ? undefined
    : 'receiver.already-mapped'
}

type Standing = { readonly did: string; readonly one: MappedReceiver; readonly pool: PoolDoc }

/** Who stands behind a receiver so far; `place`: action/index. */
const standingOf = (draft: Draft, place: string): Standing | undefined => {
  const did = draft.get('mapped', place)?.did
  const pool = did === undefined ? null : draft.get('pool', did)
  const one = pool?.mapped.find(({ action, index, until }) => until === undefined && `${action}/${index}` === place)
  return did === undefined || pool === null || one === undefined ? undefined : { did, one, pool }
}

/** The town that has said who it was says that it was somebody else: known from this leaf on. */
const replace = (draft: Draft, place: string, leaf: number): void => {
  const standing = standingOf(draft, place)
  if (standing === undefined) return
  const { did, one, pool } = standing
  draft.put('pool', did, { kind: 'pool', mapped: pool.mapped.map((other) => (other === one ? { ...one, until: leaf } : other)) })
}

/** Whether each word about an action, or the action itself, names somebody else at this place. */
export const namesOther = (action: ActionDoc, index: number, did: string): boolean => {
  const words = action.confirmations.filter(({ verdict }) => verdict === 'confirmed')
  const lists = words.length === 0 ? [action.beneficiaries] : words.map((note) => statedReceivers(action, note))
  const names = lists.map((list) => list[index]?.did ?? null)
  return names.every((name) => name !== null && name !== did)
}

/** Whether a share is the pool's of a town, or of one that has become part of it. */
const isInPoolOf = (share: Share | undefined, town: string, mergers: readonly Merger[], day: string): boolean =>
  share !== undefined && share.entity === `X:${share.scope}` && successorOn(mergers, share.scope, day) === successorOn(mergers, town, day)

/**
 * Who lives together from here on, as the town says of nobody who belongs to another. Of several entries the newest that names a person holds; alone in one,
 * they are of none.
 */
export const decideHousehold = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const members = listOf(fieldsOf(payload)?.['members'])?.map(didOf) ?? []
  const dids = new Set(members.filter((did) => did !== undefined))
  if (members.length === 0 || members.length > MAX_HOUSEHOLD || dids.size !== members.length) return draft.refuse(row, 'record.malformed')
  const { day } = occasionOfRow(row)
  draft.want(() => ['mergers:all', ...[...dids].map((did) => `admissions:${did}`)])
  const here = successorOn(mergersOf(draft), town, day)
  if ([...dids].some((did) => (scopeOn(residenceOf(draft, did), day) ?? here) !== here))
    return draft.refuse(row, 'household.resident-elsewhere')
  putHousehold(draft, [...dids])
}

/** Somebody has died, as the town where they belong says: their admissions end that day, also one to come, and what waits for confirmation is withdrawn. What is recognised stays. */
export const decideDeath = (draft: Draft, row: IntakeRow, payload: Json, town: string): void => {
  const fields = fieldsOf(payload)
  const did = didOf(fields?.['did'])
  const on = textOf(fields?.['on'])
  const occasion = occasionOfRow(row)
  if (did === undefined || on === undefined || !isCivilDate(on) || on > occasion.day) return draft.refuse(row, 'record.malformed')
  draft.want(() => ['mergers:all', `admissions:${did}`, `giver:P:${did}`, `giver:O:${did}`])
  const span = spanOn(draft.get('admissions', did)?.spans ?? [], occasion.day)
  const mergers = mergersOf(draft)
  if (span === undefined || successorOn(mergers, span.code, occasion.day) !== successorOn(mergers, town, occasion.day))
    return draft.refuse(row, 'death.not-resident')
  endByDeath(draft, did, on, occasion)
  const open = [`P:${did}`, `O:${did}`].flatMap((giver) => draft.get('giver', giver)?.open ?? [])
  draft.want(() => open.map((uri) => `action:${uri}`))
  for (const uri of open) {
    const action = draft.get('action', uri)
    if (action !== null) withdrawAction(draft, action, occasion, [row.uri], `/${uri}`)
  }
}
