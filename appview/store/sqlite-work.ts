// The work part on SQLite: what sign-in keeps, and the outbox of records to be published.

import type { Database } from '../../server/sqlite.ts'
import { openChanges } from './sqlite-changes.ts'
import { openHookTable } from './sqlite-hooks.ts'
import { openJobTable } from './sqlite-jobs.ts'
import { openKept } from './sqlite-kept.ts'
import { openNoticeTable } from './sqlite-notices.ts'
import type { OutboxRow, OutboxState, Work } from './work.ts'

type StoredRow = {
  id: number
  repo: string
  collection: string
  rkey: string
  verb: string
  record: string
  state: string
  attempts: number
  next_ms: number
  cid: string | null
  error: string | null
}

export const openWork = (db: Database): Work => ({
  ...openKept(db),
  ...openJobTable(db),
  ...openNoticeTable(db),
  ...openHookTable(db),
  ...openOutbox(db),
  waiting: openChanges(db).changed,
})

const openOutbox = (db: Database): Pick<Work, 'enqueue' | 'pending' | 'settle' | 'outbox'> => {
  const add = db.prepare(
    "INSERT INTO outbox (repo, collection, rkey, verb, record, state, attempts, next_ms) VALUES (?, ?, ?, ?, ?, 'pending', 0, 0)",
  )
  const pending = db.prepare<[number, number], StoredRow>(
    "SELECT * FROM outbox WHERE state = 'pending' AND next_ms <= ? ORDER BY id LIMIT ?",
  )
  const settle = db.prepare('UPDATE outbox SET state = ?, next_ms = ?, cid = ?, error = ?, attempts = attempts + 1 WHERE id = ?')
  const ofRepo = db.prepare<[string, number], StoredRow>('SELECT * FROM outbox WHERE repo = ? ORDER BY id DESC LIMIT ?')
  return {
    enqueue: async ({ repo, collection, rkey, verb, record }) =>
      Number(add.run(repo, collection, rkey, verb, JSON.stringify(record)).lastInsertRowid),
    pending: async (nowMs, limit) => pending.all(nowMs, limit).map(outboxRowOf),
    settle: async (id, { state, nextMs, cid, error }) => void settle.run(state, nextMs, cid, error, id),
    outbox: async (repo, limit) => ofRepo.all(repo, limit).map(outboxRowOf),
  }
}

const outboxRowOf = (row: StoredRow): OutboxRow => ({
  id: row.id,
  repo: row.repo,
  collection: row.collection,
  rkey: row.rkey,
  verb: parseVerb(row.verb),
  record: JSON.parse(row.record),
  state: parseState(row.state),
  attempts: row.attempts,
  nextMs: row.next_ms,
  cid: row.cid,
  error: row.error,
})

const parseVerb = (text: string): OutboxRow['verb'] => (text === 'put' || text === 'delete' ? text : 'create')

const parseState = (text: string): OutboxState => (text === 'done' || text === 'failed' ? text : 'pending')
