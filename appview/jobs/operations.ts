// What a desk does with long work: asks for it, looks at it, takes it back while it waits, has it tried again, takes away what it made. A process that runs
// no jobs does this, too: the job stands in the store, and whichever process runs jobs takes it.

import type { Desks } from '../desk/office.ts'
import type { Office } from '../desk/office.ts'
import { done, refused } from '../desk/outcome.ts'
import type { Actor, Listed, Outcome, Paging } from '../desk/operations.ts'
import { mayDo } from '../desk/permissions.ts'
import type { Clock } from '../../server/clock.ts'
import type { Roster } from '../journal/model.ts'
import { canonicalJson } from '../statements/canonical-json.ts'
import { isOpen } from '../store/jobs.ts'
import type { Job, JobKind, JobWork } from '../store/jobs.ts'
import type { JobFiles } from './files.ts'
import { askToKeep, kindOf, parseAsk, subjectOf } from './job-ask.ts'
import type { JobAsk, JobInput } from './job-ask.ts'
import { jobView } from './job-view.ts'
import type { JobFile, JobView } from './job-view.ts'
import { JOBS_LISTED, JOBS_LOOKED_AT, JOBS_WAITING, JOB_LOOK_EVERY_MS } from './limits.ts'
import { hasSeveralTowns, newJobOf } from './operators-rebuild.ts'

export type JobOperations = {
  start(actor: Actor, input: JobInput): Promise<Outcome<JobView>>
  list(actor: Actor, paging: Paging): Promise<Outcome<Listed<JobView>>>
  get(actor: Actor, id: string): Promise<Outcome<JobView>>
  /** Of one that waits; by who asked for it, or an admin. */
  cancel(actor: Actor, id: string): Promise<Outcome<JobView>>
  /** Of one that failed; by who might have asked for it. */
  retry(actor: Actor, id: string): Promise<Outcome<JobView>>
  /** What it made, as chunks, for auditors and admins; a line in the trail. */
  take(actor: Actor, id: string): Promise<Outcome<{ readonly file: JobFile; readonly body: AsyncIterable<Uint8Array> }>>
  /** The job as it is when it has ended, or after so long; null where there is none. For who has asked for it. */
  ended(town: string, id: string, withinMs: number): Promise<JobView | null>
}

export type JobDeps = {
  readonly desks: Desks
  readonly work: JobWork
  readonly files: JobFiles
  readonly clock: Clock
  readonly roster: () => Roster
  /** Wakes the process that runs jobs, where it is this one. */
  readonly wake: () => void
}

const PUBLISHES: ReadonlySet<JobKind> = new Set(['close', 'restate'])

export const createJobOperations = (deps: JobDeps): JobOperations => {
  const { desks, work, clock } = deps
  const find = async (town: string, id: string): Promise<Outcome<Job>> => {
    const job = await work.job(town, id)
    return job === null ? refused('job.unknown', id) : done(job)
  }
  return {
    start: async (actor, input) => {
      const kind = kindOf(input)
      // Who has no role here learns that first, and nothing else.
      if (!kind.ok) return desks.look(actor, 'job.read', async () => kind)
      const ask = parseAsk(kind.value, input)
      const deed = { deed: `job.${kind.value}`, on: ask.ok ? subjectOf(ask.value) : null, publishes: PUBLISHES.has(kind.value) } as const
      const started = await desks.perform(actor, deed, async (office) => (ask.ok ? newJob(deps, office, ask.value) : ask))
      if (started.ok) deps.wake()
      return started
    },
    list: (actor, { cursor, limit }) =>
      desks.look(actor, 'job.read', async ({ town }) => {
        const most = Math.min(limit, JOBS_LISTED)
        const items = (await work.jobs(town.code, { limit: most, ...(cursor === undefined ? {} : { before: cursor }) })).map(jobView)
        return done({ items, cursor: items.length < most ? null : (items.at(-1)?.id ?? null) })
      }),
    get: (actor, id) =>
      desks.look(actor, 'job.read', async ({ town }) => {
        const job = await find(town.code, id)
        return job.ok ? done(jobView(job.value)) : job
      }),
    cancel: (actor, id) =>
      desks.perform(actor, { deed: 'job.cancel', on: id }, async (office) => {
        const job = await find(office.town.code, id)
        return job.ok ? cancelled(deps, office, job.value, await desks.held(actor)) : job
      }),
    retry: async (actor, id) => {
      const kind = (await work.job(actor.town, id))?.kind
      if (kind === undefined) return desks.look(actor, 'job.read', async () => refused('job.unknown', id))
      const deed = { deed: `job.${kind}`, on: id, publishes: PUBLISHES.has(kind) } as const
      const begun = await desks.perform(actor, deed, async (office) => {
        const job = await find(office.town.code, id)
        return job.ok ? triedAgain(deps, office, job.value) : job
      })
      if (begun.ok) deps.wake()
      return begun
    },
    take: (actor, id) =>
      desks.perform(actor, { deed: 'job.take', on: id }, async ({ town }) => {
        const job = await find(town.code, id)
        if (!job.ok) return job
        const { file } = jobView(job.value)
        const body = file === null ? null : await deps.files.read(town.code, id)
        if (file === null || body === null) return refused('job.file-missing', id)
        return { ok: true, value: { file, body }, detail: { sha256: file.sha256 } }
      }),
    ended: async (town, id, withinMs) => {
      for (const until = clock.monotonicMs() + withinMs; ; await clock.sleep(JOB_LOOK_EVERY_MS)) {
        const job = await work.job(town, id)
        if (job === null || !isOpen(job) || clock.monotonicMs() >= until) return job === null ? null : jobView(job)
      }
    },
  }
}

/** The same wish waits once. */
const newJob = async ({ work, roster }: JobDeps, { actor, now, nextKey, town }: Office, ask: JobAsk) => {
  if (isOperators(ask.kind, roster)) return refused('job.operators')
  const open = (await work.openJobs(JOBS_LOOKED_AT)).filter((job) => job.town === town.code)
  const same = open.find((job) => job.kind === ask.kind && canonicalJson(job.ask) === canonicalJson(askToKeep(ask)))
  if (same !== undefined) return refused('job.already-waiting', same.id)
  if (open.length >= JOBS_WAITING) return refused('job.too-many')
  const job = newJobOf({ town: town.code, id: nextKey(), kind: ask.kind, ask: askToKeep(ask), by: actor.did, askedAt: now })
  return { ok: true, value: jobView(job), changes: { jobs: [job] }, detail: { job: job.id } } as const
}

/** What reaches into the books of other municipalities is no desk's. */
const isOperators = (kind: JobKind, roster: JobDeps['roster']): boolean => kind === 'rebuild' && hasSeveralTowns(roster())

const cancelled = async ({ roster }: JobDeps, { actor, now }: Office, job: Job, held: Parameters<typeof mayDo>[1]) => {
  if (isOperators(job.kind, roster)) return refused('job.operators', job.id)
  if (job.by !== actor.did && !held.includes('admin')) return refused('job.not-yours', job.id)
  if (job.state === 'running') return refused('job.running', job.id)
  if (job.state !== 'waiting') return refused('job.ended', job.state)
  const next: Job = { ...job, state: 'cancelled', version: job.version + 1, endedAt: now }
  return { ok: true, value: jobView(next), changes: { jobs: [next] }, detail: { kind: job.kind } } as const
}

const triedAgain = async ({ roster }: JobDeps, { actor }: Office, job: Job) => {
  if (isOperators(job.kind, roster)) return refused('job.operators', job.id)
  if (isOpen(job)) return refused('job.already-waiting', job.id)
  if (job.state !== 'failed') return refused('job.ended', job.state)
  const fresh = { attempts: 0, reasons: [], holder: null, endedAt: null, by: actor.did } as const
  const next: Job = { ...job, ...fresh, state: 'waiting', version: job.version + 1 }
  return { ok: true, value: jobView(next), changes: { jobs: [next] }, detail: { job: job.id, again: true } } as const
}
