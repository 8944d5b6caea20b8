// The accounts of this PDS as rows of pds.sqlite: found by DID or handle, listed, changed.
// Reading answers undefined for what is not here; writing is synchronous and belongs inside the caller's transaction.

import type { Database } from '../../server/sqlite.ts'
import type { Keypair } from '../../atproto/keys.ts'
import type { Did } from '../../atproto/did.ts'
import type { Handle } from '../../atproto/handle.ts'
import type { Account } from './account.ts'
import type { Sealer } from './seal.ts'

export type { Account, AccountStatus } from './account.ts'

export type Accounts = {
  byDid(did: string): Account | undefined
  byHandle(handle: string): Account | undefined
  /** By DID or handle, as an at-identifier names it. */
  resolve(identifier: string): Account | undefined
  isActive(did: string): boolean
  /** In order of DID, after `cursor` (a DID), at most `limit`. */
  list(cursor: string | undefined, limit: number): readonly Account[]
  /** The signing key, unsealed and kept in a bounded cache; asserts that the account is here. */
  keyOf(did: string): Keypair
}

export declare const createAccounts: (db: Database, sealer: Sealer) => Accounts
export type { Did, Handle }
