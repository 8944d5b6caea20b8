// A rebuild as one change of the file: what is folded is written into it once, without the log that keeps single commits, and the file is as it was
// before when it does not come to its end, whenever the process dies.

import type { Database } from '../../server/sqlite.ts'
import type { FoldWriter } from './sqlite-fold.ts'
import type { Tables } from './sqlite-tables.ts'

export type Rebuild = {
  readonly isOn: () => boolean
  readonly begin: () => void
  readonly end: () => void
  /** Nothing of it is kept. */
  readonly fail: () => void
}

/** Pages in memory meanwhile. */
const CACHE_KIB = 196_608

export const openRebuild = (tables: Tables, fold: FoldWriter, settings: (db: Database) => void): Rebuild => {
  const { db } = tables
  let isOn = false
  const leave = (end: 'COMMIT' | 'ROLLBACK'): void => {
    isOn = false
    if (db.inTransaction) db.exec(end)
    tables.forget()
    if (db.pragma('journal_mode', { simple: true }) !== 'memory') db.pragma('journal_mode = WAL')
    settings(db)
  }
  return {
    isOn: () => isOn,
    begin: () => {
      // Somebody else reads the file: then through the log, which is only slower.
      if (db.pragma('journal_mode', { simple: true }) === 'wal') withoutWaiting(db, () => db.pragma('journal_mode = TRUNCATE'))
      db.pragma(`cache_size = -${CACHE_KIB}`)
      // Of what is rebuilt nothing is secret: it holds no DIDs.
      db.pragma('secure_delete = FAST')
      db.exec('BEGIN IMMEDIATE')
      isOn = true
      fold.hold()
    },
    end: () => {
      try {
        fold.release()
      } catch (error) {
        leave('ROLLBACK')
        throw error
      }
      leave('COMMIT')
    },
    fail: () => leave('ROLLBACK'),
  }
}

const withoutWaiting = (db: Database, work: () => void): void => {
  const timeout = Number(db.pragma('busy_timeout', { simple: true }))
  db.pragma('busy_timeout = 0')
  try {
    work()
  } catch (error) {
    if (!isBusy(error)) throw error
  } finally {
    db.pragma(`busy_timeout = ${timeout}`)
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
