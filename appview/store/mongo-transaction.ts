// Two ways to work with the books. A view: everything read in it is of one moment that a majority of the nodes has stored. A transaction: all of it is
// stored on a majority's disks, or nothing; one that met another is tried again from the start.

import type { ClientSession } from 'mongodb'
import { atomically, readAgain } from './mongo-atomic.ts'
import { checkLayout, placed, seenBy } from './mongo-generations.ts'
import type { Sight, StateFields } from './mongo-generations.ts'
import { foldedBook, keyOf } from './mongo-keys.ts'
import { emptyStaged, openMemory, openMemos } from './mongo-memory.ts'
import type { FoldMemory, Memo, Moment, Staged } from './mongo-memory.ts'
import { openMoments } from './mongo-moments.ts'
import { nothingRemembered, openNames } from './mongo-names.ts'
import type { Names, Remembered } from './mongo-names.ts'
import { tablesOf } from './mongo-tables.ts'
import type { Counters, NameKind, StateRow, Tables } from './mongo-tables.ts'
import { openWriterSession } from './mongo-writer.ts'
import type { WriterSession } from './mongo-writer.ts'

export type View = {
  readonly tables: Tables
  readonly session: ClientSession
  readonly state: StateRow
  /** The book of what is folded. */
  readonly folded: string
  readonly names: Names
  readonly memory: FoldMemory
  /** What does not change any more in this fold, by question. */
  readonly memo: Memo
}

export type Transaction = View & {
  /** The state as it is stored, with both folds of a rebuild. */
  readonly row: StateRow
  /** Of what is next to be numbered; written with the state. */
  readonly counters: Record<keyof Counters, number>
  /** Fields of the state as they are to be from here on. */
  readonly change: (fields: StateFields) => void
  /** From here on names are others: what is remembered is forgotten once this is stored. */
  readonly renamed: () => void
  /** Stores names that were added, in whichever fold, so that they can be found; `renamed` follows. */
  readonly storeNames: () => Promise<void>
  /** What the memory is to know once this is stored. */
  readonly staged: Staged
  /** While a rebuild is on, the fold that is shown meanwhile: what is erased goes from there, too. */
  readonly shown: Transaction | null
}

/** Where something is erased: in every fold there is. */
export const foldsOf = (transaction: Transaction): readonly Transaction[] =>
  transaction.shown === null ? [transaction] : [transaction, transaction.shown]

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
  return { ...row, building: row.building ?? null }
}

const momentOf = (book: string, { generation, renames, step }: StateRow): Moment => ({
  folded: foldedBook(book, generation),
  renames,
  step,
})

/** Two ways to look, of which the second is that of those who fold. */
export type Workshop = Work & {
  readonly folding: Pick<Work, 'view'>
  readonly writer: WriterSession
  readonly passed: () => void
  /** As the primary has it; no view from here on is of an earlier one. */
  readonly newestState: () => Promise<StateRow>
}

export const openWorkshop = (tables: Tables): Workshop => {
  const rememberedAt = openNameMemory()
  const memory = openMemory()
  const writer = openWriterSession(tables.client)
  const memoOf = openMemos()
  // What only is looked at may come from where the address says; whoever folds, and whatever is not the books, is on the primary.
  const readers = tablesOf(tables.client, tables.client.db(tables.db.databaseName), tables.book)
  const moments = openMoments(tables, readers, readState)
  const viewAt = (where: Tables, session: ClientSession, row: StateRow, sight: Sight): View => {
    const state = seenBy(sight, row)
    const moment = momentOf(tables.book, state)
    const { folded } = moment
    const names = openNames({ tables: where, session, folded, remembered: rememberedAt(state) })
    return {
      tables: where,
      session,
      state,
      get folded() {
        return checkLayout(state, folded)
      },
      names,
      memory: memory.at(moment),
      memo: memoOf(folded),
    }
  }
  const viewIn = async (session: ClientSession): Promise<View> => viewAt(tables, session, await readState(tables, session), 'shown')
  const viewAs =
    (sight: Sight): Work['view'] =>
    (read) =>
      readAgain(async () => {
        const look = await moments.now()
        const session = moments.sessionAt(look)
        try {
          return await read(viewAt(sight === 'shown' ? readers : tables, session, look.row, sight))
        } catch (error) {
          moments.passed()
          throw error
        } finally {
          await session.endSession()
        }
      })
  return {
    viewIn,
    writer,
    passed: moments.passed,
    newestState: async () => (await readAgain(moments.newest)).row,
    view: viewAs('shown'),
    folding: { view: viewAs('folding') },
    transact: async (work) => {
      try {
        const { answer, transaction, session } = await atomically(
          tables.client,
          async (session) => {
            const row = await readState(tables, session)
            const transaction = transactionIn({ tables, session, row, memoryAt: memory.at, memoOf, rememberedAt })
            const answer = await work(transaction.value)
            await transaction.end()
            return { answer, transaction, session }
          },
          writer.free,
        )
        if (session.operationTime !== undefined) moments.wrote(session.operationTime)
        transaction.remember(memory.advance)
        return answer
      } finally {
        moments.passed()
      }
    },
  }
}

/** What is remembered of the names of each fold there is, for the newest state of them anybody has seen. */
const openNameMemory = (): ((state: StateRow) => Remembered) => {
  const kept = new Map<number, { readonly renames: number; readonly names: Remembered }>()
  let oldest = -1
  return ({ generation, renames, building }) => {
    const known = kept.get(generation)
    if (known?.renames === renames) return known.names
    if (generation < oldest || renames < (known?.renames ?? -1)) return nothingRemembered()
    const names = nothingRemembered()
    kept.set(generation, { renames, names })
    if (building === null) oldest = Math.max(oldest, generation)
    for (const one of kept.keys()) if (one < oldest) kept.delete(one)
    return names
  }
}

type Here = {
  readonly tables: Tables
  readonly session: ClientSession
  readonly row: StateRow
  readonly memoryAt: (moment: Moment) => FoldMemory
  readonly memoOf: (folded: string) => Memo
  readonly rememberedAt: (state: StateRow) => Remembered
}

/** For whoever folds; while a rebuild is on, in the fold that is being made. */
const transactionIn = ({ tables, session, row, memoryAt, memoOf, rememberedAt }: Here) => {
  const state = seenBy('folding', row)
  const counters = { ...state.counters }
  const shownCounters = { ...row.counters }
  const before = momentOf(tables.book, state)
  const remembered = rememberedAt(state)
  let after = row
  let fields: StateFields = {}
  let isRenamed = false
  const parts = {
    tables,
    session,
    row,
    memo: memoOf(foldedBook(tables.book, state.generation)),
    change: (more: StateFields): void => {
      fields = { ...fields, ...more }
    },
    renamed: (): void => {
      isRenamed = true
      main.forget()
      former?.forget()
    },
    storeNames: async (): Promise<void> => {
      await main.storeOwn()
      await former?.storeOwn()
    },
  }
  const ofShown = { ...parts, state: row, counters: shownCounters, didCounters: counters, shown: null }
  const former =
    row.building === null ? null : foldIn({ ...ofShown, remembered: nothingRemembered(), memory: memoryAt(momentOf(tables.book, row)) })
  const main = foldIn({
    ...parts,
    state,
    counters,
    didCounters: counters,
    shown: former?.value ?? null,
    remembered,
    memory: memoryAt(before),
  })
  return {
    value: main.value,
    end: async (): Promise<void> => {
      await parts.storeNames()
      const changed = { ...placed({ ...row, counters: shownCounters }, fields, counters), renames: row.renames + (isRenamed ? 1 : 0) }
      after = { ...row, ...changed }
      await tables.state.updateOne({ _id: stateKey(tables.book), b: tables.book }, { $set: changed }, { session })
    },
    remember: (advance: (before: Moment, after: Moment, staged: Staged | null) => void): void => {
      advance(before, momentOf(tables.book, seenBy('folding', after)), isRenamed ? null : main.value.staged)
      if (isRenamed) return
      for (const { kind, id, text } of main.value.names.added) {
        remembered[kind].ids.set(text, id)
        remembered[kind].texts.set(id, text)
      }
    },
  }
}

type FoldParts = Omit<Transaction, 'names' | 'staged' | 'folded'> & {
  readonly remembered: Remembered
  readonly didCounters: Record<keyof Counters, number>
}

type Fold = { readonly value: Transaction; readonly forget: () => void; readonly storeOwn: () => Promise<void> }

const foldIn = ({ remembered, didCounters, ...parts }: FoldParts): Fold => {
  const { tables, session, counters, state } = parts
  const folded = foldedBook(tables.book, state.generation)
  const next = (kind: NameKind): number => ((kind === 'did' ? didCounters : counters)[kind] += 1)
  let names = openNames({ tables, session, folded, remembered, next })
  return {
    forget: () => {
      names = openNames({ tables, session, folded, remembered: nothingRemembered(), next })
    },
    storeOwn: async () => {
      const rows = names.added.map(({ kind, id, text }) => {
        const b = kind === 'did' ? tables.book : folded
        return { _id: keyOf(b, kind, id), b, kind, id, text }
      })
      if (rows.length > 0) await tables.name.insertMany(rows, { session })
    },
    value: {
      ...parts,
      staged: emptyStaged(),
      folded,
      get names() {
        return names
      },
    },
  }
}
