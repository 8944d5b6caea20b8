// The parts of an appview, made and joined in the order in which they need one another: who people are, the books that follow the log, the office
// that publishes for its towns. Only appview.ts knows this file.

import { createIdentityCache } from '../atproto/identity-cache.ts'
import { createDidResolver } from '../atproto/resolve-did.ts'
import { createHandleResolver } from '../atproto/resolve-handle.ts'
import type { Clock } from '../server/clock.ts'
import type { Log } from '../server/log.ts'
import type { Metrics } from '../server/metrics.ts'
import { createSafeFetch } from '../server/safe-fetch.ts'
import { createAccess } from './auth/access.ts'
import { PDS_ANSWER_MAX_BYTES, PDS_TIMEOUT_MS } from './auth/limits.ts'
import { openSignIn } from './auth/open-sign-in.ts'
import { askLogOf } from './close/gaps.ts'
import type { AppviewConfig } from './config.ts'
import { openConfirm } from './confirm/open-confirm.ts'
import { createDesk } from './desk/desk.ts'
import { withPayloads } from './follow/entry-payloads.ts'
import { followRelay } from './follow/follow-relay.ts'
import { REPO_FETCH_TIMEOUT_MS, REPO_MAX_BYTES } from './follow/limits.ts'
import { createPatience, knownToTheBooks } from './follow/patience.ts'
import { dropOtherRules, refoldIntake } from './follow/refold.ts'
import { openRosterKeeper } from './follow/roster-keeper.ts'
import { openWriter } from './follow/writer.ts'
import { openOutbox } from './publish/outbox.ts'
import { openPublishAccounts } from './publish/publish-file.ts'
import { createQueries } from './queries/queries.ts'
import type { Store } from './store/store.ts'

export type Surroundings = {
  readonly config: AppviewConfig
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly store: Store
  /** The address under which people reach the site. */
  readonly url: string
}

export type Parts = Awaited<ReturnType<typeof openParts>>

/** Throws StartError. Following begins; nothing answers yet. */
export const openParts = async (around: Surroundings) => {
  const people = await openPeople(around)
  const following = await openFollowing(around, people)
  return { ...around, ...people, ...following, ...(await openOffice(around, people, following)) }
}

type People = Awaited<ReturnType<typeof openPeople>>

const openPeople = async ({ config, clock, log, store, url }: Surroundings) => {
  const { plcUrl, handleHosts = {}, allowLoopback = false, dataDir, secretFile } = config
  const fetch = createSafeFetch({ allowLoopback, maxBytes: PDS_ANSWER_MAX_BYTES, timeoutMs: PDS_TIMEOUT_MS })
  const resolveDid = createDidResolver({ fetch, plcUrl, allowLoopback })
  const resolveHandle = createHandleResolver({ fetch, handleHosts, allowLoopback })
  const identities = createIdentityCache({ resolveDid, resolveHandle, nowMs: () => clock.realMs() })
  const known = { work: store.work, identities, resolveHandle, fetch, clock, log }
  return { ...known, ...(await openSignIn({ ...known, dataDir, secretFile, url, allowLoopback })) }
}

type Following = Awaited<ReturnType<typeof openFollowing>>

const openFollowing = async ({ config, clock, log, store }: Surroundings, { identities, keep }: People) => {
  const { relayUrl, plcUrl, rosterFile, allowLoopback = false } = config
  const { books } = store
  const roster = await openRosterKeeper({ books, file: rosterFile, log })
  const formerRules = await dropOtherRules(books)
  const forget = (did: string): Promise<void> => keep.dropAccount(did)
  const writer = await openWriter({ books, clock, roster: roster.current, forget, mark: (event) => log.debug(event) })
  const refolded = await refoldIntake(books, writer)
  const { rules } = await books.state()
  if (refolded > 0) log.info('books.refolded', { rows: refolded, ...(formerRules === null ? {} : { formerRules, rules }) })
  const follower = followRelay({
    books,
    writer,
    withPayloads: (rows) => withPayloads(store.desk, roster.current(), rows),
    patience: createPatience(() => clock.realMs(), knownToTheBooks(books, roster.current)),
    relayUrl,
    plcUrl,
    identities,
    fetch: createSafeFetch({ allowLoopback, maxBytes: REPO_MAX_BYTES, timeoutMs: REPO_FETCH_TIMEOUT_MS }),
    clock,
    log,
  })
  return { books, roster, follower }
}

const openOffice = async ({ config, clock, log, store }: Surroundings, { fetch, keep }: People, { books, roster, follower }: Following) => {
  const { relayUrl } = config
  const towns = roster.current
  const accounts = await openPublishAccounts(config.publishFile)
  const outbox = openOutbox({ work: store.work, accounts, fetch, clock, log })
  const desks = createDesk({ books, desk: store.desk, roster: towns, accounts, clock, flush: () => outbox.wake() })
  const worksAt = async (town: string, did: string): Promise<boolean> => (await desks.held({ did, town })).length > 0
  const access = createAccess({ books, roster: towns, worksAt })
  const queries = createQueries({ books, access, clock, roster: towns, follow: follower.status, relayUrl, fetch })
  const canPublish = async (repo: string): Promise<boolean> => (await accounts.get(repo)) !== undefined
  const closing = { ...store, roster: towns, clock, canPublish, askLog: askLogOf(fetch, relayUrl), flush: () => outbox.flush() }
  return { accounts, outbox, desks, queries, closing, confirming: openConfirm({ ...closing, keep }) }
}
