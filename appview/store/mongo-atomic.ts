// Transactions that are stored whole or not at all, and which failures only mean that one is to begin again.

import { randomInt } from 'node:crypto'
import { MongoNetworkError, MongoServerError } from 'mongodb'
import type { ClientSession, MongoClient, MongoError } from 'mongodb'
import { systemClock } from '../../server/clock.ts'

/** Whom another transaction has stopped begins again, at a moment left to chance before one that lies ever later, for so long and so often at least. */
const PATIENCE_MS = 10_000
const ATTEMPTS = 8
const WAIT_MS = 4
const WAIT_MAX_MS = 512
/** Times a read is begun again, within some nine seconds besides what the driver waits. */
const READ_ATTEMPTS = 14
const READ_WAIT_MS = 10
const READ_WAIT_MAX_MS = 1_000
const COMMIT_ATTEMPTS = 3
/** The moment asked for is not kept any more, or not yet to be had. */
const SNAPSHOT_CODES: ReadonlySet<number | string | undefined> = new Set([239, 246])

/** Shutting down, stepping down, not or no longer primary. */
const PRIMARY_CODES: ReadonlySet<number | string | undefined> = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436])

/** All of it on a majority's disks, or nothing. `own`: a session of the caller's, which stays open; one is made where it is not to be had. */
export const atomically = <T>(
  client: MongoClient,
  work: (session: ClientSession) => Promise<T>,
  own: () => ClientSession | null = () => null,
): Promise<T> =>
  again(async () => {
    const kept = own()
    const session = kept ?? client.startSession()
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' }, readPreference: 'primary' })
      const answer = await work(session)
      await commitSurely(session)
      return answer
    } finally {
      if (kept === null) await session.endSession()
      else if (session.inTransaction()) await session.abortTransaction()
    }
  })

const hasLabel = (error: unknown, label: string): error is MongoError =>
  error instanceof Error && 'hasErrorLabel' in error && typeof error.hasErrorLabel === 'function' && error.hasErrorLabel(label) === true

/** Nothing of it is stored. */
const isTransient = (error: unknown): boolean =>
  hasLabel(error, 'TransientTransactionError') && !hasLabel(error, 'UnknownTransactionCommitResult')

/** A moment that is not to be had, or a node that is not the primary any more: another read finds another one. */
const isInterrupted = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  (error instanceof MongoServerError && (SNAPSHOT_CODES.has(error.code) || PRIMARY_CODES.has(error.code)))

const again = async <T>(work: () => Promise<T>): Promise<T> => {
  const clock = systemClock()
  const begun = clock.monotonicMs()
  for (let attempt = 1; ; attempt++)
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error) || (attempt >= ATTEMPTS && clock.monotonicMs() - begun > PATIENCE_MS)) throw error
      await clock.sleep(randomInt(Math.min(WAIT_MAX_MS, WAIT_MS * 2 ** attempt)))
    }
}

/** A read that is interrupted is begun again, later each time: nodes that were all started anew have no moment to show until a majority has one. */
export const readAgain = async <T>(read: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await read()
    } catch (error) {
      if (attempt === READ_ATTEMPTS || !isInterrupted(error)) throw error
      if (attempt > 1) await systemClock().sleep(Math.min(READ_WAIT_MAX_MS, READ_WAIT_MS * 2 ** attempt))
    }
}

/** Where nobody can say whether it is stored, the same transaction may be asked for again; whoever called asks the state in the end. */
const commitSurely = async (session: ClientSession): Promise<void> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await session.commitTransaction()
    } catch (error) {
      if (attempt === COMMIT_ATTEMPTS || !hasLabel(error, 'UnknownTransactionCommitResult')) throw error
    }
}
