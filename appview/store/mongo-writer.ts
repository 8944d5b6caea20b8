// The session a writer commits in. Its name stands in the state, so that the next writer can end it: a process that was killed amid a transaction leaves
// that open on the server for a minute, and whatever it has touched could not be written until then.

import { Binary } from 'mongodb'
import type { ClientSession, MongoClient } from 'mongodb'

export type WriterSession = {
  readonly id: Binary | null
  /** For one transaction at a time; null while there is one. */
  readonly free: () => ClientSession | null
}

export const openWriterSession = (client: MongoClient): WriterSession => {
  const session = client.startSession()
  const id: unknown = session.id?.id
  return { id: id instanceof Binary ? id : null, free: () => (session.inTransaction() ? null : session) }
}

/** What a former writer has open is taken back. One that lives begins its transaction anew, and is refused for its epoch. */
export const endSessionOf = async (client: MongoClient, former: Binary | null | undefined, own: Binary | null): Promise<void> => {
  if (!former || (own !== null && Buffer.from(former.value()).equals(own.value()))) return
  await client.db('admin').command({ killSessions: [{ id: former }] })
}
