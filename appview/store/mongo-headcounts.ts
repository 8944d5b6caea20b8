// How many persons took part in a scope and a period, as known at any position: where the count changed is kept, so that an earlier known-at is looked up
// and a later one reads only what was booked since. Whoever reads that counts for all scopes that were asked about the same period.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import { HEAD_ACCOUNTS } from '../journal/headcount.ts'
import { keepHeads } from './kept-heads.ts'
import type { KeptHeads } from './kept-heads.ts'
import { dayNumber } from './months.ts'
import { visitLines } from './mongo-pages.ts'
import { lastPosition, positionBefore, upTo } from './mongo-positions.ts'
import type { PackedLine } from './packed-lines.ts'
import { inTurn } from '../../server/in-turn.ts'
import type { View, Work } from './mongo-transaction.ts'
import { MAX_PERIODS } from './periods-kept.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { Books, HeadQuery } from './store.ts'

/** A scope and a period that were asked about. */
type Period = Pick<HeadQuery, 'scope' | 'from' | 'through'> & { readonly kept: KeptHeads }

export const openHeadcounts = (work: Work): Books['headcount'] => {
  const turn = inTurn()
  const periods = new Map<string, Period>()
  let stands = ''
  /** Of this fold and these names; others are dropped. */
  const periodOf = async (view: View, { scope, from, through }: HeadQuery): Promise<Period> => {
    const now = `${view.folded} ${view.state.renames}`
    if (now !== stands) periods.clear()
    stands = now
    const name = JSON.stringify([scope, from, through])
    const known = periods.get(name)
    const period = known ?? { scope, from, through, kept: keepHeads(await positionBefore(view, midnightOf(addDays(from, -1)))) }
    periods.delete(name)
    periods.set(name, period)
    for (const oldest of periods.keys()) if (periods.size > MAX_PERIODS) periods.delete(oldest)
    return period
  }
  return (query) =>
    work.view((view) =>
      turn(async () => {
        const end = query.knownAt === undefined ? lastPosition(view) : await upTo(view, query.knownAt)
        const period = await periodOf(view, query)
        if (end > period.kept.upTo) await grow(view, period, [...periods.values()], end)
        return period.kept.at(end)
      }),
    )
}

type Counted = {
  readonly n: number
  readonly giver: number
  readonly line: Pick<PackedLine, 'scope' | 'entity' | 'account' | 'unit' | 'amount'>
}

/** Reads the lines first and counts them then: what breaks off has counted nothing. Reads on to where others of the period are, to go on with them. */
const grow = async (view: View, period: Period, all: readonly Period[], least: number): Promise<void> => {
  const { names } = view
  const after = period.kept.upTo
  const others = all.filter((one) => one !== period && one.from === period.from && one.through === period.through)
  const end = Math.min(Math.max(least, ...others.map(({ kept }) => kept.upTo)), lastPosition(view))
  const joined = [period, ...others.filter(({ kept }) => kept.upTo >= after && kept.upTo < end)]
  const scopes = await names.scope.find(joined.map(({ scope }) => scope))
  const byScope = new Map(joined.map(({ kept }, index) => [scopes[index] ?? 0, kept]))
  const found = await countedIn(view, new Set(scopes), [dayNumber(period.from), dayNumber(period.through)], after, end)
  const ids = [...new Set(found.flatMap(({ giver, line }) => [giver, line.entity]))].filter((id) => id !== 0)
  const texts = await names.entity.texts(ids)
  const byId = new Map(ids.map((id, index) => [id, texts[index] ?? '']))
  for (const [index, { n, giver, line }] of found.entries()) {
    const kept = byScope.get(line.scope)
    if (kept === undefined || n <= kept.upTo) continue
    const [minutes, yen] = line.unit === MINUTES ? [line.amount, 0] : [0, line.amount]
    const by = giver === 0 ? null : (byId.get(giver) ?? '')
    kept.add({ account: line.account, entity: byId.get(line.entity) ?? '', giver: by, minutes, yen })
    const next = found[index + 1]
    if (next?.n !== n || next.line.scope !== line.scope) kept.noted(n)
  }
  for (const { kept } of joined) kept.upTo = end
}

/** Lines of scopes and of days (yyyymmdd, both inclusive) that tell who took part, each with the giver of its transaction, 0 where there is none. */
const countedIn = async (
  view: View,
  scopes: ReadonlySet<number>,
  [first, last]: readonly [number, number],
  after: number,
  end: number,
): Promise<Counted[]> => {
  const found: Counted[] = []
  const own: Counted['line'][] = []
  let [n, giver] = [0, 0]
  const close = (): void => {
    for (const line of own) found.push({ n, giver, line })
    own.length = 0
    giver = 0
  }
  const take = (line: Readonly<PackedLine>): void => {
    const { position, scope, entity, account, unit, amount, effective } = line
    if (position !== n) close()
    n = position
    if (giver === 0 && (account === GIVEN || account === GIVEN_PRIOR)) giver = entity
    if (effective >= first && effective <= last && HEAD_ACCOUNTS.includes(account) && scopes.has(scope))
      own.push({ scope, entity, account, unit, amount })
  }
  await visitLines(view, after, end, take)
  close()
  return found
}

const MINUTES = unitNumber('MIN')
