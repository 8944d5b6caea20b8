// A Personal Data Server as a value: its parts joined, its doors mounted, its long work begun. Walk from here with README.md.
// One process, one folder, one database; other servers are known by URL only.

import type { Express } from 'express'
import type { Server } from 'node:http'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { catalog } from '../lexicons/catalog.ts'
import { parseDid } from '../atproto/did.ts'
import { readClock, type Clock } from '../server/clock.ts'
import { createLog, type Log } from '../server/log.ts'
import { createMetrics, type Metrics } from '../server/metrics.ts'
import { serve, type Door, type Running } from '../server/serve.ts'
import { lockFile } from '../server/sqlite.ts'
import { serveStream } from '../server/stream.ts'
import { xrpcRouter, type Methods } from '../server/xrpc.ts'
import { didDocumentJson } from './accounts/did-document-json.ts'
import type { PdsConfig } from './config.ts'
import { openParts, type Parts } from './parts.ts'
import { createProxy } from './proxy/proxy.ts'
import { requestCrawls } from './request-crawl.ts'
import { wantUsableAddress } from './usable-address.ts'
import { adminMethods } from './xrpc/admin.ts'
import { handleHosts } from './xrpc/handle-host.ts'
import { identityMethods } from './xrpc/identity.ts'
import { lexiconMethods } from './xrpc/lexicon.ts'
import { repoMethods } from './xrpc/repo.ts'
import { serverMethods } from './xrpc/server.ts'
import { syncMethods } from './xrpc/sync.ts'
import { wellKnownRouter } from './xrpc/well-known.ts'

/** Events stay readable for whoever was away. Under a settable clock time leaps, so nothing is pruned there. */
const EVENTS_KEPT_MS = 30 * 24 * 60 * 60_000
const PRUNE_EVERY_MS = 60 * 60_000
const ROTATION_LOOK_MS = 10_000

/** `fetch` stands in for the safe fetch, where a test has names of its own. */
export type PdsDeps = { clock?: Clock; log?: Log; fetch?: typeof fetch }

/** Starts and gives the running server. Throws StartError with a sentence for settings, folder or port that cannot be used. */
export const startPds = async (config: PdsConfig, deps: PdsDeps = {}): Promise<Running> => {
  const settable = config.settableClock ?? false
  const clock = deps.clock ?? readClock(settable, config.settableClockStart)
  const log = deps.log ?? createLog('pds', config.logLevel)
  const metrics = createMetrics('pds', true)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const lock = lockFile(join(config.dataDir, 'pds.lock'))
  const { host, port, publicUrl } = config
  try {
    return await serve({
      name: 'pds',
      host,
      port,
      publicUrl,
      trustedProxies: config.trustedProxies,
      clock,
      log,
      metrics,
      settable,
      setup: (app, httpServer, door) => {
        wantUsableAddress(door.url)
        const parts = openParts(config, door.url, clock, log, deps.fetch)
        const stream = mountDoors(parts, { app, httpServer, log, metrics })
        const stopWork = beginWork(parts, config, door, log, () => stream.subscribers())
        return async () => {
          await stopWork()
          parts.db.close()
          lock[Symbol.dispose]()
        }
      },
    })
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

type Doors = { app: Express; httpServer: Server; log: Log; metrics: Metrics }

/** Every method this server answers itself. */
export const methodsOf = (parts: Parts): Methods => {
  const describe = async (did: string) => {
    const identity = await parts.identities.get(parseDid(did)).catch(() => undefined)
    return {
      didDoc: identity === undefined ? {} : didDocumentJson(identity.document),
      handleIsCorrect: identity?.handle === parts.accounts.byDid(did)?.handle,
    }
  }
  return {
    ...serverMethods(parts),
    ...identityMethods(parts),
    ...adminMethods(parts),
    ...lexiconMethods(parts),
    ...repoMethods({ ...parts, describe }),
    ...syncMethods(parts),
  }
}

const mountDoors = (parts: Parts, { app, httpServer, log, metrics }: Doors) => {
  app.use(handleHosts(parts.url, parts.handleDomains))
  app.use(wellKnownRouter(parts))
  app.use(parts.oauth.handle)
  const fallback = createProxy({ ...parts, fetch: parts.proxyFetch, routes: parts.proxyRoutes, keyOf: (did) => parts.accounts.keyOf(did) })
  app.use(xrpcRouter({ catalog, methods: methodsOf(parts), fallback, log, metrics }))
  return serveStream(httpServer, '/xrpc/com.atproto.sync.subscribeRepos', { log: parts.events, clock: parts.clock, metrics })
}

/** What goes on beside the answers; gives the function that ends it. */
const beginWork = (parts: Parts, config: PdsConfig, { url, signal }: Door, log: Log, subscribers: () => number) => {
  const { clock, events, fetch } = parts
  const sweeping = parts.blobs.start()
  const pruning = config.settableClock ? undefined : clock.every(PRUNE_EVERY_MS, () => void events.prune(clock.civilMs() - EVENTS_KEPT_MS))
  const crawling = requestCrawls({ relayUrls: config.relayUrls ?? [], url, fetch, events, subscribers, clock, log, signal })
  const finishing = finishRotations(parts, log, signal)
  return async () => {
    sweeping[Symbol.dispose]()
    pruning?.[Symbol.dispose]()
    await Promise.all([crawling, finishing])
  }
}

/** Looks now and again for rotations whose outcome a crash or a silent directory left open. */
const finishRotations = async ({ changes, clock }: Parts, log: Log, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await changes.finishRotations().catch((error: unknown) => log.warn('rotation.waiting', { error }))
    await clock.sleep(ROTATION_LOOK_MS, signal).catch(() => {})
  }
}
