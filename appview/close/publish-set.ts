// A set of statements and its close or restatement as one deed of the desk: all its records go into the outbox together, the statements first, under
// keys that are fixed beforehand. A crash later goes on with what is pending; asking again finds it there.

import type { Close, Restatement, Statement as StatementRecord } from '../../lexicons/records.ts'
import { nsid } from '../../lexicons/authority.ts'
import { periodOfFiscalYear } from '../journal/calendar.ts'
import { RULES } from '../journal/rules.ts'
import type { Statement } from '../statements/statement.ts'
import type { Publication } from '../store/work.ts'
import { closingPlace, memberPlace, uriOf } from './record-keys.ts'
import type { MadeMember, StatementSet } from './statement-set.ts'

export type SetToPublish = {
  /** The town's DID. */
  readonly repo: string
  readonly scope: string
  readonly fiscalYear: number
  readonly version: number
  readonly set: StatementSet
  /** Repos that could not be had and were closed over knowingly. */
  readonly gaps: number
  readonly createdAt: string
  /** Of a restatement. */
  readonly restates?: { readonly replaces: string; readonly reason: string; readonly revaluedBy: Restatement['revaluedBy'] | null }
}

/** In the order in which they are to be published; the last one is the close or restatement. */
export const publicationsOf = (one: SetToPublish): readonly Publication[] => {
  const { repo, fiscalYear, version, set } = one
  const members = set.members.map((member, place): Publication => {
    const at = memberPlace(repo, fiscalYear, version, place)
    return { ...at, verb: 'create', record: statementRecord(one, member) }
  })
  return [...members, { ...closingPlace(repo, fiscalYear, version), verb: 'create', record: closingRecord(one) }]
}

const bytesOf = (hex: string): { readonly $bytes: string } => ({ $bytes: Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '') })

const commonOf = ({ scope, fiscalYear, version, set, createdAt }: SetToPublish) => {
  const { origin, leaf, instant } = set.knownAt
  return { scope, period: periodOfFiscalYear(fiscalYear), version, knownAt: { origin, leaf, instant }, createdAt }
}

const statementRecord = (one: SetToPublish, { entity, kind, statement, hash }: MadeMember): StatementRecord => ({
  $type: nsid.statement,
  ...commonOf(one),
  ...(entity === null ? {} : { entity }),
  kind,
  hash: bytesOf(hash),
  statement,
  totals: totalsOf(statement),
  ...rulesOf(statement),
})

const closingRecord = (one: SetToPublish): Close | Restatement => {
  const { repo, fiscalYear, version, set, gaps, restates } = one
  const [area] = set.members
  const statements = set.members.map(({ entity, kind, hash }, place) => ({
    uri: uriOf(memberPlace(repo, fiscalYear, version, place)),
    ...(entity === null ? {} : { entity }),
    kind,
    hash: bytesOf(hash),
  }))
  const common = {
    ...commonOf(one),
    hash: bytesOf(set.hash),
    statements,
    totals: area === undefined ? {} : totalsOf(area.statement),
    ...(area === undefined ? {} : rulesOf(area.statement)),
    rules: RULES,
    ...(set.merged.length === 0 ? {} : { merged: [...set.merged] }),
    ...(set.leftOut.length === 0 ? {} : { leftOut: [...set.leftOut] }),
    ...(gaps === 0 ? {} : { gaps }),
  }
  if (restates === undefined) return { $type: nsid.close, ...common }
  const { replaces, reason, revaluedBy } = restates
  return { $type: nsid.restatement, ...common, replaces: bytesOf(replaces), reason, ...(revaluedBy ? { revaluedBy } : {}) }
}

const isWhole = (statement: MadeMember['statement']): statement is Statement => 'policyCid' in statement

/** The lines of activities, unit by unit; of a worksheet none. */
const totalsOf = (statement: MadeMember['statement']) =>
  isWhole(statement) ? Object.fromEntries(Object.entries(statement.units).map(([unit, { PL }]) => [unit, PL])) : {}

const rulesOf = (statement: MadeMember['statement']) =>
  isWhole(statement)
    ? { ...(statement.policyCid === null ? {} : { policyCid: statement.policyCid }), rateCids: [...statement.rateCids] }
    : {}
