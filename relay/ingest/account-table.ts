// What we know of each account: its host, whether it is active, its current commit. Read and changed inside the transaction of its events.

import { cidBytes, cidFromBytes } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import type { Did } from '../../atproto/did.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { Database } from '../../server/sqlite.ts'

export type RepoHead = { readonly rev: Tid; readonly commitCid: Cid; readonly dataCid: Cid }
export type Account = {
  readonly did: Did
  readonly hostId: number
  readonly isActive: boolean
  /** As its host last said: `deactivated`, `takendown` and the like. */
  readonly status: string | null
  readonly head: RepoHead | null
  /** A commit did not follow from the one before it, and no #sync has come since. */
  readonly isDesynchronized: boolean
}

export interface AccountTable {
  get(did: Did): Account | undefined
  put(account: Account): void
  /** Accounts with a head, in the order they were first seen: those after this position. */
  page(after: number, limit: number): readonly { readonly position: number; readonly account: Account }[]
}

type Row = {
  id: number
  did: Did
  host: number
  active: number
  status: string | null
  rev: Tid | null
  commit_cid: Uint8Array | null
  data_cid: Uint8Array | null
  desynchronized: number
}

const parseRow = (row: unknown): Row => row as Row

const accountOf = (row: Row): Account => ({
  did: row.did,
  hostId: row.host,
  isActive: row.active === 1,
  status: row.status,
  head:
    row.rev === null || row.commit_cid === null || row.data_cid === null
      ? null
      : { rev: row.rev, commitCid: cidFromBytes(row.commit_cid), dataCid: cidFromBytes(row.data_cid) },
  isDesynchronized: row.desynchronized === 1,
})

export const openAccountTable = (db: Database): AccountTable => {
  const columns = 'id, did, host, active, status, rev, commit_cid, data_cid, desynchronized'
  const sql = {
    get: db.prepare(`SELECT ${columns} FROM account WHERE did = ?`),
    page: db.prepare(`SELECT ${columns} FROM account WHERE id > ? AND rev IS NOT NULL ORDER BY id LIMIT ?`),
    put: db.prepare(
      `INSERT INTO account (did, host, active, status, rev, commit_cid, data_cid, desynchronized) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (did) DO UPDATE SET host = excluded.host, active = excluded.active, status = excluded.status, rev = excluded.rev,
         commit_cid = excluded.commit_cid, data_cid = excluded.data_cid, desynchronized = excluded.desynchronized`,
    ),
  }
  return {
    get: (did) => {
      const row = sql.get.get(did)
      return row === undefined ? undefined : accountOf(parseRow(row))
    },
    put: ({ did, hostId, isActive, status, head, isDesynchronized }) => {
      const commitCid = head && cidBytes(head.commitCid)
      const dataCid = head && cidBytes(head.dataCid)
      sql.put.run(did, hostId, isActive ? 1 : 0, status, head?.rev ?? null, commitCid, dataCid, isDesynchronized ? 1 : 0)
    },
    page: (after, limit) =>
      sql.page
        .all(after, limit)
        .map(parseRow)
        .map((row) => ({ position: row.id, account: accountOf(row) })),
  }
}
