// Takes one book out of a MongoDB that several share: whatever is led by its name, in every collection, and nothing else.

import { connectMongo } from './mongo-connect.ts'
import { begins } from './mongo-keys.ts'

type Row = { readonly _id: string; readonly b: string }

/** Gives how many documents went. Whoever works on the book is to be stopped before. */
export const dropBook = async (uri: string, book: string): Promise<number> => {
  const { client, db } = await connectMongo(uri)
  try {
    let gone = 0
    // The book itself, its folds, its towns' desks.
    const filters = [{ b: book }, { b: begins(`${book}.`) }, { b: begins(`${book}/`) }]
    const collections = await db.listCollections({}, { nameOnly: true }).toArray()
    // The state last: broken off, the book is still marked where it was.
    for (const { name } of collections.toSorted((a, b) => Number(a.name === 'state') - Number(b.name === 'state'))) {
      if (name.startsWith('system.')) continue
      for (const filter of filters) gone += (await db.collection<Row>(name).deleteMany(filter)).deletedCount
    }
    return gone
  } finally {
    await client.close()
  }
}
