// The yen of a closed year by other rate tables, each on its own days: act by act, split as they were split, as what they differ from the books by. Minutes
// stay. Acts are those recognised in the year that the area's people gave, valued before or not. A negation takes back what its recognition has become, and what
// moves out of the area within the year takes the difference along. Opening balances stay as they were closed.

import type { Period } from '../journal/calendar.ts'
import { CLEARING, GIVEN, SCOPE_TRANSFER } from '../journal/chart.ts'
import type { RateTable } from '../journal/documents.ts'
import type { Posting } from '../journal/model.ts'
import { yenPerHourOf } from '../journal/policy.ts'
import { largestRemainder, yenOf } from '../journal/units.ts'
import { namedOn } from '../queries/rates-of-year.ts'
import type { Stretch } from '../queries/rates-of-year.ts'
import type { Flow, FlowQuery } from '../store/flows.ts'
import type { Booked, Books, Contribution, Position, Sum } from '../store/store.ts'

/** A line of yen to be added. `giver` is that of its act. */
type Difference = Pick<Posting, 'entity' | 'account' | 'amount'> & {
  readonly category: string | null
  readonly date: string
  readonly giver: string | null
}

/** Of yen that passed from this area to itself or another. */
type FlowDifference = Flow & { readonly date: string }
type Differences = { readonly lines: readonly Difference[]; readonly flows: readonly FlowDifference[] }
const NO_DIFFERENCES: Differences = { lines: [], flows: [] }

export type Revaluation = {
  readonly scope: string
  readonly period: Period
  readonly knownAt: Position
  readonly stretches: readonly Stretch[]
}

const PAGE = 1_000
const MONTH_LENGTH = 'YYYY-MM'.length

/** Books whose sums, flows and contributions of that scope and year hold the yen of the tables. */
export const revaluedBooks = async (
  books: Books,
  revaluation: Revaluation,
): Promise<Pick<Books, 'sums' | 'flows' | 'flowPairs' | 'contributions' | 'load'>> => {
  const { lines, flows } = await differencesOf(books, revaluation)
  return {
    load: (keys) => books.load(keys),
    sums: async (query) => addToSums(await books.sums(query), lines, query),
    flows: async (query) => addToFlows(await books.flows(query), flows, query),
    /** As booked: asked for the people, not for their yen. */
    flowPairs: (query) => books.flowPairs(query),
    contributions: async (query) => addToContributions(await books.contributions(query), lines, query),
  }
}

const differencesOf = async (
  books: Pick<Books, 'transactions'>,
  { scope, period, knownAt, stretches }: Revaluation,
): Promise<Differences> => {
  const lines: Difference[] = []
  const flows: FlowDifference[] = []
  const byAction = new Map<string, Differences>()
  /** What an entity has more on 1310 than the books say. */
  const balances = new Map<string, number>()
  for await (const booked of transactionsOf(books, scope, knownAt)) {
    const own = ownDifferences(booked, scope, stretches, byAction)
    const within = own.lines.filter(({ date }) => isWithin(date, period))
    for (const { entity, account, amount } of within) if (account === CLEARING) balances.set(entity, (balances.get(entity) ?? 0) + amount)
    const carried = carriedOut(booked, scope, balances).filter(({ date }) => isWithin(date, period))
    lines.push(...within, ...carried)
    flows.push(...own.flows.filter(({ date }) => isWithin(date, period)))
  }
  return { lines, flows }
}

async function* transactionsOf(books: Pick<Books, 'transactions'>, scope: string, knownAt: Position): AsyncGenerator<Booked> {
  for (let after = 0; ;) {
    const page = await books.transactions({ scope, knownAt, after, limit: PAGE })
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)?.position ?? after
  }
}

const isWithin = (date: string, { from, through }: Period): boolean => date >= from && date <= through

const ownDifferences = (booked: Booked, scope: string, stretches: readonly Stretch[], byAction: Map<string, Differences>): Differences => {
  const { kind, action, effectiveDate } = booked
  if (action === null) return NO_DIFFERENCES
  const table = namedOn(stretches, effectiveDate)
  if (table !== undefined && (kind === 'recognise' || kind === 'restore')) {
    const all = recognisedAnew(booked, scope, table)
    byAction.set(action, all)
    return all
  }
  const known = byAction.get(action)
  if (known === undefined || (kind !== 'retract' && kind !== 'reversal')) return NO_DIFFERENCES
  byAction.delete(action)
  const negated = <T extends { readonly amount: number; readonly date: string }>(ones: readonly T[]): T[] =>
    ones.map((one) => ({ ...one, amount: -one.amount, date: effectiveDate }))
  return { lines: negated(known.lines), flows: negated(known.flows) }
}

const recognisedAnew = ({ lines, effectiveDate }: Booked, scope: string, table: RateTable): Differences => {
  // Lines that carry a balance on have a date of their own and no category; receivers stand under their index.
  const given = lines.find(({ account, unit }) => account === GIVEN && unit === 'MIN')
  const category = given?.category
  if (given === undefined || category === undefined || given.scope !== scope) return NO_DIFFERENCES
  const before = lines.filter(({ unit, category: of, receiver }) => unit === 'JPY' && of !== undefined && receiver === undefined)
  const oldYen = -(before[0]?.amount ?? 0)
  const newYen = yenOf(-given.amount, yenPerHourOf(table, category) ?? 0)
  const shares = sharesOf(lines)
  if (shares.length === 0) return NO_DIFFERENCES
  const parts = largestRemainder(
    newYen,
    shares.map(({ entity, minutes, yen }) => ({ entity, weight: oldYen > 0 ? yen : minutes })),
  )
  const dated = { date: effectiveDate, giver: given.entity }
  const differences: Difference[] = []
  const flows: FlowDifference[] = []
  const add = (line: Posting, amount: number, of: string | null): void => {
    if (line.scope === scope && amount !== 0)
      differences.push({ ...dated, entity: line.entity, account: line.account, amount, category: of })
  }
  add({ ...given, account: CLEARING }, newYen - oldYen, null)
  add(given, oldYen - newYen, category)
  for (const [index, { received, counter, yen }] of shares.entries()) {
    const more = (parts[index] ?? 0) - yen
    add(received, more, category)
    add(counter, -more, null)
    const { account, scope: receiverScope } = received
    flows.push({ giverScope: given.scope, receiverScope, account, unit: 'JPY', amount: more, date: effectiveDate })
  }
  return { lines: differences, flows }
}

/** What each receiver got: its line of minutes, the line against it, and the yen beside. */
const sharesOf = (lines: readonly Posting[]) => {
  const indices = [...new Set(lines.flatMap(({ receiver }) => (receiver === undefined ? [] : [receiver])))]
  return indices.flatMap((index) => {
    const own = lines.filter(({ receiver }) => receiver === index)
    const received = own.find(({ category }) => category !== undefined)
    const counter = own.find(({ category }) => category === undefined)
    if (received === undefined || counter === undefined) return []
    const amountOf = (wanted: Posting['unit']): number =>
      own.find(({ unit, category }) => unit === wanted && category !== undefined)?.amount ?? 0
    return [{ entity: received.entity, received, counter, minutes: amountOf('MIN'), yen: amountOf('JPY') }]
  })
}

/** Lines of 3310 come in fours, each entity's old area first: who leaves takes the difference along. */
const carriedOut = ({ lines, effectiveDate }: Booked, scope: string, balances: Map<string, number>): Difference[] => {
  const transfers = Map.groupBy(
    lines.filter(({ account, unit }) => account === SCOPE_TRANSFER && unit === 'MIN'),
    ({ entity }) => entity,
  )
  return [...transfers].flatMap(([entity, own]) => {
    const leaving = own.find((line, index) => index % 2 === 0 && line.scope === scope)
    const balance = balances.get(entity) ?? 0
    if (leaving === undefined || balance === 0) return []
    balances.delete(entity)
    const dated = { entity, category: null, giver: null, date: leaving.effectiveDate ?? effectiveDate }
    return [
      { ...dated, account: CLEARING, amount: -balance },
      { ...dated, account: SCOPE_TRANSFER, amount: balance },
    ]
  })
}

type Asked = { readonly entity?: string; readonly from?: string; readonly through: string }

const isAsked = ({ date, entity }: Difference, { entity: of, from, through }: Asked): boolean =>
  date <= through && (from === undefined || date >= from) && (of === undefined || entity === of)

const addToSums = (sums: readonly Sum[], differences: readonly Difference[], asked: Asked): readonly Sum[] => {
  const rest = new Map<string, Sum>()
  for (const one of differences.filter((each) => isAsked(each, asked))) {
    const key = `${one.account} ${one.category ?? ''}`
    const known = rest.get(key)
    const { account, category } = one
    rest.set(key, { entity: asked.entity ?? null, account, unit: 'JPY', category, signs: 0, amount: (known?.amount ?? 0) + one.amount })
  }
  const added = sums.map((sum) => {
    const key = `${sum.account} ${sum.category ?? ''}`
    const more = sum.unit === 'JPY' ? rest.get(key) : undefined
    if (more === undefined) return sum
    rest.delete(key)
    return { ...sum, amount: sum.amount + more.amount }
  })
  return [...added, ...rest.values()]
}

const addToFlows = (flows: readonly Flow[], differences: readonly FlowDifference[], asked: FlowQuery): readonly Flow[] => {
  const keyOf = ({ giverScope, receiverScope, account, unit }: Flow): string => `${giverScope} ${receiverScope} ${account} ${unit}`
  const all = new Map(flows.map((flow) => [keyOf(flow), flow]))
  for (const { date, ...flow } of differences) {
    const isAsked = [flow.giverScope, flow.receiverScope].some((scope) => asked.scopes.includes(scope))
    if (isAsked && date >= asked.from && date <= asked.through)
      all.set(keyOf(flow), { ...flow, amount: (all.get(keyOf(flow))?.amount ?? 0) + flow.amount })
  }
  return [...all.values()].filter(({ amount }) => amount !== 0)
}

type AskedParts = { readonly from: string; readonly through: string; readonly accounts: readonly number[] }

const addToContributions = (
  contributions: readonly Contribution[],
  differences: readonly Difference[],
  asked: AskedParts,
): readonly Contribution[] => {
  const more = differences
    .filter((one) => asked.accounts.includes(one.account) && isAsked(one, { from: asked.from, through: asked.through }))
    .map(({ account, category, date, entity, giver, amount }) => ({
      account,
      category: category ?? '',
      month: date.slice(0, MONTH_LENGTH),
      entity,
      giver,
      minutes: 0,
      yen: amount,
    }))
  const merged = Map.groupBy([...contributions, ...more], ({ account, category, month, entity, giver }) =>
    JSON.stringify([account, category, month, entity, giver]),
  )
  return [...merged.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const total = (of: 'minutes' | 'yen'): number => group.reduce((sum, one) => sum + one[of], 0)
    return [{ ...first, minutes: total('minutes'), yen: total('yen') }]
  })
}
