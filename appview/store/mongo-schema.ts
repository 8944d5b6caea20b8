// Indexes of an appview's MongoDB, by version, and which versions of the program may use a database: one that a newer program has opened is used by an older
// one, too, unless the newer says that it cannot be.

import type { CreateIndexesOptions, Db, IndexSpecification } from 'mongodb'
import { StartError } from '../../server/start-error.ts'

type Index = readonly [collection: string, keys: IndexSpecification, options?: CreateIndexesOptions]

/** Version k takes a database from k - 1 to k. Indexes are added while older programs go on. */
export const INDEXES: readonly (readonly Index[])[] = [
  [
    ['name', { b: 1, kind: 1, text: 1 }],
    ['intake', { b: 1, repo: 1, _id: 1 }],
    ['intake', { b: 1, uri: 1, _id: 1 }],
    ['intake', { b: 1, at: 1, _id: 1 }],
    ['intake', { b: 1, names: 1, _id: 1 }, { partialFilterExpression: { names: { $exists: true } } }],
    ['ask', { b: 1, uri: 1 }],
    ['ask', { b: 1, did: 1, giver: 1, place: 1 }],
    ['refusal', { b: 1, repo: 1, leaf: -1, op: -1, uri: 1, code: 1 }],
    ['refusal', { b: 1, repo: 1, uri: 1, leaf: -1, op: -1, code: 1 }],
    ['flow', { b: 1, t: 1, d: 1 }],
    ['erased', { b: 1, hash: 1, leaf: 1 }],
    ['erased_subject', { b: 1, hash: 1 }],
    ['kept', { b: 1, kind: 1, owner: 1 }],
    ['kept', { b: 1, expires: 1 }],
    ['outbox', { b: 1, state: 1, nextMs: 1, id: 1 }],
    ['outbox', { b: 1, repo: 1, id: -1 }],
    ['outbox', { b: 1, id: 1 }],
    ['desk_resident', { b: 1, did: 1 }, { partialFilterExpression: { did: { $gt: '' } } }],
    ['desk_resident', { b: 1, household: 1 }, { partialFilterExpression: { household: { $gt: '' } } }],
    ['desk_audit', { b: 1, on: 1, seq: -1 }],
    ['desk_audit', { b: 1, seq: -1 }],
    ['desk_entry', { b: 1, uri: -1 }],
    ['desk_entry', { b: 1, about: 1, uri: -1 }],
  ],
  [
    ['job', { b: 1, state: 1, id: 1 }],
    ['notice', { b: 1, to: 1, n: -1 }],
    ['notice', { b: 1, author: 1, subject: 1 }],
    ['notice', { b: 1, subject: 1 }],
    ['notice', { b: 1, at: 1 }],
  ],
  [
    ['tx_page', { b: 1, leaf: 1, _id: 1 }],
    ['tx_page', { b: 1, due: 1, _id: 1 }, { partialFilterExpression: { due: { $gt: '' } } }],
    ['tx_page', { b: 1, at: 1, _id: 1 }],
    ['tx_page', { b: 1, who: 1, _id: 1 }],
    ['tx_page', { b: 1, acts: 1, _id: 1 }],
    ['sum', { b: 1, s: 1, d: 1 }],
  ],
  [
    ['hook', { b: 1, state: 1, nextMs: 1 }],
    ['notice', { b: 1, n: 1 }],
  ],
  // No index: from here on intake lies compressed.
  [],
  [
    ['outbox', { b: 1, id: 1, repo: 1 }, { partialFilterExpression: { state: 'pending' } }],
    ['outbox', { b: 1, repo: 1, rkey: 1, id: 1 }],
  ],
  // No index: from here on rows of intake are found by numbers that grow (act-number.ts).
  [],
]

/** Collections that are led by `_id` alone. */
const OTHERS = [
  'state',
  'repo',
  'proof',
  'doc',
  'sheet',
  'due',
  'home',
  'desk_role',
  'desk_draft',
  'desk_counter',
  'work_counter',
  'job_turn',
  'notice_seen',
  'notice_told',
]
const ALL_THERE = 48

/** The oldest version that reads rightly what this one writes. Raised where it does not: then none older starts on this database any more. */
export const OLDEST = 7

type SchemaRow = { readonly _id: string; readonly version: number; readonly oldest?: number }

/** Makes what is missing of collections and indexes while others go on. Throws StartError where a newer program has made this one too old. */
export const openSchema = async (db: Db): Promise<void> => {
  const schema = db.collection<SchemaRow>('schema')
  const { version = 0, oldest = 0 } = (await schema.findOne({ _id: 'indexes' })) ?? {}
  if (oldest > INDEXES.length)
    throw new StartError(
      `the database ${db.databaseName} was changed by a newer version of Waki (its schema is ${version}, this program knows ${INDEXES.length}, and it needs ${oldest} at least): start this server with the newer version`,
    )
  await makeCollections(db)
  if (version >= INDEXES.length) return
  for (const [collection, keys, options = {}] of INDEXES.slice(version).flat()) await db.collection(collection).createIndex(keys, options)
  await schema.updateOne({ _id: 'indexes' }, { $max: { version: INDEXES.length, oldest: OLDEST } }, { upsert: true })
}

const makeCollections = async (db: Db): Promise<void> => {
  const there = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name))
  const named = new Set([...OTHERS, ...INDEXES.flat().map(([collection]) => collection)])
  for (const name of named) if (!there.has(name)) await db.createCollection(name).catch(unlessThere)
}

const unlessThere = (error: unknown): void => {
  if (!(error instanceof Error && 'code' in error && error.code === ALL_THERE)) throw error
}
