// One of several books out of a MongoDB, once nobody is at work on it: what a process would still write would be books without a beginning.

import { systemClock } from '../server/clock.ts'
import { refuseInUse } from './in-use.ts'
import { connectMongo } from './store/mongo-connect.ts'
import { dropBook } from './store/mongo-drop.ts'
import { openLeases } from './store/mongo-leases.ts'

/** Gives how many documents went. Throws StartError where an appview is at work on it. */
export const dropUnused = async (uri: string, book: string): Promise<number> => {
  const { client, db } = await connectMongo(uri)
  try {
    await refuseInUse(openLeases(db, book), systemClock(), 'drop it again')
  } finally {
    await client.close()
  }
  return dropBook(uri, book)
}
