// The close of a fiscal year of a town: checks who asks and whether it can be done, makes the statements as known at the cut-off, and puts them with
// their close into the outbox as one deed. The year itself ends at the cut-off whether or not anybody closes it; this signs what it came to.
// Checks, in order: town · role · account to publish as · year · time · anything recorded · not closed yet · nothing missing · no entry without its content.

import type { Clock } from '../../server/clock.ts'
import { done, refused } from '../desk/outcome.ts'
import type { Actor, Outcome } from '../desk/outcome.ts'
import type { DeskRefusal } from '../desk/refusals.ts'
import { inTurn, lookAgain } from '../desk/turns.ts'
import { addDays, cutOffOf, dayOf, fiscalYearOf, midnightOf, periodOfFiscalYear } from '../journal/calendar.ts'
import type { Json, Roster, RosterTown } from '../journal/model.ts'
import { RULES } from '../journal/rules.ts'
import type { Desk, DeskRole, Seen } from '../store/desk.ts'
import { BooksNotReadable } from '../store/store.ts'
import type { Books, Work } from '../store/store.ts'
import type { Publication } from '../store/work.ts'
import { closedYear } from './closings.ts'
import { booksBehind, brokenRepos, entriesWithoutContent } from './gaps.ts'
import type { AskLog } from './gaps.ts'
import { publicationsOf } from './publish-set.ts'
import { closingPlace, uriOf } from './record-keys.ts'
import { statementSet } from './statement-set.ts'

export type CloseDeps = {
  readonly books: Books
  readonly desk: Pick<Desk, 'version' | 'persist' | 'rolesOf'>
  readonly work: Pick<Work, 'outbox'>
  readonly roster: () => Roster
  readonly clock: Clock
  readonly canPublish: (did: string) => Promise<boolean>
  readonly askLog: AskLog
  /** Sets the outbox going. */
  readonly flush: () => Promise<void>
}

export type CloseAsk = {
  readonly fiscalYear: number
  /** DIDs whose repos cannot be had, closed over knowingly. */
  readonly despite?: readonly string[]
  /** The job that asks, by which its line in the trail is found again. */
  readonly job?: string
}

/** `record`: where the close will stand. Hashes hex. */
export type Closed = {
  readonly version: number
  readonly hash: string
  readonly record: string
  readonly statements: readonly { readonly entity: string | null; readonly kind: string; readonly hash: string }[]
  readonly gaps: number
}

const EARLIEST_YEAR = 1900
const LATEST_YEAR = 2999

export const closeYear = (deps: CloseDeps, actor: Actor, ask: CloseAsk): Promise<Outcome<Closed>> =>
  oneByOne(deps, actor, (seen) => close(deps, actor, ask, seen))

/** Closes and restatements of one town, one after the other: what the second finds is what the first has put on its way. */
export const oneByOne = <T>({ desk, clock }: CloseDeps, { town }: Actor, work: (seen: Seen) => Promise<T>): Promise<T> =>
  inTurn(desk, `${town} closes`, () => lookAgain(clock, async () => work({ part: 'closes', version: await desk.version(town, 'closes') })))

const close = async (deps: CloseDeps, actor: Actor, { fiscalYear, despite = [], job }: CloseAsk, seen: Seen): Promise<Outcome<Closed>> => {
  const town = await mayClose(deps, actor)
  if (!town.ok) return town
  const no = (code: DeskRefusal, about: string | null = null) => refuse(deps, actor, { deed: 'close', fiscalYear }, code, about)
  const { books, clock } = deps
  if (!isYear(fiscalYear)) return refused('close.year-invalid')
  if (clock.civilMs() < Date.parse(cutOffOf(fiscalYear))) return no('close.too-early', dayOf(cutOffOf(fiscalYear)))
  if (await isBeforeItsBooks(books, town.value, fiscalYear)) return no('close.nothing-recorded')
  const there = await whatStands(deps, town.value, fiscalYear, 1)
  if (there !== null) return no('close.already-closed', there)
  const behind = await booksBehind(books, deps.askLog, fiscalYear)
  if (behind !== null) return no('close.gap', behind)
  const broken = await brokenRepos(books, town.value, fiscalYear)
  const missing = broken.filter((did) => !despite.includes(did))
  if (missing.length > 0) return no('close.gap', missing.join(' '))
  const lacking = await entriesWithoutContent(books, town.value, fiscalYear)
  if (lacking > 0 && !despite.includes(town.value.did)) return no('close.entries-lacking', `${lacking} ${town.value.did}`)
  const query = { scope: actor.town, fiscalYear, version: 1, revaluedBy: [], alreadyMerged: [], leftOutBefore: [] }
  const set = await statementSet(books, deps.roster(), query)
  return publishSet(
    deps,
    actor,
    { ...query, repo: town.value.did, set, gaps: broken.length + (lacking > 0 && !broken.includes(town.value.did) ? 1 : 0) },
    { seen, ...(job === undefined ? {} : { job }) },
  )
}

/** A fiscal year that a record can be of. */
export const isYear = (fiscalYear: number): boolean =>
  Number.isInteger(fiscalYear) && fiscalYear >= EARLIEST_YEAR && fiscalYear <= LATEST_YEAR

/** Nothing was logged before the cut-off; or the town's log began after the year, and no line of it lies in the year. */
const isBeforeItsBooks = async (books: Books, { code, fromLeaf }: RosterTown, fiscalYear: number): Promise<boolean> => {
  const first = Math.max(fromLeaf, 1)
  if ((await books.leafBefore(cutOffOf(fiscalYear))).leaf < first) return true
  const { through } = periodOfFiscalYear(fiscalYear)
  if ((await books.leafBefore(midnightOf(addDays(through, 1)))).leaf >= first) return false
  return (await books.sums({ scope: code, through })).every(({ amount }) => amount === 0)
}

/** The town whose DID or whose approver or admin asks, when this appview can publish as it. */
export const mayClose = async (
  { desk, roster, clock, canPublish }: CloseDeps,
  { did, town: code }: Actor,
): Promise<Outcome<RosterTown>> => {
  const town = roster().findLast((one) => one.code === code)
  if (town === undefined) return refused('desk.town-unknown', code)
  const now = new Date(clock.civilMs()).toISOString()
  const roles = (await desk.rolesOf(code, did)).filter(({ from, until }) => from <= now && (until === null || until > now))
  if (did !== town.did && roles.length === 0) return refused('desk.no-role')
  if (did !== town.did && !roles.some(({ role }) => CLOSING.includes(role))) return refused('desk.role-insufficient')
  return (await canPublish(town.did)) ? done(town) : refused('desk.no-publish-account', town.did)
}

const CLOSING: readonly DeskRole[] = ['approver', 'admin']
const OUTBOX_LOOKED_AT = 1_000

/** Where a version of that year stands already: in the log, or on its way; null when nowhere. */
export const whatStands = async (
  { books, work, roster }: CloseDeps,
  { code, did }: RosterTown,
  fiscalYear: number,
  version: number,
): Promise<string | null> => {
  const closed = (await closedYear(books, roster(), code, fiscalYear))?.versions[version - 1]
  if (closed !== undefined) return closed.record.uri
  const place = closingPlace(did, fiscalYear, version)
  const sent = (await work.outbox(did, OUTBOX_LOOKED_AT)).find(
    ({ collection, rkey }) => collection === place.collection && rkey === place.rkey,
  )
  return sent === undefined ? null : `${uriOf(place)} ${sent.state}`
}

type Deed = { readonly deed: 'close' | 'restate'; readonly fiscalYear: number }

/** A refusal stands in the audit trail. */
export const refuse = async (
  { desk, clock }: CloseDeps,
  { did, town }: Actor,
  { deed, fiscalYear }: Deed,
  code: DeskRefusal,
  about: string | null,
): Promise<Outcome<never>> => {
  const at = new Date(clock.civilMs()).toISOString()
  const audit = { at, by: did, deed, on: String(fiscalYear), outcome: 'refused', code, detail: null } as const
  await desk.persist({ town, audit: [audit] })
  return refused(code, about)
}

/** Throws BooksNotReadable where these are not books of this program’s rules, whose number the set is signed with. */
export const publishSet = async (
  { books, desk, clock, flush }: CloseDeps,
  { did, town }: Actor,
  one: Omit<Parameters<typeof publicationsOf>[0], 'createdAt'>,
  { seen, job }: { readonly seen: Seen; readonly job?: string },
): Promise<Outcome<Closed>> => {
  const { repo, fiscalYear, version, set, gaps } = one
  const { rules } = await books.state()
  if (rules !== RULES) throw new BooksNotReadable(`these books are folded by rules ${rules}, and this program signs by rules ${RULES}`)
  const createdAt = new Date(clock.civilMs()).toISOString()
  const detail: Json = { version, hash: set.hash, gaps, ...(job === undefined ? {} : { job }) }
  const deed = version === 1 ? 'close' : 'restate'
  await desk.persist({
    town,
    seen,
    audit: [{ at: createdAt, by: did, deed, on: String(fiscalYear), outcome: 'done', code: null, detail }],
    publish: await overwriting(books, publicationsOf({ ...one, createdAt })),
  })
  await flush()
  return done({
    version,
    hash: set.hash,
    record: uriOf(closingPlace(repo, fiscalYear, version)),
    statements: set.members.map(({ entity, kind, hash }) => ({ entity, kind, hash })),
    gaps,
  })
}

/** What somebody wrote under these keys before their time gives way. */
const overwriting = async (books: Pick<Books, 'rows'>, publications: readonly Publication[]): Promise<readonly Publication[]> => {
  const made: Publication[] = []
  for (const one of publications) {
    const [newest] = await books.rows({ uri: uriOf(one), limit: 1 })
    if (newest === undefined) made.push(one)
    else made.push({ ...one, ...(newest.action === 'delete' ? {} : { verb: 'put' as const }), since: newest.leaf })
  }
  return made
}

/** The fiscal year that was closed last, or could have been, at an instant. */
export const lastClosableYear = (instant: string): number => {
  const running = fiscalYearOf(dayOf(instant))
  return instant >= cutOffOf(running - 1) ? running - 1 : running - 2
}
