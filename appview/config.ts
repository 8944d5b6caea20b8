// The appview's settings, each with a sentence and a safe default. Read once from the environment; tests write the same value by hand.

import { join } from 'node:path'
import { optionalText, readSettings, requiredUrl, secret, text } from '../server/env.ts'
import type { Environment } from '../server/env.ts'
import type { LogLevel } from '../server/log.ts'
import { networkSettings, serverSettings } from '../server/settings.ts'
import type { StoreAddress } from './store/open-store.ts'

export type AppviewConfig = {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly publicUrl?: string | undefined
  readonly trustedProxies?: readonly string[]
  readonly logLevel?: LogLevel
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

const specification = {
  ...serverSettings,
  ...networkSettings,
  relayUrl: requiredUrl('RELAY_URL', 'address of the relay whose log is followed'),
  rosterFile: text('ROSTER_FILE', 'JSON file that says which DID speaks for which municipality'),
  store: secret('STORE', 'SQLite file of the books, or mongodb://… of a replica set; DATA_DIR/appview.sqlite when not set'),
  storeBook: optionalText('STORE_BOOK', 'name under which these books stand in a MongoDB that several appviews share; main when not set'),
  publishFile: optionalText('PUBLISH_FILE', 'JSON file of mode 0600 with app passwords of the repos published into'),
  secretFile: optionalText(
    'SECRET_FILE',
    'file with the secret of this server, one a line, the newest first; DATA_DIR/secret when not set',
  ),
}

/** Throws StartError that lists every mistake. */
export const readAppviewConfig = (environment: Environment): AppviewConfig => readSettings(specification, environment)

export const storeOf = ({ store, storeBook, dataDir }: Pick<AppviewConfig, 'store' | 'storeBook' | 'dataDir'>): StoreAddress => ({
  address: store ?? join(dataDir, 'appview.sqlite'),
  folder: dataDir,
  book: storeBook,
})
