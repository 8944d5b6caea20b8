// Both engines a store may stand on: where one is opened, and why it cannot be here.

import { join } from 'node:path'
import { sharedReplicaSet } from './mongo.ts'
import { mongodPath, skipUnless } from './needs.ts'

export type EngineUnderTest = {
  readonly engine: 'sqlite' | 'mongodb'
  readonly skip: string | false
  /** Its address: a file in the folder, or a database of that name on the replica set that tests share. */
  readonly open: () => Promise<string>
}

export const enginesIn = (folder: string, database: string): readonly EngineUnderTest[] => [
  { engine: 'sqlite', skip: false, open: async () => join(folder, 'appview.sqlite') },
  {
    engine: 'mongodb',
    skip: skipUnless(mongodPath, 'a mongod (npm run mongod)'),
    open: async () => (await sharedReplicaSet()).uri(database),
  },
]
