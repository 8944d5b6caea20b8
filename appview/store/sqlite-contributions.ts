// Who stands behind the time of a scope: lines of chosen accounts, each with the giver of its transaction, added up by account, category, effective
// month and both people. Read from the postings recorded since the period began: nothing is effective on a later day than it is recorded.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { dayNumber } from './months.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { Contribution, ContributionQuery } from './store.ts'

type Row = { account: number; category: number; month: number; entity: number; giver: number | null; minutes: number; yen: number }

const MONTHS_PER_NUMBER = 100
const YEAR_DIGITS = 4

const monthName = (month: number): string =>
  `${String(Math.floor(month / MONTHS_PER_NUMBER)).padStart(YEAR_DIGITS, '0')}-${String(month % MONTHS_PER_NUMBER).padStart(2, '0')}`

export const openContributions = ({ db, entity, scope, category }: Tables, positions: Positions) => {
  const minutes = unitNumber('MIN')
  const select = (accounts: readonly number[]): string =>
    `SELECT account, category, month, entity, giver,
       sum(CASE unit WHEN ${minutes} THEN amount ELSE 0 END) AS minutes, sum(CASE unit WHEN ${minutes} THEN 0 ELSE amount END) AS yen
     FROM (
       SELECT line.account, line.category, line.effective / 100 AS month, line.entity, line.unit, line.amount,
         (SELECT given.entity FROM posting AS given
          WHERE given.position = line.position AND given.account IN (${GIVEN}, ${GIVEN_PRIOR}) LIMIT 1) AS giver
       FROM posting AS line
       WHERE line.position > ? AND line.position <= ? AND line.scope = ? AND line.effective BETWEEN ? AND ?
         AND line.account IN (${accounts.map(() => '?').join(', ')})
     ) GROUP BY account, category, month, entity, giver`
  return ({ scope: code, from, through, accounts, knownAt }: ContributionQuery): Contribution[] => {
    const where = scope.find(code)
    if (where === 0) return []
    const after = positions.before(midnightOf(addDays(from, -1)))
    const upTo = knownAt === undefined ? positions.last() : positions.upTo(knownAt)
    return db
      .prepare<number[], Row>(select(accounts))
      .all(after, upTo, where, dayNumber(from), dayNumber(through), ...accounts)
      .map((row) => ({
        account: row.account,
        category: row.category === 0 ? '' : category.text(row.category),
        month: monthName(row.month),
        entity: entity.text(row.entity),
        giver: row.giver === null ? null : entity.text(row.giver),
        minutes: row.minutes,
        yen: row.yen,
      }))
  }
}
