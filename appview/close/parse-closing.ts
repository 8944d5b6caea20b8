// Close, restatement and statement records as they stand in a repo → values. What does not have the form of its lexicon, or does not hash to what it
// says, gives null.

import { InvalidData, jsonToData } from '../../atproto/data-model.ts'
import type { Close, Restatement, Statement as StatementRecord } from '../../lexicons/records.ts'
import { nsid } from '../../lexicons/authority.ts'
import { InvalidRecord, validateRecord } from '../../lexicons/validate-record.ts'
import type { Json } from '../journal/model.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import type { Consolidation } from '../statements/consolidation.ts'
import type { Hidden } from '../statements/published.ts'
import type { KnownAt, Statement } from '../statements/statement.ts'

export type SetMember = { readonly uri: string; readonly entity: string | null; readonly kind: string; readonly hash: string }

/** Hashes are hex. `replaces` and `reason` are null in version 1. */
export type Closing = {
  readonly scope: string
  readonly period: { readonly fiscalYear?: number; readonly from: string; readonly through: string }
  readonly knownAt: KnownAt
  readonly version: number
  readonly hash: string
  readonly statements: readonly SetMember[]
  readonly rules: number
  readonly merged: readonly string[]
  /** Parts of the worksheet that are not shown. */
  readonly leftOut: readonly string[]
  readonly gaps: number
  readonly revaluedBy: { readonly uri: string; readonly cid: string } | null
  readonly replaces: string | null
  readonly reason: string | null
}

type Sealed = { readonly hash: string; readonly version: number }
export type SealedStatement = Sealed & { readonly kind: string; readonly statement: Statement | Hidden }
export type SealedWorksheet = Sealed & { readonly kind: typeof WORKSHEET; readonly statement: Consolidation }

/** The kind of the member that is the area's worksheet. */
export const WORKSHEET = 'consolidation'

export const parseClosing = (value: Json): Closing | null => {
  const record = parseRecord(value)
  if (record === null || record.$type === nsid.statement) return null
  const later = record.$type === nsid.restatement ? record : null
  const closing = {
    scope: record.scope,
    period: record.period,
    knownAt: { ...record.knownAt },
    version: record.version,
    hash: hexOf(record.hash),
    statements: record.statements.map(({ uri, entity, kind, hash }) => ({ uri, entity: entity ?? null, kind, hash: hexOf(hash) })),
    rules: record.rules,
    merged: record.merged ?? [],
    leftOut: record.leftOut ?? [],
    gaps: record.gaps ?? 0,
    revaluedBy: later?.revaluedBy ?? null,
    replaces: later === null ? null : hexOf(later.replaces),
    reason: later?.reason ?? null,
  }
  return setHash(closing, closing.statements) === closing.hash && (closing.version === 1) === (later === null) ? closing : null
}

export const parseSealed = (value: Json): SealedStatement | SealedWorksheet | null => {
  const record = parseRecord(value)
  if (record?.$type !== nsid.statement) return null
  const { kind, version, statement } = record
  const hash = hexOf(record.hash)
  try {
    if (canonicalHash(statement) !== hash) return null
    return kind === WORKSHEET
      ? { kind, version, hash, statement: statement as Consolidation }
      : { kind, version, hash, statement: statement as Statement | Hidden }
  } catch {
    // It holds what has no canonical form.
    return null
  }
}

/** sha-256 over the set in its order. */
export const setHash = (
  { scope, period, version }: Pick<Closing, 'scope' | 'period' | 'version'>,
  members: readonly Pick<SetMember, 'entity' | 'kind' | 'hash'>[],
): string =>
  canonicalHash({
    v: 1,
    scope,
    fiscalYear: period.fiscalYear ?? null,
    version,
    statements: members.map(({ entity, kind, hash }) => ({ entity, kind, hash })),
  })

type ClosingRecord = Close | Restatement | StatementRecord

const COLLECTIONS: readonly string[] = [nsid.close, nsid.restatement, nsid.statement]

const parseRecord = (value: Json): ClosingRecord | null => {
  if (typeof value !== 'object' || value === null || !('$type' in value) || typeof value.$type !== 'string') return null
  if (!COLLECTIONS.includes(value.$type)) return null
  try {
    validateRecord(value.$type, jsonToData(value))
    return value as ClosingRecord
  } catch (error) {
    if (error instanceof InvalidRecord || error instanceof InvalidData) return null
    throw error
  }
}

const hexOf = ({ $bytes }: { readonly $bytes: string }): string => Buffer.from($bytes, 'base64').toString('hex')
