// The books of a stopped appview folded anew: everything made from intake is dropped and made again, from intake alone and never from the network.

import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { systemClock } from '../server/clock.ts'
import { silentLog } from '../server/log.ts'
import { StartError } from '../server/start-error.ts'
import { refoldIntake } from './follow/refold.ts'
import type { Progress } from './follow/refold.ts'
import { changesBetween, readRosterFile, rosterOfRebuild } from './follow/roster.ts'
import { rosterHash } from './follow/roster-keeper.ts'
import { openWriter } from './follow/writer.ts'
import type { Roster } from './journal/model.ts'
import { RULES } from './journal/rules.ts'
import { askForRebuild } from './jobs/operators-rebuild.ts'
import { inItsPlace } from './roles/in-its-place.ts'
import { openStore } from './store/open-store.ts'
import type { StoreAddress } from './store/open-store.ts'
import type { Books } from './store/store.ts'

export { rosterOfEnvironment, storeOfEnvironment } from './config.ts'
export { engineOf } from './store/open-store.ts'
export { StartError } from '../server/start-error.ts'

export type Rebuilt = {
  readonly rows: number
  readonly transactions: number
  /** sha-256 over all that is folded, from which every statement is added up: equal intake gives the equal hash. */
  readonly statementsHash: string
}

/** Rebuilds the store at an address under the roster of `rosterFile` (absent: the one it has). Interrupted, the next start or rebuild finishes it. */
export const rebuildStore = async (options: {
  readonly store: string
  /** The appview's data folder, where the key of a store on MongoDB lies. */
  readonly folder?: string
  readonly rosterFile?: string
  readonly onProgress?: Progress
  /** Told when all is folded and on disk, before the hash over it is made. */
  readonly onFolded?: () => void
}): Promise<Rebuilt> => {
  const store = await openStore({ address: options.store, folder: options.folder ?? dirname(options.store) })
  try {
    const { onProgress, onFolded, rosterFile } = options
    return await rebuildBooks(store.books, onProgress, { onFolded, roster: await rosterIn(store.books, rosterFile) })
  } finally {
    await store.close()
  }
}

/** A rebuild of the store of an appview in service. */
export type AskedOf = {
  readonly where: StoreAddress
  /** Absent: under the roster the books have. */
  readonly rosterFile?: string | undefined
  readonly ttlMs: number
  /** Told who leaves and who comes, before anything is done. */
  readonly onChange: (changes: string) => void
  readonly onProgress: Progress
}

/** By whoever follows into the store, as a job of the operator. */
export type Asked = { readonly town: string; readonly id: string }

/**
 * Has the appview that follows into a store rebuild it. Under another roster no appview that was stopped can start: where nobody follows, it is rebuilt at
 * once. Throws StartError.
 */
export const askRebuild = async ({ where, rosterFile, ttlMs, onChange, onProgress }: AskedOf): Promise<Asked | Rebuilt> => {
  const store = await openStore(where)
  const clock = systemClock()
  try {
    const bound = (await (await store.books.folding()).state()).roster
    const roster = (await rosterIn(store.books, rosterFile)) ?? bound
    const changes = changesBetween(bound, roster)
    if (changes === '') return await askForRebuild(store, clock)
    if (roster.length === 0) throw new StartError(`The roster file ${rosterFile} lists no municipality`)
    onChange(changes)
    const place = { leases: store.leases, folder: where.folder, ttlMs, clock, log: silentLog }
    const rebuilt = await inItsPlace(place, () => rebuildBooks(store.books, onProgress, { roster }))
    return rebuilt ?? (await askForRebuild(store, clock, { roster, hash: rosterHash(roster) }))
  } finally {
    await store.close()
  }
}

const rosterIn = async (books: Books, file: string | undefined): Promise<Roster | undefined> => {
  if (file === undefined) return undefined
  const { roster } = await (await books.folding()).state()
  return rosterOfRebuild(roster, await readRosterFile(file))
}

type Rebuilding = { readonly onFolded?: (() => void) | undefined; readonly roster?: Roster | undefined }

/** The same on an opened store, under the roster it has where no other is given. */
export const rebuildBooks = async (
  books: Books,
  onProgress: Progress = () => {},
  { onFolded = () => {}, roster: other }: Rebuilding = {},
): Promise<Rebuilt> => {
  await books.resetFold(await books.takeEpoch(), RULES, other)
  const { roster } = await (await books.folding()).state()
  const writer = await openWriter({ books, clock: systemClock(), roster: () => roster })
  const rows = await refoldIntake(books, writer, onProgress)
  onFolded()
  const { transactions } = await books.counts()
  return { rows, transactions, statementsHash: await hashOfFolded(books) }
}

export const hashOfFolded = async (books: Books): Promise<string> => {
  const hash = createHash('sha256')
  for await (const line of books.dump()) hash.update(line).update('\n')
  return hash.digest('hex')
}
