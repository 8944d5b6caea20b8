// Jobs on MongoDB. Who begins one changes the document of whose turn it is in the same transaction, so that of two processes that want to run a job of one
// town, one does.

import type { ClientSession, Db, MongoClient } from 'mongodb'
import { excludes } from './jobs.ts'
import type { Job, JobWork } from './jobs.ts'
import { begins, keyOf } from './mongo-keys.ts'
import { atomically } from './mongo-atomic.ts'

/** The job itself is text, like everything that names people: an erasure finds a DID in it. */
type JobRow = {
  readonly _id: string
  readonly b: string
  readonly id: string
  readonly state: string
  readonly version: number
  readonly job: string
}

export type MongoJobs = JobWork & {
  /** Within somebody's transaction: adds one of version 1, changes a later one; false where another is stored than the one before. */
  readonly keepJobIn: (session: ClientSession, job: Job) => Promise<boolean>
}

export const openJobTable = (client: MongoClient, db: Db, b: string): MongoJobs => {
  const table = db.collection<JobRow>('job')
  const turn = db.collection<{ readonly _id: string; readonly b: string; readonly n: number }>('job_turn')
  const at = ({ town, id }: Pick<Job, 'town' | 'id'>) => ({ _id: keyOf(b, town, id), b })
  const rowOf = (job: Job) => ({ id: job.id, state: job.state, version: job.version, job: JSON.stringify(job) })
  const add = async (job: Job, session?: ClientSession): Promise<boolean> =>
    (await table.updateOne(at(job), { $setOnInsert: rowOf(job) }, { upsert: true, ...(session === undefined ? {} : { session }) }))
      .upsertedCount === 1
  const change = async (job: Job, session: ClientSession): Promise<boolean> =>
    (await table.updateOne({ ...at(job), version: job.version - 1 }, { $set: rowOf(job) }, { session })).matchedCount === 1
  return {
    addJob: (job) => add(job),
    keepJobIn: (session, job) => (job.version === 1 ? add(job, session) : change(job, session)),
    changeJob: (job) =>
      atomically(client, async (session) => {
        if (job.state === 'running') {
          await turn.updateOne({ _id: keyOf(b, 'turn'), b }, { $inc: { n: 1 } }, { session, upsert: true })
          const running = await table.find({ b, state: 'running' }, { session }).toArray()
          if (running.some((row) => excludes(parseJob(row), job))) return 'busy'
        }
        return (await change(job, session)) ? 'kept' : 'changed'
      }),
    job: async (town, id) => {
      const row = await table.findOne(at({ town, id }))
      return row === null ? null : parseJob(row)
    },
    jobs: async (town, { before, limit }) => {
      const _id = before === undefined ? begins(keyOf(b, town, '')) : { $gte: keyOf(b, town, ''), $lt: keyOf(b, town, before) }
      return (await table.find({ b, _id }, { sort: { _id: -1 }, limit }).toArray()).map(parseJob)
    },
    openJobs: async (limit) =>
      (await table.find({ b, state: { $in: ['waiting', 'running'] } }, { sort: { id: 1 }, limit }).toArray()).map(parseJob),
  }
}

const parseJob = ({ job }: JobRow): Job => JSON.parse(job)
