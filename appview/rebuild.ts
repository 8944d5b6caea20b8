// The books of a stopped appview folded anew: everything made from intake is dropped and made again, from intake alone and never from the network.

import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { systemClock } from '../server/clock.ts'
import { refoldIntake } from './follow/refold.ts'
import type { Progress } from './follow/refold.ts'
import { readRosterFile, rosterOfRebuild } from './follow/roster.ts'
import { openWriter } from './follow/writer.ts'
import { RULES } from './journal/rules.ts'
import { askForRebuild } from './jobs/operators-rebuild.ts'
import { openStore } from './store/open-store.ts'
import type { StoreAddress } from './store/open-store.ts'
import type { Books } from './store/store.ts'

export { storeOfEnvironment } from './config.ts'
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
    if (options.rosterFile !== undefined) {
      const { roster } = await store.books.state()
      await store.books.setRoster(rosterOfRebuild(roster, await readRosterFile(options.rosterFile)))
    }
    return await rebuildBooks(store.books, options.onProgress, options.onFolded)
  } finally {
    await store.close()
  }
}

/** Has the appview that follows into a store rebuild it, as a job of the operator. Throws StartError. */
export const askRebuild = async (where: StoreAddress): Promise<{ readonly town: string; readonly id: string }> => {
  const store = await openStore(where)
  try {
    return await askForRebuild(store, systemClock())
  } finally {
    await store.close()
  }
}

/** The same on an opened store. */
export const rebuildBooks = async (books: Books, onProgress: Progress = () => {}, onFolded = () => {}): Promise<Rebuilt> => {
  const { roster } = await books.state()
  await books.resetFold(await books.takeEpoch(), RULES)
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
