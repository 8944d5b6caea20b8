// Whether a password is an account's own. It takes as long for somebody who is not here, and for what is no password by its length, so that nobody is
// told by its speed whose name or address is known. A password that was replaced while it was checked is not taken any more.

import type { Account } from './account.ts'
import type { Accounts } from './accounts.ts'
import { PASSWORD_MAX_CHARS, verifyNothing, verifyPassword } from './password.ts'

/** `account` is undefined where nobody has the name that was typed. Throws XrpcError 503 Overloaded. */
export const isOwnPassword = async (
  accounts: Pick<Accounts, 'passwordHash'>,
  account: Pick<Account, 'did'> | undefined,
  password: string,
): Promise<boolean> => {
  if (account === undefined || password.length > PASSWORD_MAX_CHARS) return verifyNothing(password.slice(0, PASSWORD_MAX_CHARS))
  const stored = accounts.passwordHash(account.did)
  return (await verifyPassword(password, stored)) && accounts.passwordHash(account.did) === stored
}
