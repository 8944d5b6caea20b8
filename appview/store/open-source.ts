// Where a copy of a store comes from: the store of a stopped appview, or one moment of a store at which its appview goes on working.

import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openForReading } from '../../server/sqlite.ts'
import { isBeingCopied, partOfFile } from './copying.ts'
import { DEFAULT_FILE, engineOf, erasureKeyOf, openMoving, openStore } from './open-store.ts'
import type { StoreAddress } from './open-store.ts'
import type { Erasures } from './moving.ts'
import type { Store } from './store.ts'

export type Source = { readonly store: Store; readonly erasures: () => Promise<Erasures>; readonly close: () => Promise<void> }

const MOMENT = 'moment-'

/** What copies that were killed have left; nobody else may be copying there. */
export const clearMoments = (scratch: string): void => {
  for (const name of readdirSync(scratch)) if (name.startsWith(MOMENT)) rmSync(join(scratch, name), { recursive: true, force: true })
}

/** Whoever writes there from elsewhere is refused from here on, unless `refuse` rejects, for somebody is at work there. */
export const openStopped = async (from: StoreAddress, refuse: (store: Store) => Promise<void>): Promise<Source> => {
  const store = await openStore(from)
  try {
    await refuse(store)
    await store.books.takeEpoch()
  } catch (error) {
    await store.close()
    throw error
  }
  return { store, erasures: () => erasuresOf(from), close: () => store.close() }
}

/** `scratch`: a folder with room for as much as the store's file. */
export const openMoment = async (from: StoreAddress, scratch: string): Promise<Source> => {
  if (engineOf(from.address) === 'sqlite') return momentOfFile(from, scratch)
  const { openMongoSnapshot } = await import('./mongo-snapshot.ts')
  const { address, book } = from
  const { store, erasures } = await openMongoSnapshot({
    uri: address,
    keyFile: erasureKeyOf(from),
    ...(book === undefined ? {} : { book }),
  })
  return { store, erasures, close: () => store.close() }
}

/** A file made of the pages of one moment. */
const momentOfFile = async (from: StoreAddress, scratch: string): Promise<Source> => {
  const folder = mkdtempSync(join(scratch, MOMENT))
  const address = join(folder, DEFAULT_FILE)
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const db = openForReading(from.address)
    try {
      if (isBeingCopied(db)) throw partOfFile(from.address)
      db.prepare('VACUUM INTO ?').run(address)
    } finally {
      db.close()
    }
    const here = { address, folder }
    if (existsSync(erasureKeyOf(from))) copyFileSync(erasureKeyOf(from), erasureKeyOf(here))
    const store = await openStore(here)
    const close = async (): Promise<void> => {
      await store.close()
      clear()
    }
    return { store, erasures: () => erasuresOf(here), close }
  } catch (error) {
    clear()
    throw error
  }
}

const erasuresOf = async (where: StoreAddress): Promise<Erasures> => {
  const moving = await openMoving(where)
  try {
    return await moving.erasures()
  } finally {
    await moving.close()
  }
}
