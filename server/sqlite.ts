// The only place that opens SQLite: WAL, synchronous=FULL (an answer after COMMIT survives a power cut), foreign keys, files of mode 0600,
// numbered migrations. A file written by a newer Waki is refused, never touched.

import SqliteDatabase from 'better-sqlite3'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartError } from './start-error.ts'

export type Database = SqliteDatabase.Database
export type Statement = SqliteDatabase.Statement

const BUSY_TIMEOUT_MS = 5_000
/** Pages of the WAL (16 MB) before they are written into the file: one that changes with every commit is then written there once, not many times. */
const CHECKPOINT_PAGES = 4_000
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/**
 * Opens (creating where missing) the database in `file`, or one in memory for ':memory:', and brings it to the newest schema:
 * migration k (from 0) takes `user_version` k to k + 1, each in its own transaction.
 * Throws StartError with a sentence when the file cannot be used or its schema is newer than these migrations.
 */
export const openDatabase = (file: string, migrations: readonly string[]): Database => {
  const db = openFile(file)
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    migrate(db, file, migrations)
    return db
  } catch (error) {
    db.close()
    throw error instanceof StartError ? error : new StartError(`database ${file} cannot be used: ${sentence(error)}`)
  }
}

/** Opens an existing database for reading only, beside its writer. Throws StartError when it cannot be read. */
export const openForReading = (file: string): Database => {
  try {
    return new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  } catch (error) {
    throw new StartError(`database ${file} cannot be read: ${sentence(error)}`)
  }
}

/** Holds an exclusive lock on `file` until disposed or the process ends, however it ends. Throws StartError when another process holds it. */
export const lockFile = (file: string): Disposable => {
  const db = openFile(file)
  try {
    db.pragma('busy_timeout = 0')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    throw notLocked(file, error)
  }
  return { [Symbol.dispose]: () => db.close() }
}

/** Holds a lock on `file` that others may share, but nobody who wants it alone. Throws StartError when somebody holds it alone. */
export const shareFile = (file: string): Disposable => {
  const db = openFile(file)
  try {
    db.pragma('busy_timeout = 0')
    db.exec('BEGIN')
    db.prepare('SELECT count(*) FROM sqlite_master').get()
  } catch (error) {
    db.close()
    throw notLocked(file, error)
  }
  return { [Symbol.dispose]: () => db.close() }
}

const notLocked = (file: string, error: unknown): StartError =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL'
    ? new StartError(`the disk of ${dirname(file)} is full: make room there, then start again`)
    : new StartError(`${dirname(file)} is in use by another running server (${sentence(error)})`)

const openFile = (file: string): Database => {
  try {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE })
      closeSync(openSync(file, 'a', FILE_MODE))
    }
    return new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS })
  } catch (error) {
    throw new StartError(`database ${file} cannot be opened: ${sentence(error)}`)
  }
}

const migrate = (db: Database, file: string, migrations: readonly string[]): void => {
  const versionNow = (): number => Number(db.pragma('user_version', { simple: true }))
  const version = versionNow()
  if (version > migrations.length)
    throw new StartError(
      `database ${file} has schema ${version}, this program knows ${migrations.length}: start the newer version that wrote it`,
    )
  for (const [step, sql] of migrations.entries()) {
    if (step < version) continue
    db.transaction(() => {
      // Another process may have come first.
      if (versionNow() > step) return
      db.exec(sql)
      db.pragma(`user_version = ${step + 1}`)
    }).exclusive()
  }
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
