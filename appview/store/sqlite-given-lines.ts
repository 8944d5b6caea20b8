// Lines of chosen accounts in a scope and a period, in the order they were booked, each with the giver of its transaction.

import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { dayNumber } from './months.ts'
import type { PackedLine } from './packed-lines.ts'
import { openLinesBetween } from './sqlite-pages.ts'
import type { Tables } from './sqlite-tables.ts'
import type { ContributionQuery } from './store.ts'

export type Line = Readonly<PackedLine>

export type GivenLines = (
  query: ContributionQuery,
  span: { readonly after: number; readonly upTo: number },
  take: (lines: readonly Line[], giver: number | null) => void,
) => void

/** `take` is given the lines of each transaction that has some, between two positions (the first not included). */
export const openGivenLines = (tables: Tables): GivenLines => {
  const linesBetween = openLinesBetween(tables)
  return ({ scope: code, from, through, accounts }, { after, upTo }, take) => {
    const where = tables.scope.find(code)
    const [first, last] = [dayNumber(from), dayNumber(through)]
    const wanted = new Set(accounts)
    let lines: Line[] = []
    let giver: number | null = null
    let position = 0
    linesBetween(after, upTo, (line) => {
      if (line.position !== position) {
        if (lines.length > 0) take(lines, giver)
        position = line.position
        lines = []
        giver = null
      }
      const { entity, scope, account, effective } = line
      if (giver === null && (account === GIVEN || account === GIVEN_PRIOR)) giver = entity
      if (scope === where && wanted.has(account) && effective >= first && effective <= last) lines.push({ ...line })
    })
    if (lines.length > 0) take(lines, giver)
  }
}
