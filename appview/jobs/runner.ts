// Does the jobs that wait: one of a town at a time, whichever process takes it. Who is at one says so at every beat; where nobody has for a while, another
// process goes on with it from the start. A process that ends puts back what it has not finished.

import { randomUUID } from 'node:crypto'
import { openBackOff } from '../../server/back-off.ts'
import type { BackOff } from '../../server/back-off.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { refused } from '../desk/outcome.ts'
import type { Job, JobWork } from '../store/jobs.ts'
import type { Work } from '../store/work.ts'
import { wokenBy } from '../store/woken.ts'
import { changeSurely } from './change.ts'
import { openHold } from './hold.ts'
import type { Hold } from './hold.ts'
import type { JobKinds } from './kinds.ts'
import { JOBS_AT_ONCE, JOBS_EVERY_MS, JOBS_LOOKED_AT, JOB_ATTEMPTS, JOB_LEASE_MS, JOB_RETRY_MAX_MS, JOB_RETRY_MS } from './limits.ts'

export type Runner = {
  /** Looks now. */
  wake(): void
  /** Takes no more, breaks off what is under way and puts it back. */
  close(): Promise<void>
}

export type RunnerDeps = {
  readonly work: JobWork & Pick<Work, 'waiting'>
  readonly kinds: JobKinds
  readonly clock: Clock
  readonly log: Log
  /** Whether the books can be read now; nothing is begun while they cannot. */
  readonly areBooksFit?: () => Promise<boolean>
  /** Whoever was silent so long is taken for dead. */
  readonly leaseMs?: number
}

export const openRunner = (deps: RunnerDeps): Runner => {
  const { clock, log } = deps
  const holder = randomUUID()
  const ending = new AbortController()
  const under = new Map<string, Promise<void>>()
  const isSilent = silenceBy(clock, deps.leaseMs ?? JOB_LEASE_MS)
  const waits = openBackOff(clock, { firstMs: JOB_RETRY_MS, maxMs: JOB_RETRY_MAX_MS })
  const round = async (): Promise<void> => {
    const open = await deps.work.openJobs(JOBS_LOOKED_AT)
    if (open.length === 0 || (await deps.areBooksFit?.()) === false) return
    for (const job of open) {
      if (ending.signal.aborted || under.size >= JOBS_AT_ONCE) return
      const key = `${job.town}/${job.id}`
      if (under.has(key) || deps.kinds[job.kind] === undefined) continue
      if (job.state === 'waiting' ? job.attempts > 0 && waits.isWaiting(key) : !isSilent(key, job)) continue
      const hold = await takeUp(deps, job, holder)
      if (hold !== null)
        under.set(
          key,
          doJob(deps, hold, { ending: ending.signal, waits }).finally(() => (under.delete(key), wake())),
        )
    }
  }
  let turn: Promise<void> = Promise.resolve()
  const wake = (): void => {
    if (ending.signal.aborted) return
    turn = turn.then(round).catch((error: unknown) => log.error('jobs.failed', { error }))
  }
  const timer = clock.every(JOBS_EVERY_MS, wake)
  const woken = wokenBy(deps.work, wake, (error) => log.error('jobs.failed', { error }))
  wake()
  return {
    wake,
    close: async () => {
      timer[Symbol.dispose]()
      ending.abort(new Error('this process ends'))
      await woken.close()
      await turn
      await Promise.all(under.values())
    },
  }
}

/** Whether a job that somebody has did not change for so long, by one's own clock: nobody's clock is compared with another's. */
const silenceBy = (clock: Clock, leaseMs: number) => {
  const seen = new Map<string, { readonly version: number; readonly sinceMs: number }>()
  return (key: string, { version }: Job): boolean => {
    const before = seen.get(key)
    if (before?.version === version) return clock.monotonicMs() - before.sinceMs >= leaseMs
    if (seen.size > JOBS_LOOKED_AT) seen.clear()
    seen.set(key, { version, sinceMs: clock.monotonicMs() })
    return false
  }
}

const civilNow = (clock: Clock): string => new Date(clock.civilMs()).toISOString()

/** Null: somebody else has it, or another of the town is under way. One that was begun too often is given up. */
const takeUp = async ({ work, clock, log }: RunnerDeps, job: Job, holder: string): Promise<Hold | null> => {
  const version = job.version + 1
  if (job.attempts >= JOB_ATTEMPTS) {
    const gaveUp: Job = {
      ...job,
      version,
      state: 'failed',
      endedAt: civilNow(clock),
      reasons: refused('job.broken-off').reasons,
      holder: null,
    }
    if ((await changeSurely(work, gaveUp)) === 'kept') log.error('job.given-up', { job: job.id, kind: job.kind })
    return null
  }
  const startedAt = job.startedAt ?? civilNow(clock)
  const taken: Job = { ...job, version, state: 'running', startedAt, attempts: job.attempts + 1, holder, beatMs: clock.realMs() }
  return (await changeSurely(work, taken)) === 'kept' ? openHold({ work, clock, log }, taken) : null
}

type Around = { readonly ending: AbortSignal; readonly waits: BackOff }

const doJob = async ({ kinds, clock, log }: RunnerDeps, hold: Hold, { ending, waits }: Around): Promise<void> => {
  const { job } = hold
  const signal = AbortSignal.any([ending, hold.lost])
  const fields = { job: job.id, kind: job.kind, attempt: job.attempts }
  log.info('job.begun', fields)
  try {
    const outcome = await kinds[job.kind]?.(job, { tell: hold.tell, signal })
    const ended = { endedAt: civilNow(clock), holder: null }
    if (outcome?.ok === true) await hold.end({ ...ended, state: 'done', result: outcome.value })
    else await hold.end({ ...ended, state: 'failed', reasons: outcome?.reasons ?? [] })
    log.info('job.ended', { ...fields, ok: outcome?.ok === true })
  } catch (error) {
    if (hold.lost.aborted) return log.info('job.lost', fields)
    const isOver = !ending.aborted && job.attempts >= JOB_ATTEMPTS
    log.error('job.broken-off', { ...fields, error })
    if (isOver) await hold.end({ state: 'failed', endedAt: civilNow(clock), holder: null, reasons: refused('job.broken-off').reasons })
    // What this process leaves by its own end is no attempt.
    else if (ending.aborted) await hold.end({ state: 'waiting', holder: null, attempts: job.attempts - 1 })
    else {
      waits.failed(`${job.town}/${job.id}`, job.attempts - 1)
      await hold.end({ state: 'waiting', holder: null })
    }
  } finally {
    hold[Symbol.dispose]()
  }
}
