// The contract of long work, a part of the store's work part: jobs that anybody at the desk sees, whichever process does them. Durable once a promise
// resolves. A job changes by versions; at most one runs in a town, and beside a rebuild of the books none.

import type { Json } from '../journal/model.ts'

export const JOB_KINDS = ['close', 'restate', 'auditSample', 'rebuild', 'export'] as const
export type JobKind = (typeof JOB_KINDS)[number]

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/** How far it is: `what` is a word of the kind's own. */
export type JobProgress = { readonly done: number; readonly total: number; readonly what: string }

/** Instants are of civil time, `beatMs` of real time. Ids ascend with the time they were asked. */
export type Job = {
  readonly town: string
  readonly id: string
  readonly kind: JobKind
  readonly ask: Json
  readonly state: JobState
  /** Counts its changes from 1. */
  readonly version: number
  readonly progress: JobProgress
  readonly by: string
  readonly askedAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** How often somebody began or went on with it. */
  readonly attempts: number
  readonly result: Json
  /** Why it failed, the first reason first: {code, line, about} each. */
  readonly reasons: Json
  /** The process that is at it, and when it last said so. */
  readonly holder: string | null
  readonly beatMs: number
}

/** 'changed': somebody else was there first. 'busy': another job of the town is running, or a rebuild is. */
export type JobChange = 'kept' | 'changed' | 'busy'

export type JobQuery = { readonly before?: string; readonly limit: number }

export type JobWork = {
  /** A job of version 1. False, and nothing is kept, where the id is there already. */
  addJob(job: Job): Promise<boolean>
  /** Kept only while the stored version is the one before. */
  changeJob(job: Job): Promise<JobChange>
  job(town: string, id: string): Promise<Job | null>
  /** Newest first. */
  jobs(town: string, query: JobQuery): Promise<readonly Job[]>
  /** Waiting and running ones of every town, oldest first. */
  openJobs(limit: number): Promise<readonly Job[]>
}

export const isOpen = ({ state }: Pick<Job, 'state'>): boolean => state === 'waiting' || state === 'running'

/** Whether one of them cannot run while the other does. */
export const excludes = (a: Pick<Job, 'town' | 'id' | 'kind'>, b: Pick<Job, 'town' | 'id' | 'kind'>): boolean =>
  a.id !== b.id && (a.town === b.town || a.kind === 'rebuild' || b.kind === 'rebuild')
