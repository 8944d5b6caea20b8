// Who stands behind the time of a scope, and behind the flows between scopes: lines of chosen accounts, each with the giver of its transaction, added up.
// Read from the postings recorded since the period began: nothing is effective on a later day than it is recorded. What has been added up is kept, so that
// a later known-at reads only what was booked since; the answer is the same, also its order: as first booked.

import { addDays, midnightOf } from '../journal/calendar.ts'
import { GIVEN, GIVEN_PRIOR } from '../journal/chart.ts'
import type { FlowPair, Flows } from './flows.ts'
import { dayNumber, monthOfDay } from './months.ts'
import { linesBetween } from './mongo-pages.ts'
import { lastPosition, positionBefore, upTo } from './mongo-positions.ts'
import type { Line } from './mongo-tables.ts'
import type { View, Work } from './mongo-transaction.ts'
import { inTurn } from '../../server/in-turn.ts'
import { keepPeriod } from './periods-kept.ts'
import { isGiven, isReceived } from './sqlite-flows.ts'
import { unitNumber } from './sqlite-tables.ts'
import type { Books, Contribution, Position } from './store.ts'

/** Added up under one key; `line` is the first of its lines. */
type Growing = { readonly line: Line; readonly giver: Line | null; readonly minutes: number; readonly yen: number }
type Kept = { upTo: number; readonly byKey: Map<string, Growing> }

type Period = { readonly from: string; readonly through: string; readonly knownAt?: Position }

/** Which lines count, and under which key. */
type Choice = { readonly name: string; readonly keyOf: (line: Line, giver: Line | null) => string | null }

const openAdding = () => {
  const turn = inTurn()
  const periods = new Map<string, Kept>()
  let stands = ''
  return (view: View, { from, through, knownAt }: Period, { name, keyOf }: Choice): Promise<readonly Growing[]> =>
    turn(async () => {
      const now = `${view.folded} ${view.state.renames}`
      if (now !== stands) periods.clear()
      stands = now
      const end = knownAt === undefined ? lastPosition(view) : await upTo(view, knownAt)
      const known = periods.get(name)
      const isEarlier = known !== undefined && known.upTo > end
      const kept =
        known === undefined || isEarlier ? { upTo: await positionBefore(view, midnightOf(addDays(from, -1))), byKey: new Map() } : known
      if (end > kept.upTo) await grow(view, kept, end, { from, through }, keyOf)
      if (!isEarlier) keepPeriod(periods, name, kept, ({ byKey }) => byKey.size)
      return [...kept.byKey.values()]
    })
}

const MINUTES = unitNumber('MIN')

/** Reads the lines first and adds them then: what breaks off has added nothing. */
const grow = async (view: View, kept: Kept, end: number, { from, through }: Period, keyOf: Choice['keyOf']): Promise<void> => {
  const [first, last] = [dayNumber(from), dayNumber(through)]
  const found: { readonly key: string; readonly line: Line; readonly giver: Line | null }[] = []
  for await (const lines of linesBetween(view, kept.upTo, end)) {
    const giver = lines.find(({ a }) => a === GIVEN || a === GIVEN_PRIOR) ?? null
    for (const line of lines) {
      const key = line.d < first || line.d > last ? null : keyOf(line, giver)
      if (key !== null) found.push({ key, line, giver })
    }
  }
  for (const { key, line, giver } of found) {
    const known = kept.byKey.get(key) ?? { line, giver, minutes: 0, yen: 0 }
    kept.byKey.set(key, line.u === MINUTES ? { ...known, minutes: known.minutes + line.m } : { ...known, yen: known.yen + line.m })
  }
  kept.upTo = end
}

/** Texts of some ids, '' for 0. */
const textsBy = async (
  ids: readonly number[],
  read: (ids: readonly number[]) => Promise<string[]>,
): Promise<ReadonlyMap<number, string>> => {
  const wanted = [...new Set(ids)].filter((id) => id !== 0)
  const texts = await read(wanted)
  return new Map(wanted.map((id, index) => [id, texts[index] ?? '']))
}

const MONTHS_PER_NUMBER = 100
const YEAR_DIGITS = 4

const monthName = (month: number): string =>
  `${String(Math.floor(month / MONTHS_PER_NUMBER)).padStart(YEAR_DIGITS, '0')}-${String(month % MONTHS_PER_NUMBER).padStart(2, '0')}`

export const openContributions = (work: Work): Books['contributions'] => {
  const add = openAdding()
  return (query) =>
    work.view(async (view): Promise<Contribution[]> => {
      const { names } = view
      const [scope = 0] = await names.scope.find([query.scope])
      const wanted = new Set(query.accounts)
      const name = JSON.stringify([query.scope, query.from, query.through, query.accounts])
      const keyOf: Choice['keyOf'] = ({ s, a, c, d, e }, giver) =>
        s === scope && wanted.has(a) ? `${a} ${c} ${monthOfDay(d)} ${e} ${giver?.e ?? ''}` : null
      const found = await add(view, query, { name, keyOf })
      const entities = await textsBy(
        found.flatMap(({ line, giver }) => [line.e, giver?.e ?? 0]),
        (ids) => names.entity.texts(ids),
      )
      const categories = await textsBy(
        found.map(({ line }) => line.c),
        (ids) => names.category.texts(ids),
      )
      return found.map(({ line, giver, minutes, yen }) => ({
        account: line.a,
        category: categories.get(line.c) ?? '',
        month: monthName(monthOfDay(line.d)),
        entity: entities.get(line.e) ?? '',
        giver: giver === null ? null : (entities.get(giver.e) ?? ''),
        minutes,
        yen,
      }))
    })
}

export const openFlowPairs = (work: Work): Flows['flowPairs'] => {
  const add = openAdding()
  return (query) =>
    work.view(async (view): Promise<FlowPair[]> => {
      const { names } = view
      const keyOf: Choice['keyOf'] = (line, giver) =>
        giver !== null && isGiven(giver.a) && isReceived(line.a) ? `${giver.e} ${giver.s} ${line.e} ${line.s} ${line.a} ${line.c}` : null
      const found = (await add(view, query, { name: `${query.from} ${query.through}`, keyOf })).filter(
        ({ minutes, yen }) => minutes !== 0 || yen !== 0,
      )
      const lines = found.flatMap(({ line, giver }) => (giver === null ? [line] : [line, giver]))
      const entities = await textsBy(
        lines.map(({ e }) => e),
        (ids) => names.entity.texts(ids),
      )
      const scopes = await textsBy(
        lines.map(({ s }) => s),
        (ids) => names.scope.texts(ids),
      )
      const categories = await textsBy(
        lines.map(({ c }) => c),
        (ids) => names.category.texts(ids),
      )
      return found.map(({ line, giver, minutes, yen }) => ({
        giverScope: scopes.get(giver?.s ?? 0) ?? '',
        receiverScope: scopes.get(line.s) ?? '',
        account: line.a,
        category: categories.get(line.c) ?? '',
        giver: entities.get(giver?.e ?? 0) ?? '',
        receiver: entities.get(line.e) ?? '',
        minutes,
        yen,
      }))
    })
}
