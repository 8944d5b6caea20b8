// Opens the relay's data folder: the origin and the database that belong together. What does not fit is put aside and a new origin begins.

import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../../server/log.ts'
import type { Sealer } from '../../server/seal.ts'
import { openDatabase } from '../../server/sqlite.ts'
import type { Database } from '../../server/sqlite.ts'
import { openHostTable } from '../hosts/host-table.ts'
import type { Host } from '../hosts/host-table.ts'
import { relayMigrations } from '../schema/relay.sql.ts'
import { openLeafTable } from './leaf-table.ts'
import { readMark } from './mark.ts'
import { createOrigin, readOrigin, renewOrigin } from './origin.ts'
import type { Origin } from './origin.ts'

export const DATABASE_FILE = 'relay.sqlite'
const FILES = ['origin.json', 'origin.mark', DATABASE_FILE, `${DATABASE_FILE}-wal`, `${DATABASE_FILE}-shm`]

export type Folder = { readonly origin: Origin; readonly db: Database }

/** `name` is used when an origin is made; `nowMs` is real time. Throws StartError. */
export const openFolder = (dataDir: string, name: string, nowMs: number, log: Log, sealer: Sealer): Folder => {
  const origin = readOrigin(dataDir, () => sealer)
  const hasDatabase = existsSync(join(dataDir, DATABASE_FILE))
  if (origin === undefined && !hasDatabase) return newFolder(dataDir, name, nowMs, [], sealer)
  const db = openDatabase(join(dataDir, DATABASE_FILE), relayMigrations)
  const trouble = origin === undefined ? 'its origin is lost' : troubleOf(db, origin, readMark(dataDir))
  if (origin !== undefined && trouble === undefined) {
    renewOrigin(dataDir, sealer)
    return { origin, db }
  }
  const hosts = openHostTable(db).all()
  db.close()
  const aside = putAside(dataDir, nowMs)
  log.error('origin.lost', { reason: trouble, aside, hosts: hosts.length })
  return newFolder(dataDir, name, Math.max(nowMs, origin === undefined ? 0 : origin.base / 1_000 + 1), hosts, sealer)
}

const troubleOf = (db: Database, origin: Origin, mark: number): string | undefined => {
  const key = db.prepare('SELECT key FROM origin').pluck().get()
  if (key === undefined) return 'its log is lost'
  if (key !== origin.key) return 'its log is of another origin'
  const count = openLeafTable(db).count()
  return count < mark ? `its log was set back from leaf ${mark} to ${count}` : undefined
}

const newFolder = (dataDir: string, name: string, nowMs: number, hosts: readonly Host[], sealer: Sealer): Folder => {
  const origin = createOrigin(dataDir, name, nowMs, sealer)
  const db = openDatabase(join(dataDir, DATABASE_FILE), relayMigrations)
  db.transaction(() => {
    db.prepare('INSERT INTO origin (id, key, base) VALUES (1, ?, ?)').run(origin.key, origin.base)
    const table = openHostTable(db)
    for (const host of hosts) if (!host.isBanned) table.add(host, host.isTrusted, nowMs)
  }).immediate()
  return { origin, db }
}

const putAside = (dataDir: string, nowMs: number): string => {
  const aside = join(dataDir, `lost-${nowMs}`)
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  for (const file of FILES) if (existsSync(join(dataDir, file))) renameSync(join(dataDir, file), join(aside, file))
  return aside
}
