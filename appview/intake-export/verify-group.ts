// The consolidation of a prefecture or of all municipalities, which nobody signs: made again from an intake, as published at the year's cut-off, and its
// plain sums held against what the municipalities of it have signed.

import { closedYear, sealedStatement } from '../close/closings.ts'
import type { ClosedVersion, ClosingBooks } from '../close/closings.ts'
import { remake } from '../close/remake.ts'
import type { Remade } from '../close/remake.ts'
import { knownAtCutOff } from '../close/statement-set.ts'
import { periodOfFiscalYear } from '../journal/calendar.ts'
import type { Roster } from '../journal/model.ts'
import { RULES } from '../journal/rules.ts'
import { codesOf, federationPlanOf, isRevalued, rosterAt, shownBy, wholeConsolidation } from '../queries/whole-consolidation.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { WORKSHEET_UNITS } from '../statements/consolidate.ts'
import type { WorksheetUnit } from '../statements/consolidate.ts'
import { NETWORK, publishedConsolidation } from '../statements/consolidation.ts'
import type { Consolidation } from '../statements/consolidation.ts'
import { prefectureOf } from '../statements/prefectures.ts'
import type { Statement } from '../statements/statement.ts'
import type { Books } from '../store/store.ts'
import { gapsIn, lackingCount, lackingOf } from './lacking.ts'
import type { Lacking, Source } from './lacking.ts'
import { verifyStatements } from './verify-statements.ts'

/** `version` null: the year is not closed there, or not by these rules as it was booked. */
export type GroupMember = {
  readonly code: string
  readonly version: number | null
  readonly verdict: Remade['verdict'] | 'absent' | 'lacking'
}

/** A line of activities. `signed`: what the members' signed statements add up to; null where one of them does not show it, or has signed none. */
export type GroupLine = { readonly unit: WorksheetUnit; readonly line: string; readonly made: number; readonly signed: number | null }

export type VerifiedGroup = {
  readonly scope: string
  readonly fiscalYear: number
  readonly hash: string
  readonly members: readonly GroupMember[]
  readonly lines: readonly GroupLine[]
  /** What the file lacks up to the cut-off, where something does not add up; null where nothing is lacking, or all adds up. */
  readonly lacking: Lacking | null
}

/** Null where no municipality of the roster is in that group. */
export const verifyGroup = async (
  books: Books,
  signed: ClosingBooks,
  scope: string,
  fiscalYear: number,
  from: Source = { of: 'file' },
): Promise<VerifiedGroup | null> => {
  const { roster: all } = await books.state()
  const knownAt = await knownAtCutOff(books, fiscalYear)
  const roster = rosterAt(all, knownAt)
  const codes = codesOf(roster).filter((code) => scope === NETWORK || prefectureOf(code) === scope)
  if (codes.length === 0) return null
  const isAnew = await isRevalued(signed, all, codes, fiscalYear)
  const consolidation = await publishedGroup(books, roster, { scope, codes, fiscalYear, knownAt, isAnew })
  const members: GroupMember[] = []
  const statements: (Statement | null)[] = []
  for (const code of codes) {
    const year = await closedYear(signed, all, code, fiscalYear)
    const version = year?.versions.findLast(isAsBooked(year.versions))
    const area = version === undefined ? null : await sealedStatement(signed, version, null)
    const verdict = year === null || version === undefined || area === null ? 'absent' : (await remake(books, all, year, version)).verdict
    members.push({ code, version: version?.version ?? null, verdict })
    statements.push(area !== null && 'units' in area.statement ? area.statement : null)
  }
  const lines = linesOf(consolidation, statements)
  const isDiffering =
    members.some(({ verdict }) => verdict === 'differs') || lines.some(({ made, signed: sum }) => sum !== null && sum !== made)
  const lacking = isDiffering ? await lackingAt(books, all, from, knownAt.leaf) : null
  const told: GroupMember[] = []
  for (const one of members) {
    const isExcused = one.verdict === 'differs' && lacking !== null && !(await isBeyondExcuse({ books, signed, from, fiscalYear }, one))
    told.push(isExcused ? { ...one, verdict: 'lacking' } : one)
  }
  return { scope, fiscalYear, hash: canonicalHash(consolidation), members: told, lines, lacking }
}

/** Null where nothing is. What an auditor's file has to hold excuses nothing. */
const lackingAt = async (books: Books, roster: Roster, from: Source, leaf: number): Promise<Lacking | null> => {
  const gaps = await gapsIn(books, roster, from)
  const isHere = (town: string): boolean => from.of === 'town' && from.code === town
  const lacking = lackingOf(gaps.filter((gap) => gap.leaf <= leaf && !('town' in gap && isHere(gap.town))))
  return lackingCount(lacking) === 0 ? null : lacking
}

type Asked = { readonly books: Books; readonly signed: ClosingBooks; readonly from: Source; readonly fiscalYear: number }

const isBeyondExcuse = async (
  { books, signed, from, fiscalYear }: Asked,
  { code: town, version }: Pick<GroupMember, 'code' | 'version'>,
): Promise<boolean> => {
  if (version === null) return false
  const verified = await verifyStatements(books, signed, { town, fiscalYear, version }, from)
  return verified.some(({ verdict }) => verdict === 'differs')
}

/** Valued as it was booked, by the rules of now. */
const isAsBooked =
  (versions: readonly ClosedVersion[]) =>
  ({ version, rules }: ClosedVersion): boolean =>
    rules === RULES && versions.every((one) => one.version > version || one.revaluedBy === null)

type Group = {
  readonly scope: string
  readonly codes: readonly string[]
  readonly fiscalYear: number
  readonly knownAt: Consolidation['knownAt']
  /** A member has valued the year anew: yen are left out. */
  readonly isAnew: boolean
}

const publishedGroup = async (
  books: Books,
  roster: Roster,
  { scope, codes, fiscalYear, knownAt, isAnew }: Group,
): Promise<Consolidation> => {
  const level = scope === NETWORK ? 'federation' : 'prefecture'
  const period = periodOfFiscalYear(fiscalYear)
  const subject = { level, scope, members: codes, period, knownAt, roster: canonicalHash(roster) } as const
  const plan = await federationPlanOf(books, codesOf(roster), period, knownAt)
  const shown = shownBy(plan, subject)
  return publishedConsolidation(await wholeConsolidation(books, subject), { ...shown, yen: shown.yen && !isAnew })
}

const linesOf = ({ units }: Consolidation, statements: readonly (Statement | null)[]): readonly GroupLine[] =>
  WORKSHEET_UNITS.flatMap((unit) =>
    Object.entries(units[unit].areas.PL).map(([line, made]) => {
      const parts = statements.map((statement) => statement?.units[unit].PL[line] ?? (isShown(statement, unit, line) ? 0 : null))
      const signed = parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0)
      return { unit, line, made, signed }
    }),
  )

const isShown = (statement: Statement | null, unit: WorksheetUnit, line: string): boolean => {
  const leftOut = statement?.units[unit].leftOut ?? []
  return statement !== null && !leftOut.includes('PL') && !leftOut.includes(line)
}
