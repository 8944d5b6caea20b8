// One moment of a book on MongoDB, while its appview goes on: whatever is read through it is as it was then. The server keeps a moment for some minutes
// (minSnapshotHistoryWindowInSeconds); what takes longer fails, and nothing is half right.

import type { ClientSession, Collection, Db, Document, MongoClient } from 'mongodb'
import { StartError } from '../../server/start-error.ts'
import { connectMongo } from './mongo-connect.ts'
import type { Connection } from './mongo-connect.ts'
import { erasuresIn } from './mongo-moving.ts'
import { DEFAULT_BOOK } from './mongo-keys.ts'
import { storeOn } from './mongo-store.ts'
import type { MongoSettings } from './mongo-store.ts'
import { tablesOf } from './mongo-tables.ts'
import { stateKey } from './mongo-transaction.ts'
import type { Erasures } from './moving.ts'
import type { Store } from './store.ts'

export type MongoSnapshot = { readonly store: Store; readonly erasures: () => Promise<Erasures> }

/** Throws StartError where there is no such book. */
export const openMongoSnapshot = async ({ uri, book = DEFAULT_BOOK, keyFile }: MongoSettings): Promise<MongoSnapshot> => {
  const { client, db } = await connectMongo(uri)
  try {
    const session = client.startSession({ snapshot: true })
    const found = await db.collection<{ _id: string; b: string }>('state').findOne({ _id: stateKey(book), b: book }, { session })
    if (found === null) throw new StartError(`there is no book ${book} in the database ${db.databaseName}`)
    const frozen = frozenAt({ client, db }, session)
    const store = await storeOn(frozen, book, keyFile)
    return { store, erasures: () => erasuresIn(tablesOf(frozen.client, frozen.db, book), session) }
  } catch (error) {
    await client.close()
    throw error
  }
}

type Method = (...parts: readonly unknown[]) => unknown

/** The same client and database, but that all reading is of the session's moment. */
const frozenAt = ({ client, db }: Connection, session: ClientSession): Connection => ({
  client: changed<MongoClient>(client, {
    db: (name) => frozenDb(client.db(String(name)), session),
    startSession: () => Object.assign(client.startSession({ snapshot: true }), { snapshotTime: timeOf(session) }),
  }),
  db: frozenDb(db, session),
})

const frozenDb = (db: Db, session: ClientSession): Db =>
  changed<Db>(db, { collection: (name) => frozenCollection(db.collection(String(name)), session) })

const timeOf = (session: ClientSession & { readonly snapshotTime?: unknown }): unknown => session.snapshotTime

const frozenCollection = (table: Collection, session: ClientSession): Collection => {
  const within = (options: unknown): object => ({ session, ...(typeof options === 'object' ? options : {}) })
  const filterOf = (filter: unknown): Document => (typeof filter === 'object' && filter !== null ? filter : {})
  return changed<Collection>(table, {
    find: (filter, options) => table.find(filterOf(filter), within(options)),
    findOne: (filter, options) => table.findOne(filterOf(filter), within(options)),
    aggregate: (stages, options) => table.aggregate(Array.isArray(stages) ? stages : [], within(options)),
    countDocuments: (filter, options) => table.countDocuments(filterOf(filter), within(options)),
    distinct: (field, filter, options) => table.distinct(String(field), filterOf(filter), within(options)),
  })
}

const changed = <T extends object>(one: T, methods: Readonly<Record<string, Method>>): T =>
  new Proxy(one, {
    get: (target, name) => {
      const method = methods[String(name)]
      if (method !== undefined) return method
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (...parts: unknown[]): unknown => Reflect.apply(value, target, parts) : value
    },
  })
