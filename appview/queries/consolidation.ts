// Consolidations: a municipality with all who live in it, a prefecture, the federation of the roster; for a fiscal year, or for the desk of a
// municipality any month and known-at. Everybody sees the published form, by one plan for the whole federation, so that no two pages tell together what
// each leaves out. The same question at the same known-at has one answer, so answers are remembered.

import { XrpcError } from '../../server/xrpc-error.ts'
import { notFound } from '../auth/access.ts'
import type { Caller } from '../auth/caller.ts'
import { addDays, dayOf, fiscalYearOf, isMonth, periodOfFiscalYear, periodOfMonth } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import type { Roster } from '../journal/model.ts'
import { stoodAt } from '../journal/policy.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { consolidate, NETWORK, publishedConsolidation } from '../statements/consolidation.ts'
import type { Consolidation, ConsolidationLevel, Shown } from '../statements/consolidation.ts'
import { contributionsOf } from '../statements/passages.ts'
import { prefectureOf } from '../statements/prefectures.ts'
import { planOf } from '../statements/small-groups.ts'
import type { Level } from '../statements/small-groups.ts'
import { worksheetPlanOf } from '../statements/worksheet-plan.ts'
import type { TownShown, WorksheetPlan } from '../statements/worksheet-plan.ts'
import type { Books, Sum } from '../store/store.ts'
import type { QueryDeps } from './deps.ts'
import { readDoc } from './deps.ts'
import type { Asked, KnownAt } from './known-at.ts'
import { knownAtFor } from './known-at.ts'

export type ConsolidationQuery = Asked & {
  /** A code of six digits or two, or 'network'. */
  readonly scope: string
  /** The running fiscal year when neither is given. */
  readonly fiscalYear?: number
  /** YYYY-MM; for the desk of a municipality alone. */
  readonly month?: string
}

export type ConsolidationAnswer = {
  readonly consolidation: Consolidation
  readonly proof: {
    readonly hash: string
    readonly log: { readonly origin: string; readonly key: string; readonly leaf: number; readonly seq: number }
    readonly signatures: readonly never[]
  }
  /** What each municipality of the federation shows of the year; none where the answer is whole. */
  readonly towns: readonly TownShown[]
}

const REMEMBERED = 300

/** Throws NotFound for what is no municipality, prefecture or federation of this roster. */
export const createConsolidations = (deps: QueryDeps): ((caller: Caller, query: ConsolidationQuery) => Promise<ConsolidationAnswer>) => {
  const remember = createMemory<ConsolidationAnswer>()
  const rememberPlan = createMemory<FederationPlan>()
  return async (caller, query) => {
    const level = levelOf(query.scope)
    const sight = level === 'municipality' ? await deps.access.statement(caller, { scope: query.scope, entity: null }) : 'snapshot'
    if (sight === 'nothing') throw notFound()
    const period = periodOf(deps, query)
    const knownAt = await knownAtFor(deps, sight, query, period)
    if (sight === 'snapshot' && period.fiscalYear === undefined) throw invalidPeriod('Worksheets are published of fiscal years')
    const roster = rosterAt(deps.roster(), knownAt)
    const members = membersOf(roster, query.scope, level)
    if (members.length === 0) throw notFound()
    const key = JSON.stringify([period, knownAt, canonicalHash(roster)])
    const subject = { level, scope: query.scope, members, period, knownAt, roster: canonicalHash(roster) }
    return remember(`${key} ${query.scope} ${sight}`, async () => {
      const whole = await wholeConsolidation(deps.books, subject)
      if (sight === 'everything') return answerOf(deps, whole, [])
      const plan = await rememberPlan(key, () => federationPlanOf(deps, codesOf(roster), period, knownAt))
      return answerOf(deps, publishedConsolidation(whole, shownBy(plan, subject)), plan.towns)
    })
  }
}

const MUNICIPALITY = /^\d{6}$/
const PREFECTURE = /^\d{2}$/

const levelOf = (scope: string): ConsolidationLevel => {
  if (scope === NETWORK) return 'federation'
  if (PREFECTURE.test(scope)) return 'prefecture'
  if (MUNICIPALITY.test(scope)) return 'municipality'
  throw notFound()
}

const codesOf = (roster: Roster): readonly string[] => [...new Set(roster.map(({ code }) => code))].toSorted()

const membersOf = (roster: Roster, scope: string, level: ConsolidationLevel): readonly string[] =>
  codesOf(roster).filter((code) => level === 'federation' || code === scope || (level === 'prefecture' && prefectureOf(code) === scope))

/** Who took part as of then; before anybody did, whoever does now. */
const rosterAt = (roster: Roster, { leaf }: KnownAt): Roster => {
  const then = roster.filter(({ fromLeaf }) => fromLeaf <= leaf)
  return then.length === 0 ? roster : then
}

const invalidPeriod = (message: string): XrpcError => new XrpcError(400, 'InvalidPeriod', message)

const periodOf = ({ clock }: QueryDeps, { fiscalYear, month }: ConsolidationQuery): Period => {
  if (fiscalYear !== undefined && month !== undefined) throw invalidPeriod('Ask for a fiscal year or a month, not both')
  if (month !== undefined && !isMonth(month)) throw invalidPeriod('A month is YYYY-MM')
  if (month !== undefined) return periodOfMonth(month)
  return periodOfFiscalYear(fiscalYear ?? fiscalYearOf(dayOf(new Date(clock.civilMs()).toISOString())))
}

type Subject = Omit<Consolidation, 'v' | 'units'>

/** From buckets alone: sums and flows. */
export const wholeConsolidation = async (books: Pick<Books, 'sums' | 'flows'>, subject: Subject): Promise<Consolidation> => {
  const { members, period, knownAt } = subject
  const { from, through } = period
  const sums = async (
    entityOf: (code: string) => string | undefined,
    days: { readonly from?: string; readonly through: string },
  ): Promise<Sum[]> => {
    const each = members.map((scope) => {
      const entity = entityOf(scope)
      return books.sums({ scope, ...days, knownAt, ...(entity === undefined ? {} : { entity }) })
    })
    return (await Promise.all(each)).flat()
  }
  const both = async (entityOf: (code: string) => string | undefined) => ({
    opening: await sums(entityOf, { through: addDays(from, -1) }),
    within: await sums(entityOf, { from, through }),
  })
  const areas = await both(() => undefined)
  const bodies = await both((code) => `M:${code}`)
  return consolidate({ ...subject, areas, bodies, flows: await books.flows({ scopes: members, from, through, knownAt }) })
}

const answerOf = async ({ books }: QueryDeps, consolidation: Consolidation, towns: readonly TownShown[]): Promise<ConsolidationAnswer> => {
  const { origin } = await books.state()
  const { knownAt } = consolidation
  return {
    consolidation,
    proof: {
      hash: canonicalHash(consolidation),
      log: { origin: knownAt.origin, key: origin?.key ?? '', leaf: knownAt.leaf, seq: (origin?.base ?? 0) + knownAt.leaf },
      signatures: [],
    },
    towns,
  }
}

type FederationPlan = { readonly plan: WorksheetPlan; readonly towns: readonly TownShown[]; readonly yen: boolean }

/** One plan for all municipalities, from one reading of who gave to whom. */
const federationPlanOf = async (
  deps: QueryDeps,
  codes: readonly string[],
  { from, through }: Period,
  knownAt: KnownAt,
): Promise<FederationPlan> => {
  const passages = await deps.books.flowPairs({ from, through, knownAt })
  const contributions = contributionsOf(passages)
  const towns = codes.map((code): TownShown => {
    // The months of a year do not change what the year shows, nor do yen.
    const { level, prior } = planOf({ year: contributions.get(code) ?? [], months: new Map(), rateOf: null, onePriorRate: false })
    return { code, level, prior }
  })
  const rates = await Promise.all(codes.map(async (code) => ratesKnown(deps, code, through, knownAt)))
  return { plan: worksheetPlanOf(towns, passages), towns, yen: new Set(rates.flat()).size <= 1 }
}

/** Every rate of a municipality that was ever in force: with one and the same everywhere, yen tell no more than minutes. */
const ratesKnown = async ({ books }: QueryDeps, code: string, through: string, { leaf }: KnownAt): Promise<readonly number[]> => {
  const tables = (await readDoc(books, 'rates', `rates:${code}`))?.tables ?? []
  return tables.filter((table) => stoodAt(table, leaf) && table.validFrom <= through).flatMap(({ yenPerHour }) => Object.values(yenPerHour))
}

const RANK: Readonly<Record<Level, number>> = { nothing: 0, given: 1, parts: 2 }
const NOTHING: Omit<Shown, 'yen'> = { given: false, parts: false, prior: false, sheet: { total: false, parts: false, prior: false } }

const shownBy = ({ plan, towns, yen }: FederationPlan, { level, scope }: Subject): Shown => {
  if (level === 'federation') return { ...plan.federation, yen }
  if (level === 'prefecture') return { ...(plan.prefectures.get(scope) ?? NOTHING), yen }
  const town = towns.find(({ code }) => code === scope)
  const rank = RANK[town?.level ?? 'nothing']
  const sheet = plan.towns.get(scope) ?? NOTHING.sheet
  return { given: rank >= RANK.given, parts: rank >= RANK.parts, prior: town?.prior === true, sheet, yen }
}

/** The same question has the same answer: the last ones are kept. */
const createMemory = <Answer>() => {
  const remembered = new Map<string, Promise<Answer>>()
  return (key: string, make: () => Promise<Answer>): Promise<Answer> => {
    const known = remembered.get(key)
    if (known !== undefined) return known
    const answer = make()
    remembered.set(key, answer)
    answer.catch(() => remembered.delete(key))
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED) break
      remembered.delete(oldest)
    }
    return answer
  }
}
