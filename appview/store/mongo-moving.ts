// Moving a store out of a MongoDB or into one.

import type { ClientSession } from 'mongodb'
import { connectMongo } from './mongo-connect.ts'
import { appendIntake } from './mongo-intake.ts'
import { keyOf, placeKey } from './mongo-keys.ts'
import { DEFAULT_BOOK } from './mongo-store.ts'
import type { MongoSettings } from './mongo-store.ts'
import { tablesOf } from './mongo-tables.ts'
import type { Tables } from './mongo-tables.ts'
import { openWorkshop } from './mongo-transaction.ts'
import type { Erasures, Moving } from './moving.ts'
import { START } from './store.ts'

export const erasuresIn = async ({ erased, erasedSubject, book: b }: Tables, session: ClientSession): Promise<Erasures> => ({
  names: await erased.find({ b }, { session, sort: { hash: 1, leaf: 1 }, projection: { _id: 0, b: 0 } }).toArray(),
  subjects: await erasedSubject.find({ b }, { session, sort: { hash: 1, place: 1 }, projection: { _id: 0, b: 0 } }).toArray(),
})

/** Of a store that was opened before, so that its collections and its key are there. */
export const openMongoMoving = async ({ uri, book = DEFAULT_BOOK }: MongoSettings): Promise<Moving> => {
  const { client, db } = await connectMongo(uri)
  const tables = tablesOf(client, db, book)
  const work = openWorkshop(tables)
  return {
    erasures: () => work.view(({ session }) => erasuresIn(tables, session)),
    append: ({ rows, proofs, heads }) => work.transact((transaction) => appendIntake(transaction, { intake: rows, proofs, heads })),
    settle: ({ origin, roster, cursor, erasures }) =>
      work.transact(async ({ session, change }) => {
        const names = erasures.names.map((one) => ({ _id: keyOf(book, one.hash, one.leaf), b: book, ...one }))
        if (names.length > 0) await tables.erased.insertMany(names, { session })
        const subjects = erasures.subjects.map((one) => ({ _id: placeKey(keyOf(book, one.hash), one.place), b: book, ...one }))
        if (subjects.length > 0) await tables.erasedSubject.insertMany(subjects, { session })
        change({ origin, roster, read: cursor.read, folded: START, step: cursor.step, hasErased: names.length > 0 })
      }),
    close: () => client.close(),
  }
}
