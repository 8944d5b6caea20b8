// One consolidation, whole and as published: functions of the books, of whom, which period, and as known when. Everybody sees the published form, by one
// plan for the whole federation, so that no two pages tell together what each leaves out; a close seals what is made here.

import { closedYear } from '../close/closings.ts'
import type { ClosingBooks } from '../close/closings.ts'
import { addDays } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import type { Roster } from '../journal/model.ts'
import { stoodAt } from '../journal/policy.ts'
import { consolidate } from '../statements/consolidation.ts'
import type { Consolidation, Shown } from '../statements/consolidation.ts'
import { contributionsOf } from '../statements/passages.ts'
import { planOf } from '../statements/small-groups.ts'
import type { Level } from '../statements/small-groups.ts'
import { worksheetPlanOf } from '../statements/worksheet-plan.ts'
import type { TownShown, WorksheetPlan } from '../statements/worksheet-plan.ts'
import type { Books, Sum } from '../store/store.ts'
import { rateTablesOf, ratesSaid } from './rates-of-year.ts'
import type { KnownAt } from './known-at.ts'

export type ConsolidationSubject = Omit<Consolidation, 'v' | 'units'>

/** From buckets alone: sums and flows. */
export const wholeConsolidation = async (books: Pick<Books, 'sums' | 'flows'>, subject: ConsolidationSubject): Promise<Consolidation> => {
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

export const codesOf = (roster: Roster): readonly string[] => [...new Set(roster.map(({ code }) => code))].toSorted()

/** Who took part as of then; before anybody did, whoever does now. */
export const rosterAt = (roster: Roster, { leaf }: KnownAt): Roster => {
  const then = roster.filter(({ fromLeaf }) => fromLeaf <= leaf)
  return then.length === 0 ? roster : then
}

export type FederationPlan = { readonly plan: WorksheetPlan; readonly towns: readonly TownShown[]; readonly yen: boolean }

/** One plan for all municipalities, from one reading of who gave to whom. */
export const federationPlanOf = async (
  books: Pick<Books, 'flowPairs' | 'load'>,
  codes: readonly string[],
  { from, through }: Period,
  knownAt: KnownAt,
): Promise<FederationPlan> => {
  const passages = await books.flowPairs({ from, through, knownAt })
  const contributions = contributionsOf(passages)
  const towns = codes.map((code): TownShown => {
    // The months of a year do not change what the year shows, nor do yen.
    const { level, prior } = planOf({ year: contributions.get(code) ?? [], months: new Map(), rateOf: null, onePriorRate: false })
    return { code, level, prior }
  })
  const rates = await Promise.all(codes.map(async (code) => ratesKnown(books, code, through, knownAt)))
  return { plan: worksheetPlanOf(towns, passages), towns, yen: new Set(rates.flat()).size <= 1 }
}

/** Every rate of a municipality that was ever in force: with one and the same everywhere, yen tell no more than minutes. */
export const ratesKnown = async (
  books: Pick<Books, 'load'>,
  code: string,
  through: string,
  { leaf }: KnownAt,
): Promise<readonly number[]> => {
  const tables = await rateTablesOf(books, code)
  return tables.filter((table) => stoodAt(table, leaf) && table.validFrom <= through).flatMap(ratesSaid)
}

/**
 * Whether one of these municipalities has valued its year anew since it closed it. What was first booked in yen adds up to nothing then that stands: a
 * consolidation of several leaves yen out.
 */
export const isRevalued = async (signed: ClosingBooks, roster: Roster, codes: readonly string[], fiscalYear: number): Promise<boolean> => {
  const years = await Promise.all(codes.map((code) => closedYear(signed, roster, code, fiscalYear)))
  return years.some((year) => (year?.versions.at(-1)?.revaluedBy ?? null) !== null)
}

const RANK: Readonly<Record<Level, number>> = { nothing: 0, given: 1, parts: 2 }
const NOTHING: Omit<Shown, 'yen'> = { given: false, parts: false, prior: false, sheet: { total: false, parts: false, prior: false } }

export const shownBy = ({ plan, towns, yen }: FederationPlan, { level, scope }: Pick<Consolidation, 'level' | 'scope'>): Shown => {
  if (level === 'federation') return { ...plan.federation, yen }
  if (level === 'prefecture') return { ...(plan.prefectures.get(scope) ?? NOTHING), yen }
  const town = towns.find(({ code }) => code === scope)
  const rank = RANK[town?.level ?? 'nothing']
  const sheet = plan.towns.get(scope) ?? NOTHING.sheet
  return { given: rank >= RANK.given, parts: rank >= RANK.parts, prior: town?.prior === true, sheet, yen }
}
