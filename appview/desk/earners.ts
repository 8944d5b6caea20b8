// Who gave most in a month: of those to whom minutes were booked in it, by recording, so many of a thousand as the policy says, and at least one
// (bookkeeping.md 5, rule 6). Taken from the buckets, not folded: what a month's log came to never changes, so that everybody who asks, whenever, is told the same.

import { addDays, midnightOf, periodOfMonth } from '../journal/calendar.ts'
import { fieldsOf } from '../journal/fields.ts'
import { policyInForce } from '../journal/policy.ts'
import { compareBytes } from '../journal/units.ts'
import { readDoc } from '../queries/deps.ts'
import { createMemory } from '../queries/memory.ts'
import type { Books } from '../store/store.ts'

/** Minutes booked as given, less those taken back. */
export type Earner = { readonly entity: string; readonly minutes: number }
export type Earners = (books: Books, scope: string, month: string) => Promise<readonly Earner[]>

/** Where the policy says nothing. */
export const EARNERS_PER_THOUSAND = 10
const THOUSAND = 1_000

const GIVEN: readonly number[] = [4110, 4190]
/** Persons, organisations and cards; municipalities and pools give nothing of their own. */
const GIVER = /^[POC]:/
/** Months of towns. */
const MOST_REMEMBERED = 1_000
/** Of a person's entries in a month, the newest. */
const MOST_ENTRIES = 200
const MOST_ACTS = 20

/** Sums up to an end of a month, which is where the next one begins. */
const SUMS_REMEMBERED = 2

/** Most minutes first; of equals, the lesser key. */
export const createEarners = (): Earners => {
  const remember = createMemory<readonly Earner[]>(MOST_REMEMBERED)
  const rememberSums = createMemory<ReadonlyMap<string, number>>(SUMS_REMEMBERED)
  return async (books, scope, month) => {
    const { cursor } = await books.state()
    // A month that may grow is read anew with each step; one that is over when somebody is erased, whose key is another then.
    const erased = (await readDoc(books, 'erasures', 'erasures:all'))?.count ?? 0
    const asOf = cursor.folded.instant < boundsOf(month).end ? `${cursor.step}` : 'over'
    const perThousand = await earnersPerThousand(books, scope, periodOfMonth(month).through)
    const name = `${scope} ${asOf} ${erased}`
    const givenUntil = (until: string) => rememberSums(`${name} ${until}`, () => givenBy(books, scope, until))
    return remember(`${name} ${month} ${perThousand}`, () => earnersOf(books, { month, perThousand }, givenUntil))
  }
}

/** As the policy in force on a day says; it decides nothing in the books, so they do not keep it. */
export const earnersPerThousand = async (books: Pick<Books, 'load' | 'rows'>, code: string, day: string): Promise<number> => {
  const uri = policyInForce(await readDoc(books, 'policies', `policies:${code}`), day)?.uri
  const [row] = uri === undefined ? [] : await books.rows({ uri, limit: 1 })
  const said = fieldsOf(row?.value)?.['earnersPerThousand']
  return typeof said === 'number' && Number.isInteger(said) && said >= 1 && said <= THOUSAND ? said : EARNERS_PER_THOUSAND
}

const boundsOf = (month: string): { readonly start: string; readonly end: string } => {
  const { from, through } = periodOfMonth(month)
  return { start: midnightOf(from), end: midnightOf(addDays(through, 1)) }
}

const monthBefore = (month: string): string => addDays(periodOfMonth(month).from, -1).slice(0, month.length)

const earnersOf = async (
  books: Books,
  { month, perThousand }: { readonly month: string; readonly perThousand: number },
  givenUntil: (month: string) => Promise<ReadonlyMap<string, number>>,
): Promise<readonly Earner[]> => {
  const { start, end } = boundsOf(month)
  if ((await books.leafBefore(start)).leaf === (await books.leafBefore(end)).leaf) return []
  const [given, before] = [await givenUntil(month), await givenUntil(monthBefore(month))]
  const earners = [...given]
    .map(([entity, minutes]): Earner => ({ entity, minutes: minutes - (before.get(entity) ?? 0) }))
    .filter(({ minutes }) => minutes > 0)
    .toSorted((a, b) => b.minutes - a.minutes || compareBytes(a.entity, b.entity))
  return earners.slice(0, Math.ceil((earners.length * perThousand) / THOUSAND))
}

/** By all that the log had at the end of a month; nothing is effective on a later day than it is recorded. */
const givenBy = async (books: Books, scope: string, month: string): Promise<ReadonlyMap<string, number>> => {
  const knownAt = await books.leafBefore(boundsOf(month).end)
  const given = new Map<string, number>()
  for (const { entity, account, unit, amount } of await books.sumsByEntity({ scope, through: periodOfMonth(month).through, knownAt }))
    if (entity !== null && unit === 'MIN' && GIVEN.includes(account) && GIVER.test(entity))
      given.set(entity, (given.get(entity) ?? 0) - amount)
  return given
}

/** The acts behind it, newest first: uris, so many at most. */
export const actsBehind = async (books: Books, scope: string, month: string, entity: string): Promise<readonly string[]> => {
  const { start, end } = boundsOf(month)
  const knownAt = await books.leafBefore(end)
  const entries = await books.transactions({ entity, scope, newestFirst: true, limit: MOST_ENTRIES, knownAt })
  const acts = entries
    .filter(
      ({ recordedAt, lines }) =>
        recordedAt >= start && lines.some((line) => line.entity === entity && GIVEN.includes(line.account) && line.amount < 0),
    )
    .flatMap(({ action }) => action ?? [])
  // What was withdrawn has no address any more.
  return [...new Set(acts)].filter((uri) => !uri.includes('#')).slice(0, MOST_ACTS)
}
