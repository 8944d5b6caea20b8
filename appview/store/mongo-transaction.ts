// Two ways to work with the books. A view: everything read in it is of one moment that a majority of the nodes has stored. A transaction: all of it is
// stored on a majority's disks, or nothing; one that met another is tried again from the start.

import { MongoNetworkError, MongoServerError } from 'mongodb'
import type { ClientSession, MongoClient, MongoError } from 'mongodb'
import { foldedBook, keyOf } from './mongo-keys.ts'
import { emptyStaged, openMemory } from './mongo-memory.ts'
import type { FoldMemory, Moment, Staged } from './mongo-memory.ts'
import { nothingRemembered, openNames } from './mongo-names.ts'
import type { Names, Remembered } from './mongo-names.ts'
import type { Counters, NameKind, StateRow, Tables } from './mongo-tables.ts'

/** Times a view or a transaction is begun again. */
const ATTEMPTS = 8
const COMMIT_ATTEMPTS = 3
/** The moment asked for is not kept any more, or not yet to be had. */
const SNAPSHOT_CODES: ReadonlySet<number | string | undefined> = new Set([239, 246])

/** Shutting down, stepping down, not or no longer primary. */
const PRIMARY_CODES: ReadonlySet<number | string | undefined> = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436])

export type View = {
  readonly tables: Tables
  readonly session: ClientSession
  readonly state: StateRow
  /** The book of what is folded. */
  readonly folded: string
  readonly names: Names
  readonly memory: FoldMemory
}

export type Transaction = View & {
  /** Of what is next to be numbered; written with the state. */
  readonly counters: Record<keyof Counters, number>
  /** Fields of the state as they are to be from here on. */
  readonly change: (fields: Partial<Omit<StateRow, '_id' | 'b'>>) => void
  /** From here on names are others: what is remembered is forgotten once this is stored. */
  readonly renamed: () => void
  /** Stores names that were added, so that they can be found. */
  readonly storeNames: () => Promise<void>
  /** What the memory is to know once this is stored. */
  readonly staged: Staged
}

export type Work = {
  readonly view: <T>(read: (view: View) => Promise<T>) => Promise<T>
  /** A view in a session of the caller, for what is read bit by bit. */
  readonly viewIn: (session: ClientSession) => Promise<View>
  readonly transact: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>
}

export const stateKey = (book: string): string => keyOf(book, 'state')

export const readState = async ({ state, book }: Tables, session?: ClientSession): Promise<StateRow> => {
  const row = await state.findOne({ _id: stateKey(book), b: book }, session === undefined ? {} : { session })
  if (row === null) throw new Error('the store has lost its state')
  return row
}

const momentOf = (folded: string, { renames, step }: StateRow): Moment => ({ folded, renames, step })

export const openWorkshop = (tables: Tables): Work => {
  const rememberedAt = openNameMemory()
  const memory = openMemory()
  const viewIn = async (session: ClientSession): Promise<View> => {
    const state = await readState(tables, session)
    const folded = foldedBook(tables.book, state.generation)
    const names = openNames({ tables, session, folded, remembered: rememberedAt(state) })
    return { tables, session, state, folded, names, memory: memory.at(momentOf(folded, state)) }
  }
  return {
    viewIn,
    view: (read) =>
      again(async () => {
        const session = tables.client.startSession({ snapshot: true })
        try {
          return await read(await viewIn(session))
        } finally {
          await session.endSession()
        }
      }, isInterrupted),
    transact: async (work) => {
      const { answer, transaction } = await atomically(tables.client, async (session) => {
        const state = await readState(tables, session)
        const folded = foldedBook(tables.book, state.generation)
        const here = { tables, session, state, folded, memory: memory.at(momentOf(folded, state)) }
        const transaction = transactionIn(here, rememberedAt(state))
        const answer = await work(transaction.value)
        await transaction.end()
        return { answer, transaction }
      })
      transaction.remember(memory.advance)
      return answer
    },
  }
}

/** All of it on a majority's disks, or nothing. */
export const atomically = <T>(client: MongoClient, work: (session: ClientSession) => Promise<T>): Promise<T> =>
  again(async () => {
    const session = client.startSession()
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' } })
      const answer = await work(session)
      await commitSurely(session)
      return answer
    } finally {
      await session.endSession()
    }
  }, isTransient)

const hasLabel = (error: unknown, label: string): error is MongoError =>
  error instanceof Error && 'hasErrorLabel' in error && typeof error.hasErrorLabel === 'function' && error.hasErrorLabel(label) === true

/** Nothing of it is stored. */
const isTransient = (error: unknown): boolean =>
  hasLabel(error, 'TransientTransactionError') && !hasLabel(error, 'UnknownTransactionCommitResult')

/** A moment that is not to be had, or a node that is not the primary any more: another read finds another one. */
const isInterrupted = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  (error instanceof MongoServerError && (SNAPSHOT_CODES.has(error.code) || PRIMARY_CODES.has(error.code)))

const again = async <T>(work: () => Promise<T>, isToRepeat: (error: unknown) => boolean): Promise<T> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await work()
    } catch (error) {
      if (attempt === ATTEMPTS || !isToRepeat(error)) throw error
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

/** What is remembered of names, for the newest state of them anybody has seen. */
const openNameMemory = (): ((state: StateRow) => Remembered) => {
  let [generation, renames, kept] = [-1, -1, nothingRemembered()]
  return (state) => {
    if (state.generation === generation && state.renames === renames) return kept
    const isOlder = state.generation < generation || (state.generation === generation && state.renames < renames)
    if (isOlder) return nothingRemembered()
    ;[generation, renames, kept] = [state.generation, state.renames, nothingRemembered()]
    return kept
  }
}

const transactionIn = (here: Omit<View, 'names'>, remembered: Remembered) => {
  const { tables, session, state, folded } = here
  const counters = { ...state.counters }
  const staged = emptyStaged()
  const next = (kind: NameKind): number => (counters[kind] += 1)
  let fields: Partial<StateRow> = {}
  let isRenamed = false
  let names = openNames({ tables, session, folded, remembered, next })
  const storeNames = async (): Promise<void> => {
    const rows = names.added.map(({ kind, id, text }) => {
      const b = kind === 'did' ? tables.book : folded
      return { _id: keyOf(b, kind, id), b, kind, id, text }
    })
    if (rows.length > 0) await tables.name.insertMany(rows, { session })
  }
  const value: Transaction = {
    ...here,
    staged,
    get names() {
      return names
    },
    counters,
    change: (more) => {
      fields = { ...fields, ...more }
    },
    renamed: () => {
      isRenamed = true
      names = openNames({ tables, session, folded, remembered: nothingRemembered(), next })
    },
    storeNames,
  }
  return {
    value,
    end: async (): Promise<void> => {
      await storeNames()
      const renames = state.renames + (isRenamed ? 1 : 0)
      await tables.state.updateOne({ _id: stateKey(tables.book), b: tables.book }, { $set: { ...fields, counters, renames } }, { session })
    },
    remember: (advance: (before: Moment, after: Moment, staged: Staged | null) => void): void => {
      const before = momentOf(folded, state)
      const after = momentOf(foldedBook(tables.book, fields.generation ?? state.generation), { ...state, ...fields })
      advance(before, { ...after, renames: state.renames + (isRenamed ? 1 : 0) }, isRenamed ? null : staged)
      if (isRenamed) return
      for (const { kind, id, text } of names.added) {
        remembered[kind].ids.set(text, id)
        remembered[kind].texts.set(id, text)
      }
    },
  }
}
