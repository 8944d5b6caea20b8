// What an auditor takes away as a job: the town's intake with its proofs and private entries, or the statements of a year. The file appears whole or not
// at all; begun again it is written again.

import { Readable } from 'node:stream'
import type { Clock } from '../../server/clock.ts'
import type { Caller } from '../auth/caller.ts'
import { done, refused } from '../desk/outcome.ts'
import { exportIntake } from '../intake-export/export-intake.ts'
import { packed } from '../intake-export/packed.ts'
import type { Books, Desk } from '../store/store.ts'
import type { JobFiles } from './files.ts'
import { keptAsk } from './job-ask.ts'
import type { ExportedAs } from './job-ask.ts'
import type { DoJob } from './kinds.ts'
import { fileKept } from './made-file.ts'

/** The set of statements of a town's year, as this caller may have it. */
export type StatementsOf = (
  caller: Caller,
  asked: { readonly code: string; readonly fiscalYear: number; readonly format: ExportedAs },
) => Promise<{ readonly name: string; readonly type: string; readonly body: Uint8Array | AsyncIterable<Uint8Array> }>

export type ExportDeps = {
  readonly books: Books
  readonly desk: Pick<Desk, 'entry'>
  readonly files: JobFiles
  readonly clock: Clock
  /** Whether who asked may still have it. */
  readonly mayStill: (town: string, did: string) => Promise<boolean>
  readonly statements: StatementsOf
}

export const exportJob =
  ({ books, desk, files, clock, mayStill, statements }: ExportDeps): DoJob =>
  async (job, { tell, signal }) => {
    const ask = keptAsk(job.kind, job.ask)
    if (ask.kind !== 'export') throw new Error(`${job.kind} is no export`)
    if (!(await mayStill(job.town, job.by))) return refused('desk.role-insufficient')
    if (ask.what === 'intake') {
      const onProgress = (rows: number, total: number): void => tell({ done: rows, total, what: 'rows' })
      const lines = exportIntake({ books, desk, view: { of: 'town', code: job.town }, onProgress })
      const made = await files.write(job.town, job.id, packed(lines), signal)
      return done({ file: fileKept(clock, `waki-intake-${job.town}.jsonl.gz`, 'application/gzip', made) })
    }
    const { name, type, body } = await statements({ kind: 'account', did: job.by }, { code: job.town, ...ask })
    tell({ done: 1, total: 2, what: 'files' })
    const made = await files.write(job.town, job.id, body instanceof Uint8Array ? Readable.from([body]) : body, signal)
    tell({ done: 2, total: 2, what: 'files' })
    return done({ file: fileKept(clock, name, type, made) })
  }
