// How many persons took part in a scope and a period, as known at any position: where the count changed is kept, so that an earlier known-at is looked up
// and a later one reads only what was booked since.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { HEAD_ACCOUNTS } from '../journal/headcount.ts'
import type { Heads } from '../journal/headcount.ts'
import { keepHeads } from './kept-heads.ts'
import type { KeptHeads } from './kept-heads.ts'
import { MAX_PERIODS } from './periods-kept.ts'
import { openGivenLines } from './sqlite-given-lines.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { HeadQuery } from './store.ts'

export const openHeadcounts = (tables: Tables, positions: Positions) => {
  const periods = new Map<string, KeptHeads>()
  tables.onForget(() => periods.clear())
  const grow = openGrowing(tables)
  return (query: HeadQuery): Heads => {
    const name = JSON.stringify([query.scope, query.from, query.through])
    const upTo = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const start = (): number => positions.before(midnightOf(addDays(query.from, -1)))
    const kept = periods.get(name) ?? keepHeads(start())
    periods.delete(name)
    periods.set(name, kept)
    for (const oldest of periods.keys()) if (periods.size > MAX_PERIODS) periods.delete(oldest)
    if (upTo > kept.upTo) grow(kept, query, upTo)
    return kept.at(upTo)
  }
}

const openGrowing = (tables: Tables) => {
  const { entity } = tables
  const linesIn = openGivenLines(tables)
  const minutes = unitNumber('MIN')
  return (kept: KeptHeads, { scope, from, through }: HeadQuery, upTo: number): void => {
    const query = { scope, from, through, accounts: HEAD_ACCOUNTS }
    linesIn(query, { after: kept.upTo, upTo }, (lines, giverId) => {
      const giver = giverId === null ? null : entity.text(giverId)
      for (const { entity: who, account, unit, amount } of lines) {
        const [ofTime, ofYen] = unit === minutes ? [amount, 0] : [0, amount]
        kept.add({ account, entity: entity.text(who), giver, minutes: ofTime, yen: ofYen })
      }
      kept.noted(lines[0]?.position ?? 0)
    })
    kept.upTo = upTo
  }
}
