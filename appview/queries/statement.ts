// Statements: of a town, a person, an organisation, for a fiscal year or a month, as known when the caller may know. Towns are shown to the public in
// the form with small groups merged. The same question at the same known-at has one answer, so answers are remembered.

import { XrpcError } from '../../server/xrpc-error.ts'
import type { Sight } from '../auth/access.ts'
import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import { dayOf, fiscalYearOf, isCivilDate, isMonth, periodOfFiscalYear, periodOfMonth } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { publishedStatement } from '../statements/published.ts'
import type { Hidden } from '../statements/published.ts'
import type { Statement } from '../statements/statement.ts'
import type { QueryDeps } from './deps.ts'
import { createDisclosures } from './disclosure.ts'
import type { Disclosure, Published } from './disclosure.ts'
import { entityKey } from './entities.ts'
import type { Asked } from './known-at.ts'
import { knownAtFor } from './known-at.ts'
import { createMemory } from './memory.ts'
import { ownLinesIn } from './own-lines.ts'
import { proofOf, sealedProof } from './proof.ts'
import type { Proof } from './proof.ts'
import { createSealed, createVerdicts } from './sealed-statement.ts'
import type { Sealed, SealedAnswer } from './sealed-statement.ts'
import { isTown, wholeStatement } from './whole-statement.ts'
import type { Acts, Subject } from './whole-statement.ts'

export type StatementQuery = Asked & {
  readonly scope: string
  /** DID or entity key; absent: the whole scope, or with kind 'municipality' the municipality itself. */
  readonly entity?: string
  readonly kind?: string
  /** The running fiscal year when neither is given. */
  readonly fiscalYear?: number
  /** YYYY-MM */
  readonly month?: string
  /** Any days, both inclusive: to whom everything is shown. */
  readonly from?: string
  readonly through?: string
  /** Of a year the town has closed; the newest when not given. Whoever sees more gets, with a version, what is published. */
  readonly version?: number
}

export type { Acts } from './whole-statement.ts'

export type StatementAnswer = {
  readonly statement: Statement | Hidden
  readonly proof: Proof
  /** For pages: how many acts stand behind the minutes; how many persons (0 in statements of one person, and where the statement is hidden). */
  readonly acts: Acts
  readonly persons: number
  /** Categories that the published form of a town's statement has merged into `other`. */
  readonly merged: readonly string[]
  /** Of a year the town has closed: which version this is. */
  readonly sealed: Sealed | null
}

const REMEMBERED = 2_000

export const createStatements = (
  deps: QueryDeps,
  verdicts = createVerdicts(deps),
): ((caller: Caller, query: StatementQuery) => Promise<StatementAnswer>) => {
  const remember = createMemory<StatementAnswer>(REMEMBERED)
  const disclosureOf = createDisclosures(deps)
  const sealedFor = createSealed(deps, verdicts)
  const closedFor = (entity: string | null, sight: Sight, { scope, version }: StatementQuery, { fiscalYear }: Period) =>
    isTown(entity) && fiscalYear !== undefined && (sight === 'snapshot' || version !== undefined)
      ? sealedFor({ scope, entity, fiscalYear, ...(version === undefined ? {} : { version }) })
      : null
  return async (caller, query) => {
    const { scope } = query
    const named = query.entity ?? (query.kind === 'municipality' ? `M:${scope}` : undefined)
    const entity = named === undefined ? null : await entityKey(deps, named)
    const sight = await deps.access.statement(caller, { scope, entity })
    if (sight === 'nothing') throw notFound()
    const period = periodOf(deps, query)
    if (sight !== 'everything' && query.from !== undefined) throw notFound()
    // Whoever asks for a known-at of their own is refused here when they may not.
    const own = await knownAtFor(deps, sight, query, period)
    const closed = await closedFor(entity, sight, query, period)
    if (closed === null && query.version !== undefined) throw notFound()
    const disclosure =
      isTown(entity) && (closed !== null || sight === 'snapshot') ? await disclosureOf(scope, fiscalYearOf(period.from)) : null
    const published = disclosure === null ? null : publishedIn(disclosure, period)
    const knownAt = closed?.statement.knownAt ?? published?.knownAt ?? own
    const roster = canonicalHash(deps.roster().filter(({ fromLeaf }) => fromLeaf <= knownAt.leaf))
    const key = JSON.stringify([scope, entity, period, knownAt, roster, sight, disclosure?.name])
    const subject = { scope, entity, period, knownAt, roster }
    const answer = await remember(key, () => answerOf(deps, subject, disclosure, sight))
    return closed === null ? answer : closedAnswer(answer, closed)
  }
}

/** As the town has sealed it; counted as the books count. */
const closedAnswer = (answer: StatementAnswer, closed: SealedAnswer): StatementAnswer => {
  const { statement, of, sealed } = closed
  const isHidden = 'hidden' in statement
  return {
    statement,
    proof: sealedProof(answer.proof, closed),
    acts: isHidden ? NO_ACTS : answer.acts,
    persons: isHidden ? 0 : answer.persons,
    merged: isHidden ? [] : statement.entity === null ? of.merged : answer.merged,
    sealed,
  }
}

const MONTH_LENGTH = 'YYYY-MM'.length

const publishedIn = ({ year, months }: Disclosure, { fiscalYear, from }: Period): Published =>
  (fiscalYear === undefined ? months.get(from.slice(0, MONTH_LENGTH)) : undefined) ?? year

const invalidPeriod = (message: string): XrpcError => new XrpcError(400, 'InvalidPeriod', message)

/** Beyond them a statement has no meaning, and a look-up no bound. */
const MOST_YEARS = 100

const periodOf = ({ clock }: QueryDeps, { fiscalYear, month, version, from, through }: StatementQuery): Period => {
  if (from !== undefined || through !== undefined) {
    if (fiscalYear !== undefined || month !== undefined || version !== undefined)
      throw invalidPeriod('Ask for days, or for a fiscal year or month, not both')
    return periodOfDays(from, through)
  }
  if (fiscalYear !== undefined && month !== undefined) throw invalidPeriod('Ask for a fiscal year or a month, not both')
  if (month !== undefined && version !== undefined) throw invalidPeriod('Versions are of fiscal years')
  if (month !== undefined && !isMonth(month)) throw invalidPeriod('A month is YYYY-MM')
  if (month !== undefined) return periodOfMonth(month)
  return periodOfFiscalYear(fiscalYear ?? fiscalYearOf(dayOf(new Date(clock.civilMs()).toISOString())))
}

const periodOfDays = (from = '', through = ''): Period => {
  if (!isCivilDate(from) || !isCivilDate(through)) throw invalidPeriod('from and through are two days that exist, YYYY-MM-DD')
  if (from > through) throw invalidPeriod('The period ends before it begins')
  if (fiscalYearOf(through) - fiscalYearOf(from) >= MOST_YEARS) throw invalidPeriod(`A period has at most ${MOST_YEARS} years`)
  return { from, through }
}

/** `disclosure`: how a town is shown to the public; null to whom it concerns, who see it whole. */
const answerOf = async (deps: QueryDeps, subject: Subject, disclosure: Disclosure | null, sight: Sight): Promise<StatementAnswer> => {
  const { entity, scope, knownAt } = subject
  // Who stands behind a pool line is told to that person only.
  const own = entity === null || sight !== 'everything' ? [] : await ownLinesIn(deps.books, entity, scope, knownAt)
  const persons = await personsIn(deps, subject, disclosure)
  const { statement: whole, acts } = await wholeStatement(deps.books, subject, persons, own)
  const statement = disclosure === null ? whole : publishedStatement(whole, disclosure.plan)
  const isHidden = 'hidden' in statement
  return {
    statement,
    proof: await proofOf(deps.books, statement),
    acts: isHidden ? NO_ACTS : acts,
    persons: isHidden ? 0 : persons,
    merged: isHidden || disclosure === null ? [] : disclosure.plan.merged.filter((category) => categoriesIn(whole).includes(category)),
    sealed: null,
  }
}

const NO_ACTS: Acts = { given: 0, received: 0, forPublic: 0 }

/** How many people took part: in the whole area, or in what was given to the public. */
const personsIn = async (
  { books }: QueryDeps,
  { scope, entity, period, knownAt }: Subject,
  disclosure: Disclosure | null,
): Promise<number> => {
  if (!isTown(entity)) return 0
  const people =
    disclosure === null
      ? await books.headcount({ scope, from: period.from, through: period.through, knownAt })
      : publishedIn(disclosure, period).people
  return entity === null ? people.area : people.public
}

const categoriesIn = ({ units }: Statement): string[] => [
  ...new Set(Object.values(units).flatMap(({ byCategory }) => Object.keys(byCategory))),
]
