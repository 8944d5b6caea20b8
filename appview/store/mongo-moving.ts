// Moving a store out of a MongoDB or into one.

import type { ClientSession } from 'mongodb'
import { connectMongo } from './mongo-connect.ts'
import { appendIntake } from './mongo-intake.ts'
import { DEFAULT_BOOK, keyOf, placeKey } from './mongo-keys.ts'
import type { MongoSettings } from './mongo-store.ts'
import { tablesOf } from './mongo-tables.ts'
import type { Tables } from './mongo-tables.ts'
import { openWorkshop, readState, stateKey } from './mongo-transaction.ts'
import type { Erasures, Found, Moving } from './moving.ts'
import { START } from './store.ts'

export const erasuresIn = async ({ erased, erasedSubject, book: b }: Tables, session: ClientSession): Promise<Erasures> => ({
  names: await erased.find({ b }, { session, sort: { hash: 1, leaf: 1 }, projection: { _id: 0, b: 0 } }).toArray(),
  subjects: await erasedSubject.find({ b }, { session, sort: { hash: 1, place: 1 }, projection: { _id: 0, b: 0 } }).toArray(),
})

const begin = async (tables: Tables): Promise<Found> => {
  const { state, intake, book: b } = tables
  const { origin, read, step, copying } = await readState(tables)
  if (copying === true) return 'part'
  if (origin !== null || read.leaf > 0) return 'books'
  if ((await intake.findOne({ b })) !== null) return 'part'
  const empty = { _id: stateKey(b), b, origin: null, step, copying: { $ne: true } }
  const { matchedCount } = await state.updateOne(empty, { $set: { copying: true } })
  return matchedCount === 1 ? 'nothing' : 'part'
}

/** Of a store that was opened before, so that its collections and its key are there. */
export const openMongoMoving = async ({ uri, book = DEFAULT_BOOK }: MongoSettings): Promise<Moving> => {
  const { client, db } = await connectMongo(uri)
  const tables = tablesOf(client, db, book)
  const work = openWorkshop(tables)
  return {
    begin: () => begin(tables),
    end: async () => void (await tables.state.updateOne({ _id: stateKey(book), b: book }, { $unset: { copying: true } })),
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
