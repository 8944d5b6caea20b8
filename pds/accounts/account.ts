// One account of this PDS: who it is and whether it may act. Its password and keys never leave accounts/.

import type { Did } from '../../atproto/did.ts'
import type { Handle } from '../../atproto/handle.ts'

/** What the protocol calls an account that is not active; takedown outranks deactivation. */
export type InactiveStatus = 'deactivated' | 'takendown'
export type AccountStatus = 'active' | InactiveStatus

export type Account = {
  readonly did: Did
  readonly handle: Handle
  readonly email: string | null
  readonly status: AccountStatus
  /** Civil instant, ISO 8601 UTC with milliseconds. */
  readonly createdAt: string
}

export const isActive = (account: Account): boolean => account.status === 'active'
