// An appview as a value: it follows one relay's log, folds it into books, and answers from them. The only file that knows all its parts.

import type { Express } from 'express'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { catalog } from '../lexicons/catalog.ts'
import { readClock } from '../server/clock.ts'
import type { Clock } from '../server/clock.ts'
import { createLog } from '../server/log.ts'
import type { Log } from '../server/log.ts'
import { createMetrics } from '../server/metrics.ts'
import { serve } from '../server/serve.ts'
import type { Running } from '../server/serve.ts'
import { lockFile } from '../server/sqlite.ts'
import { xrpcRouter } from '../server/xrpc.ts'
import { createCallers } from './auth/caller.ts'
import { storeOf } from './config.ts'
import type { AppviewConfig } from './config.ts'
import { openParts } from './open-parts.ts'
import type { Parts, Surroundings } from './open-parts.ts'
import type { Queries } from './queries/queries.ts'
import { openBoundStore } from './store/open-store.ts'
import { clientDocumentsRouter } from './web/pages/client-documents.ts'
import { createDownloads } from './web/pages/download.ts'
import type { Downloads } from './web/pages/download.ts'
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
      trustedProxies: config.trustedProxies,
      clock,
      log,
      metrics,
      settable: settableClock,
      setup: async (app, _httpServer, door) => {
        const parts = await work({ config, clock, log, metrics, store, url: door.url }, app)
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

const work = async (around: Surroundings, app: Express) => {
  const parts = await openParts(around)
  const downloads = mountDoors(parts, app)
  const { clock, log, metrics, books, follower, outbox, roster } = parts
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

/** Gives what has to be closed at the end. */
const mountDoors = (parts: Parts, app: Express): Downloads => {
  const { url, store, queries, desks, closing, confirming, identities, signIn, clock, log, metrics } = parts
  const did = didOfUrl(url)
  const roster = parts.roster.current
  const callers = createCallers({ audiences: [did, `${did}${SERVICE_ID}`], identities, signIn, clock })
  const pages = { ...parts, ...confirming, roster }
  const downloads = createDownloads(pages)
  const methods = {
    ...appviewMethods(queries, callers),
    ...exportMethods(pages, downloads, callers),
    ...closeMethods(closing, callers, queries),
    ...deskMethods(desks, callers),
    ...intakeMethods({ books: store.books, desk: store.desk, roster, accounts: parts.accounts, clock }, callers),
    ...confirmMethods({ callers, ...confirming }),
  }
  app.use(wellKnownRouter(url))
  app.use(clientDocumentsRouter(parts.documents))
  app.use(xrpcRouter({ catalog, methods, log, metrics }))
  app.get('/network.json', async (_req, res) => void res.set('Access-Control-Allow-Origin', '*').json(await networkJson(queries)))
  app.use(pagesRouter(pages, downloads))
  return downloads
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
