// Everybody is signed out, on every appview of a store: for when the secret or the keys of sign-in are lost. The entry for the command line.

import { existsSync } from 'node:fs'
import { StartError } from '../server/start-error.ts'
import { RENEW_BATCH } from './auth/limits.ts'
import { engineOf, openStore } from './store/open-store.ts'
import type { StoreAddress } from './store/open-store.ts'

/** How many values of sign-in are gone. Throws StartError where there is no such store. */
export const signOutAll = async (where: StoreAddress): Promise<number> => {
  if (engineOf(where.address) === 'sqlite' && !existsSync(where.address)) throw new StartError(`there is no store ${where.address}`)
  const store = await openStore(where)
  try {
    let gone = 0
    for (;;) {
      const page = await store.work.keptAfter({ kind: '', name: '' }, RENEW_BATCH)
      if (page.length === 0) return gone
      for (const { kind, name } of page) await store.work.drop(kind, name)
      gone += page.length
    }
  } finally {
    await store.close()
  }
}
