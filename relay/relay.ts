// The relay: follows many hosts' logs, believes what it has verified, and appends it to one log of its own. The only file that knows all parts.

import type { Express } from 'express'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { readClock } from '../server/clock.ts'
import type { Clock } from '../server/clock.ts'
import { openEventLog } from '../server/event-log.ts'
import { createLog } from '../server/log.ts'
import type { Log } from '../server/log.ts'
import { createMetrics } from '../server/metrics.ts'
import type { Metrics } from '../server/metrics.ts'
import { checkedLookup, createSafeFetch } from '../server/safe-fetch.ts'
import { serve } from '../server/serve.ts'
import type { Closer, Door, Running } from '../server/serve.ts'
import { lockFile } from '../server/sqlite.ts'
import { StartError } from '../server/start-error.ts'
import { serveStream } from '../server/stream.ts'
import { DEFAULT_ALLOWANCE, DEFAULT_BACK_OFF, DEFAULT_TRUSTED_ALLOWANCE } from './config.ts'
import type { HostAllowance, RelayConfig } from './config.ts'
import { createAdmission } from './hosts/admission.ts'
import { createCrawler } from './hosts/crawler.ts'
import { parseHostAddress } from './hosts/host-address.ts'
import type { HostAddress } from './hosts/host-address.ts'
import { openHostTable } from './hosts/host-table.ts'
import type { Host } from './hosts/host-table.ts'
import { mountRelay } from './http/mount.ts'
import { openAccountTable } from './ingest/account-table.ts'
import { openIngest } from './ingest/open-ingest.ts'
import { DESCRIBE_SERVER_MAX_BYTES, DESCRIBE_SERVER_TIMEOUT_MS, WINDOW_HOURS, WINDOW_MEMORY_BYTES } from './limits.ts'
import { keepHouse } from './origin/keep-house.ts'
import { openLeafTable } from './origin/leaf-table.ts'
import { openFolder } from './origin/open-folder.ts'
import { openSealer } from './origin/open-sealer.ts'
import type { Folder } from './origin/open-folder.ts'
import { keepPromise, readPromise } from './origin/promise.ts'
import { createReceiveTime } from './origin/receive-time.ts'

export type RelayDeps = { readonly clock?: Clock; readonly log?: Log }

const HOUR_MS = 60 * 60_000

type Surroundings = { readonly config: RelayConfig; readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

/** Starts the relay; resolves when it answers. Throws StartError with a sentence when it cannot start. */
export const startRelay = async (config: RelayConfig, deps: RelayDeps = {}): Promise<Running> => {
  const clock = deps.clock ?? readClock(config.settableClock ?? false, config.settableClockStart)
  const log = deps.log ?? createLog('relay', config.logLevel)
  const metrics = createMetrics('relay', deps.log === undefined)
  const trusted = (config.hosts ?? []).map((text) => wantedHost(text, config.allowLoopback ?? false))
  const { host, port, publicUrl } = config
  const setup = (app: Express, httpServer: Server, door: Door): Closer => {
    const lock = lockFile(join(config.dataDir, 'relay.lock'))
    const folder = openUnder(lock, () =>
      openFolder(config.dataDir, nameOf(config, door), clock.realMs(), log, openSealer(config.dataDir, config.secretFile)),
    )
    const end = work({ config, clock, log, metrics }, folder, trusted, app, httpServer, door)
    return async () => {
      await end()
      folder.db.close()
      lock[Symbol.dispose]()
    }
  }
  return serve({ name: 'relay', host, port, publicUrl, clock, log, metrics, settable: config.settableClock ?? false, setup })
}

/** A folder that cannot be opened is left unlocked. */
const openUnder = (lock: Disposable, open: () => Folder): Folder => {
  try {
    return open()
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

/** A log of a settable clock can never be taken for a real one. */
const nameOf = ({ originName, settableClock }: RelayConfig, door: Door): string => {
  const name = originName ?? new URL(door.url).host
  return settableClock && !name.startsWith('demo/') ? `demo/${name}` : name
}

const wantedHost = (text: string, allowLoopback: boolean): HostAddress => {
  const address = parseHostAddress(text, allowLoopback)
  if (address === undefined) throw new StartError(`HOSTS: "${text}" names no server that can be crawled`)
  return address
}

/** Opens the tables, mounts the doors, follows the hosts. Returns what ends it, to be called once `door.signal` has aborted. */
const work = (
  { config, clock, log, metrics }: Surroundings,
  { db, origin }: Folder,
  trusted: readonly HostAddress[],
  app: Express,
  httpServer: Server,
  door: Door,
): (() => Promise<void>) => {
  const { plcUrl, handleHosts = {}, allowLoopback = false } = config
  const events = openEventLog(db, { firstSeq: origin.base + 1, windowBytes: WINDOW_MEMORY_BYTES })
  const [hosts, accounts, leaves] = [openHostTable(db), openAccountTable(db), openLeafTable(db)]
  const receiveTime = createReceiveTime(
    () => clock.civilMs(),
    leaves.lastTimeMs(),
    readPromise(db),
    (ms) => keepPromise(db, ms),
  )
  const fetch = createSafeFetch({ allowLoopback, maxBytes: DESCRIBE_SERVER_MAX_BYTES, timeoutMs: DESCRIBE_SERVER_TIMEOUT_MS })
  const allowanceOf = (host: Host): HostAllowance =>
    host.isTrusted ? (config.trustedAllowance ?? DEFAULT_TRUSTED_ALLOWANCE) : (config.allowance ?? DEFAULT_ALLOWANCE)
  const maxAccountsOf = (host: Host): number => allowanceOf(host).maxAccounts
  const books = { db, origin, events, hosts, accounts, leaves, receiveTime, clock, log, metrics }
  const { judge, writer } = openIngest({ ...books, fetch, plcUrl, handleHosts, allowLoopback, maxAccountsOf })

  const eventsPerSecondOf = (host: Host): number => allowanceOf(host).maxEventsPerSecond
  const backOff = config.backOff ?? DEFAULT_BACK_OFF
  const lookup = checkedLookup(allowLoopback)
  const crawler = createCrawler({ hosts, judge, writer, clock, log, lookup, backOff, eventsPerSecondOf }, door.signal)
  const admit = createAdmission({ hosts, crawler, fetch, ownUrl: door.url, allowLoopback, clock, log })

  serveStream(httpServer, '/xrpc/com.atproto.sync.subscribeRepos', { log: events, clock, metrics })
  mountRelay(app, { url: door.url, origin, hosts, accounts, leaves, receiveTime, crawler, admit, allowLoopback, allowanceOf, log, metrics })
  const windowMs = config.settableClock ? 0 : (config.windowHours ?? WINDOW_HOURS) * HOUR_MS
  const house = keepHouse({ dataDir: config.dataDir, base: origin.base, log: events, clock, journal: log, windowMs })
  for (const address of trusted) hosts.add(address, true, clock.realMs())
  for (const host of hosts.all()) crawler.crawl(host)
  return async () => {
    await crawler.ended()
    writer.flush()
    await house.end()
  }
}
