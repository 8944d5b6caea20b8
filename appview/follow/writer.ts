// The one writer of a journal: folds intake in leaf order with the due entries between, one store commit per batch, under one epoch.
// Following, rebuilding and recovering all come through here, so that they cannot differ.
// After a failed commit it asks the store whether the commit is there; a newer epoch or a moved cursor ends it.

import type { Clock } from '../../server/clock.ts'
import { isFarewell, untilErasure } from '../journal/erasure.ts'
import type { Changes, IntakeRow, JournalEvent, Roster } from '../journal/model.ts'
import type { Books, Commit, Cursor, Position, RowQuery } from '../store/store.ts'
import { StoreRefused } from '../store/store.ts'
import { decideLoaded } from './decide-loaded.ts'
import { NOTHING, endOf, openLine } from './fold-in-line.ts'
import type { Part } from './fold-in-line.ts'
import { isDiskFull } from './disk-room.ts'
import type { Room } from './disk-room.ts'
import { BATCH_MAX_DUE, COMMIT_ATTEMPTS, COMMIT_RETRY_MS, FULL_RETRY_MS } from './limits.ts'

export type { Part } from './fold-in-line.ts'

export type Writer = {
  cursor(): Cursor
  /**
   * Appends what was read to intake and folds it. Leaves ascend and lie above the cursor. May be called again before it has resolved: that batch is decided
   * while this one is stored, and rejects with it.
   */
  append(parts: readonly Part[]): Promise<void>
  /** Folds rows that intake holds already. */
  refold(parts: readonly Part[]): Promise<void>
  /** Lets what is due at or before the instant happen; only when no leaf recorded before it can still come. */
  advance(instant: string): Promise<void>
  /** When nothing is decided or on its way: what comes next is decided by what is changed then. Rejects where what was on its way has failed. */
  between<T>(work: () => Promise<T>): Promise<T>
  /** What is read counts as folded: the end of a rebuild. */
  settle(): Promise<void>
}

export type WriterDeps = {
  readonly books: Books
  readonly clock: Clock
  readonly roster: () => Roster
  /** Called before the account's end, and again before its erasure, is stored: what stands for it elsewhere goes. May be called more than once. */
  readonly forget?: (did: string) => Promise<void>
  /** Told around each commit: batch.committing, batch.committed. */
  readonly mark?: (event: string) => void
  readonly room?: Pick<Room, 'tell'>
}

/** Takes the epoch: an older writer is refused from now on. */
export const openWriter = async ({ books, clock, roster, forget = async () => {}, mark = () => {}, room }: WriterDeps): Promise<Writer> => {
  const epoch = await books.takeEpoch()
  const folding = await books.folding()
  const reading = { ...folding, rows: (query: RowQuery) => books.rows(query) }
  let { cursor } = await folding.state()
  const commit = async (part: Partial<Commit>, moved: Omit<Cursor, 'step'>): Promise<void> => {
    const nextCursor = { ...moved, step: cursor.step + 1 }
    const whole = { epoch, expectedCursor: cursor, nextCursor, intake: [], proofs: [], heads: [], changes: NOTHING, ...part }
    mark('batch.committing')
    await commitSurely({ books, clock, ...(room === undefined ? {} : { room }) }, whole, async () => {
      for (const did of endedBy(whole.intake, whole.changes)) await forget(did)
      await books.commit(whole)
    })
    mark('batch.committed')
    cursor = nextCursor
  }
  const line = openLine({ books, folding, roster, clock, cursor: () => cursor, commit })
  return {
    cursor: () => cursor,
    append: (parts) => line.fold(parts, true),
    refold: (parts) => line.fold(parts, false),
    advance: (instant) =>
      line.afterAll(async () => {
        for (;;) {
          const dues = untilErasure(await folding.due(instant, BATCH_MAX_DUE))
          if (dues.length === 0) return
          const events: JournalEvent[] = dues.map((due) => ({ kind: 'due', due }))
          const changes = await decideLoaded(reading, events, roster())
          const folded = endOf(cursor.folded, [], dues)
          await commit({ changes }, { read: later(cursor.read, folded), folded })
        }
      }),
    between: (work) => line.afterAll(work),
    settle: () =>
      line.afterAll(async () => {
        if (!samePosition(cursor.read, cursor.folded)) await commit({}, { read: cursor.read, folded: cursor.read })
      }),
  }
}

/** Accounts that these rows, as they are read, or these changes end; of one that is named as erased already nothing stands under its DID any more. */
const endedBy = (intake: readonly IntakeRow[], { erased }: Changes): string[] => [
  ...intake.filter(isFarewell).map(({ repo }) => repo),
  ...(erased === undefined || erased.did === erased.name ? [] : [erased.did]),
]

const later = (a: Position, b: Position): Position => ({
  leaf: Math.max(a.leaf, b.leaf),
  instant: a.instant > b.instant ? a.instant : b.instant,
})

const samePosition = (a: Position, b: Position): boolean => a.leaf === b.leaf && a.instant === b.instant

/** Commits once, whatever the store throws: after a failure it looks whether the commit is there before it tries again. With a full disk it tries for ever. */
const commitSurely = async (
  { books, clock, room }: Pick<WriterDeps, 'books' | 'clock' | 'room'>,
  commit: Commit,
  store: () => Promise<void>,
): Promise<void> => {
  for (let attempt = 1; ;) {
    try {
      await store()
      return room?.tell(false)
    } catch (error) {
      if (error instanceof StoreRefused && error.reason === 'epoch') throw error
      const { cursor, epoch } = await books.state()
      if (epoch === commit.epoch && cursor.step === commit.nextCursor.step) return
      const isFull = isDiskFull(error)
      if (error instanceof StoreRefused || (!isFull && attempt === COMMIT_ATTEMPTS)) throw error
      if (isFull) room?.tell(true)
      await clock.sleep(isFull ? FULL_RETRY_MS : COMMIT_RETRY_MS * attempt)
      if (!isFull) attempt += 1
    }
  }
}
