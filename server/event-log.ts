// An append-only log of frames in one SQLite table: append, read after a cursor, follow. The event row is in the caller's transaction, so an
// event exists exactly when what it tells of does. Promises: seq rises by one and is never given twice; nothing uncommitted is ever read;
// the newest pages are kept in memory, bounded in bytes, and are the same objects for every follower.

import assert from 'node:assert/strict'
import { RecentPages } from './recent-pages.ts'
import type { LogEvent, Page } from './recent-pages.ts'
import type { Database } from './sqlite.ts'

export type { LogEvent, Page } from './recent-pages.ts'

export interface EventLog {
  /** Appends inside the caller's open transaction and gives the event's seq; `frame(seq)` makes the bytes. Durable when the transaction is. */
  append(kind: string, did: string, timeMs: number, frame: (seq: number) => Uint8Array): number
  /** To be called after COMMIT (and after ROLLBACK, harmlessly): makes what was committed visible and wakes followers. */
  published(): void
  /** The seq the next append will be given, as seen inside the current transaction. */
  next(): number
  /** Seq of the oldest event kept; 0 when the log is empty. */
  first(): number
  /** Seq of the newest published event; 0 when the log is empty. */
  last(): number
  /** Whether events after this cursor have been pruned, or the cursor is older than this log. 0 means "from the beginning". */
  isOutdated(cursor: number): boolean
  /** Published events with seq > after, oldest first: at most maxCount, and maxBytes of frames unless the first alone is larger. */
  read(after: number, limits: { maxCount: number; maxBytes: number }): Page
  /** Pages of published events with seq > after, for ever, until the signal aborts (then it returns). Waits while there is none. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<Page, void, void>
  /** Deletes what the log keeps of a DID before this seq, inside the caller's transaction; nobody is given it any more once `published` was called. */
  forget(did: string, before: number): void
  /** Deletes events older than this instant, but never the newest one; gives their number. */
  prune(beforeMs: number): number
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, did TEXT NOT NULL, time_ms INTEGER NOT NULL, frame BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS event_log (id INTEGER PRIMARY KEY CHECK (id = 1), first_seq INTEGER NOT NULL) STRICT;`

const PAGE_LIMITS = { maxCount: 512, maxBytes: 1_048_576 } as const
const PRUNE_CHUNK = 1_000
const MAX_SEQ = Number.MAX_SAFE_INTEGER

/**
 * Opens the log kept in `db`, creating its tables where missing. `firstSeq` is the seq of the very first event of a new log (epoch µs for a
 * PDS, origin base + 1 for a relay); a log that exists goes on where it stands. `windowBytes` bounds the frames kept in memory.
 */
export const openEventLog = (db: Database, options: { firstSeq: number; windowBytes: number }): EventLog => {
  assert(Number.isSafeInteger(options.firstSeq) && options.firstSeq > 0, 'firstSeq is a positive integer')
  db.exec(SCHEMA)
  db.prepare('INSERT OR IGNORE INTO event_log (id, first_seq) VALUES (1, ?)').run(options.firstSeq)
  return new SqliteEventLog(db, options.windowBytes)
}

const integer = (value: unknown): number => {
  assert(typeof value === 'number' && Number.isSafeInteger(value))
  return value
}

const parseRow = (row: unknown): LogEvent => row as LogEvent

class SqliteEventLog implements EventLog {
  readonly #db: Database
  readonly #firstSeq: number
  readonly #windowBytes: number
  #recent: RecentPages
  #isForgetting = false
  readonly #pending = new Map<number, LogEvent>()
  readonly #waiters = new Set<() => void>()
  readonly #sql
  #last: number

  constructor(db: Database, windowBytes: number) {
    this.#db = db
    this.#windowBytes = windowBytes
    this.#sql = {
      max: db.prepare('SELECT coalesce(max(seq), 0) FROM event').pluck(),
      min: db.prepare('SELECT coalesce(min(seq), 0) FROM event').pluck(),
      insert: db.prepare('INSERT INTO event (seq, kind, did, time_ms, frame) VALUES (?, ?, ?, ?, ?)'),
      after: db.prepare('SELECT seq, kind, did, time_ms AS timeMs, frame FROM event WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?'),
      timeFrom: db.prepare('SELECT time_ms FROM event WHERE seq >= ? ORDER BY seq LIMIT 1').pluck(),
      forget: db.prepare('DELETE FROM event WHERE did = ? AND seq < ?'),
      prune: db.prepare('DELETE FROM event WHERE seq >= ? AND seq < ?'),
    }
    this.#firstSeq = integer(db.prepare('SELECT first_seq FROM event_log').pluck().get())
    this.#last = integer(this.#sql.max.get())
    this.#recent = this.#emptyWindow()
  }

  append(kind: string, did: string, timeMs: number, frame: (seq: number) => Uint8Array): number {
    assert(this.#db.inTransaction, 'events are appended inside the transaction of what they tell of')
    const seq = this.next()
    assert(seq <= MAX_SEQ, 'the log is full')
    const event = { seq, kind, did, timeMs, frame: frame(seq) }
    this.#sql.insert.run(seq, kind, did, timeMs, event.frame)
    // A savepoint rolled back gives the seq away again; the later append then overwrites this entry, and published() drops what is beyond the end.
    this.#pending.set(seq, event)
    return seq
  }

  next(): number {
    const newest = integer(this.#sql.max.get())
    return newest === 0 ? this.#firstSeq : newest + 1
  }

  published(): void {
    assert(!this.#db.inTransaction, 'events are published after COMMIT')
    if (this.#isForgetting) this.#recent = this.#emptyWindow()
    this.#isForgetting = false
    if (this.#pending.size === 0) return
    const newest = integer(this.#sql.max.get())
    const fresh = [...this.#pending.values()].filter((event) => event.seq <= newest).toSorted((a, b) => a.seq - b.seq)
    this.#pending.clear()
    if (fresh.length === 0) return
    this.#recent.add(fresh)
    this.#last = newest
    const waiting = [...this.#waiters]
    this.#waiters.clear()
    for (const wake of waiting) wake()
  }

  first(): number {
    return integer(this.#sql.min.get())
  }

  last(): number {
    return this.#last
  }

  isOutdated(cursor: number): boolean {
    const first = this.first()
    if (first === 0) return false
    return cursor === 0 ? first > this.#firstSeq : cursor < first - 1
  }

  read(after: number, limits: { maxCount: number; maxBytes: number }): Page {
    if (after >= this.#last) return []
    const page: LogEvent[] = []
    let bytes = 0
    for (const row of this.#sql.after.iterate(after, this.#last, limits.maxCount)) {
      const event = parseRow(row)
      bytes += event.frame.length
      if (page.length > 0 && bytes > limits.maxBytes) break
      page.push(event)
    }
    return page
  }

  async *follow(after: number, signal: AbortSignal): AsyncGenerator<Page, void, void> {
    let cursor = after
    while (!signal.aborted) {
      const page = this.#recent.after(cursor) ?? this.read(cursor, PAGE_LIMITS)
      const end = page.at(-1)
      if (end === undefined) {
        await this.#growth(signal)
        continue
      }
      yield page
      cursor = end.seq
    }
  }

  #growth(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#waiters.delete(wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      this.#waiters.add(wake)
    })
  }

  forget(did: string, before: number): void {
    assert(this.#db.inTransaction, 'events are forgotten inside the transaction of what they told of')
    this.#sql.forget.run(did, before)
    this.#isForgetting = true
  }

  /** What was published before is read from disk, where it is as it was committed. */
  #emptyWindow(): RecentPages {
    return new RecentPages(this.#windowBytes, PAGE_LIMITS, this.#last)
  }

  prune(beforeMs: number): number {
    const end = this.#firstSeqNotBefore(beforeMs)
    let deleted = 0
    for (let from = this.first(); from < end; from += PRUNE_CHUNK)
      deleted += this.#sql.prune.run(from, Math.min(from + PRUNE_CHUNK, end)).changes
    return deleted
  }

  /** Times never decrease along seq, so the boundary is found by halving. */
  #firstSeqNotBefore(beforeMs: number): number {
    let low = this.first()
    let high = this.#last
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (integer(this.#sql.timeFrom.get(middle)) < beforeMs) low = middle + 1
      else high = middle
    }
    return low
  }
}
