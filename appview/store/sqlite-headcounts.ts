// How many persons took part in a scope and a period, as known at any position: where the count changed is kept, so that an earlier known-at is looked up
// and a later one reads only what was booked since. Whoever reads that counts for all scopes that were asked about the same period.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { HEAD_ACCOUNTS } from '../journal/headcount.ts'
import type { Heads } from '../journal/headcount.ts'
import { keepHeads } from './kept-heads.ts'
import type { KeptHeads } from './kept-heads.ts'
import { dayNumber } from './months.ts'
import type { PackedLine } from './packed-lines.ts'
import { MAX_PERIODS } from './periods-kept.ts'
import { openLinesBetween } from './sqlite-pages.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { HeadQuery } from './store.ts'

/** A scope and a period that were asked about. */
type Period = Pick<HeadQuery, 'scope' | 'from' | 'through'> & { readonly kept: KeptHeads }

export const openHeadcounts = (tables: Tables, positions: Positions) => {
  const periods = new Map<string, Period>()
  tables.onForget(() => periods.clear())
  const grow = openGrowing(tables)
  return ({ scope, from, through, knownAt }: HeadQuery): Heads => {
    const name = JSON.stringify([scope, from, through])
    const last = positions.last()
    const upTo = knownAt === undefined ? last : positions.upTo(knownAt)
    const start = (): number => positions.before(midnightOf(addDays(from, -1)))
    const period = periods.get(name) ?? { scope, from, through, kept: keepHeads(start()) }
    periods.delete(name)
    periods.set(name, period)
    for (const oldest of periods.keys()) if (periods.size > MAX_PERIODS) periods.delete(oldest)
    if (upTo > period.kept.upTo) grow(period, [...periods.values()], upTo, last)
    return period.kept.at(upTo)
  }
}

type Counted = Pick<PackedLine, 'scope' | 'entity' | 'account' | 'unit' | 'amount'>

/** Reads on to where others of the period are, to go on with them from there. */
const openGrowing = (tables: Tables) => {
  const { entity, scope: scopes } = tables
  const linesBetween = openLinesBetween(tables)
  const minutes = unitNumber('MIN')
  return (period: Period, all: readonly Period[], least: number, last: number): void => {
    const [first, final] = [dayNumber(period.from), dayNumber(period.through)]
    const after = period.kept.upTo
    const others = all.filter((one) => one !== period && one.from === period.from && one.through === period.through)
    const end = Math.min(Math.max(least, ...others.map(({ kept }) => kept.upTo)), last)
    const joined = [period, ...others.filter(({ kept }) => kept.upTo >= after && kept.upTo < end)]
    const byScope = new Map(joined.map(({ scope, kept }) => [scopes.find(scope), kept]))
    const own: Counted[] = []
    let [position, giver] = [0, 0]
    const close = (): void => {
      const by = giver === 0 ? null : entity.text(giver)
      for (const [index, { scope, entity: who, account, unit, amount }] of own.entries()) {
        const kept = byScope.get(scope)
        if (kept === undefined || position <= kept.upTo) continue
        const [ofTime, ofYen] = unit === minutes ? [amount, 0] : [0, amount]
        kept.add({ account, entity: entity.text(who), giver: by, minutes: ofTime, yen: ofYen })
        if (own[index + 1]?.scope !== scope) kept.noted(position)
      }
      own.length = 0
      giver = 0
    }
    linesBetween(after, end, (line) => {
      if (line.position !== position) close()
      position = line.position
      const { scope, entity: who, account, unit, amount, effective } = line
      if (giver === 0 && (account === GIVEN || account === GIVEN_PRIOR)) giver = who
      if (effective >= first && effective <= final && HEAD_ACCOUNTS.includes(account) && byScope.has(scope))
        own.push({ scope, entity: who, account, unit, amount })
    })
    close()
    for (const { kept } of joined) kept.upTo = end
  }
}
