// Handles under our own domains are answered from our own accounts; all others by whoever holds their domain.

import { UnresolvedHandle, type HandleResolver } from '../../atproto/resolve-handle.ts'
import type { Accounts } from './accounts.ts'

export const resolveOurHandlesFirst = (domains: readonly string[], accounts: Accounts, elsewhere: HandleResolver): HandleResolver => {
  return async (handle, signal) => {
    if (!domains.some((domain) => handle.endsWith(domain))) return elsewhere(handle, signal)
    const account = accounts.byHandle(handle)
    if (account === undefined || account.status === 'takendown') throw new UnresolvedHandle('not-found', `${handle} is nobody here`)
    return account.did
  }
}
