// What the municipalities of a prefecture, or all of them, have signed of a year, held against what these books make of the log: which one, which statement,
// which line, both figures. Whoever consolidates needs no trust in any of them.

import { closedYear } from '../close/closings.ts'
import type { Difference } from '../close/differences.ts'
import { verifyGroup } from '../intake-export/verify-group.ts'
import type { GroupLine } from '../intake-export/verify-group.ts'
import { verifyStatements } from '../intake-export/verify-statements.ts'
import type { Verified } from '../intake-export/verify-statements.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { NETWORK } from '../statements/consolidation.ts'
import { prefectureOf } from '../statements/prefectures.ts'
import type { QueryDeps } from './deps.ts'
import { createMemory } from './memory.ts'
import { codesOf } from './whole-consolidation.ts'

/** 'other-roster': the figures are these, made under another roster, of the municipality alone perhaps. */
export type CheckVerdict = Verified['verdict'] | 'other-roster'

/** A signed statement that is not what these books make. 'lacking': no more than what desks keep to themselves can touch, so that nothing is said about it. */
export type SignedOtherwise = Pick<Verified, 'version' | 'entity' | 'kind' | 'record' | 'excuse'> & {
  readonly verdict: CheckVerdict
  readonly differences: readonly Difference[]
}

/** `version` null, verdict 'absent': the municipality has not closed the year. */
export type MemberCheck = {
  readonly code: string
  readonly version: number | null
  readonly verdict: CheckVerdict
  readonly otherwise: readonly SignedOtherwise[]
}

export type SignedCheck = {
  readonly scope: string
  readonly fiscalYear: number
  /** Of the consolidation as published; null while nobody has closed the year. */
  readonly hash: string | null
  readonly members: readonly MemberCheck[]
  /** Lines of the consolidation beside what the members' newest statements add up to. */
  readonly lines: readonly GroupLine[]
}

const REMEMBERED = 50
/** What is worst of several. */
const GRAVITY: readonly CheckVerdict[] = ['same', 'other-roster', 'other-rules', 'no-table', 'absent', 'lacking', 'differs']

/** Null where no municipality of the roster is in that group. What is signed counts from the year's cut-off on. */
export const createSignedChecks = ({ books, roster }: Pick<QueryDeps, 'books' | 'roster'>) => {
  const remember = createMemory<SignedCheck | null>(REMEMBERED)
  return async (scope: string, fiscalYear: number): Promise<SignedCheck | null> => {
    const towns = roster()
    const codes = codesOf(towns).filter((code) => scope === NETWORK || prefectureOf(code) === scope)
    const years = await Promise.all(codes.map((code) => closedYear(books, towns, code, fiscalYear)))
    if (codes.length === 0) return null
    if (years.every((year) => year === null))
      return { scope, fiscalYear, hash: null, members: codes.map((code) => memberOf(code, [])), lines: [] }
    const closed = years.map((year) => year?.versions.map(({ hash }) => hash) ?? [])
    return remember(JSON.stringify([scope, fiscalYear, closed, canonicalHash(towns)]), async () => {
      const group = await verifyGroup(books, books, scope, fiscalYear, { of: 'log' })
      if (group === null) return null
      const members: MemberCheck[] = []
      for (const { code } of group.members)
        members.push(memberOf(code, await verifyStatements(books, books, { town: code, fiscalYear }, { of: 'log' })))
      return { ...group, members }
    })
  }
}

const memberOf = (code: string, verified: readonly Verified[]): MemberCheck => {
  const newest = verified.at(-1)
  if (newest === undefined) return { code, version: null, verdict: 'absent', otherwise: [] }
  const otherwise = verified
    .filter(({ verdict }) => verdict !== 'same')
    .map((one): SignedOtherwise => {
      const { version, entity, kind, record, excuse, differences } = one
      return { version, entity, kind, record, excuse, verdict: verdictOf(one), differences }
    })
  const verdict = otherwise.map((one) => one.verdict).toSorted((a, b) => GRAVITY.indexOf(b) - GRAVITY.indexOf(a))[0] ?? 'same'
  return { code, version: newest.version, verdict, otherwise }
}

const verdictOf = ({ verdict, differences }: Verified): CheckVerdict =>
  verdict === 'differs' && differences.length > 0 && differences.every(({ line }) => line === ROSTER_LINE) ? 'other-roster' : verdict

const ROSTER_LINE = 'roster'
