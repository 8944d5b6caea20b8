// Consolidations: a municipality with all who live in it, a prefecture, the federation of the roster; for a fiscal year, or for the desk of a
// municipality any month and known-at. Everybody sees the published form, by one plan for the whole federation, so that no two pages tell together what
// each leaves out. The same question at the same known-at has one answer, so answers are remembered.

import { XrpcError } from '../../server/xrpc-error.ts'
import { notFound } from '../auth/access.ts'
import type { Sight } from '../auth/access.ts'
import type { Caller } from '../auth/caller.ts'
import { cutOffOf, dayOf, fiscalYearOf, isMonth, periodOfFiscalYear, periodOfMonth } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import type { Roster } from '../journal/model.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { NETWORK, publishedConsolidation } from '../statements/consolidation.ts'
import type { Consolidation, ConsolidationLevel } from '../statements/consolidation.ts'
import { prefectureOf } from '../statements/prefectures.ts'
import type { TownShown } from '../statements/worksheet-plan.ts'
import type { QueryDeps } from './deps.ts'
import type { Asked, KnownAt } from './known-at.ts'
import { knownAtFor } from './known-at.ts'
import { createMemory } from './memory.ts'
import { proofOf, sealedProof } from './proof.ts'
import type { Proof } from './proof.ts'
import { createSealedWorksheets, createVerdicts } from './sealed-statement.ts'
import type { Sealed, SealedWorksheetAnswer } from './sealed-statement.ts'
import { codesOf, federationPlanOf, isRevalued, rosterAt, shownBy, wholeConsolidation } from './whole-consolidation.ts'
import type { FederationPlan } from './whole-consolidation.ts'

export type ConsolidationQuery = Asked & {
  /** A code of six digits or two, or 'network'. */
  readonly scope: string
  /** The running fiscal year when neither is given. */
  readonly fiscalYear?: number
  /** YYYY-MM; for the desk of a municipality alone. */
  readonly month?: string
  /** Of a year a municipality has closed; the newest when not given. Whoever sees more gets, with a version, what is published. */
  readonly version?: number
}

export type ConsolidationAnswer = {
  readonly consolidation: Consolidation
  readonly proof: Proof
  /** What each municipality of the federation shows of the year; none where the answer is whole. */
  readonly towns: readonly TownShown[]
  /** Of a year the municipality has closed: which version this is. */
  readonly sealed: Sealed | null
}

const REMEMBERED = 300

/** Throws NotFound for what is no municipality, prefecture or federation of this roster. */
export const createConsolidations = (
  deps: QueryDeps,
  verdicts = createVerdicts(deps),
): ((caller: Caller, query: ConsolidationQuery) => Promise<ConsolidationAnswer>) => {
  const remember = createMemory<ConsolidationAnswer>(REMEMBERED)
  const rememberPlan = createMemory<FederationPlan>(REMEMBERED)
  const sealedFor = createSealedWorksheets(deps, verdicts)
  const closedFor = (level: ConsolidationLevel, sight: Sight, { scope, version }: ConsolidationQuery, { fiscalYear }: Period) =>
    level === 'municipality' && fiscalYear !== undefined && (sight === 'snapshot' || version !== undefined)
      ? sealedFor({ scope, fiscalYear, ...(version === undefined ? {} : { version }) })
      : null
  return async (caller, query) => {
    const level = levelOf(query.scope)
    const sight = level === 'municipality' ? await deps.access.statement(caller, { scope: query.scope, entity: null }) : 'snapshot'
    if (sight === 'nothing') throw notFound()
    const period = periodOf(deps, query)
    const own = await knownAtFor(deps, sight, query, period)
    if (sight === 'snapshot' && period.fiscalYear === undefined) throw invalidPeriod('Worksheets are published of fiscal years')
    const closed = await closedFor(level, sight, query, period)
    if (closed === null && query.version !== undefined) throw notFound()
    const knownAt = closed?.statement.knownAt ?? (sight === 'snapshot' ? await fixedAt(deps, period, own) : own)
    const roster = rosterAt(deps.roster(), knownAt)
    const members = membersOf(roster, query.scope, level)
    if (members.length === 0) throw notFound()
    const key = JSON.stringify([period, knownAt, canonicalHash(roster)])
    const subject = { level, scope: query.scope, members, period, knownAt, roster: canonicalHash(roster) }
    const isWhole = sight === 'everything' && closed === null
    const isGroup = level !== 'municipality' && period.fiscalYear !== undefined
    const isAnew = isGroup && (await isRevalued(deps.books, deps.roster(), members, period.fiscalYear))
    const answer = await remember(`${key} ${query.scope} ${isWhole} ${isAnew}`, async () => {
      const whole = await wholeConsolidation(deps.books, subject)
      if (isWhole) return answerOf(deps, whole, [])
      const plan = await rememberPlan(key, () => federationPlanOf(deps.books, codesOf(roster), period, knownAt))
      const shown = shownBy(plan, subject)
      return answerOf(deps, publishedConsolidation(whole, { ...shown, yen: shown.yen && !isAnew }), plan.towns)
    })
    return closed === null ? answer : closedAnswer(answer, closed)
  }
}

/** A year past its cut-off stands as it was then, in a demo/ log too: so its hash is the same whenever it is made, but for yen that have gone. */
const fixedAt = async ({ books }: QueryDeps, { fiscalYear }: Period, knownAt: KnownAt): Promise<KnownAt> => {
  const cutOff = fiscalYear === undefined ? null : cutOffOf(fiscalYear)
  return cutOff === null || knownAt.instant < cutOff ? knownAt : { ...knownAt, ...(await books.leafBefore(cutOff)) }
}

/** As the municipality has sealed it. */
const closedAnswer = (answer: ConsolidationAnswer, closed: SealedWorksheetAnswer): ConsolidationAnswer => ({
  ...answer,
  consolidation: closed.statement,
  proof: sealedProof(answer.proof, closed),
  sealed: closed.sealed,
})

const MUNICIPALITY = /^\d{6}$/
const PREFECTURE = /^\d{2}$/

const levelOf = (scope: string): ConsolidationLevel => {
  if (scope === NETWORK) return 'federation'
  if (PREFECTURE.test(scope)) return 'prefecture'
  if (MUNICIPALITY.test(scope)) return 'municipality'
  throw notFound()
}

const membersOf = (roster: Roster, scope: string, level: ConsolidationLevel): readonly string[] =>
  codesOf(roster).filter((code) => level === 'federation' || code === scope || (level === 'prefecture' && prefectureOf(code) === scope))

const invalidPeriod = (message: string): XrpcError => new XrpcError(400, 'InvalidPeriod', message)

const periodOf = ({ clock }: QueryDeps, { fiscalYear, month, version }: ConsolidationQuery): Period => {
  if (fiscalYear !== undefined && month !== undefined) throw invalidPeriod('Ask for a fiscal year or a month, not both')
  if (month !== undefined && version !== undefined) throw invalidPeriod('Versions are of fiscal years')
  if (month !== undefined && !isMonth(month)) throw invalidPeriod('A month is YYYY-MM')
  if (month !== undefined) return periodOfMonth(month)
  return periodOfFiscalYear(fiscalYear ?? fiscalYearOf(dayOf(new Date(clock.civilMs()).toISOString())))
}

const answerOf = async ({ books }: QueryDeps, consolidation: Consolidation, towns: readonly TownShown[]): Promise<ConsolidationAnswer> => ({
  consolidation,
  proof: await proofOf(books, consolidation),
  towns,
  sealed: null,
})
