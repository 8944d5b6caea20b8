// The area's worksheet as a close seals it: published by the plan of the whole federation at the cut-off, and in later versions never more of it than in
// the versions before, so that two versions side by side tell nothing that one of them hides.

import type { Period } from '../journal/calendar.ts'
import type { Roster } from '../journal/model.ts'
import { ratesSaid, stretchesIn } from '../queries/rates-of-year.ts'
import type { NamedTable } from '../queries/rates-of-year.ts'
import { codesOf, federationPlanOf, ratesKnown, rosterAt, shownBy, wholeConsolidation } from '../queries/whole-consolidation.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { publishedConsolidation } from '../statements/consolidation.ts'
import type { Consolidation, Shown } from '../statements/consolidation.ts'
import type { KnownAt } from '../statements/statement.ts'
import type { Books } from '../store/store.ts'

export type WorksheetQuery = {
  readonly scope: string
  readonly period: Period
  readonly knownAt: KnownAt
  /** By which the year is valued anew, newest last. */
  readonly revaluedBy: readonly NamedTable[]
  /** Parts that versions before this one left out. */
  readonly leftOutBefore: readonly string[]
}

export type MadeWorksheet = { readonly consolidation: Consolidation; readonly leftOut: readonly string[] }

type PlanBooks = Pick<Books, 'flowPairs' | 'load'>

/** `valued`: the books with the yen of this version. */
export const worksheetMember = async (
  books: PlanBooks,
  valued: Pick<Books, 'sums' | 'flows'>,
  all: Roster,
  query: WorksheetQuery,
): Promise<MadeWorksheet> => {
  const { scope, period, knownAt } = query
  const roster = rosterAt(all, knownAt)
  const subject = { level: 'municipality', scope, members: [scope], period, knownAt, roster: canonicalHash(roster) } as const
  const plan = await federationPlanOf(books, codesOf(roster), period, knownAt)
  const yen = await isYenShown(books, codesOf(roster), query)
  const { shown, leftOut } = narrowed({ ...shownBy(plan, subject), yen }, query.leftOutBefore)
  return { consolidation: publishedConsolidation(await wholeConsolidation(valued, subject), shown), leftOut }
}

/** Yen stand where one rate stands behind all of them; behind what is left of earlier years, too. */
const isYenShown = async (
  books: PlanBooks,
  codes: readonly string[],
  { scope, period, knownAt, revaluedBy }: WorksheetQuery,
): Promise<boolean> => {
  const ratesOf = (code: string): Promise<readonly number[]> => ratesKnown(books, code, period.through, knownAt)
  const booked = await ratesOf(scope)
  const others = (await Promise.all(codes.filter((code) => code !== scope).map(ratesOf))).flat()
  const stretches = await stretchesIn(books, { scope, period, leaf: knownAt.leaf, revaluedBy })
  const own = revaluedBy.length === 0 ? booked : stretches.flatMap(({ table }) => (table === undefined ? [] : ratesSaid(table)))
  return new Set(booked).size <= 1 && new Set([...own, ...others]).size <= 1
}

const PARTS = ['given', 'parts', 'prior', 'sheet.total', 'sheet.parts', 'sheet.prior', 'yen'] as const

const narrowed = (
  { sheet, ...shown }: Shown,
  before: readonly string[],
): { readonly shown: Shown; readonly leftOut: readonly string[] } => {
  const flags = { ...shown, 'sheet.total': sheet.total, 'sheet.parts': sheet.parts, 'sheet.prior': sheet.prior }
  const is = (part: (typeof PARTS)[number]): boolean => flags[part] && !before.includes(part)
  return {
    shown: {
      given: is('given'),
      parts: is('parts'),
      prior: is('prior'),
      sheet: { total: is('sheet.total'), parts: is('sheet.parts'), prior: is('sheet.prior') },
      yen: is('yen'),
    },
    leftOut: PARTS.filter((part) => !is(part)),
  }
}
