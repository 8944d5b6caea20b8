// The work part on MongoDB: what sign-in keeps, and the outbox of records to be published. A record to be created has its key as `_id`, so that it can never
// wait twice.

import { Binary } from 'mongodb'
import type { ClientSession, Db, MongoClient } from 'mongodb'
import type { Kept, KeptKind, SignInWork } from './kept.ts'
import { openHookTable } from './mongo-hooks.ts'
import { openJobTable } from './mongo-jobs.ts'
import type { MongoJobs } from './mongo-jobs.ts'
import { keyOf } from './mongo-keys.ts'
import { openNoticeTable } from './mongo-notices.ts'
import { openWaiting } from './mongo-waiting.ts'
import { atomically } from './mongo-atomic.ts'
import type { OutboxRow, OutboxState, Publication, Unsent, Work } from './work.ts'

type KeptRow = {
  readonly _id: string
  readonly b: string
  readonly kind: KeptKind
  readonly name: string
  readonly owner: string
  readonly sealed: Binary
  readonly expires: number
}

type StoredRow = {
  readonly _id: string
  readonly b: string
  readonly id: number
  readonly repo: string
  readonly collection: string
  readonly rkey: string
  readonly verb: Publication['verb']
  readonly record: string
  readonly state: OutboxState
  readonly attempts: number
  /** Always 0: older versions look by it. */
  readonly nextMs: number
  readonly cid: string | null
  readonly error: string | null
  readonly since?: number
}

export type MongoWork = Work &
  Pick<MongoJobs, 'keepJobIn'> & {
    /** Within somebody's transaction; one that stands there already under the same key is left as it is. */
    readonly enqueueIn: (session: ClientSession, row: Publication) => Promise<void>
  }

export const openWork = (client: MongoClient, db: Db, book: string): MongoWork => ({
  ...openKept(db, book),
  ...openJobTable(client, db, book),
  ...openNoticeTable(client, db, book),
  ...openHookTable(db, book),
  ...openOutbox(client, db, book),
  waiting: openWaiting(db, book),
})

type Outbox = Pick<MongoWork, 'enqueue' | 'enqueueIn' | 'pending' | 'settle' | 'unsent' | 'outbox' | 'outboxFrom' | 'outboxOf'>

const openOutbox = (client: MongoClient, db: Db, b: string): Outbox => {
  const outbox = db.collection<StoredRow>('outbox')
  const counter = db.collection<{ readonly _id: string; readonly b: string; readonly n: number }>('work_counter')
  const add = async (session: ClientSession, { record, ...row }: Publication): Promise<number> => {
    const { repo, collection, rkey, verb } = row
    const grown = { session, upsert: true, returnDocument: 'after' } as const
    const id = (await counter.findOneAndUpdate({ _id: keyOf(b, 'outbox'), b }, { $inc: { n: 1 } }, grown))?.n ?? 1
    const _id = verb === 'create' ? keyOf(b, repo, collection, rkey) : keyOf(b, 'put', id)
    const waiting = { state: 'pending', attempts: 0, nextMs: 0, cid: null, error: null } as const
    const since = row.since === undefined ? {} : { since: row.since }
    await outbox.insertOne({ _id, b, id, repo, collection, rkey, verb, record: JSON.stringify(record), ...since, ...waiting }, { session })
    return id
  }
  return {
    enqueueIn: async (session, row) => {
      const _id = keyOf(b, row.repo, row.collection, row.rkey)
      if (row.verb === 'create' && (await outbox.findOne({ _id, b }, { session })) !== null) return
      await add(session, row)
    },
    enqueue: (row) => atomically(client, (session) => add(session, row)),
    pending: async (except, limit) =>
      (await outbox.find({ b, state: 'pending', repo: { $nin: [...except] } }, { sort: { id: 1 }, limit }).toArray()).map(outboxRowOf),
    settle: async (id, { state, cid, error }) =>
      void (await outbox.updateOne({ b, id, state: 'pending' }, { $set: { state, cid, error, nextMs: 0 }, $inc: { attempts: 1 } })),
    unsent: () => outbox.aggregate<Unsent>(unsentIn(b)).toArray(),
    outbox: async (repo, limit) => (await outbox.find({ b, repo }, { sort: { id: -1 }, limit }).toArray()).map(outboxRowOf),
    outboxFrom: async (after, limit) =>
      (await outbox.find({ b, id: { $gt: after } }, { sort: { id: 1 }, limit }).toArray()).map(outboxRowOf),
    outboxOf: async ({ repo, collection, rkey }) =>
      (await outbox.find({ b, repo, rkey, collection }, { sort: { id: 1 } }).toArray()).map(outboxRowOf),
  }
}

const outboxRowOf = ({ _id, b: _b, nextMs: _next, record, ...row }: StoredRow): OutboxRow => ({ ...row, record: JSON.parse(record) })

const unsentIn = (b: string) => [
  { $match: { b, state: 'pending' } },
  { $sort: { id: 1 } },
  {
    $group: { _id: '$repo', count: { $sum: 1 }, first: { $first: '$id' }, last: { $last: '$id' }, attempts: { $first: '$attempts' } },
  },
  { $sort: { first: 1 } },
  { $project: { _id: 0, repo: '$_id', count: 1, first: 1, last: 1, attempts: 1 } },
]

const openKept = (db: Db, b: string): SignInWork => {
  const table = db.collection<KeptRow>('kept')
  const at = (kind: KeptKind, name: string) => ({ _id: keyOf(b, kind, name), b })
  return {
    keep: async ({ kind, name, owner, sealed, expiresMs }) => {
      const row = { b, kind, name, owner, sealed: new Binary(sealed), expires: expiresMs }
      await table.replaceOne(at(kind, name), row, { upsert: true })
    },
    kept: async (kind, name, nowMs) => keptOf(await table.findOne({ ...at(kind, name), expires: { $gt: nowMs } })),
    take: async (kind, name, nowMs) => keptOf(await table.findOneAndDelete({ ...at(kind, name), expires: { $gt: nowMs } })),
    drop: async (kind, name) => void (await table.deleteOne(at(kind, name))),
    dropOwned: async (kind, owner) => (await table.deleteMany({ b, kind, owner })).deletedCount,
    countOwned: async (kind, owner, nowMs) => table.countDocuments({ b, kind, owner, expires: { $gt: nowMs } }),
    dropExpired: async (nowMs) => (await table.deleteMany({ b, expires: { $lte: nowMs } })).deletedCount,
    keptAfter: async ({ kind, name }, limit) => {
      const behind = { $gt: keyOf(b, kind, name), $lt: `${b}/~` }
      return (await table.find({ b, _id: behind }, { sort: { _id: 1 }, limit }).toArray()).map(parseKept)
    },
  }
}

const keptOf = (row: KeptRow | null): Kept | null => (row === null ? null : parseKept(row))

const parseKept = ({ kind, name, owner, sealed, expires }: KeptRow): Kept => ({
  kind,
  name,
  owner,
  sealed: sealed.value(),
  expiresMs: expires,
})
