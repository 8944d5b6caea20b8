// The one writer of a journal: folds intake in leaf order with the due entries between, one store commit per batch, under one epoch.
// Following, rebuilding and recovering all come through here, so that they cannot differ.
// After a failed commit it asks the store whether the commit is there; a newer epoch or a moved cursor ends it.

import assert from 'node:assert/strict'
import type { Clock } from '../../server/clock.ts'
import { isFarewell, untilErasure } from '../journal/erasure.ts'
import type { Changes, Due, IntakeRow, JournalEvent, Roster } from '../journal/model.ts'
import { interleave } from '../journal/interleave.ts'
import type { Books, Commit, Cursor, Position, Proof, RepoHead, RowQuery } from '../store/store.ts'
import { StoreRefused } from '../store/store.ts'
import { decideLoaded } from './decide-loaded.ts'
import { BATCH_MAX_DUE, COMMIT_ATTEMPTS, COMMIT_RETRY_MS } from './limits.ts'
import { isUnavailable } from './resync.ts'

/** One leaf's part of a batch; leaves that gave nothing still move the cursor. */
export type Part = {
  readonly leaf: number
  readonly recordedAt: string
  readonly rows: readonly IntakeRow[]
  readonly proof?: Proof | null
  readonly head?: RepoHead | null
}

export type Writer = {
  cursor(): Cursor
  /** Appends what was read to intake and folds it. Leaves ascend and lie above the cursor. */
  append(parts: readonly Part[]): Promise<void>
  /** Folds rows that intake holds already. */
  refold(parts: readonly Part[]): Promise<void>
  /** Lets what is due at or before the instant happen; only when no leaf recorded before it can still come. */
  advance(instant: string): Promise<void>
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
}

/** Takes the epoch: an older writer is refused from now on. */
export const openWriter = async ({ books, clock, roster, forget = async () => {}, mark = () => {} }: WriterDeps): Promise<Writer> => {
  const epoch = await books.takeEpoch()
  const folding = { ...(await books.folding()), rows: (query: RowQuery) => books.rows(query) }
  let { cursor } = await folding.state()
  const commit = async (part: Partial<Commit>, moved: Omit<Cursor, 'step'>): Promise<void> => {
    const nextCursor = { ...moved, step: cursor.step + 1 }
    const whole = { epoch, expectedCursor: cursor, nextCursor, intake: [], proofs: [], heads: [], changes: NOTHING, ...part }
    for (const did of endedBy(whole.intake, whole.changes)) await forget(did)
    mark('batch.committing')
    await commitSurely(books, clock, whole)
    mark('batch.committed')
    cursor = nextCursor
  }
  const fold = async (parts: readonly Part[], isNew: boolean): Promise<void> => {
    for (let rest = parts; rest.length > 0;) {
      const next = untilFarewell(isNew ? untilDeletion(rest) : rest)
      const last = next.at(-1)
      assert.ok(last !== undefined)
      const dues = untilErasure(await folding.due(last.recordedAt, BATCH_MAX_DUE))
      const now = partsBefore(next, dues)
      const rows = now.flatMap((part) => part.rows)
      const events = interleave(
        rows.filter((row) => !isUnavailable(row)),
        dues,
      )
      const changes = events.length === 0 ? NOTHING : await decideLoaded(folding, events, roster())
      const folded = endOf(cursor.folded, now, dues)
      const read = isNew ? folded : cursor.read
      await commit(isNew ? { intake: rows, proofs: proofsOf(now), heads: headsOf(now), changes } : { changes }, { read, folded })
      rest = rest.slice(now.length)
    }
  }
  return {
    cursor: () => cursor,
    append: (parts) => fold(parts, true),
    refold: (parts) => fold(parts, false),
    advance: async (instant) => {
      for (;;) {
        const dues = untilErasure(await folding.due(instant, BATCH_MAX_DUE))
        if (dues.length === 0) return
        const events: JournalEvent[] = dues.map((due) => ({ kind: 'due', due }))
        const changes = await decideLoaded(folding, events, roster())
        const folded = endOf(cursor.folded, [], dues)
        await commit({ changes }, { read: later(cursor.read, folded), folded })
      }
    },
    settle: async () => {
      if (!samePosition(cursor.read, cursor.folded)) await commit({}, { read: cursor.read, folded: cursor.read })
    },
  }
}

/** Accounts that these rows, as they are read, or these changes end. */
const endedBy = (intake: readonly IntakeRow[], { erased }: Changes): string[] => [
  ...intake.filter(isFarewell).map(({ repo }) => repo),
  ...(erased === undefined ? [] : [erased.did]),
]

const NOTHING: Changes = { put: new Map(), transactions: [], refusals: [], dueAdd: [], dueRemove: [] }

// What is deleted is erased with the commit that books it: nothing later may be in that commit.
const untilDeletion = (parts: readonly Part[]): readonly Part[] => {
  const index = parts.findIndex(({ rows }) => rows.some(({ action }) => action === 'delete'))
  return index < 0 ? parts : parts.slice(0, index + 1)
}

// What falls due 30 days after an account is deleted ends a batch: it is to be found in the store by then.
const untilFarewell = (parts: readonly Part[]): readonly Part[] => {
  const index = parts.findIndex(({ rows }) => rows.some(isFarewell))
  return index < 0 ? parts : parts.slice(0, index + 1)
}

// When more is due than one commit takes, or an erasure ends it, only what comes before the last of it goes with it.
const partsBefore = (parts: readonly Part[], dues: readonly Due[]): readonly Part[] => {
  const final = dues.at(-1)
  const last = dues.length < BATCH_MAX_DUE && final?.kind !== 'account-erasure' ? undefined : final
  return last === undefined ? parts : parts.slice(0, firstIndexAt(parts, last.at))
}

const firstIndexAt = (parts: readonly Part[], instant: string): number => {
  const index = parts.findIndex((part) => part.recordedAt >= instant)
  return index < 0 ? parts.length : index
}

const endOf = (folded: Position, parts: readonly Part[], dues: readonly Due[]): Position => {
  const last = parts.at(-1)
  const instants = [folded.instant, last?.recordedAt ?? '', dues.at(-1)?.at ?? ''].toSorted()
  return { leaf: last?.leaf ?? folded.leaf, instant: instants.at(-1) ?? folded.instant }
}

const later = (a: Position, b: Position): Position => ({
  leaf: Math.max(a.leaf, b.leaf),
  instant: a.instant > b.instant ? a.instant : b.instant,
})

const samePosition = (a: Position, b: Position): boolean => a.leaf === b.leaf && a.instant === b.instant

const proofsOf = (parts: readonly Part[]): Proof[] => parts.flatMap(({ proof }) => (proof ? [proof] : []))

const headsOf = (parts: readonly Part[]): RepoHead[] => {
  const heads = new Map<string, RepoHead>()
  for (const { head } of parts) if (head) heads.set(head.repo, head)
  return [...heads.values()]
}

/** Commits once, whatever the store throws: after a failure it looks whether the commit is there before it tries again. */
const commitSurely = async (books: Books, clock: Clock, commit: Commit): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await books.commit(commit)
    } catch (error) {
      if (error instanceof StoreRefused && error.reason === 'epoch') throw error
      const { cursor, epoch } = await books.state()
      if (epoch === commit.epoch && cursor.step === commit.nextCursor.step) return
      if (error instanceof StoreRefused || attempt === COMMIT_ATTEMPTS) throw error
      await clock.sleep(COMMIT_RETRY_MS * attempt)
    }
  }
}
