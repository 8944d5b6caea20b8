// The last time the relay gave out as one that no later leaf precedes, kept in its database.

import type { Database } from '../../server/sqlite.ts'

export const readPromise = (db: Database): number => Number(db.prepare('SELECT promised_ms FROM origin').pluck().get() ?? 0)

export const keepPromise = (db: Database, promisedMs: number): void => {
  db.prepare('UPDATE origin SET promised_ms = ?').run(promisedMs)
}
