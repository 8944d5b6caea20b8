// The one document that says where a store stands. Whoever commits reads and writes it within the transaction, so that of two writers one is refused: the
// one whose epoch is not the newest, or who does not know the newest commit.

import type { Books, BooksState, Cursor, Origin } from './store.ts'
import { START, StoreRefused } from './store.ts'
import { gone, inBooks, keptWith } from './kept-roster.ts'
import { seenBy } from './mongo-generations.ts'
import { within } from './mongo-keys.ts'
import { LAYOUT } from './mongo-tables.ts'
import type { StateRow, Tables } from './mongo-tables.ts'
import type { Transaction, Workshop } from './mongo-transaction.ts'
import { readState, stateKey } from './mongo-transaction.ts'
import { endSessionOf } from './mongo-writer.ts'

const ALL_THERE = 11_000

/** Makes the state of a new book. */
export const makeState = async (tables: Tables): Promise<void> => {
  const { state, book } = tables
  const beginning = {
    origin: null,
    roster: [],
    epoch: 0,
    step: 0,
    read: START,
    folded: START,
    rules: 0,
    generation: 1,
    building: null,
    renames: 0,
    hasErased: false,
    print: null,
    layout: LAYOUT,
  }
  const counters = { did: 0, entity: 0, scope: 0, category: 0, tx: 0, rows: 0, postings: 0, refusals: 0 }
  try {
    await state.insertOne({ _id: stateKey(book), b: book, ...beginning, counters })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === ALL_THERE)) throw error
    await countRows(tables)
  }
}

/** In the first layout nothing was counted; rows of intake were one to a document then. */
const countRows = async ({ state, intake, book: b }: Tables): Promise<void> => {
  const first = { _id: stateKey(b), b, 'counters.rows': { $exists: false } }
  if ((await state.findOne(first)) === null) return
  const counted = { 'counters.rows': await intake.countDocuments(within(b)), 'counters.postings': 0, 'counters.refusals': 0 }
  await state.updateOne(first, { $set: { layout: 1, ...counted } })
}

type StateReads = Pick<Books, 'state' | 'bind' | 'setRoster' | 'takeEpoch'> & { readonly foldingState: Books['state'] }

export const openState = (tables: Tables, { newestState, writer }: Workshop): StateReads => {
  const here = { _id: stateKey(tables.book), b: tables.book }
  return {
    state: async () => stateOf(await newestState()),
    foldingState: async () => stateOf(seenBy('folding', await newestState())),
    bind: async (origin) => {
      const none = { ...here, origin: null }
      const { matchedCount } = await tables.state.updateOne(none, { $set: { origin } })
      if (matchedCount === 0) checkOrigin((await readState(tables)).origin, origin)
    },
    setRoster: async (towns) => {
      const roster = keptWith(seenBy('folding', await readState(tables)).roster, towns)
      const { matchedCount } = await tables.state.updateOne(
        { ...here, 'building.roster': { $exists: true } },
        { $set: { 'building.roster': roster } },
      )
      if (matchedCount === 0) await tables.state.updateOne(here, { $set: { roster } })
    },
    takeEpoch: async () => {
      await endSessionOf(tables.client, (await readState(tables)).writer, writer.id)
      const taken = { $inc: { epoch: 1 }, $set: { writer: writer.id } }
      const row = await tables.state.findOneAndUpdate(here, taken, { returnDocument: 'after' })
      return row?.epoch ?? 0
    },
  }
}

/** What another layout holds counts as folded by no rules, so that it is folded anew. */
const stateOf = ({ origin, roster, epoch, rules, layout, read, folded, step }: StateRow): BooksState => ({
  origin,
  roster: inBooks(roster),
  left: gone(roster),
  epoch,
  rules: layout === LAYOUT ? rules : 0,
  cursor: { read, folded, step },
})

const checkOrigin = (bound: Origin | null, origin: Origin): void => {
  if (bound === null) return
  if (bound.name === origin.name && bound.key === origin.key && bound.base === origin.base && bound.created === origin.created) return
  throw new StoreRefused(
    'origin',
    `this store holds the log of ${bound.name} (created ${bound.created}), not that of ${origin.name} (created ${origin.created})`,
  )
}

export const checkEpoch = ({ state }: Transaction, epoch: number): void => {
  if (state.epoch !== epoch) throw new StoreRefused('epoch', `writer of epoch ${epoch} is fenced off by epoch ${state.epoch}`)
}

export const checkCursor = ({ state }: Transaction, expected: Cursor): void => {
  if (state.step !== expected.step)
    throw new StoreRefused('cursor', `expected commit ${expected.step} to be the last one, the store has ${state.step}`)
}
