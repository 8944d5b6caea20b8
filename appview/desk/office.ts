// How every deed of a desk goes: town, role, whether the town still is one, publish account, then what the deed itself checks; then one deed in the store
// with its line in the audit trail, and the outbox is woken. Deeds of one town go one after the other (turns.ts), so that what a deed checked still holds when it is kept. A refusal of
// somebody who holds or held a role is a line in the trail, too.

import { TidClock } from '../../atproto/tid.ts'
import type { Clock } from '../../server/clock.ts'
import { dayOf } from '../journal/calendar.ts'
import type { Merger } from '../journal/documents.ts'
import { codesWithin, successorOn } from '../journal/mergers.ts'
import type { Json, Roster } from '../journal/model.ts'
import { townOf } from '../journal/roster.ts'
import type { PublishAccounts } from '../publish/publish-file.ts'
import type { AuditRow, Deed, Desk, DeskRole, RoleGrant, Seen } from '../store/desk.ts'
import { readDoc } from '../queries/deps.ts'
import { DESK_ROLES, DeskConflict } from '../store/desk.ts'
import type { Books } from '../store/store.ts'
import type { Publication } from '../store/work.ts'
import type { AskStatus } from './account-status.ts'
import { makeEntry, publicationOf, type EntryInput } from './entry.ts'
import { refused, type Actor, type Outcome, type Reason } from './outcome.ts'
import { mayDo, mayDoWhenMerged, type DeedName } from './permissions.ts'
import { inTurn, lookAgain } from './turns.ts'
import { wrongAmong } from './valid-record.ts'

export type DeskDeps = {
  readonly books: Books
  readonly desk: Desk
  readonly roster: () => Roster
  readonly accounts: PublishAccounts
  readonly clock: Clock
  /** Left out where nobody is asked. */
  readonly askStatus?: AskStatus
  /** Wakes the outbox. */
  readonly flush: () => void
}

/** What a deed works with. `now` is an instant, `today` a day, both of civil time. */
export type Office = {
  readonly books: Books
  readonly desk: Desk
  readonly accounts: PublishAccounts
  readonly askStatus: AskStatus
  readonly roster: Roster
  readonly actor: Actor
  readonly town: { readonly code: string; readonly did: string }
  /** All mergers of municipalities that the books know. */
  readonly mergers: readonly Merger[]
  /** Its own code, and those of what has become part of it by today: what concerns them concerns this desk. */
  readonly codes: readonly string[]
  readonly now: string
  readonly today: string
  /** A key for a draft or a record, above all before it. */
  readonly nextKey: () => string
  /** A record of the town's repo. */
  readonly record: (collection: string, record: Readonly<Record<string, unknown>>) => Publication
  readonly entry: (input: Omit<EntryInput, 'repo'>) => ReturnType<typeof makeEntry>
}

/**
 * What a deed wants to be kept, and answers. With `changes`, be they none, it is kept only while the desk is as the plan saw it; a plan does nothing itself,
 * since it may be made again. `on` whom or what; `detail` goes into the trail and names nobody.
 */
export type Plan<T> =
  | {
      readonly ok: true
      readonly value: T
      readonly changes?: Omit<Deed, 'town' | 'seen' | 'audit'>
      readonly on?: string | null
      readonly detail?: Json
    }
  | { readonly ok: false; readonly reasons: readonly Reason[] }

export type Ask = {
  readonly deed: DeedName
  /** On whom or what, for the trail. */
  readonly on?: string | null
  /** It writes into the town's repo. */
  readonly publishes?: boolean
}

export type Desks = {
  /** Does a deed, or says why not. */
  perform<T>(actor: Actor, ask: Ask, plan: (office: Office) => Promise<Plan<T>>): Promise<Outcome<T>>
  /** Only looks: nothing is kept, and no trail. */
  look<T>(actor: Actor, deed: DeedName, read: (office: Office) => Promise<Outcome<T>>): Promise<Outcome<T>>
  held(actor: Actor): Promise<readonly DeskRole[]>
}

export const openDesks = (deps: DeskDeps): Desks => {
  const tids = new TidClock(() => deps.clock.civilMs())
  const held = (actor: Actor) => heldBy(deps, actor)
  return {
    held,
    look: async (actor, deed, read) => {
      const entered = await enter(deps, tids, actor, { deed })
      return entered.ok ? read(entered.office) : { ok: false, reasons: entered.reasons }
    },
    perform: (actor, ask, plan) =>
      inTurn(deps.desk, actor.town, async () => {
        try {
          const planned = await lookAgain(deps.clock, () => planAndKeep(deps, tids, { actor, ask, plan }))
          if (!planned.ok) return await refuse(deps, actor, ask, planned.reasons)
          if ((planned.changes?.publish?.length ?? 0) > 0) deps.flush()
          return { ok: true, value: planned.value }
        } catch (error) {
          if (!(error instanceof DeskConflict)) throw error
          return refuse(deps, actor, ask, refused(error.isMoved ? 'desk.busy' : 'draft.changed').reasons)
        }
      }),
  }
}

type Performance<T> = { readonly actor: Actor; readonly ask: Ask; readonly plan: (office: Office) => Promise<Plan<T>> }

/** What changes something is kept only while the desk is the one it was planned at: else DeskConflict. */
const planAndKeep = async <T>(deps: DeskDeps, tids: TidClock, { actor, ask, plan }: Performance<T>): Promise<Plan<T>> => {
  const { town } = actor
  const seen: Seen = { part: 'desk', version: await deps.desk.version(town, 'desk') }
  const entered = await enter(deps, tids, actor, ask, true)
  const planned = entered.ok ? await plan(entered.office) : entered
  if (!planned.ok) return planned
  const { changes, on = ask.on ?? null, detail = {} } = planned
  const wrong = wrongAmong(changes?.publish ?? [])
  if (wrong !== undefined) return refused('record.invalid', wrong)
  const audit = [lineOf(deps, actor, ask.deed, { on, detail })]
  await deps.desk.persist({ town, ...(changes === undefined ? {} : { ...changes, seen }), audit })
  return planned
}

type Entered = { readonly ok: true; readonly office: Office } | { readonly ok: false; readonly reasons: readonly Reason[] }

const enter = async (deps: DeskDeps, tids: TidClock, actor: Actor, ask: Ask, isDeed = false): Promise<Entered> => {
  const roster = deps.roster()
  const did = spokesmanOf(roster, actor.town)
  if (did === undefined) return refused('desk.town-unknown', actor.town)
  const held = await heldBy(deps, actor)
  if (held.length === 0) return refused('desk.no-role')
  if (!mayDo(ask.deed, held)) return refused('desk.role-insufficient', ask.deed)
  const now = civilNow(deps.clock)
  const today = dayOf(now)
  const mergers = (await readDoc(deps.books, 'mergers', 'mergers:all'))?.mergers ?? []
  const into = successorOn(mergers, actor.town, today)
  if (isDeed && into !== actor.town && !mayDoWhenMerged(ask.deed)) return refused('desk.town-merged', into)
  if (ask.publishes === true && (await deps.accounts.get(did)) === undefined) return refused('desk.no-publish-account', did)
  const nextKey = (): string => tids.next()
  return {
    ok: true,
    office: {
      books: deps.books,
      desk: deps.desk,
      accounts: deps.accounts,
      askStatus: deps.askStatus ?? (async () => null),
      roster,
      actor,
      town: { code: actor.town, did },
      mergers,
      // A town that is part of another keeps what it had: to be looked at, and for what ends there.
      codes: codesWithin(mergers, actor.town, today),
      now,
      today,
      nextKey,
      record: (collection, record) => publicationOf(did, collection, nextKey(), { ...record, createdAt: now }),
      entry: (input) => makeEntry({ repo: did, ...input }, { rkey: nextKey(), createdAt: now }),
    },
  }
}

/** The DID that speaks for a code now. */
export const spokesmanOf = (roster: Roster, code: string): string | undefined =>
  roster.find((town) => town.code === code && townOf(roster, town.did, Number.MAX_SAFE_INTEGER) === code)?.did

const civilNow = (clock: Clock): string => new Date(clock.civilMs()).toISOString()

export const holdsNow = ({ from, until }: RoleGrant, now: string): boolean => from <= now && (until === null || now < until)

const heldBy = async ({ desk, roster, clock }: DeskDeps, { did, town }: Actor): Promise<readonly DeskRole[]> => {
  if (spokesmanOf(roster(), town) === did) return DESK_ROLES
  const now = civilNow(clock)
  const grants = await desk.rolesOf(town, did)
  return DESK_ROLES.filter((role) => grants.some((grant) => grant.role === role && holdsNow(grant, now)))
}

const refuse = async (
  deps: DeskDeps,
  actor: Actor,
  ask: Ask,
  reasons: readonly Reason[],
): Promise<{ readonly ok: false; readonly reasons: readonly Reason[] }> => {
  const code = reasons[0]?.code ?? null
  // Strangers leave no line: they could fill the trail.
  const isKnown = code !== 'desk.town-unknown' && (code !== 'desk.no-role' || (await deps.desk.rolesOf(actor.town, actor.did)).length > 0)
  if (isKnown) {
    const line = lineOf(deps, actor, ask.deed, { on: ask.on ?? null, detail: { reasons: reasons.length } })
    await deps.desk.persist({ town: actor.town, audit: [{ ...line, outcome: 'refused', code }] })
  }
  return { ok: false, reasons }
}

const lineOf = (
  { clock }: DeskDeps,
  { did }: Actor,
  deed: DeedName,
  { on, detail }: { readonly on: string | null; readonly detail: Json },
): Omit<AuditRow, 'seq'> => ({ at: civilNow(clock), by: did, deed, on, outcome: 'done', code: null, detail })
