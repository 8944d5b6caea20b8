// Who stands behind the time of a scope: lines of chosen accounts, each with the giver of its transaction, added up by account, category, effective
// month and both people. Read from the postings recorded since the period began: nothing is effective on a later day than it is recorded. What has been
// added up is kept, so that a later known-at reads only what was booked since; the answer is the same, also its order: as first booked.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { keepPeriod } from './periods-kept.ts'
import { openGivenLines } from './sqlite-given-lines.ts'
import type { Line } from './sqlite-given-lines.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { Contribution, ContributionQuery } from './store.ts'

/** All up to a position, by key. A contribution that grows is another object: who was given the old one keeps it. */
type Kept = { upTo: number; readonly byKey: Map<string, Contribution> }

const MONTHS_PER_NUMBER = 100
const YEAR_DIGITS = 4

const monthName = (month: number): string =>
  `${String(Math.floor(month / MONTHS_PER_NUMBER)).padStart(YEAR_DIGITS, '0')}-${String(month % MONTHS_PER_NUMBER).padStart(2, '0')}`

export const openContributions = (tables: Tables, positions: Positions) => {
  const periods = new Map<string, Kept>()
  tables.onForget(() => periods.clear())
  const add = openAdding(tables)
  return (query: ContributionQuery): readonly Contribution[] => {
    const name = JSON.stringify([query.scope, query.from, query.through, query.accounts])
    const upTo = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const known = periods.get(name)
    const isEarlier = known !== undefined && known.upTo > upTo
    const kept =
      known === undefined || isEarlier ? { upTo: positions.before(midnightOf(addDays(query.from, -1))), byKey: new Map() } : known
    if (upTo > kept.upTo) {
      add(kept.byKey, query, kept.upTo, upTo)
      kept.upTo = upTo
    }
    if (!isEarlier) keepPeriod(periods, name, kept, ({ byKey }) => byKey.size)
    return [...kept.byKey.values()]
  }
}

const openAdding = (tables: Tables) => {
  const { entity, category } = tables
  const linesIn = openGivenLines(tables)
  const minutes = unitNumber('MIN')
  const contributionOf = (line: Line, giver: number | null): Contribution => {
    const { entity: who, account, effective, category: kind } = line
    return {
      account,
      category: kind === 0 ? '' : category.text(kind),
      month: monthName(Math.floor(effective / MONTHS_PER_NUMBER)),
      entity: entity.text(who),
      giver: giver === null ? null : entity.text(giver),
      minutes: 0,
      yen: 0,
    }
  }
  const addLines = (byKey: Map<string, Contribution>, lines: readonly Line[], giver: number | null): void => {
    for (const line of lines) {
      const { entity: who, account, unit, amount, effective, category: kind } = line
      const key = `${account} ${kind} ${Math.floor(effective / MONTHS_PER_NUMBER)} ${who} ${giver ?? ''}`
      const known = byKey.get(key) ?? contributionOf(line, giver)
      byKey.set(key, unit === minutes ? { ...known, minutes: known.minutes + amount } : { ...known, yen: known.yen + amount })
    }
  }
  return (byKey: Map<string, Contribution>, query: ContributionQuery, after: number, upTo: number): void =>
    linesIn(query, { after, upTo }, (lines, giver) => addLines(byKey, lines, giver))
}
