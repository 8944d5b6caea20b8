// Lines of chosen accounts in a scope and a period, in the order they were booked, each with the giver of its transaction.

import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { dayNumber } from './months.ts'
import type { Tables } from './sqlite-tables.ts'
import type { ContributionQuery } from './store.ts'

/** position, entity, scope, account, unit, amount, effective, category */
export type Line = readonly [number, number, number, number, number, number, number, number]

export type GivenLines = (
  query: ContributionQuery,
  span: { readonly after: number; readonly upTo: number },
  take: (lines: readonly Line[], giver: number | null) => void,
) => void

/** `take` is given the lines of each transaction that has some, between two positions (the first not included). */
export const openGivenLines =
  ({ db, scope }: Tables): GivenLines =>
  ({ scope: code, from, through, accounts }, { after, upTo }, take) => {
    const where = scope.find(code)
    const [first, last] = [dayNumber(from), dayNumber(through)]
    const wanted = new Set(accounts)
    const all = [...new Set([...accounts, GIVEN, GIVEN_PRIOR])]
    const read = db
      .prepare<number[], Line>(
        `SELECT position, entity, scope, account, unit, amount, effective, category FROM posting
         WHERE position > ? AND position <= ? AND account IN (${all.map(() => '?').join(', ')}) ORDER BY position, line`,
      )
      .raw()
    let lines: Line[] = []
    let giver: number | null = null
    let position = 0
    for (const line of read.iterate(after, upTo, ...all)) {
      if (line[0] !== position) {
        if (lines.length > 0) take(lines, giver)
        ;[position, lines, giver] = [line[0], [], null]
      }
      const [, who, place, account, , , effective] = line
      if (giver === null && (account === GIVEN || account === GIVEN_PRIOR)) giver = who
      if (place === where && wanted.has(account) && effective >= first && effective <= last) lines.push(line)
    }
    if (lines.length > 0) take(lines, giver)
  }
