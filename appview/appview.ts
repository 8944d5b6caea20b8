// An appview as a value: it follows one relay's log, folds it into books, and answers from them; or as much of that as the roles of this process say. The
// only file that knows all its parts.

import type { Express } from 'express'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readClock } from '../server/clock.ts'
import type { Clock } from '../server/clock.ts'
import { createLog } from '../server/log.ts'
import type { Log } from '../server/log.ts'
import { createMetrics } from '../server/metrics.ts'
import type { Metrics } from '../server/metrics.ts'
import { serve } from '../server/serve.ts'
import type { Running, ServeOptions } from '../server/serve.ts'
import { lockFile, shareFile } from '../server/sqlite.ts'
import { StartError } from '../server/start-error.ts'
import { storeOf } from './config.ts'
import type { AppviewConfig } from './config.ts'
import { CLOSE_PATIENCE_MS, LEASE_TTL_MS } from './roles/limits.ts'
import { inTurn } from './roles/opening.ts'
import { openRoles } from './roles/open-roles.ts'
import { ROLES, isWhole, needsStore } from './roles/roles.ts'
import type { Role } from './roles/roles.ts'
import { takeSeat } from './roles/seat.ts'
import type { Surroundings } from './roles/surroundings.ts'
import type { OnLost } from './store/mongo-lost.ts'
import { openBoundStore } from './store/open-store.ts'
import { mountDoors, mountStatic } from './web/doors.ts'
import { mountHealth } from './web/health-doors.ts'

export type AppviewDeps = { readonly clock?: Clock; readonly log?: Log }

export type RunningAppview = Running & {
  /** Reads the roster file again; resolves to what came of it, in a sentence. */
  reloadRoster(): Promise<string>
}

type Process = {
  readonly config: AppviewConfig
  readonly roles: readonly Role[]
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** Starts the appview; resolves when it answers. Throws StartError with a sentence when it cannot start. */
export const startAppview = async (config: AppviewConfig, deps: AppviewDeps = {}): Promise<RunningAppview> => {
  const process: Process = {
    config,
    roles: config.roles ?? ROLES,
    clock: deps.clock ?? readClock(config.settableClock ?? false, config.settableClockStart),
    log: deps.log ?? createLog('appview', config.logLevel),
    metrics: createMetrics('appview', deps.log === undefined),
  }
  return needsStore(process.roles) ? startOnStore(process) : startStatic(process)
}

const serverOf = ({ config, clock, log, metrics }: Process): Omit<ServeOptions, 'setup'> => {
  const { host, port, publicUrl, trustedProxies, settableClock = false } = config
  return { name: 'appview', host, port, publicUrl, trustedProxies, clock, log, metrics, settable: settableClock }
}

const startStatic = async (process: Process): Promise<RunningAppview> => {
  const setup = (app: Express): void => {
    mountHealth(app, process.roles, async () => ({ static: 'ready' }))
    mountStatic(app)
  }
  return { ...(await serve({ ...serverOf(process), setup })), reloadRoster: async () => 'Static files have no roster' }
}

const startOnStore = async (process: Process): Promise<RunningAppview> => {
  const { config, roles, clock, metrics, log } = process
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const lockName = join(config.dataDir, 'appview.lock')
  // The whole appview is alone in its folder; its parts share it, and keep tools out that want it alone.
  await using held = new AsyncDisposableStack()
  held.use(isWhole(roles) ? lockFile(lockName) : shareFile(lockName))
  const seat = held.use(takeSeat(config.dataDir))
  const { failed, onLost } = openLoss(log)
  const store = await inTurn(config.dataDir, clock, () => openBoundStore(storeOf(config), { metrics, onLost }))
  held.defer(() => store.close())
  let reloadRoster = async (): Promise<string> => 'not started'
  const running = await serve({
    ...serverOf(process),
    setup: async (app, _httpServer, door) => {
      const { leaseTtlMs = LEASE_TTL_MS } = config
      const parts = await work({ ...process, store, seat, leaseTtlMs, url: door.url }, app)
      reloadRoster = parts.reloadRoster
      const open = held.move()
      return () =>
        withinPatience(process, async () => {
          await parts.end()
          await open.disposeAsync()
        })
    },
  })
  return { ...running, failed, reloadRoster: () => reloadRoster() }
}

/** Of a command to the database that nobody will answer: whoever waits for it would for ever, and hold what it holds. */
const openLoss = (log: Log): { readonly failed: Promise<never>; readonly onLost: OnLost } => {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  const onLost: OnLost = (lost) => {
    log.error('store.command-lost', lost)
    reject(
      new StartError(`the database at ${lost.address} will never answer a command sent ${lost.forMs} ms ago: start this process again`),
    )
  }
  return { failed: promise, onLost }
}

/** A store that does not answer is not waited for without end: a lease that was not given back runs out by itself, and what is not stored is in the log. */
const withinPatience = async ({ clock, log }: Process, end: () => Promise<void>): Promise<void> => {
  const ended = new AbortController()
  const late = clock.sleep(CLOSE_PATIENCE_MS, ended.signal).then(
    () => log.warn('close.left', { afterMs: CLOSE_PATIENCE_MS }),
    () => {},
  )
  const ending = end()
  try {
    await Promise.race([ending, late])
  } finally {
    ended.abort()
    ending.catch((error: unknown) => log.warn('close.failed', { error }))
  }
}

const work = async (around: Surroundings, app: Express) => {
  const parts = await openRoles(around)
  mountHealth(app, around.roles, parts.readiness)
  const downloads = mountDoors(parts, app)
  return {
    reloadRoster: parts.reloadRoster,
    end: async () => {
      await downloads.close()
      await parts.close()
    },
  }
}
