// The store contract on one MongoDB. `commit` is one transaction: intake, proofs, what is folded of them, due queue, refusals and cursor are on a majority's
// disks together, or nothing is; within it the state's epoch and step are compared, so that a writer that was passed by is refused.

import { partOfBook } from './copying.ts'
import { eraseAccount } from './mongo-erase-account.ts'
import { erase } from './mongo-erase.ts'
import { openAsks } from './mongo-asks.ts'
import { openChanges } from './mongo-changes.ts'
import { ReadConcern } from 'mongodb'
import type { Db } from 'mongodb'
import { connectMongo, refusedRight } from './mongo-connect.ts'
import type { Connection, ConnectOptions } from './mongo-connect.ts'
import { openContributions, openFlowPairs } from './mongo-contributions.ts'
import { openDesk } from './mongo-desk.ts'
import { openQueue } from './mongo-docs.ts'
import { dumpFolded } from './mongo-dump.ts'
import { openErasedNames } from './mongo-erased-names.ts'
import type { ErasedNames } from './mongo-erased-names.ts'
import { openFlows } from './mongo-flows.ts'
import { writeFold } from './mongo-fold.ts'
import { openHeadcounts } from './mongo-headcounts.ts'
import { appendIntake, openIntake } from './mongo-intake.ts'
import { DEFAULT_BOOK, keyOf } from './mongo-keys.ts'
import { openLeases } from './mongo-leases.ts'
import { checkCursor, checkEpoch, makeState, openState } from './mongo-state.ts'
import { openRebuild } from './mongo-rebuild.ts'
import { openSchema } from './mongo-schema.ts'
import { openSums } from './mongo-sums.ts'
import { tablesOf } from './mongo-tables.ts'
import type { Tables } from './mongo-tables.ts'
import { openRefusals, openTransactions } from './mongo-transactions.ts'
import { openWorkshop, readState } from './mongo-transaction.ts'
import type { Work, Workshop } from './mongo-transaction.ts'
import { openWork } from './mongo-work.ts'
import type { Books, Store } from './store.ts'

export type MongoSettings = {
  readonly uri: string
  /** Under which several appviews have their books in one database; letters, digits and hyphens. */
  readonly book?: string
  /** Where the key lies under which erased names are hashed. */
  readonly keyFile: string
  readonly watched?: Pick<ConnectOptions, 'metrics' | 'onLost'>
}

/** Connects, makes what is missing of collections and indexes, and opens the books. Throws StartError when the database cannot be used. */
export const openMongoStore = async ({ uri, book = DEFAULT_BOOK, keyFile, watched = {} }: MongoSettings): Promise<Store> => {
  const { client, db } = await connectMongo(uri, watched)
  try {
    await openSchema(db)
    await makeState(tablesOf(client, db, book))
    return await storeOn({ client, db }, book, keyFile)
  } catch (error) {
    await client.close()
    throw refusedRight(error, uri)
  }
}

/** Of a book that is there. Throws StartError when it is but a part of a copy. */
export const storeOn = async ({ client, db }: Connection, book: string, keyFile: string): Promise<Store> => {
  const tables = tablesOf(client, db, book)
  if ((await readState(tables)).copying === true) throw partOfBook(book)
  const erased = await openErasedNames(tables, keyFile)
  const work = openWorkshop(tables)
  const stored = storedOf({ client, db })
  const works = openWork(client, stored, book)
  const desk = openDesk(client, stored, book, works)
  return { books: openBooks(tables, work, erased), desk, work: works, leases: openLeases(stored, book), close: () => client.close() }
}

/** Outside of views: read as a majority has stored it. */
const storedOf = ({ client, db }: Connection): Db =>
  client.db(db.databaseName, { readPreference: 'primary', readConcern: new ReadConcern('majority') })

const openBooks = (tables: Tables, work: Workshop, erased: ErasedNames): Books => {
  const { foldingState, ...state } = openState(tables, work)
  const { load, documents, due } = openQueue(work.folding)
  const changes = openChanges(tables, work.passed)
  return {
    ...state,
    folding: async () => ({ state: foldingState, load, documents, due }),
    ...openParts(tables, work, erased),
    changed: (signal) => changes.changed(signal),
    contributions: openContributions(work),
    headcount: openHeadcounts(work),
  }
}

type Apart = 'folding' | 'state' | 'bind' | 'setRoster' | 'takeEpoch' | 'contributions' | 'headcount' | 'changed'

const openParts = (tables: Tables, work: Workshop, erased: ErasedNames): Omit<Books, Apart> => ({
  ...openWrites(tables, work, erased),
  ...openQueue(work),
  ...openIntake(work, erased),
  ...openSums(work),
  flows: openFlows(work),
  flowPairs: openFlowPairs(work),
  transactions: openTransactions(work),
  refusals: openRefusals(work),
  asked: openAsks(work),
  knows: (did) => work.view(async ({ names }) => (await names.did.find([did]))[0] !== 0),
  scopesOf: (entity) =>
    work.view(async ({ tables: { home }, session, folded: b, names }) => {
      const [e = 0] = await names.entity.find([entity])
      if (e === 0) return []
      const homes = await home.find({ b, _id: { $gte: keyOf(b, e, ''), $lt: keyOf(b, e, '~') } }, { session, sort: { _id: 1 } }).toArray()
      return names.scope.texts(homes.map(({ s }) => s))
    }),
  counts: () => countsIn(work),
  dump: async function* () {
    const session = tables.client.startSession({ snapshot: true })
    try {
      yield* dumpFolded(await work.viewIn(session))
    } finally {
      await session.endSession()
    }
  },
})

const openWrites = (
  tables: Tables,
  work: Workshop,
  erased: ErasedNames,
): Pick<Books, 'commit' | 'resetFold' | 'beginRebuild' | 'endRebuild' | 'purge'> => ({
  ...openRebuild(tables, work),
  commit: (commit) =>
    work.transact(async (transaction) => {
      checkEpoch(transaction, commit.epoch)
      checkCursor(transaction, commit.expectedCursor)
      await appendIntake(transaction, commit)
      await writeFold(transaction, commit.changes)
      if (commit.intake.length > 0) await erase(transaction, erased, commit.intake)
      const { read, folded, step } = commit.nextCursor
      if (commit.changes.erased !== undefined) await eraseAccount(transaction, erased, commit.changes.erased, folded.leaf)
      transaction.change({ read, folded, step })
    }),
})

const countsIn = (work: Work): ReturnType<Books['counts']> =>
  work.view(async ({ state: { counters } }) => {
    const { rows: intake, tx: transactions, postings, refusals } = counters
    return { intake, transactions, postings, refusals }
  })
