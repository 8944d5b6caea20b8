// Intake out of a data folder, into one, and statements verified from it: the entry for the command line. Needs no network and no running server;
// a relay and a directory are asked where they are named.

import { createWriteStream, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Readable } from 'node:stream'
import type { AuditReport } from '../server/audit-report.ts'
import { createSafeFetch } from '../server/safe-fetch.ts'
import { exportIntake } from './intake-export/export-intake.ts'
import { ANSWER_MAX_BYTES, ANSWER_TIMEOUT_MS } from './intake-export/limits.ts'
import { importIntake, linesOfFile } from './intake-export/import-intake.ts'
import type { Imported, ImportOptions } from './intake-export/import-intake.ts'
import { sourceOf } from './intake-export/lacking.ts'
import { verifyGroup } from './intake-export/verify-group.ts'
import type { VerifiedGroup } from './intake-export/verify-group.ts'
import { recordsOfCar, verifyStatements } from './intake-export/verify-statements.ts'
import type { Verified, Wanted } from './intake-export/verify-statements.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'

export { differenceText } from './close/differences.ts'
export { NothingToExport } from './intake-export/export-intake.ts'
export { InvalidIntakeFile } from './intake-export/format.ts'
export { OriginUnavailable } from './follow/origin.ts'
export type { Excuse } from './intake-export/excuses.ts'
export { sourceOf } from './intake-export/lacking.ts'
export type { Lacking, Source } from './intake-export/lacking.ts'
export type { VerifiedGroup } from './intake-export/verify-group.ts'
export { InvalidCarFile } from './intake-export/verify-statements.ts'
export type { Verified, Wanted } from './intake-export/verify-statements.ts'

/** What an intake may be held against: the log it was read from, the directory its keys come from. */
export type Beside = Omit<ImportOptions, 'isKept'>

/** By addresses that whoever asks has named; a relay's folder is read by who has it. */
export const besideAt = ({ relayUrl, plcUrl }: { readonly relayUrl?: string; readonly plcUrl?: string }): Beside => {
  // A DID in the file may name any host: loopback only where the one who asks has named it, too.
  const allowLoopback = [relayUrl, plcUrl].some((url) => url !== undefined && isLoopback(url))
  const fetch = createSafeFetch({ allowLoopback, maxBytes: ANSWER_MAX_BYTES, timeoutMs: ANSWER_TIMEOUT_MS })
  return {
    ...(relayUrl === undefined ? {} : { log: { relayUrl, fetch } }),
    ...(plcUrl === undefined ? {} : { keys: { plcUrl, fetch, allowLoopback } }),
  }
}

const isLoopback = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

const OWNER_ONLY = 0o600

/** Writes a store's intake to a file, packed where its name ends in .gz. A file that is there already is replaced only by a whole one. */
export const exportIntakeTo = async (
  store: string,
  out: string,
  {
    isPrivate,
    onProgress,
    folder,
  }: {
    readonly isPrivate: boolean
    readonly onProgress: (done: number, total: number) => void
    /** The appview's data folder, where the key of a store on MongoDB lies. */
    readonly folder?: string
  },
): Promise<void> => {
  const next = `${out}.next`
  try {
    await withStore(
      store,
      async ({ books, desk }) => {
        const lines = Readable.from(exportIntake({ books, desk, view: { of: 'operator', isPrivate }, onProgress }))
        const file = createWriteStream(next, { mode: OWNER_ONLY })
        await (out.endsWith('.gz') ? pipeline(lines, createGzip(), file) : pipeline(lines, file))
      },
      folder,
    )
    renameSync(next, out)
  } finally {
    rmSync(next, { force: true })
  }
}

/** Makes a store from an exported intake; what is not proven makes none. Throws InvalidIntakeFile, and where there is a store already. */
export const importIntakeInto = async (store: string, file: string, beside: Beside = {}): Promise<AuditReport> => {
  if (existsSync(store)) throw new Error(`${store} is there already; an import makes a new store`)
  const next = `${store}.importing`
  removeStore(next)
  try {
    const { report } = await withStore(next, (made) => importIntake(made, linesOfFile(file), { ...beside, isKept: true }))
    if (report.problems.length === 0) for (const ending of ENDINGS) if (existsSync(next + ending)) renameSync(next + ending, store + ending)
    return report
  } finally {
    removeStore(next)
  }
}

/** A store's files beside it; closed, it has no others. */
const ENDINGS = ['', '.erasure-key', '.leases', '-wal', '-shm']

const removeStore = (file: string): void => {
  for (const ending of ENDINGS) rmSync(file + ending, { force: true })
}

const withStore = async <T>(address: string, use: (store: Store) => Promise<T>, folder = dirname(address)): Promise<T> => {
  const store = await openStore({ address, folder })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

export type Verification = {
  readonly head: Imported['head']
  readonly report: AuditReport
  readonly verified: readonly Verified[]
  /** Where a prefecture's or all municipalities' consolidation was asked for. */
  readonly group: VerifiedGroup | null
}

/** Checks an intake, folds it, and makes the statements its towns have signed again. `car` is a file with a town's repo. */
export const verifyIntakeFile = async (file: string, wanted: Wanted, car?: string, beside: Beside = {}): Promise<Verification> => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-verify-'))
  try {
    return await withStore(join(folder, 'books.sqlite'), async (made) => {
      const { books } = made
      const imported = await importIntake(made, linesOfFile(file), beside)
      const { head, report } = imported
      const at = { state: () => books.state(), leafBefore: (instant: string) => books.leafBefore(instant) }
      if (report.problems.length > 0) return { head, report, verified: [], group: null }
      const signed = car === undefined ? books : { ...at, ...recordsOfCar(readFileSync(car), imported) }
      const { group, fiscalYear } = wanted
      if (group !== undefined && fiscalYear !== undefined)
        return { head, report, verified: [], group: await verifyGroup(books, signed, group, fiscalYear, sourceOf(head)) }
      return { head, report, verified: await verifyStatements(books, signed, wanted, sourceOf(head)), group: null }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
