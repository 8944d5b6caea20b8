// Statements: of a town, a person, an organisation, for a fiscal year or a month, as known when the caller may know. Towns are shown to the public in
// the form with small groups merged. The same question at the same known-at has one answer, so answers are remembered.

import { XrpcError } from '../../server/xrpc-error.ts'
import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import { addDays, dayOf, fiscalYearOf, isMonth, periodOfFiscalYear, periodOfMonth } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import { GIVEN, RECEIVED, RECEIVED_PUBLIC } from '../journal/chart.ts'
import { disputeNotes } from '../journal/disputes.ts'
import { stoodAt } from '../journal/policy.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { cellsOf, everybodyIn } from '../statements/cells.ts'
import { publishedStatement } from '../statements/published.ts'
import type { Hidden } from '../statements/published.ts'
import { buildStatement } from '../statements/statement.ts'
import type { Statement, StatementKind } from '../statements/statement.ts'
import type { Sum } from '../store/store.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'
import { contributionsIn, createDisclosures } from './disclosure.ts'
import type { Disclosure, Published } from './disclosure.ts'
import { entityKey } from './entities.ts'
import type { Asked, KnownAt } from './known-at.ts'
import { knownAtFor } from './known-at.ts'

export type StatementQuery = Asked & {
  readonly scope: string
  /** DID or entity key; absent: the whole scope, or with kind 'municipality' the municipality itself. */
  readonly entity?: string
  readonly kind?: string
  /** The running fiscal year when neither is given. */
  readonly fiscalYear?: number
  /** YYYY-MM */
  readonly month?: string
}

export type Acts = { readonly given: number; readonly received: number; readonly forPublic: number }

export type StatementAnswer = {
  readonly statement: Statement | Hidden
  readonly proof: {
    readonly hash: string
    readonly log: { readonly origin: string; readonly key: string; readonly leaf: number; readonly seq: number }
    readonly signatures: readonly never[]
  }
  /** For pages: how many acts stand behind the minutes; how many persons (0 in statements of one person, and where the statement is hidden). */
  readonly acts: Acts
  readonly persons: number
  /** Categories that the published form of a town's statement has merged into `other`. */
  readonly merged: readonly string[]
}

const REMEMBERED = 2_000

export const createStatements = (deps: QueryDeps): ((caller: Caller, query: StatementQuery) => Promise<StatementAnswer>) => {
  const remembered = new Map<string, Promise<StatementAnswer>>()
  const disclosureOf = createDisclosures(deps)
  return async (caller, query) => {
    const { scope } = query
    const named = query.entity ?? (query.kind === 'municipality' ? `M:${scope}` : undefined)
    const entity = named === undefined ? null : await entityKey(deps, named)
    const sight = await deps.access.statement(caller, { scope, entity })
    if (sight === 'nothing') throw notFound()
    const period = periodOf(deps, query)
    // Whoever asks for a known-at of their own is refused here when they may not.
    const own = await knownAtFor(deps, sight, query, period)
    const disclosure = isTown(entity) && sight === 'snapshot' ? await disclosureOf(scope, fiscalYearOf(period.from)) : null
    const published = disclosure === null ? null : publishedIn(disclosure, period)
    const knownAt = published?.knownAt ?? own
    const roster = canonicalHash(deps.roster().filter(({ fromLeaf }) => fromLeaf <= knownAt.leaf))
    const key = JSON.stringify([scope, entity, period, knownAt, roster, sight, disclosure?.name])
    const known = remembered.get(key)
    if (known !== undefined) return known
    const answer = answerOf(deps, { scope, entity, period, knownAt, roster }, disclosure)
    remembered.set(key, answer)
    answer.catch(() => remembered.delete(key))
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED) break
      remembered.delete(oldest)
    }
    return answer
  }
}

const isTown = (entity: string | null): boolean => entity === null || entity.startsWith('M:')

const MONTH_LENGTH = 'YYYY-MM'.length

const publishedIn = ({ year, months }: Disclosure, { fiscalYear, from }: Period): Published =>
  (fiscalYear === undefined ? months.get(from.slice(0, MONTH_LENGTH)) : undefined) ?? year

const invalidPeriod = (message: string): XrpcError => new XrpcError(400, 'InvalidPeriod', message)

const periodOf = ({ clock }: QueryDeps, { fiscalYear, month }: StatementQuery): Period => {
  if (fiscalYear !== undefined && month !== undefined) throw invalidPeriod('Ask for a fiscal year or a month, not both')
  if (month !== undefined && !isMonth(month)) throw invalidPeriod('A month is YYYY-MM')
  if (month !== undefined) return periodOfMonth(month)
  return periodOfFiscalYear(fiscalYear ?? fiscalYearOf(dayOf(new Date(clock.civilMs()).toISOString())))
}

type Subject = {
  readonly scope: string
  readonly entity: string | null
  readonly period: Period
  readonly knownAt: KnownAt
  readonly roster: string
}

/** `disclosure`: how a town is shown to the public; null to whom it concerns, who see it whole. */
const answerOf = async (deps: QueryDeps, subject: Subject, disclosure: Disclosure | null): Promise<StatementAnswer> => {
  const { scope, entity, period, knownAt } = subject
  const query = { scope, knownAt, ...(entity === null ? {} : { entity }) }
  const opening = await deps.books.sums({ ...query, through: addDays(period.from, -1) })
  const within = await deps.books.sums({ ...query, from: period.from, through: period.through })
  const acts = actsOf(within)
  const circumstances = await circumstancesOf(deps, subject)
  const persons = await personsIn(deps, subject, disclosure)
  const inNumbers = isTown(entity) ? { persons, records: entity === null ? acts.given : acts.forPublic } : {}
  const notes = { ...circumstances.notes, ...inNumbers }
  const whole = buildStatement({ ...subject, ...circumstances, kind: kindOf(entity), opening, within, notes })
  const statement = disclosure === null ? whole : publishedStatement(whole, disclosure.plan)
  const { origin } = await deps.books.state()
  const isHidden = 'hidden' in statement
  return {
    statement,
    proof: {
      hash: canonicalHash(statement),
      log: { origin: knownAt.origin, key: origin?.key ?? '', leaf: knownAt.leaf, seq: (origin?.base ?? 0) + knownAt.leaf },
      signatures: [],
    },
    acts: isHidden ? { given: 0, received: 0, forPublic: 0 } : acts,
    persons: isHidden ? 0 : persons,
    merged: isHidden || disclosure === null ? [] : disclosure.plan.merged.filter((category) => categoriesIn(whole).includes(category)),
  }
}

/** How many people took part: in the whole area, or in what was given to the public. */
const personsIn = async (deps: QueryDeps, { scope, entity, period, knownAt }: Subject, disclosure: Disclosure | null): Promise<number> => {
  if (!isTown(entity)) return 0
  const people =
    disclosure === null ? everybodyIn(cellsOf(await contributionsIn(deps, scope, period, knownAt))) : publishedIn(disclosure, period).people
  return entity === null ? people.area : people.public
}

const categoriesIn = ({ units }: Statement): string[] => [
  ...new Set(Object.values(units).flatMap(({ byCategory }) => Object.keys(byCategory))),
]

const kindOf = (entity: string | null): StatementKind => {
  if (entity === null) return 'scope'
  if (entity.startsWith('M:')) return 'municipality'
  return entity.startsWith('O:') ? 'organisation' : 'person'
}

/** Policy and rates in force in the period as known then, and what the notes say. */
const circumstancesOf = async (deps: QueryDeps, { scope, entity, period, knownAt }: Subject) => {
  const isKnown = (rule: Parameters<typeof stoodAt>[0]): boolean => stoodAt(rule, knownAt.leaf)
  const policies = (await readDoc(deps.books, 'policies', `policies:${scope}`))?.policies.filter(isKnown) ?? []
  const tables = (await readDoc(deps.books, 'rates', `rates:${scope}`))?.tables.filter(isKnown) ?? []
  const first = tables.findLastIndex(({ validFrom }) => validFrom <= period.from)
  const rates = tables.slice(Math.max(first, 0)).filter(({ validFrom }) => validFrom <= period.through)
  const disputes = await readDoc(deps.books, 'disputes', `disputes:${scope}`)
  return {
    policyCid: policies.findLast(({ effectiveFrom }) => effectiveFrom <= period.through)?.cid ?? null,
    rateCids: rates.map(({ cid }) => cid),
    notes: disputeNotes(disputes, { entity, scope, period, leaf: knownAt.leaf }),
  }
}

const actsOf = (sums: readonly Sum[]): Acts => {
  const count = (account: number, sign: 1 | -1): number =>
    sums.filter((sum) => sum.unit === 'MIN' && sum.account === account).reduce((total, { signs }) => total + sign * signs, 0)
  return { given: count(GIVEN, -1), received: count(RECEIVED, 1), forPublic: count(RECEIVED_PUBLIC, 1) }
}
