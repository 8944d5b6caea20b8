// What a close seals: the statements of the whole area and of the municipality itself, and the area's worksheet, as published at the year's cut-off. A
// function of the books, the roster and the version alone: whoever has the intake makes the same bytes.

import { cutOffOf, periodOfFiscalYear } from '../journal/calendar.ts'
import type { Roster } from '../journal/model.ts'
import { contributionsIn, ratesIn } from '../queries/disclosure.ts'
import { stretchesIn } from '../queries/rates-of-year.ts'
import type { NamedTable, Stretch } from '../queries/rates-of-year.ts'
import { wholeStatement } from '../queries/whole-statement.ts'
import { canonicalHash } from '../statements/canonical-json.ts'
import { cellsOf, everybodyIn } from '../statements/cells.ts'
import type { Consolidation } from '../statements/consolidation.ts'
import { publishedStatement } from '../statements/published.ts'
import type { Hidden } from '../statements/published.ts'
import { planOf } from '../statements/small-groups.ts'
import type { KnownAt, Statement } from '../statements/statement.ts'
import type { Books } from '../store/store.ts'
import { setHash, WORKSHEET } from './parse-closing.ts'
import { revaluedBooks } from './revalue.ts'
import { worksheetMember } from './worksheet-member.ts'

export type MadeMember = {
  readonly entity: string | null
  readonly kind: string
  readonly statement: Statement | Hidden | Consolidation
  readonly hash: string
}
export type StatementSet = {
  readonly knownAt: KnownAt
  readonly members: readonly MadeMember[]
  readonly hash: string
  /** Categories that stand within `other`. */
  readonly merged: readonly string[]
  /** Parts of the worksheet that are not shown. */
  readonly leftOut: readonly string[]
}

export type SetQuery = {
  readonly scope: string
  readonly fiscalYear: number
  readonly version: number
  /** The rate tables by which versions up to this one valued the year anew, newest last; none: as booked. */
  readonly revaluedBy: readonly NamedTable[]
  /** What versions before this one merged, and what they left out of the worksheet. */
  readonly alreadyMerged: readonly string[]
  readonly leftOutBefore: readonly string[]
}

/** As known at the cut-off: the last leaf recorded before it, and what was due by then. */
export const knownAtCutOff = async (books: Pick<Books, 'state' | 'leafBefore'>, fiscalYear: number): Promise<KnownAt> => {
  const { origin } = await books.state()
  return { origin: origin?.name ?? '', ...(await books.leafBefore(cutOffOf(fiscalYear))) }
}

export const statementSet = async (books: Books, roster: Roster, query: SetQuery): Promise<StatementSet> => {
  const { scope, fiscalYear, version, revaluedBy, alreadyMerged, leftOutBefore } = query
  const period = periodOfFiscalYear(fiscalYear)
  const knownAt = await knownAtCutOff(books, fiscalYear)
  const stretches = await stretchesIn(books, { scope, period, leaf: knownAt.leaf, revaluedBy })
  const valued = revaluedBy.length === 0 ? books : await revaluedBooks(books, { scope, period, knownAt, stretches })
  const year = await contributionsIn(valued, scope, period, knownAt)
  const rates = await ratesIn(valued, { scope, period, knownAt, year, revaluedBy })
  const plan = planOf({ year, months: new Map(), ...rates, alreadyMerged })
  const people = everybodyIn(cellsOf(year))
  const named = canonicalHash(roster.filter(({ fromLeaf }) => fromLeaf <= knownAt.leaf))
  const make = async (entity: string | null, persons: number): Promise<MadeMember> => {
    const { statement: whole } = await wholeStatement(valued, { scope, entity, period, knownAt, roster: named }, persons)
    const statement = publishedStatement(versioned(whole, version, stretches), plan)
    return { entity, kind: whole.kind, statement, hash: canonicalHash(statement) }
  }
  const sheet = await worksheetMember(books, valued, roster, { scope, period, knownAt, revaluedBy, leftOutBefore })
  const worksheet = { entity: null, kind: WORKSHEET, statement: sheet.consolidation, hash: canonicalHash(sheet.consolidation) }
  const members = [await make(null, people.area), await make(`M:${scope}`, people.public), worksheet]
  return { knownAt, members, hash: setHash({ scope, period, version }, members), merged: plan.merged, leftOut: sheet.leftOut }
}

/** Later versions say that they are, and by which tables they are valued. */
const versioned = (statement: Statement, version: number, stretches: readonly Stretch[]): Statement =>
  version === 1
    ? statement
    : {
        ...statement,
        rateCids: stretches.some(({ isAnew }) => isAnew)
          ? [...new Set(stretches.flatMap(({ table }) => table?.cid ?? []))].toSorted()
          : statement.rateCids,
        notes: { ...statement.notes, restatedVersion: version },
      }
