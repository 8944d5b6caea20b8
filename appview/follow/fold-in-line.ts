// Batches of a writer, one behind the other: each is decided while the one before it is on its way to the disks, and committed when that is there. A commit
// that fails takes with it whatever was given before it was known.

import assert from 'node:assert/strict'
import type { Clock } from '../../server/clock.ts'
import { inTurn } from '../../server/in-turn.ts'
import { earlierWords, withoutEarlier } from '../journal/earlier-words.ts'
import { isFarewell, untilErasure } from '../journal/erasure.ts'
import { interleave } from '../journal/interleave.ts'
import type { Changes, Due, IntakeRow, Roster } from '../journal/model.ts'
import type { Books, Commit, Cursor, Folding, Position, Proof, RepoHead, RowQuery } from '../store/store.ts'
import { openAhead } from './ahead.ts'
import { decideLoaded } from './decide-loaded.ts'
import { BATCH_MAX_DUE, VERSIONS_AT_ONCE } from './limits.ts'
import { openPortions } from './portions.ts'
import { isUnavailable } from './resync.ts'

/** One leaf's part of a batch; leaves that gave nothing still move the cursor. */
export type Part = {
  readonly leaf: number
  readonly recordedAt: string
  readonly rows: readonly IntakeRow[]
  readonly proof?: Proof | null
  readonly head?: RepoHead | null
}

type LineDeps = {
  readonly books: Books
  readonly folding: Folding
  readonly roster: () => Roster
  readonly clock: Clock
  readonly cursor: () => Cursor
  readonly commit: (part: Partial<Commit>, moved: Omit<Cursor, 'step'>) => Promise<void>
}

export type Line = {
  /** Resolves when all of it is stored; the next parts may be given as soon as it has begun. */
  readonly fold: (parts: readonly Part[], isNew: boolean) => Promise<void>
  /** When nothing is under way any more; rejects where that has failed. */
  readonly afterAll: <T>(work: () => Promise<T>) => Promise<T>
}

export const openLine = ({ books, folding, roster, clock, cursor, commit }: LineDeps): Line => {
  const ahead = openAhead(folding)
  const reading = { ...ahead, rows: (query: RowQuery) => books.rows(query) }
  const turn = inTurn()
  const portions = openPortions(folding, clock)
  /** The commit under way; the next batch is decided meanwhile, and committed when it is there. */
  let committing: Promise<void> = Promise.resolve()
  /** Why a commit failed last; whatever was given before that is not stored after it. */
  let failed: { readonly error: unknown } | null = null
  const drain = async (): Promise<void> => {
    try {
      await committing
    } finally {
      committing = Promise.resolve()
      ahead.lay(null)
    }
  }
  /** Decides and begins to commit the first of these parts; gives the others. */
  const foldFirst = async (parts: readonly Part[], isNew: boolean): Promise<readonly Part[]> => {
    const next = portions.take(untilFarewell(isNew ? untilDeletion(parts) : parts))
    const last = next.at(-1)
    assert.ok(last !== undefined)
    const before = committing
    const dues = untilErasure(await reading.due(last.recordedAt, BATCH_MAX_DUE))
    if (dues.at(-1)?.kind === 'account-erasure') await drain()
    const now = partsBefore(next, dues)
    const rows = now.flatMap((part) => part.rows)
    const heard = rows.filter((row) => !isUnavailable(row))
    const later = withoutEarlier(heard)
    // What they take the place of is to be found in the store by then.
    if (isNew && later.length > 0) await drain()
    const events = interleave(heard, dues, earlierWords(heard, await versionsBefore(books, later)))
    const changes = events.length === 0 ? NOTHING : await decideLoaded(reading, events, roster())
    const whole = isNew ? { intake: rows, proofs: proofsOf(now), heads: headsOf(now), changes } : { ...NOTHING_NEW, changes }
    await folding.prepare?.(whole)
    await before
    ahead.lay(changes)
    const folded = endOf(cursor().folded, now, dues)
    committing = portions.stored(rows.length, () => commit(whole, { read: isNew ? folded : cursor().read, folded }))
    const mine = committing
    const fail = (error: unknown): void => void (failed = { error })
    // What is stored by now need not be laid over.
    mine.then(() => mine === committing && ahead.lay(null), fail)
    // What goes from the store, or is called otherwise there, is not laid over.
    if (changes.erased !== undefined || rows.some((row) => row.action === 'delete' || isFarewell(row))) await drain()
    return parts.slice(now.length)
  }
  const fold = async (parts: readonly Part[], isNew: boolean): Promise<void> => {
    const formerly = failed
    const { stored } = await turn(async () => {
      if (failed !== null && failed !== formerly) throw failed.error
      try {
        for (let rest = parts; rest.length > 0;) rest = await foldFirst(rest, isNew)
      } catch (error) {
        await drain().catch(() => {})
        throw error
      }
      return { stored: committing }
    })
    try {
      await stored
    } catch (error) {
      if (stored === committing) await drain().catch(() => {})
      throw error
    }
  }
  return {
    fold: (parts, isNew) => portions.during(parts, isNew, () => fold(parts, isNew)),
    afterAll: (work) =>
      turn(async () => {
        await drain()
        return work()
      }),
  }
}

/** By uri, as the journal folds them. */
const versionsBefore = async (books: Books, rows: readonly IntakeRow[]): Promise<ReadonlyMap<string, IntakeRow>> => {
  const found = new Map<string, IntakeRow>()
  const find = async (row: IntakeRow): Promise<void> => {
    const [version] = await books.rows({ uri: row.uri, before: row, limit: 1 })
    if (version === undefined) return
    const [folded] = await books.intake({ leaf: version.leaf, op: version.op - 1 }, 1)
    if (folded !== undefined) found.set(row.uri, folded)
  }
  for (let at = 0; at < rows.length; at += VERSIONS_AT_ONCE) await Promise.all(rows.slice(at, at + VERSIONS_AT_ONCE).map(find))
  return found
}

const NOTHING_NEW = { intake: [], proofs: [], heads: [] }
export const NOTHING: Changes = { put: new Map(), transactions: [], refusals: [], dueAdd: [], dueRemove: [] }

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

export const endOf = (folded: Position, parts: readonly Part[], dues: readonly Due[]): Position => {
  const last = parts.at(-1)
  const instants = [folded.instant, last?.recordedAt ?? '', dues.at(-1)?.at ?? ''].toSorted()
  return { leaf: last?.leaf ?? folded.leaf, instant: instants.at(-1) ?? folded.instant }
}

const proofsOf = (parts: readonly Part[]): Proof[] => parts.flatMap(({ proof }) => (proof ? [proof] : []))

const headsOf = (parts: readonly Part[]): RepoHead[] => {
  const heads = new Map<string, RepoHead>()
  for (const { head } of parts) if (head) heads.set(head.repo, head)
  return [...heads.values()]
}
