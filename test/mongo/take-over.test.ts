// Several processes over one replica set of three nodes, each with a folder of its own, as on several machines.

import { after, test } from 'node:test'
import { startReplicaSet } from '../support/mongo.ts'
import type { ReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { takeOver } from '../support/take-over.ts'

let set: Promise<ReplicaSet> | undefined
let databases = 0

after(async () => (await set)?.stop())

if (mongodPath === undefined) test('several processes on MongoDB', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, () => {})
else
  takeOver({
    name: 'mongodb',
    where: async () => {
      set ??= startReplicaSet(3)
      return { store: (await set).uri(`processes${(databases += 1)}`), apart: true }
    },
  })
