// Every fiscal year of a town as its desk closes it: what stands, what could be closed now, and by name what is still missing for it.

import { booksBehind, brokenRepos, entriesWithoutContent } from '../../../../close/gaps.ts'
import { whatStands } from '../../../../close/close-year.ts'
import type { Reason } from '../../../../desk/outcome.ts'
import { cutOffOf, dayOf } from '../../../../journal/calendar.ts'
import type { ClosingsView } from '../../../../queries/sealed-statement.ts'
import type { PagesDeps } from '../../deps.ts'
import type { Words } from '../../lang.ts'
import { nameOf } from '../../names.ts'
import { calendarOf } from '../../years.ts'
import type { AtDesk } from '../door.ts'

/** A repo that cannot be had: closed over only when that is said. */
export type Missing = { readonly did: string; readonly name: string }
export type YearView = {
  readonly year: number
  /** The day from whose first hour it can be closed. */
  readonly closableFrom: string
  readonly state: 'early' | 'open' | 'on-its-way' | 'closed'
  readonly versions: ClosingsView['versions']
  /** What the books lack, in words that name it; null when nothing, or not asked yet. */
  readonly behind: string | null
  readonly missing: readonly Missing[]
  /** Entries of the town whose content is not here, and the DID by which it is said that they are closed over; null where there are none. */
  readonly lacking: { readonly count: number; readonly did: string } | null
}
export type RateOption = { readonly uri: string; readonly validFrom: string; readonly source: string }
export type CloseView = {
  readonly years: readonly YearView[]
  readonly rates: readonly RateOption[]
  readonly mayClose: boolean
  /** The year the reasons are about, and what was typed. */
  readonly about: number | null
  readonly typed: (field: string) => string
  readonly done: Words | null
  readonly reasons: readonly Reason[]
}

export const gatherClose = async (deps: PagesDeps, at: AtDesk, more: Partial<CloseView>): Promise<CloseView> => {
  const { years } = await calendarOf(deps, at.town.code)
  const rates = (await deps.books.load([`rates:${at.town.code}`])).get(`rates:${at.town.code}`)
  return {
    years: await Promise.all(years.map((year) => yearView(deps, at, year))),
    rates: rates?.kind === 'rates' ? rates.tables.filter(({ untilLeaf }) => untilLeaf === null).toReversed() : [],
    mayClose: at.held.some((role) => role === 'approver' || role === 'admin'),
    about: null,
    typed: () => '',
    done: null,
    reasons: [],
    ...more,
  }
}

const yearView = async (deps: PagesDeps, at: AtDesk, year: number): Promise<YearView> => {
  const { closing, queries, clock, roster } = deps
  const closableFrom = dayOf(cutOffOf(year))
  const view = { year, closableFrom, versions: [], behind: null, missing: [], lacking: null }
  const closed = await queries.closingOf(at.town.code, year)
  if (closed !== null) return { ...view, state: 'closed', versions: closed.versions }
  if (clock.civilMs() < Date.parse(cutOffOf(year))) return { ...view, state: 'early' }
  const town = roster().findLast(({ code }) => code === at.town.code)
  if (town === undefined) return { ...view, state: 'open' }
  if ((await whatStands(closing, town, year, 1)) !== null) return { ...view, state: 'on-its-way' }
  const missing = await brokenRepos(closing.books, town, year)
  const count = await entriesWithoutContent(closing.books, town, year)
  return {
    ...view,
    state: 'open',
    behind: await booksBehind(closing.books, closing.askLog, year),
    missing: await Promise.all(missing.map(async (did) => ({ did, name: await nameOf(deps, did) }))),
    lacking: count === 0 ? null : { count, did: town.did },
  }
}
