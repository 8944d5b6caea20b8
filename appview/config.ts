// The appview's settings, each with a sentence and a safe default. Read once from the environment; tests write the same value by hand.

import { join } from 'node:path'
import { integer, list, optionalText, readSettings, requiredUrl, secret, text } from '../server/env.ts'
import type { Environment } from '../server/env.ts'
import type { LogLevel } from '../server/log.ts'
import { networkSettings, serverSettings } from '../server/settings.ts'
import { LEASE_TTL_MS } from './roles/limits.ts'
import { needsStore, parseRoles } from './roles/roles.ts'
import type { Role } from './roles/roles.ts'
import type { StoreAddress } from './store/open-store.ts'

export type AppviewConfig = {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly publicUrl?: string | undefined
  readonly trustedProxies?: readonly string[]
  readonly logLevel?: LogLevel
  /** What this process does of an appview; all of it when not given. */
  readonly roles?: readonly Role[]
  readonly leaseTtlMs?: number
  readonly settableClock?: boolean
  readonly settableClockStart?: string | undefined
  readonly allowLoopback?: boolean
  readonly plcUrl: string
  readonly handleHosts?: Readonly<Record<string, string>>
  /** The relay whose log is followed. */
  readonly relayUrl: string
  /** JSON {"towns": [{"code", "did", "fromLeaf"?}]}; read at start and again on SIGHUP. */
  readonly rosterFile: string
  /** SQLite file, or mongodb://…; DATA_DIR/appview.sqlite when not given. */
  readonly store?: string | undefined
  /** Under which several appviews have their books in one MongoDB database. */
  readonly storeBook?: string | undefined
  /** JSON {did: {pds, identifier, appPassword}}, mode 0600: as whom records are published. */
  readonly publishFile?: string | undefined
  /** The secret under which keys and sessions are sealed, one a line, the newest first; DATA_DIR/secret when not given. */
  readonly secretFile?: string | undefined
}

const rolesSetting = list(
  'ROLES',
  'what this process does of an appview: ingest, pages, xrpc, static, jobs; web for the middle three; all when not set',
  parseRoles,
)

const TTL = { min: 500, max: 600_000 } as const

/** What a process needs to know depends on what it does. */
const specificationOf = (roles: readonly Role[]) => {
  const isOnStore = needsStore(roles)
  const about = 'JSON file that says which DID speaks for which municipality; for ingest'
  return {
    ...serverSettings,
    ...networkSettings,
    dataDir: isOnStore ? serverSettings.dataDir : text('DATA_DIR', 'not used by static files', ''),
    roles: rolesSetting,
    leaseTtlMs: integer('LEASE_TTL_MS', 'so long a stand-by sees the one who writes stand still before it takes over', LEASE_TTL_MS, TTL),
    relayUrl: isOnStore
      ? requiredUrl('RELAY_URL', 'address of the relay whose log is followed')
      : text('RELAY_URL', 'not used by static files', ''),
    rosterFile: roles.includes('ingest') ? text('ROSTER_FILE', about) : text('ROSTER_FILE', about, ''),
    store: secret('STORE', 'SQLite file of the books, or mongodb://… of a replica set; DATA_DIR/appview.sqlite when not set'),
    storeBook: optionalText('STORE_BOOK', 'name under which these books stand in a MongoDB that several appviews share; main when not set'),
    publishFile: optionalText('PUBLISH_FILE', 'JSON file of mode 0600 with app passwords of the repos published into'),
    secretFile: optionalText(
      'SECRET_FILE',
      'file with the secret of this server, one a line, the newest first; DATA_DIR/secret when not set',
    ),
  }
}

/** Throws StartError that lists every mistake. */
export const readAppviewConfig = (environment: Environment): AppviewConfig => {
  const { roles } = readSettings({ roles: rolesSetting }, environment)
  return readSettings(specificationOf(roles), environment)
}

export const storeOf = ({ store, storeBook, dataDir }: Pick<AppviewConfig, 'store' | 'storeBook' | 'dataDir'>): StoreAddress => ({
  address: store ?? join(dataDir, 'appview.sqlite'),
  folder: dataDir,
  book: storeBook,
})

/** The store that these settings name, for tools that are run beside an appview in service; null where DATA_DIR is not set. */
export const storeOfEnvironment = (environment: Environment = process.env): StoreAddress | null => {
  if ((environment['DATA_DIR'] ?? '') === '') return null
  const { dataDir, store, storeBook } = specificationOf(['ingest'])
  return storeOf(readSettings({ dataDir, store, storeBook }, environment))
}

/** The roster file and the time of leases that these settings name, for the same tools. */
export const rosterOfEnvironment = (
  environment: Environment = process.env,
): { readonly rosterFile: string | undefined; readonly ttlMs: number } => {
  const rosterFile = optionalText('ROSTER_FILE', 'as above')
  const { leaseTtlMs } = specificationOf(['ingest'])
  const read = readSettings({ rosterFile, leaseTtlMs }, environment)
  return { rosterFile: read.rosterFile, ttlMs: read.leaseTtlMs }
}
