// A job in one's hands: says at every beat that one is at it and how far, keeps the order of its changes, and notices when somebody else has taken it.

import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { Job, JobProgress, JobWork } from '../store/jobs.ts'
import { changeSurely } from './change.ts'
import { JOB_BEAT_MS, JOB_LEASE_MS } from './limits.ts'

export type Hold = Disposable & {
  /** As it was taken. */
  readonly job: Job
  /** Aborted once somebody else has it. */
  readonly lost: AbortSignal
  readonly tell: (this: void, progress: JobProgress) => void
  /** Keeps how it ended; tries again while the store fails, as long as nobody else may take it. */
  end(fields: Partial<Job>): Promise<void>
}

type HoldDeps = { readonly work: JobWork; readonly clock: Clock; readonly log: Log }

export const openHold = ({ work, clock, log }: HoldDeps, job: Job): Hold => {
  const lost = new AbortController()
  let [current, progress] = [job, job.progress]
  let turn: Promise<unknown> = Promise.resolve()
  const change = async (fields: Partial<Job>): Promise<void> => {
    if (lost.signal.aborted) return
    const next: Job = { ...current, progress, ...fields, version: current.version + 1, beatMs: clock.realMs() }
    if ((await changeSurely(work, next)) === 'kept') current = next
    else lost.abort(new Error('somebody else has this job'))
  }
  const inTurn = (fields: Partial<Job>): Promise<void> => {
    const next = turn.catch(() => {}).then(() => change(fields))
    turn = next
    return next
  }
  const beat = (): void => void inTurn({}).catch((error: unknown) => log.error('job.beat-failed', { job: job.id, error }))
  const beats = clock.every(JOB_BEAT_MS, beat)
  return {
    job,
    lost: lost.signal,
    tell: (now) => {
      progress = now
    },
    end: async (fields) => {
      beats[Symbol.dispose]()
      for (const until = clock.monotonicMs() + JOB_LEASE_MS; ; await clock.sleep(JOB_BEAT_MS))
        try {
          return await inTurn(fields)
        } catch (error) {
          if (clock.monotonicMs() >= until) throw error
        }
    },
    [Symbol.dispose]: () => beats[Symbol.dispose](),
  }
}
