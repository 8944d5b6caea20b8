// The leaves as rows: dense from 1, kept for ever, written in the transaction of their event. Beside each, what its host called it.

import assert from 'node:assert/strict'
import type { Database } from '../../server/sqlite.ts'

export type Leaf = { readonly leaf: number; readonly timeMs: number; readonly bytes: Uint8Array }
export type HostPosition = { readonly hostId: number; readonly hostSeq: number; readonly hostTime: string }

export interface LeafTable {
  append(leaf: Leaf, from: HostPosition): void
  get(leaf: number): Leaf | undefined
  /** Number of leaves, as seen inside the current transaction. */
  count(): number
  /** Time of the newest leaf, 0 when there is none. */
  lastTimeMs(): number
}

const parseLeaf = (row: unknown): Leaf => row as Leaf

const integer = (value: unknown): number => {
  assert(typeof value === 'number')
  return value
}

export const openLeafTable = (db: Database): LeafTable => {
  const sql = {
    append: db.prepare('INSERT INTO leaf (leaf, time_ms, bytes, host, host_seq, host_time) VALUES (?, ?, ?, ?, ?, ?)'),
    get: db.prepare('SELECT leaf, time_ms AS timeMs, bytes FROM leaf WHERE leaf = ?'),
    count: db.prepare('SELECT coalesce(max(leaf), 0) FROM leaf').pluck(),
    lastTime: db.prepare('SELECT coalesce(max(time_ms), 0) FROM (SELECT time_ms FROM leaf ORDER BY leaf DESC LIMIT 1)').pluck(),
  }
  return {
    append: ({ leaf, timeMs, bytes }, { hostId, hostSeq, hostTime }) => void sql.append.run(leaf, timeMs, bytes, hostId, hostSeq, hostTime),
    get: (leaf) => {
      const row = sql.get.get(leaf)
      return row === undefined ? undefined : parseLeaf(row)
    },
    count: () => integer(sql.count.get()),
    lastTimeMs: () => integer(sql.lastTime.get()),
  }
}
