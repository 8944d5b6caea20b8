// What sign-in keeps, on SQLite: sealed values under hashed names, each until its instant.

import type { Database } from '../../server/sqlite.ts'
import { parseKind } from './kept.ts'
import type { Kept, SignInWork } from './kept.ts'

/** What sign-in keeps: names and owners are keyed hashes, values are sealed. */
export const keptSql = `
CREATE TABLE kept (
  kind TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL, sealed BLOB NOT NULL, expires_ms INTEGER NOT NULL, PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX kept_owner ON kept (kind, owner);
CREATE INDEX kept_expires ON kept (expires_ms);
`

type KeptRow = { kind: string; name: string; owner: string; sealed: Buffer; expires_ms: number }

export const openKept = (db: Database): SignInWork => {
  const put = db.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)')
  const get = db.prepare<[string, string, number], KeptRow>('SELECT * FROM kept WHERE kind = ? AND name = ? AND expires_ms > ?')
  const take = db.prepare<[string, string, number], KeptRow>('DELETE FROM kept WHERE kind = ? AND name = ? AND expires_ms > ? RETURNING *')
  const drop = db.prepare('DELETE FROM kept WHERE kind = ? AND name = ?')
  const dropOwned = db.prepare('DELETE FROM kept WHERE kind = ? AND owner = ?')
  const countOwned = db.prepare<[string, string, number], number>(
    'SELECT count(*) FROM kept WHERE kind = ? AND owner = ? AND expires_ms > ?',
  )
  const dropExpired = db.prepare('DELETE FROM kept WHERE expires_ms <= ?')
  const after = db.prepare<[string, string, number], KeptRow>('SELECT * FROM kept WHERE (kind, name) > (?, ?) ORDER BY kind, name LIMIT ?')
  return {
    keep: async ({ kind, name, owner, sealed, expiresMs }) => void put.run(kind, name, owner, sealed, expiresMs),
    kept: async (kind, name, nowMs) => keptOf(get.get(kind, name, nowMs)),
    take: async (kind, name, nowMs) => keptOf(take.get(kind, name, nowMs)),
    drop: async (kind, name) => void drop.run(kind, name),
    dropOwned: async (kind, owner) => dropOwned.run(kind, owner).changes,
    countOwned: async (kind, owner, nowMs) => countOwned.pluck().get(kind, owner, nowMs) ?? 0,
    dropExpired: async (nowMs) => dropExpired.run(nowMs).changes,
    keptAfter: async ({ kind, name }, limit) => after.all(kind, name, limit).map(parseKept),
  }
}

const keptOf = (row: KeptRow | undefined): Kept | null => (row === undefined ? null : parseKept(row))

const parseKept = ({ kind, name, owner, sealed, expires_ms: expiresMs }: KeptRow): Kept => ({
  kind: parseKind(kind),
  name,
  owner,
  sealed,
  expiresMs,
})
