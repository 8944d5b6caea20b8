// Whom a person means who signs in: by handle, with or without @, by DID, or by e-mail address.

import type { Account } from './account.ts'
import type { Accounts } from './accounts.ts'

export const findByIdentifier = (accounts: Pick<Accounts, 'byEmail' | 'resolve'>, identifier: string): Account | undefined => {
  const name = identifier.trim().replace(/^@/, '').toLowerCase()
  if (name.includes('@')) return accounts.byEmail(name)
  return accounts.resolve(identifier.startsWith('did:') ? identifier : name)
}
