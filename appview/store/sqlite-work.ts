// The work part on SQLite: what sign-in keeps, and the outbox of records to be published.

import type { Database } from '../../server/sqlite.ts'
import { openChanges } from './sqlite-changes.ts'
import { openHookTable } from './sqlite-hooks.ts'
import { openJobTable } from './sqlite-jobs.ts'
import { openKept } from './sqlite-kept.ts'
import { openNoticeTable } from './sqlite-notices.ts'
import type { OutboxRow, OutboxState, Unsent, Work } from './work.ts'

type StoredRow = {
  id: number
  repo: string
  collection: string
  rkey: string
  verb: string
  record: string
  state: string
  attempts: number
  cid: string | null
  error: string | null
  since: number | null
}

export const openWork = (db: Database): Work => ({
  ...openKept(db),
  ...openJobTable(db),
  ...openNoticeTable(db),
  ...openHookTable(db),
  ...openOutbox(db),
  waiting: openChanges(db).changed,
})

type Outbox = Pick<Work, 'enqueue' | 'pending' | 'settle' | 'unsent' | 'outbox' | 'outboxFrom' | 'outboxOf'>

const openOutbox = (db: Database): Outbox => {
  const add = db.prepare(
    "INSERT INTO outbox (repo, collection, rkey, verb, record, since, state, attempts, next_ms) VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, 0)",
  )
  const pending = db.prepare<[string, number], StoredRow>(
    "SELECT * FROM outbox WHERE state = 'pending' AND repo NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
  )
  const settle = db.prepare(
    "UPDATE outbox SET state = ?, cid = ?, error = ?, attempts = attempts + 1, next_ms = 0 WHERE id = ? AND state = 'pending'",
  )
  // All that was ever sent stands behind the other index.
  const unsent = db.prepare<[], Unsent>(
    `SELECT w.*, o.attempts FROM (SELECT repo, count(*) AS count, min(id) AS first, max(id) AS last FROM outbox INDEXED BY outbox_waiting
    WHERE state = 'pending' GROUP BY repo) w JOIN outbox o ON o.id = w.first ORDER BY w.first`,
  )
  const ofRecord = db.prepare<[string, string, string], StoredRow>(
    'SELECT * FROM outbox WHERE repo = ? AND rkey = ? AND collection = ? ORDER BY id',
  )
  const behind = db.prepare<[number, number], StoredRow>('SELECT * FROM outbox WHERE id > ? ORDER BY id LIMIT ?')
  const ofRepo = db.prepare<[string, number], StoredRow>('SELECT * FROM outbox WHERE repo = ? ORDER BY id DESC LIMIT ?')
  return {
    enqueue: async ({ repo, collection, rkey, verb, record, since = null }) =>
      Number(add.run(repo, collection, rkey, verb, JSON.stringify(record), since).lastInsertRowid),
    pending: async (except, limit) => pending.all(JSON.stringify(except), limit).map(outboxRowOf),
    settle: async (id, { state, cid, error }) => void settle.run(state, cid, error, id),
    unsent: async () => unsent.all(),
    outboxFrom: async (after, limit) => behind.all(after, limit).map(outboxRowOf),
    outboxOf: async ({ repo, collection, rkey }) => ofRecord.all(repo, rkey, collection).map(outboxRowOf),
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
  cid: row.cid,
  error: row.error,
  ...(row.since === null ? {} : { since: row.since }),
})

const parseVerb = (text: string): OutboxRow['verb'] => (text === 'put' || text === 'delete' ? text : 'create')

const parseState = (text: string): OutboxState => (text === 'done' || text === 'failed' ? text : 'pending')
