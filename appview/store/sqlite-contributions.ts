// Who stands behind the time of a scope: lines of chosen accounts, each with the giver of its transaction, added up by account, category, effective
// month and both people. Read from the postings recorded since the period began: nothing is effective on a later day than it is recorded. What has been
// added up is kept, so that a later known-at reads only what was booked since; the answer is the same, also its order: as first booked.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { dayNumber } from './months.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { Contribution, ContributionQuery } from './store.ts'

/** position, entity, scope, account, unit, amount, effective, category */
type Line = readonly [number, number, number, number, number, number, number, number]

/** All up to a position, by key. A contribution that grows is another object: who was given the old one keeps it. */
type Kept = { upTo: number; readonly byKey: Map<string, Contribution> }

/** Periods kept, and contributions in all of them: the ones asked for last. */
const MAX_PERIODS = 64
const MAX_KEPT = 400_000

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
    if (!isEarlier) keep(periods, name, kept)
    return [...kept.byKey.values()]
  }
}

const keep = (periods: Map<string, Kept>, name: string, kept: Kept): void => {
  periods.delete(name)
  periods.set(name, kept)
  let size = 0
  for (const { byKey } of periods.values()) size += byKey.size
  for (const [oldest, { byKey }] of periods) {
    if (periods.size <= MAX_PERIODS && size <= MAX_KEPT) return
    periods.delete(oldest)
    size -= byKey.size
  }
}

const openAdding = ({ db, entity, scope, category }: Tables) => {
  const minutes = unitNumber('MIN')
  const contributionOf = (line: Line, giver: number | null): Contribution => {
    const [, who, , account, , , effective, kind] = line
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
      const [, who, , account, unit, amount, effective, kind] = line
      const key = `${account} ${kind} ${Math.floor(effective / MONTHS_PER_NUMBER)} ${who} ${giver ?? ''}`
      const known = byKey.get(key) ?? contributionOf(line, giver)
      byKey.set(key, unit === minutes ? { ...known, minutes: known.minutes + amount } : { ...known, yen: known.yen + amount })
    }
  }
  return (
    byKey: Map<string, Contribution>,
    { scope: code, from, through, accounts }: ContributionQuery,
    after: number,
    upTo: number,
  ): void => {
    const where = scope.find(code)
    const [first, last] = [dayNumber(from), dayNumber(through)]
    const wanted = new Set(accounts)
    const read = db
      .prepare<number[], Line>(
        `SELECT position, entity, scope, account, unit, amount, effective, category FROM posting
         WHERE position > ? AND position <= ? AND account IN (${[...accounts, GIVEN, GIVEN_PRIOR].map(() => '?').join(', ')}) ORDER BY position, line`,
      )
      .raw()
    let lines: Line[] = []
    let giver: number | null = null
    let position = 0
    for (const line of read.iterate(after, upTo, ...accounts, GIVEN, GIVEN_PRIOR)) {
      if (line[0] !== position) {
        addLines(byKey, lines, giver)
        ;[position, lines, giver] = [line[0], [], null]
      }
      const [, who, place, account, , , effective] = line
      if (giver === null && (account === GIVEN || account === GIVEN_PRIOR)) giver = who
      if (place === where && wanted.has(account) && effective >= first && effective <= last) lines.push(line)
    }
    addLines(byKey, lines, giver)
  }
}
