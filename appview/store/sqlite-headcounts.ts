// How many persons took part in a scope and a period, as known at any position: where the count changed is kept, so that an earlier known-at is looked up
// and a later one reads only what was booked since.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { HEAD_ACCOUNTS, createHeadcount } from '../journal/headcount.ts'
import type { Headcount, Heads } from '../journal/headcount.ts'
import { MAX_PERIODS } from './periods-kept.ts'
import { openGivenLines } from './sqlite-given-lines.ts'
import type { Positions } from './sqlite-positions.ts'
import type { Tables } from './sqlite-tables.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { HeadQuery } from './store.ts'

type Kept = { upTo: number; readonly count: Headcount; readonly positions: number[]; readonly heads: Heads[] }

const NOBODY: Heads = { area: 0, public: 0 }

export const openHeadcounts = (tables: Tables, positions: Positions) => {
  const periods = new Map<string, Kept>()
  tables.onForget(() => periods.clear())
  const grow = openGrowing(tables)
  return (query: HeadQuery): Heads => {
    const name = JSON.stringify([query.scope, query.from, query.through])
    const upTo = query.knownAt === undefined ? positions.last() : positions.upTo(query.knownAt)
    const start = (): number => positions.before(midnightOf(addDays(query.from, -1)))
    const kept = periods.get(name) ?? { upTo: start(), count: createHeadcount(), positions: [], heads: [] }
    periods.delete(name)
    periods.set(name, kept)
    for (const oldest of periods.keys()) if (periods.size > MAX_PERIODS) periods.delete(oldest)
    if (upTo > kept.upTo) grow(kept, query, upTo)
    return kept.heads[lastAt(kept.positions, upTo)] ?? NOBODY
  }
}

/** Index of the last that is not above, −1 when all are. */
const lastAt = (sorted: readonly number[], most: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? Infinity) <= most) low = middle + 1
    else high = middle
  }
  return low - 1
}

const openGrowing = (tables: Tables) => {
  const { entity } = tables
  const linesIn = openGivenLines(tables)
  const minutes = unitNumber('MIN')
  return (kept: Kept, { scope, from, through }: HeadQuery, upTo: number): void => {
    const query = { scope, from, through, accounts: HEAD_ACCOUNTS }
    linesIn(query, { after: kept.upTo, upTo }, (lines, giverId) => {
      const giver = giverId === null ? null : entity.text(giverId)
      for (const { entity: who, account, unit, amount } of lines) {
        const [ofTime, ofYen] = unit === minutes ? [amount, 0] : [0, amount]
        kept.count.add({ account, entity: entity.text(who), giver, minutes: ofTime, yen: ofYen })
      }
      const heads = kept.count.heads()
      const last = kept.heads.at(-1) ?? NOBODY
      if (heads.area === last.area && heads.public === last.public) return
      kept.positions.push(lines[0]?.position ?? 0)
      kept.heads.push(heads)
    })
    kept.upTo = upTo
  }
}
