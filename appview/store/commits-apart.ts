// While a backlog is worked off, its commits are written by another thread, each whole and on disk before it counts, and the next batch is decided
// meanwhile. It starts as soon as a backlog is told of. Small commits, and those that erase anything, the store writes itself, when the thread has nothing
// to do; without a backlog there is no thread.

import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import { systemClock } from '../../server/clock.ts'
import type { CommitAnswer, CommitMessage } from './commit-messages.ts'
import { docSizesOf, headOf, packParts, packPartsByTurns } from './sqlite-commit.ts'
import type { CommitHead, CommitPiece, PackedParts } from './sqlite-commit.ts'
import type { Tables } from './sqlite-tables.ts'
import type { Commit, CommitParts } from './store.ts'
import { StoreRefused } from './store.ts'

/** Rows of intake in one commit that call for the thread, and that it takes while it is there. */
export type Backlog = { readonly begins: number; readonly lasts: number }

/** Of more rows, as one leaf may bring them, the thread has no room for what is decided of them. */
const MOST_ROWS = 64_000
const USUAL_BACKLOG: Backlog = { begins: 2_000, lasts: 200 }
/** It ends after so long without work. */
const IDLE_MS = 5_000
const OLD_GENERATION_MB = 128
const YOUNG_GENERATION_MB = 48
export type CommitsApart = {
  /** True when it was stored; false when it is the store's own to write, which it then may. Rejects as a commit does. */
  readonly take: (commit: Commit) => Promise<boolean>
  /** So many rows are about to be decided: the thread that is to write them starts meanwhile. */
  readonly soon: (rows: number) => void
  /** Packs what is to be taken next. */
  readonly prepare: (parts: CommitParts) => Promise<void>
  /** Whether something may be stored while the store answers. */
  readonly isWriting: () => boolean
  /** Lets it finish and end: what is remembered there holds no longer. */
  readonly stop: () => Promise<void>
  /** The same, and nothing is written any more. */
  readonly close: () => Promise<void>
}

export const openCommitsApart = (tables: Tables, file: string, backlog = USUAL_BACKLOG): CommitsApart => {
  let thread: WriterThread | null = null
  let underWay: Promise<unknown> = Promise.resolve()
  let [isAnew, isClosed] = [false, false]
  let ready: Ready | null = null
  const isBacklog = (rows: number): boolean => file !== ':memory:' && rows >= (thread === null ? backlog.begins : backlog.lasts)
  const isForThread = (parts: CommitParts): boolean => isBacklog(parts.intake.length) && parts.intake.length <= MOST_ROWS && !erases(parts)
  const stop = async (): Promise<void> => {
    await underWay
    const ending = thread
    thread = null
    tables.docs.expect(null)
    await ending?.end()
  }
  const rest = async (): Promise<void> => {
    underWay = thread?.settle().catch(() => {}) ?? underWay
    await stop()
  }
  const started = (): WriterThread => {
    assert.ok(!isClosed, 'the store is closed')
    return startThread(tables, file, () => void rest())
  }
  const send = async (commit: Commit, prepared: PackedParts | undefined): Promise<void> => {
    thread ??= started()
    tables.docs.expect(commit.epoch)
    const packed = prepared ?? packParts(commit)
    const written = thread.write(headOf(commit), packed, isAnew)
    isAnew = false
    try {
      await written
    } catch (error) {
      const ending = thread
      thread = null
      tables.docs.expect(null)
      tables.forget()
      await ending?.end()
      throw error
    }
    tables.docs.remember(commit.changes.put, docSizesOf(packed))
  }
  return {
    take: async (commit) => {
      await underWay
      const prepared = ready
      ready = null
      if (!isForThread(commit)) {
        isAnew = true
        return false
      }
      const sent = send(commit, prepared?.intake === commit.intake ? prepared.packed : undefined)
      underWay = sent.catch(() => {})
      await sent
      return true
    },
    soon: (rows) => {
      if (thread === null && isBacklog(rows)) thread = started()
    },
    prepare: async (parts) => {
      if (thread !== null && isForThread(parts)) ready = { intake: parts.intake, packed: await packPartsByTurns(parts) }
    },
    isWriting: () => thread !== null,
    stop,
    close: () => {
      isClosed = true
      return stop()
    },
  }
}

/** What takes away from rows that are there is for whoever remembers them. */
const erases = ({ intake, changes }: CommitParts): boolean =>
  changes.erased !== undefined || intake.some(({ action, source }) => source === 'account' || action !== 'create')

type Ready = { readonly intake: Commit['intake']; readonly packed: PackedParts }

type WriterThread = ReturnType<typeof startThread>

const startThread = ({ room }: Tables, file: string, onIdle: () => void) => {
  const worker = new Worker(new URL('./commit-thread.ts', import.meta.url), {
    workerData: { file, room },
    resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MB, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  })
  // A process that has nothing else to do may end.
  worker.unref()
  const clock = systemClock()
  let answered: PromiseWithResolvers<void> | null = null
  let lastMs = clock.monotonicMs()
  let ended: Extract<CommitAnswer, { ok: false }> | null = null
  const settle = (answer: CommitAnswer): void => {
    const waiting = answered
    answered = null
    lastMs = clock.monotonicMs()
    if (answer.ok) waiting?.resolve()
    else waiting?.reject(errorOf(answer))
  }
  const send = (message: CommitMessage, ...moved: readonly ArrayBuffer[]): void => worker.postMessage(message, moved)
  const broken = (message: string): void => {
    ended ??= { ok: false, refused: null, code: null, message }
    settle(ended)
  }
  worker.on('message', settle)
  worker.on('error', (error) => broken(`the thread that writes a backlog has failed: ${error.message}`))
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      broken('the thread that writes a backlog has ended')
      resolve()
    })
  })
  const idle = clock.every(IDLE_MS, () => {
    if (answered === null && clock.monotonicMs() - lastMs > IDLE_MS) onIdle()
  })
  const answerOf = (ask: () => void): Promise<void> => {
    // It may have failed before it was asked for anything.
    if (ended !== null) return Promise.reject(errorOf(ended))
    answered = Promise.withResolvers()
    worker.ref()
    ask()
    return answered.promise.finally(() => worker.unref())
  }
  return {
    /** All of it is sent at once: the thread has the file until its end. */
    write: (head: CommitHead, { pieces, rest }: PackedParts, isFresh: boolean): Promise<void> =>
      answerOf(() => {
        send({ kind: 'begin', head, isAnew: isFresh })
        for (const piece of pieces) send({ kind: 'piece', piece }, ...buffersOf(piece))
        send({ kind: 'end', rest, head }, rest.transactions.numbers.buffer)
      }),
    /** Moves what stands in the log into the file. */
    settle: (): Promise<void> => answerOf(() => send({ kind: 'settle' })),
    end: async (): Promise<void> => {
      idle[Symbol.dispose]()
      await worker.terminate()
      await exited
    },
  }
}

/** What goes to the other thread without being copied. */
const buffersOf = (piece: CommitPiece): readonly ArrayBuffer[] =>
  'intake' in piece ? [piece.intake.rows.bytes.buffer, piece.intake.cars.buffer] : [piece.docs.texts.bytes.buffer]

const errorOf = ({ refused, code, message }: Extract<CommitAnswer, { ok: false }>): Error =>
  refused === null ? Object.assign(new Error(message), code === null ? {} : { code }) : new StoreRefused(refused, message)
