// As known when: the public sees snapshots (the last 00:00; a month as fixed on the 10th of the next; a fiscal year as at its cut-off), whom it
// concerns may ask for any leaf or instant and see now by default. A demo/ log shows now to everybody.

import type { Sight } from '../auth/access.ts'
import { notFound } from '../auth/access.ts'
import { addDays, cutOffOf, dayOf, midnightOf } from '../journal/calendar.ts'
import type { Period } from '../journal/calendar.ts'
import type { KnownAt } from '../statements/statement.ts'
import type { Books, Position } from '../store/store.ts'
import type { QueryDeps } from './deps.ts'

export type { KnownAt } from '../statements/statement.ts'
export type Asked = { readonly leaf?: number; readonly instant?: string }

/** Throws NotFound when the public asks for a known-at of its own. */
export const knownAtFor = async (deps: QueryDeps, sight: Sight, asked: Asked, period: Period): Promise<KnownAt> => {
  const { origin, cursor } = await deps.books.state()
  const name = origin?.name ?? ''
  const { leaf, instant } = await positionFor(deps, sight, asked, period, name.startsWith('demo/'), cursor.folded)
  return { origin: name, leaf, instant }
}

const positionFor = async (
  deps: QueryDeps,
  sight: Sight,
  asked: Asked,
  period: Period,
  isDemo: boolean,
  now: Position,
): Promise<Position> => {
  if (sight === 'everything') {
    if (asked.leaf !== undefined) return asked.leaf >= now.leaf ? now : deps.books.positionAt(asked.leaf)
    if (asked.instant !== undefined) return at(deps.books, new Date(asked.instant).toISOString(), now)
    return now
  }
  if (asked.leaf !== undefined || asked.instant !== undefined) throw notFound()
  return isDemo ? now : at(deps.books, await snapshotInstant(deps, period), now)
}

/** The position just before an instant, or now when that lies ahead. */
const at = async (books: Books, instant: string, now: Position): Promise<Position> => {
  const before = await books.leafBefore(instant)
  return instant > now.instant && before.leaf >= now.leaf ? { leaf: now.leaf, instant: now.instant } : before
}

/** A fixed month or year stands as it was fixed; what still runs, as known at the last 00:00 whose due entries have all happened. */
const snapshotInstant = async ({ books, clock }: QueryDeps, period: Period): Promise<string> => {
  const civil = new Date(clock.civilMs()).toISOString()
  const fixed = period.fiscalYear === undefined ? fixingOfMonth(period.through) : cutOffOf(period.fiscalYear)
  if (fixed <= civil) return fixed
  const midnight = midnightOf(dayOf(civil))
  const due = await books.nextDue()
  return due !== null && due <= midnight ? midnightOf(addDays(dayOf(civil), -1)) : midnight
}

const FIXING_DAY = '-10'

/** 00:00 on the 10th of the month after the one that ends with this day. */
const fixingOfMonth = (lastDay: string): string => midnightOf(`${addDays(lastDay, 1).slice(0, 7)}${FIXING_DAY}`)
