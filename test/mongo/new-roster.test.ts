// On MongoDB, where the process that follows is known by its lease alone.

import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { newRoster } from '../support/new-roster.ts'

newRoster({
  name: 'mongodb',
  skip: skipUnless(mongodPath, 'a mongod (npm run mongod)'),
  store: async () => (await sharedReplicaSet()).uri('roster'),
  following: ['ingest', 'web,jobs'],
})
