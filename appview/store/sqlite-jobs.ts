// Jobs on SQLite. A change is one immediate transaction, so that of two processes that want to run a job of one town, one does.

import type { Database } from '../../server/sqlite.ts'
import { excludes } from './jobs.ts'
import type { Job, JobChange, JobWork } from './jobs.ts'

export const jobsSql = `
CREATE TABLE job (town TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, job TEXT NOT NULL, PRIMARY KEY (town, id));
CREATE INDEX job_open ON job (id) WHERE state IN ('waiting', 'running');
`

type JobRow = { job: string }

const OPEN = "state IN ('waiting', 'running')"

/** Both answer whether it was kept: not where there is one already, or the stored version is not the one before. */
export const openJobWrites = (db: Database) => {
  const add = db.prepare('INSERT OR IGNORE INTO job VALUES (?, ?, ?, ?, ?)')
  const change = db.prepare('UPDATE job SET state = ?, version = ?, job = ? WHERE town = ? AND id = ? AND version = ?')
  return {
    add: (job: Job): boolean => add.run(job.town, job.id, job.state, job.version, JSON.stringify(job)).changes === 1,
    change: (job: Job): boolean => change.run(job.state, job.version, JSON.stringify(job), job.town, job.id, job.version - 1).changes === 1,
  }
}

export const openJobTable = (db: Database): JobWork => {
  const writes = openJobWrites(db)
  const one = db.prepare<[string, string], JobRow>('SELECT job FROM job WHERE town = ? AND id = ?')
  const page = db.prepare<{ town: string; before: string; limit: number }, JobRow>(
    "SELECT job FROM job WHERE town = @town AND (@before = '' OR id < @before) ORDER BY id DESC LIMIT @limit",
  )
  const open = db.prepare<[number], JobRow>(`SELECT job FROM job WHERE ${OPEN} ORDER BY id LIMIT ?`)
  const running = db.prepare<[], JobRow>(`SELECT job FROM job WHERE ${OPEN} AND state = 'running'`)
  const kept = db.transaction((job: Job): JobChange => {
    if (job.state === 'running' && running.all().some((row) => excludes(parseJob(row), job))) return 'busy'
    return writes.change(job) ? 'kept' : 'changed'
  })
  return {
    addJob: async (job) => writes.add(job),
    changeJob: async (job) => kept.immediate(job),
    job: async (town, id) => one.all(town, id).map(parseJob)[0] ?? null,
    jobs: async (town, { before = '', limit }) => page.all({ town, before, limit }).map(parseJob),
    openJobs: async (limit) => open.all(limit).map(parseJob),
  }
}

const parseJob = ({ job }: JobRow): Job => JSON.parse(job)
