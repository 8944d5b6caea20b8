// How many persons took part in a scope and a period, as known at any position: where the count changed is kept, so that an earlier known-at is looked up
// and a later one reads only what was booked since.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { HEAD_ACCOUNTS } from '../journal/headcount.ts'
import { keepHeads } from './kept-heads.ts'
import type { KeptHeads } from './kept-heads.ts'
import { dayNumber } from './months.ts'
import { linesBetween } from './mongo-pages.ts'
import { lastPosition, positionBefore, upTo } from './mongo-positions.ts'
import type { Line } from './mongo-tables.ts'
import { inTurn } from '../../server/in-turn.ts'
import type { View, Work } from './mongo-transaction.ts'
import { MAX_PERIODS } from './periods-kept.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { Books, HeadQuery } from './store.ts'

export const openHeadcounts = (work: Work): Books['headcount'] => {
  const turn = inTurn()
  const periods = new Map<string, KeptHeads>()
  let stands = ''
  /** Of this fold and these names; others are dropped. */
  const keptOf = async (view: View, { scope, from, through }: HeadQuery): Promise<KeptHeads> => {
    const now = `${view.folded} ${view.state.renames}`
    if (now !== stands) periods.clear()
    stands = now
    const name = JSON.stringify([scope, from, through])
    const kept = periods.get(name) ?? keepHeads(await positionBefore(view, midnightOf(addDays(from, -1))))
    periods.delete(name)
    periods.set(name, kept)
    for (const oldest of periods.keys()) if (periods.size > MAX_PERIODS) periods.delete(oldest)
    return kept
  }
  return (query) =>
    work.view((view) =>
      turn(async () => {
        const end = query.knownAt === undefined ? lastPosition(view) : await upTo(view, query.knownAt)
        const kept = await keptOf(view, query)
        if (end > kept.upTo) await grow(view, kept, query, end)
        return kept.at(end)
      }),
    )
}

type Counted = { readonly n: number; readonly giver: number; readonly lines: readonly Line[] }

/** Reads the lines first and counts them then: what breaks off has counted nothing. */
const grow = async (view: View, kept: KeptHeads, { scope, from, through }: HeadQuery, end: number): Promise<void> => {
  const { names } = view
  const [s = 0] = await names.scope.find([scope])
  const [first, last] = [dayNumber(from), dayNumber(through)]
  const isCounted = (line: Line): boolean => line.s === s && HEAD_ACCOUNTS.includes(line.a) && line.d >= first && line.d <= last
  const found: Counted[] = []
  let n = kept.upTo
  for await (const lines of linesBetween(view, kept.upTo, end)) {
    n += 1
    const own = lines.filter(isCounted)
    if (own.length > 0) found.push({ n, giver: lines.find(({ a }) => a === GIVEN || a === GIVEN_PRIOR)?.e ?? 0, lines: own })
  }
  const ids = [...new Set(found.flatMap(({ giver, lines }) => [giver, ...lines.map(({ e }) => e)]))].filter((id) => id !== 0)
  const texts = await names.entity.texts(ids)
  const byId = new Map(ids.map((id, index) => [id, texts[index] ?? '']))
  for (const one of found) count(kept, one, byId)
  kept.upTo = end
}

const MINUTES = unitNumber('MIN')

const count = (kept: KeptHeads, { n, giver: giverId, lines }: Counted, byId: ReadonlyMap<number, string>): void => {
  const giver = giverId === 0 ? null : (byId.get(giverId) ?? '')
  for (const { a: account, e, u, m } of lines) {
    const [minutes, yen] = u === MINUTES ? [m, 0] : [0, m]
    kept.add({ account, entity: byId.get(e) ?? '', giver, minutes, yen })
  }
  kept.noted(n)
}
