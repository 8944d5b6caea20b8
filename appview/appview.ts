// An appview as a value: it follows one relay's log, folds it into books, and answers from them. The only file that knows all its parts.

import type { Express } from 'express'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createIdentityCache } from '../atproto/identity-cache.ts'
import { createDidResolver } from '../atproto/resolve-did.ts'
import { createHandleResolver } from '../atproto/resolve-handle.ts'
import { catalog } from '../lexicons/catalog.ts'
import { readClock } from '../server/clock.ts'
import type { Clock } from '../server/clock.ts'
import { createLog } from '../server/log.ts'
import type { Log } from '../server/log.ts'
import { createMetrics } from '../server/metrics.ts'
import type { Metrics } from '../server/metrics.ts'
import { createSafeFetch } from '../server/safe-fetch.ts'
import { serve } from '../server/serve.ts'
import type { Door, Running } from '../server/serve.ts'
import { lockFile } from '../server/sqlite.ts'
import { xrpcRouter } from '../server/xrpc.ts'
import { createAccess } from './auth/access.ts'
import { createCallers } from './auth/caller.ts'
import { PDS_ANSWER_MAX_BYTES, PDS_TIMEOUT_MS } from './auth/limits.ts'
import { openSignIn } from './auth/open-sign-in.ts'
import { askLogOf } from './close/gaps.ts'
import { openConfirm } from './confirm/open-confirm.ts'
import { storeOf } from './config.ts'
import type { AppviewConfig } from './config.ts'
import { createDesk } from './desk/desk.ts'
import { withPayloads } from './follow/entry-payloads.ts'
import { followRelay } from './follow/follow-relay.ts'
import { REPO_FETCH_TIMEOUT_MS, REPO_MAX_BYTES } from './follow/limits.ts'
import { createPatience, knownToTheBooks } from './follow/patience.ts'
import { dropOtherRules, refoldIntake } from './follow/refold.ts'
import { openRosterKeeper } from './follow/roster-keeper.ts'
import { openWriter } from './follow/writer.ts'
import type { IntakeRow } from './journal/model.ts'
import { openOutbox } from './publish/outbox.ts'
import { openPublishAccounts } from './publish/publish-file.ts'
import { createQueries } from './queries/queries.ts'
import type { Queries } from './queries/queries.ts'
import { openBoundStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { clientDocumentsRouter } from './web/pages/client-documents.ts'
import { createDownloads } from './web/pages/download.ts'
import { pagesRouter } from './web/pages/routes.ts'
import { exportMethods } from './web/xrpc/export-method.ts'
import { deskMethods } from './web/xrpc/desk-methods.ts'
import { intakeMethods } from './web/xrpc/intake-method.ts'
import { SERVICE_ID, didOfUrl, wellKnownRouter } from './web/xrpc/well-known.ts'
import { closeMethods } from './web/xrpc/close-methods.ts'
import { confirmMethods } from './web/xrpc/confirm-method.ts'
import { appviewMethods } from './web/xrpc/methods.ts'

export type AppviewDeps = { readonly clock?: Clock; readonly log?: Log }

export type RunningAppview = Running & {
  /** Reads the roster file again; resolves to what came of it, in a sentence. */
  reloadRoster(): Promise<string>
}

type Surroundings = { readonly config: AppviewConfig; readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

/** Starts the appview; resolves when it answers. Throws StartError with a sentence when it cannot start. */
export const startAppview = async (config: AppviewConfig, deps: AppviewDeps = {}): Promise<RunningAppview> => {
  const clock = deps.clock ?? readClock(config.settableClock ?? false, config.settableClockStart)
  const log = deps.log ?? createLog('appview', config.logLevel)
  const metrics = createMetrics('appview', deps.log === undefined)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const lock = lockFile(join(config.dataDir, 'appview.lock'))
  const store = await openOrUnlock(lock, () => openBoundStore(storeOf(config)))
  let reloadRoster = async (): Promise<string> => 'not started'
  const { host, port, publicUrl, settableClock = false } = config
  try {
    const running = await serve({
      name: 'appview',
      host,
      port,
      publicUrl,
      clock,
      log,
      metrics,
      settable: settableClock,
      setup: async (app, _httpServer, door) => {
        const parts = await work({ config, clock, log, metrics }, store, app, door)
        reloadRoster = parts.reloadRoster
        return async () => {
          await parts.end()
          await store.close()
          lock[Symbol.dispose]()
        }
      },
    })
    return { ...running, reloadRoster: () => reloadRoster() }
  } catch (error) {
    await store.close()
    lock[Symbol.dispose]()
    throw error
  }
}

const openOrUnlock = async <T>(lock: Disposable, open: () => Promise<T>): Promise<T> => {
  try {
    return await open()
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

const openIdentities = ({ config, clock }: Surroundings) => {
  const { plcUrl, handleHosts = {}, allowLoopback = false } = config
  const fetch = createSafeFetch({ allowLoopback, maxBytes: PDS_ANSWER_MAX_BYTES, timeoutMs: PDS_TIMEOUT_MS })
  const resolveDid = createDidResolver({ fetch, plcUrl, allowLoopback })
  const resolveHandle = createHandleResolver({ fetch, handleHosts, allowLoopback })
  return { fetch, resolveHandle, identities: createIdentityCache({ resolveDid, resolveHandle, nowMs: () => clock.realMs() }) }
}

const work = async (around: Surroundings, store: Store, app: Express, { url }: Door) => {
  const { config, clock, log, metrics } = around
  const { books, work: desk } = store
  const { relayUrl, plcUrl, allowLoopback = false } = config
  const { fetch, identities, resolveHandle } = openIdentities(around)
  const repoFetch = createSafeFetch({ allowLoopback, maxBytes: REPO_MAX_BYTES, timeoutMs: REPO_FETCH_TIMEOUT_MS })
  const { dataDir, secretFile } = config
  const known = { work: desk, identities, resolveHandle, fetch, clock, log }
  const { keep, signIn, writes, documents } = await openSignIn({ ...known, dataDir, secretFile, url, allowLoopback })
  const roster = await openRosterKeeper({ books, file: config.rosterFile, log })
  const accounts = await openPublishAccounts(config.publishFile)
  const formerRules = await dropOtherRules(books)
  const writer = await openWriter({ books, clock, roster: roster.current, mark: (event) => log.debug(event) })
  const refolded = await refoldIntake(books, writer)
  const { rules } = await books.state()
  if (refolded > 0) log.info('books.refolded', { rows: refolded, ...(formerRules === null ? {} : { formerRules, rules }) })
  const patience = createPatience(() => clock.realMs(), knownToTheBooks(books, roster.current))
  const privately = (rows: readonly IntakeRow[]) => withPayloads(store.desk, roster.current(), rows)
  const follower = followRelay({
    books,
    writer,
    withPayloads: privately,
    patience,
    relayUrl,
    plcUrl,
    identities,
    fetch: repoFetch,
    clock,
    log,
  })
  const outbox = openOutbox({ work: desk, accounts, fetch, clock, log })
  const desks = createDesk({ books, desk: store.desk, roster: roster.current, accounts, clock, flush: () => outbox.wake() })
  const worksAt = async (town: string, did: string): Promise<boolean> => (await desks.held({ did, town })).length > 0
  const access = createAccess({ books, roster: roster.current, worksAt })
  const queries = createQueries({ books, access, clock, roster: roster.current, follow: follower.status, relayUrl, fetch })
  const did = didOfUrl(url)
  const callers = createCallers({ audiences: [did, `${did}${SERVICE_ID}`], identities, signIn, clock })
  app.use(wellKnownRouter(url))
  app.use(clientDocumentsRouter(documents))
  const canPublish = async (repo: string): Promise<boolean> => (await accounts.get(repo)) !== undefined
  const closing = { ...store, roster: roster.current, clock, canPublish, askLog: askLogOf(fetch, relayUrl), flush: () => outbox.flush() }
  const confirming = openConfirm({ ...closing, keep })
  const pages = {
    queries,
    books,
    signIn,
    writes,
    roster: roster.current,
    desks,
    closing,
    ...confirming,
    identities,
    resolveHandle,
    clock,
    log,
    url,
  }
  const downloads = createDownloads(pages)
  const methods = {
    ...appviewMethods(queries, callers),
    ...exportMethods(pages, downloads, callers),
    ...closeMethods(closing, callers, queries),
    ...deskMethods(desks, callers),
    ...intakeMethods({ books, desk: store.desk, roster: roster.current, accounts, clock }, callers),
    ...confirmMethods({ callers, ...confirming }),
  }
  app.use(xrpcRouter({ catalog, methods, log, metrics }))
  app.get('/network.json', async (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json(await networkJson(queries)))
  app.use(pagesRouter(pages, downloads))
  const leaf = metrics.gauge('leaf_read', 'last leaf of the relay that is in the books')
  const figures = clock.every(FIGURES_EVERY_MS, () => leaf.set(follower.status().leaf))
  const purging = clock.every(PURGE_EVERY_MS, () => {
    books.purge().catch((error: unknown) => log.error('purge.failed', { error }))
  })
  return {
    reloadRoster: roster.reload,
    end: async () => {
      purging[Symbol.dispose]()
      figures[Symbol.dispose]()
      await downloads.close()
      await follower.close()
      await outbox.close()
    },
  }
}

const FIGURES_EVERY_MS = 1_000
/** So long after a deletion, earlier pages may still stand in the engine's log. */
const PURGE_EVERY_MS = 10_000

/** For programs that wait for the books: how far they are, how far the relay is. */
const networkJson = async (queries: Queries) => {
  const { now, relay, books, hosts, counts } = await queries.networkStatus()
  const lagMs = books.behind === 0 ? 0 : Math.max(0, Date.parse(now) - Date.parse(books.recordedAt))
  const { state, reason, recordedAt } = books
  return { origin: relay.origin, leaf: books.leaf, leaves: relay.leaves, lagMs, recordedAt, state, reason, hosts, counts }
}
