// Group commit. The queue takes everything that waits: each write is prepared outside the transaction, then one immediate transaction stores them all,
// each under its own savepoint; every caller is answered after COMMIT. From preparing to COMMIT nothing else runs, so the heads prepared upon stand.
// When storing one write fails, only that write is answered so; later writes to its repo are prepared again upon the durable head.
// When the transaction as a whole fails, nothing of it stands, and its writes are tried again one by one.

import type { Did } from '../../atproto/did.ts'
import type { Cid } from '../../atproto/cid.ts'
import type { Database } from '../../server/sqlite.ts'
import { GROUP_MAX_BYTES, GROUP_MAX_WRITES, QUEUE_MAX_BYTES, QUEUE_MAX_WRITES } from './limits.ts'
import type { Prepared } from './prepare-commit.ts'
import type { Write, WriteOutcome } from './write.ts'

/** One call's writes on their way. `alone`: it is stored in a transaction of its own. */
export type Waiting = {
  readonly did: Did
  readonly writes: readonly Write[]
  readonly swapCommit: Cid | undefined
  readonly sizeBytes: number
  alone: boolean
  answer(outcome: WriteOutcome): void
  fail(error: unknown): void
}

/** Prepares a group in order, each repo's writes upon one another, then stores them; `finish` stores what is stored once for the whole group. */
export type GroupWork = {
  prepare(waiting: Waiting): Prepared
  /** Inside a savepoint. */
  persist(waiting: Waiting, prepared: Prepared): void
  /** Inside the transaction, after all that could be stored. */
  finish(): void
}

/** `mark`: told before COMMIT, after it, and once followers are woken. */
export type QueueDeps = { readonly db: Database; beginGroup(): GroupWork; published(): void; mark(event: string): void }

type Entry = { readonly waiting: Waiting; readonly prepared: Prepared }
type Sorted = {
  readonly stored: Entry[]
  readonly failed: { readonly waiting: Waiting; readonly error: unknown }[]
  readonly again: Waiting[]
}

export class WriteQueue {
  readonly #deps: QueueDeps
  #waiting: Waiting[] = []
  /** Of the records of all calls that have not been answered. */
  #waitingBytes = 0
  #scheduled = false

  constructor(deps: QueueDeps) {
    this.#deps = deps
  }

  /** Resolves when the writes are durable or refused; rejects when storing them failed. */
  push(did: Did, writes: readonly Write[], swapCommit: Cid | undefined): Promise<WriteOutcome> {
    const sizeBytes = sizeOf(writes)
    const isFull = this.#waiting.length >= QUEUE_MAX_WRITES || this.#waitingBytes + sizeBytes > QUEUE_MAX_BYTES
    // One call that is larger than the queue would wait for ever.
    if (isFull && this.#waiting.length > 0)
      return Promise.resolve({ ok: false, refusal: { name: 'Overloaded', message: 'Too many writes are waiting; try again in a moment' } })
    return new Promise((answer, fail) => {
      this.#waitingBytes += sizeBytes
      this.#waiting.push({ did, writes, swapCommit, sizeBytes, alone: false, answer, fail })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#commitGroup())
  }

  #commitGroup(): void {
    if (!this.#deps.db.open) return this.#failAll()
    const group = this.#takeGroup()
    const work = this.#deps.beginGroup()
    const entries = group.map((waiting) => ({ waiting, prepared: work.prepare(waiting) }))
    const { stored, failed, again } = this.#storeGroup(entries, work)
    this.#deps.published()
    this.#deps.mark('group.published')
    this.#waiting = [...again, ...this.#waiting]
    this.#scheduled = false
    if (this.#waiting.length > 0) this.#schedule()
    for (const { waiting } of [...stored, ...failed]) this.#waitingBytes -= waiting.sizeBytes
    for (const { waiting, prepared } of stored) waiting.answer(outcomeOf(prepared))
    for (const { waiting, error } of failed) waiting.fail(error)
  }

  /** The server is closing; what was not acknowledged was not written. */
  #failAll(): void {
    this.#waitingBytes = 0
    for (const waiting of this.#waiting.splice(0)) waiting.fail(new Error('the database is closed'))
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0
    const end = this.#waiting.findIndex((one, place) => {
      bytes += one.sizeBytes
      return place > 0 && (one.alone || this.#waiting[0]?.alone || place >= GROUP_MAX_WRITES || bytes > GROUP_MAX_BYTES)
    })
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
  }

  #storeGroup(entries: readonly Entry[], work: GroupWork): Sorted {
    if (entries.every(({ prepared }) => prepared.kind !== 'commit')) return { stored: [...entries], failed: [], again: [] }
    const { db } = this.#deps
    try {
      const sorted = db.transaction(() => this.#storeEach(entries, work)).immediate()
      this.#deps.mark('group.committed')
      return sorted
    } catch (error) {
      if (!isStorageFault(error)) throw error
      const [only] = entries
      if (only !== undefined && entries.length === 1) return { stored: [], failed: [{ waiting: only.waiting, error }], again: [] }
      const again = entries.map(({ waiting }) => waiting)
      for (const waiting of again) waiting.alone = true
      return { stored: [], failed: [], again }
    }
  }

  #storeEach(entries: readonly Entry[], work: GroupWork): Sorted {
    const { db } = this.#deps
    const sorted: Sorted = { stored: [], failed: [], again: [] }
    const broken = new Set<Did>()
    const persist = db.transaction((entry: Entry) => work.persist(entry.waiting, entry.prepared))
    for (const entry of entries) {
      if (broken.has(entry.waiting.did)) {
        sorted.again.push(entry.waiting)
        continue
      }
      try {
        if (entry.prepared.kind === 'commit') persist(entry)
        sorted.stored.push(entry)
      } catch (error) {
        // Some faults make SQLite roll back everything: then the group has failed as a whole.
        if (!isStorageFault(error) || !db.inTransaction) throw error
        sorted.failed.push({ waiting: entry.waiting, error })
        broken.add(entry.waiting.did)
      }
    }
    work.finish()
    this.#deps.mark('group.persisting')
    return sorted
  }
}

const sizeOf = (writes: readonly Write[]): number =>
  writes.reduce((sum, write) => sum + (write.action === 'delete' ? 0 : write.record.bytes.length), 0)

const outcomeOf = (prepared: Prepared): WriteOutcome => {
  switch (prepared.kind) {
    case 'commit':
      return { ok: true, commit: { cid: prepared.facts.commit, rev: prepared.facts.rev } }
    case 'unchanged':
      return { ok: true, commit: null }
    case 'refused':
      return { ok: false, refusal: prepared.refusal }
  }
}

/** SQLite said no: disk full, a constraint, an I/O error. Everything else that is thrown here is our bug, and stops the process. */
const isStorageFault = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')
