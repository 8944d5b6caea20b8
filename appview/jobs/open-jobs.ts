// Long work put together. `openJobDesk` is for every process that people reach; `openJobs` for the one that does the work.

import { join } from 'node:path'
import type { Log } from '../../server/log.ts'
import type { CloseDeps } from '../close/close-year.ts'
import { openDesks } from '../desk/office.ts'
import type { DeskDeps } from '../desk/office.ts'
import { mayDo } from '../desk/permissions.ts'
import type { Store } from '../store/store.ts'
import { closeJob } from './close-job.ts'
import { exportJob } from './export-job.ts'
import type { StatementsOf } from './export-job.ts'
import { openJobFiles } from './files.ts'
import type { JobFiles } from './files.ts'
import type { JobKinds } from './kinds.ts'
import { JOB_FILES_KEPT_MS, JOB_FILES_SWEPT_MS } from './limits.ts'
import { createJobOperations } from './operations.ts'
import type { JobOperations } from './operations.ts'
import { openRunner } from './runner.ts'
import { sampleJob } from './sample-job.ts'

export type JobDesk = JobOperations & {
  /** Where a runner of this process is to be told of new jobs, until it is disposed; without it, it finds them by itself. */
  onStarted(wake: () => void): Disposable
  /** Who makes the files of statements: the room of pages, once it stands. */
  offerStatements(of: StatementsOf): void
  readonly statements: StatementsOf
}

type Office = Pick<DeskDeps, 'roster' | 'accounts' | 'clock'> & { readonly store: Store; readonly dataDir: string }

const filesIn = (dataDir: string): JobFiles => openJobFiles(join(dataDir, 'jobs'))

export const openJobDesk = ({ store, dataDir, ...office }: Office): JobDesk => {
  const desks = openDesks({ ...office, books: store.books, desk: store.desk, flush: () => {} })
  const wakes = new Set<() => void>()
  let made: StatementsOf | null = null
  const wake = (): void => {
    for (const one of wakes) one()
  }
  return {
    ...createJobOperations({ desks, work: store.work, files: filesIn(dataDir), clock: office.clock, roster: office.roster, wake }),
    onStarted: (one) => {
      wakes.add(one)
      return { [Symbol.dispose]: () => wakes.delete(one) }
    },
    offerStatements: (of) => {
      made = of
    },
    statements: async (caller, asked) => {
      if (made === null) throw new Error('this process makes no files of statements yet')
      return made(caller, asked)
    },
  }
}

export type JobParts = Office & {
  readonly log: Log
  readonly closing: CloseDeps
  readonly jobs: JobDesk
  readonly areBooksFit: () => Promise<boolean>
}

/** Does what waits, from now on. */
export const openJobs = (parts: JobParts): { close(): Promise<void> } => {
  const { store, dataDir, clock, log, closing, jobs, areBooksFit } = parts
  const files = filesIn(dataDir)
  const { books, desk, work } = store
  const desks = openDesks({ ...parts, books, desk, flush: () => {} })
  const mayStill = async (town: string, did: string): Promise<boolean> => mayDo('job.export', await desks.held({ did, town }))
  const close = closeJob({ ...closing, desk })
  const kinds: JobKinds = {
    close,
    restate: close,
    auditSample: sampleJob({ books, files, clock }),
    export: exportJob({ books, desk, files, clock, mayStill, statements: jobs.statements }),
  }
  const runner = openRunner({ work, kinds, clock, log, areBooksFit })
  const started = jobs.onStarted(() => runner.wake())
  const sweep = (): void =>
    void files.sweep(clock.realMs() - JOB_FILES_KEPT_MS).catch((error: unknown) => log.error('job.files-not-swept', { error }))
  const sweeping = clock.every(JOB_FILES_SWEPT_MS, sweep)
  return {
    close: async () => {
      sweeping[Symbol.dispose]()
      started[Symbol.dispose]()
      await runner.close()
    },
  }
}
