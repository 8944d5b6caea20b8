// Leases on SQLite, in a file of their own beside the books: a beat changes no page of the books, wakes nobody who waits for them, and needs no disk sync,
// since whoever held a lease has died with the machine.

import { openDatabase } from '../../server/sqlite.ts'
import type { Lease, Leases } from './leases.ts'

const ENDING = '.leases'

const leasesSql = 'CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT, beat INTEGER NOT NULL, told TEXT NOT NULL) WITHOUT ROWID;'

/** Those of the store in a file, or in memory beside one in memory. */
export const openLeases = (file: string): Leases & { readonly close: () => void } => {
  const db = openDatabase(file === ':memory:' ? file : `${file}${ENDING}`, [leasesSql])
  db.pragma('synchronous = OFF')
  const select = db.prepare<[string], Lease>('SELECT * FROM lease WHERE name = ?')
  const first = db.prepare("INSERT INTO lease VALUES (?, ?, 1, '') ON CONFLICT DO NOTHING")
  const take = db.prepare('UPDATE lease SET holder = ?, beat = beat + 1 WHERE name = ? AND holder IS ? AND beat = ?')
  const renew = db.prepare('UPDATE lease SET beat = beat + 1, told = ? WHERE name = ? AND holder = ?')
  const release = db.prepare('UPDATE lease SET holder = NULL, beat = beat + 1 WHERE name = ? AND holder = ?')
  return {
    read: async (name) => select.get(name) ?? null,
    take: async (name, holder, seen) =>
      (seen === null ? first.run(name, holder) : take.run(holder, name, seen.holder, seen.beat)).changes === 1,
    renew: async (name, holder, told) => renew.run(told, name, holder).changes === 1,
    release: async (name, holder) => void release.run(name, holder),
    close: () => void db.close(),
  }
}
