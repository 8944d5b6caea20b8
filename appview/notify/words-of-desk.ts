// What waits at a desk, for those who work there: drafts for a second person, flags of whole days, records that could not be published or that the books
// refused, of the town and of its host bodies, jobs that failed.
// Looked at again and again; what waits no more is told no more, and its word goes.

import type { Clock } from '../../server/clock.ts'
import { holdsNow } from '../desk/office.ts'
import { addDays, dayOf, midnightOf } from '../journal/calendar.ts'
import { fieldsOf } from '../journal/fields.ts'
import { codesWithin, successorOn } from '../journal/mergers.ts'
import { readDoc } from '../queries/deps.ts'
import { SUPERSEDED } from '../publish/send.ts'
import type { DeskRole } from '../store/desk.ts'
import type { Word } from '../store/notices.ts'
import type { Store } from '../store/store.ts'
import {
  DRAFTS_LOOKED_AT,
  FLAG_DAYS,
  HOSTS_LOOKED_AT,
  JOBS_LOOKED_AT,
  LATE_ATTEMPTS,
  OUTBOX_EVERY_MS,
  OUTBOX_LOOKED_AT,
  REFUSALS_LOOKED_AT,
} from './limits.ts'

type DeskTown = { readonly code: string; readonly did: string }

/** Without receiver: those of these roles, but for one. */
type Waiting = Omit<Word, 'to' | 'town' | 'author'> & {
  readonly roles: readonly DeskRole[]
  readonly but?: string | null
  readonly also?: string
}

export const authorOfDesk = (town: string): string => `desk:${town}`

/** Who holds one of the roles now; all of them where none is named. */
export const staffOf = async (
  { desk }: Pick<Store, 'desk'>,
  clock: Clock,
  town: string,
  roles?: readonly DeskRole[],
): Promise<readonly string[]> => {
  const now = new Date(clock.civilMs()).toISOString()
  const held = (await desk.roles(town)).filter((grant) => holdsNow(grant, now) && (roles?.includes(grant.role) ?? true))
  return [...new Set(held.map(({ did }) => did))]
}

/** What the outbox says is remembered for a while. */
export const openWordsOfDesk = (store: Store, clock: Clock) => {
  const looked = new Map<string, { readonly atMs: number; readonly waiting: readonly Waiting[] }>()
  const notPublishedLately = async (town: DeskTown): Promise<readonly Waiting[]> => {
    const before = looked.get(town.code)
    if (before !== undefined && clock.monotonicMs() - before.atMs < OUTBOX_EVERY_MS) return before.waiting
    const dids = [town.did, ...(await hostsOf(store, town))]
    const waiting = [
      ...(await notPublished(store, clock, town, dids)),
      ...(await publishedLate(store, clock, town, dids)),
      ...(await refusedLately(store, clock, town, dids)),
    ]
    looked.set(town.code, { atMs: clock.monotonicMs(), waiting })
    return waiting
  }
  return async (town: DeskTown): Promise<readonly Word[]> => wordsOfDesk(store, clock, town, await notPublishedLately(town))
}

const wordsOfDesk = async (store: Store, clock: Clock, town: DeskTown, unsent: readonly Waiting[]): Promise<readonly Word[]> => {
  const waiting = [...(await drafts(store, town)), ...(await flags(store, clock, town)), ...unsent, ...(await failedJobs(store, town))]
  const words: Word[] = []
  for (const { roles, but = null, also, ...word } of waiting) {
    const staff = await staffOf(store, clock, town.code, roles)
    // The desk itself is told, too: what is delivered to its hook.
    const to = new Set([authorOfDesk(town.code), ...staff, ...(also === undefined ? [] : [also])].filter((did) => did !== but))
    for (const one of to) words.push({ ...word, to: one, town: town.code, author: authorOfDesk(town.code) })
  }
  return words
}

const drafts = async ({ desk }: Store, { code }: DeskTown): Promise<readonly Waiting[]> =>
  (await desk.drafts(code, { state: 'proposed', limit: DRAFTS_LOOKED_AT })).map(({ id, version, kind, changedAt, proposedBy }) => ({
    id: `draft/${code}/${id}/${version}`,
    kind: 'draftWaiting',
    at: changedAt,
    subject: `desk:${code}/draft/${id}`,
    detail: { draft: kind, id },
    roles: ['approver'],
    but: proposedBy,
  }))

/** Of whole days, so that the number stands. Those of a town that is part of another by the end of the day are the other's. */
const flags = async ({ books }: Store, clock: Clock, { code }: DeskTown): Promise<readonly Waiting[]> => {
  const today = dayOf(new Date(clock.civilMs()).toISOString())
  const mergers = (await readDoc(books, 'mergers', 'mergers:all'))?.mergers ?? []
  const counts = new Map<string, number>()
  for (const own of codesWithin(mergers, code, today)) {
    const prefix = `flags:${own}/`
    const keys = await books.keys(prefix, `${prefix}${addDays(today, -FLAG_DAYS)}`, FLAG_DAYS + 1)
    const days = keys
      .map((key) => key.slice(prefix.length))
      .filter((day) => day < today && successorOn(mergers, own, addDays(day, 1)) === code)
    for (const day of days)
      counts.set(day, (counts.get(day) ?? 0) + ((await readDoc(books, 'flags', `${prefix}${day}`))?.flags.length ?? 0))
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, count]) => ({
      id: `flags/${code}/${day}`,
      kind: 'flags' as const,
      at: midnightOf(addDays(day, 1)),
      subject: `desk:${code}/flags/${day}`,
      detail: { day, count },
      roles: ['approver'] as const,
    }))
}

/** Bodies that the town has registered: its desk writes the acts of their cards. */
const hostsOf = async ({ books }: Store, { code }: DeskTown): Promise<readonly string[]> => {
  const docs = await books.load(await books.keys('hosts:', null, HOSTS_LOOKED_AT))
  return [...docs].flatMap(([key, doc]) =>
    doc?.kind === 'hosts' && doc.registrations.some((one) => one.code === code) ? [key.slice('hosts:'.length)] : [],
  )
}

/** Of the last days, what the desk sent and the books refused. */
const refusedLately = async (
  { books, work }: Store,
  clock: Clock,
  { code, did: own }: DeskTown,
  dids: readonly string[],
): Promise<readonly Waiting[]> => {
  const since = midnightOf(addDays(dayOf(new Date(clock.civilMs()).toISOString()), -FLAG_DAYS))
  const words: Waiting[] = []
  for (const did of dids) {
    const refusals = await books.refusals({ repo: did, limit: REFUSALS_LOOKED_AT })
    const sent =
      did === own || refusals.length === 0
        ? []
        : (await work.outbox(did, OUTBOX_LOOKED_AT)).map(({ collection, rkey }) => `at://${did}/${collection}/${rkey}`)
    for (const { leaf, op, uri, code: refusal } of refusals) {
      const at = did === own || sent.includes(uri) ? (await books.positionAt(leaf)).instant : ''
      if (at < since) continue
      const subject = `desk:${code}/refused/${leaf}/${op}/${uri}`
      words.push({
        id: `refused/${code}/${leaf}/${op}`,
        kind: 'recordRefused',
        at,
        subject,
        detail: { code: refusal },
        roles: ['clerk', 'admin'],
      })
    }
  }
  return words
}

const notPublished = async ({ work }: Store, clock: Clock, { code }: DeskTown, dids: readonly string[]): Promise<readonly Waiting[]> =>
  (await Promise.all(dids.map((did) => work.outbox(did, OUTBOX_LOOKED_AT))))
    .flat()
    .filter(({ state }) => state === 'failed')
    .map(({ id, collection, error }) => ({
      id: `outbox/${code}/${id}`,
      kind: 'notPublished',
      at: new Date(clock.civilMs()).toISOString(),
      subject: `desk:${code}/outbox/${id}`,
      detail: { collection, reason: error === SUPERSEDED ? 'superseded' : 'refused' },
      roles: ['admin'],
    }))

/** Of each repo one word, for all that waits behind the first waits with it. */
const publishedLate = async ({ work }: Store, clock: Clock, { code }: DeskTown, dids: readonly string[]): Promise<readonly Waiting[]> =>
  (await work.unsent())
    .filter(({ repo, attempts }) => dids.includes(repo) && attempts >= LATE_ATTEMPTS)
    .map(({ first, count }) => ({
      id: `outbox/${code}/${first}/late`,
      kind: 'notPublished',
      at: new Date(clock.civilMs()).toISOString(),
      subject: `desk:${code}/outbox/${first}/late`,
      detail: { count, reason: 'late' },
      roles: ['admin'],
    }))

/** Whoever asked is told; where it broke off, administrators are, too. */
const failedJobs = async ({ work }: Store, { code }: DeskTown): Promise<readonly Waiting[]> =>
  (await work.jobs(code, { limit: JOBS_LOOKED_AT }))
    .filter(({ state }) => state === 'failed')
    .map(({ id, kind, by, askedAt, endedAt, attempts, reasons }) => {
      const code1 = Array.isArray(reasons) ? (fieldsOf(reasons[0])?.['code'] ?? null) : null
      return {
        id: `job/${code}/${id}/${attempts}/${endedAt ?? ''}`,
        kind: 'jobFailed',
        at: endedAt ?? askedAt,
        subject: `desk:${code}/job/${id}`,
        detail: { job: kind, id, code: code1 },
        roles: code1 === 'job.broken-off' ? ['admin'] : [],
        also: by,
      }
    })
