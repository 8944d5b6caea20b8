// Who stands behind the flows between scopes, of all scopes at once. Read from the postings recorded since the period began, as contributions are; what
// has been added up is kept, so that a later known-at reads only what was booked since.

import { addDays, midnightOf } from '../journal/calendar.ts'
import type { FlowPair, FlowPairQuery } from './flows.ts'
import { dayNumber } from './months.ts'
import { isGiven, isReceived } from './sqlite-flows.ts'
import type { PackedLine } from './packed-lines.ts'
import { openLinesBetween } from './sqlite-pages.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'

type Line = Pick<PackedLine, 'entity' | 'scope' | 'account' | 'category'>
type Growing = { readonly giverScope: number; readonly line: Line; readonly giver: number; minutes: number; yen: number }
type Kept = { upTo: number; readonly byKey: Map<string, Growing> }

/** Periods kept: the ones asked for last. */
const MAX_PERIODS = 3

export const openFlowPairs = (tables: Tables, positions: Positions) => {
  const { entity, scope, category } = tables
  const periods = new Map<string, Kept>()
  tables.onForget(() => periods.clear())
  const add = openAdding(tables)
  const pairOf = ({ giverScope, line, giver, minutes, yen }: Growing): FlowPair => ({
    giverScope: scope.text(giverScope),
    receiverScope: scope.text(line.scope),
    account: line.account,
    category: line.category === 0 ? '' : category.text(line.category),
    giver: entity.text(giver),
    receiver: entity.text(line.entity),
    minutes,
    yen,
  })
  return (query: FlowPairQuery): readonly FlowPair[] => {
    const name = `${query.from} ${query.through}`
    const upTo = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const known = periods.get(name)
    const isEarlier = known !== undefined && known.upTo > upTo
    const kept: Kept =
      known === undefined || isEarlier ? { upTo: positions.before(midnightOf(addDays(query.from, -1))), byKey: new Map() } : known
    if (upTo > kept.upTo) {
      add(kept.byKey, query, kept.upTo, upTo)
      kept.upTo = upTo
    }
    if (!isEarlier) {
      periods.delete(name)
      periods.set(name, kept)
      for (const oldest of periods.keys()) if (periods.size > MAX_PERIODS) periods.delete(oldest)
    }
    return [...kept.byKey.values()].filter(({ minutes, yen }) => minutes !== 0 || yen !== 0).map(pairOf)
  }
}

const openAdding = (tables: Tables) => {
  const isMinutes = unitNumber('MIN')
  const linesBetween = openLinesBetween(tables)
  return (byKey: Map<string, Growing>, { from, through }: FlowPairQuery, after: number, upTo: number): void => {
    const [first, last] = [dayNumber(from), dayNumber(through)]
    let [position, giver, giverScope] = [0, 0, 0]
    linesBetween(after, upTo, (line) => {
      const { entity, scope, account, unit, amount, effective, category } = line
      if (line.position !== position) [position, giver, giverScope] = [line.position, 0, 0]
      if (isGiven(account) && giver === 0) [giver, giverScope] = [entity, scope]
      if (!isReceived(account) || giver === 0 || effective < first || effective > last) return
      const key = `${giver} ${giverScope} ${entity} ${scope} ${account} ${category}`
      let known = byKey.get(key)
      if (known === undefined)
        byKey.set(key, (known = { giverScope, line: { entity, scope, account, category }, giver, minutes: 0, yen: 0 }))
      if (unit === isMinutes) known.minutes += amount
      else known.yen += amount
    })
  }
}
