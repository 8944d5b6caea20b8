// A real MongoDB for tests: one node or three, on loopback and a port of its own, in a folder that goes with it.

import { after } from 'node:test'
import { MongoMemoryReplSet } from 'mongodb-memory-server-core'
import { mongodPath } from './needs.ts'

export type ReplicaSet = {
  /** Address of the set with a database of this name. */
  uri(database: string): string
  readonly set: MongoMemoryReplSet
  stop(): Promise<void>
}

const CACHE_GB = 0.25
const ELECTION_MS = 2_000

/** Starts a set of so many nodes; stopped by `stop`. */
export const startReplicaSet = async (nodes = 1): Promise<ReplicaSet> => {
  Object.assign(process.env, {
    MONGOMS_SYSTEM_BINARY: mongodPath,
    MONGOMS_SYSTEM_BINARY_VERSION_CHECK: 'false',
    MONGOMS_RUNTIME_DOWNLOAD: 'false',
  })
  const set = await MongoMemoryReplSet.create({
    replSet: {
      count: nodes,
      storageEngine: 'wiredTiger',
      args: ['--wiredTigerCacheSizeGB', String(CACHE_GB)],
      configSettings: { electionTimeoutMillis: ELECTION_MS },
    },
  })
  return { uri: (database) => set.getUri(database), set, stop: async () => void (await set.stop({ doCleanup: true, force: true })) }
}

let shared: Promise<ReplicaSet> | undefined

after(async () => (await shared)?.stop())

/** One node for all tests of a file, stopped after them. */
export const sharedReplicaSet = (): Promise<ReplicaSet> => {
  shared ??= startReplicaSet()
  return shared
}
