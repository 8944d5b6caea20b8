// The accounts of this PDS as the authorization server sees them: signing in with the account's own password, joining, the settings on /account.
// An app password signs nobody in here. What needs mail is refused: this server sends none.

import { HandleUnavailableError, InvalidCredentialsError, InvalidRequestError } from '@atproto/oauth-provider/errors'
import type { AccountStore } from '@atproto/oauth-provider/store'
import { parseDid } from '../../atproto/did.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { parseEmail } from '../accounts/account-input.ts'
import type { AccountStatusDeeds } from '../accounts/account-status.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { findByIdentifier } from '../accounts/find-by-identifier.ts'
import { createAccount, type CreateAccountDeps } from '../accounts/create-account.ts'
import { handleNotAvailable, type HandleRules } from '../accounts/handle-rules.ts'
import type { IdentityChanges } from '../accounts/identity-changes.ts'
import { isOwnPassword } from '../accounts/own-password.ts'
import { createDeviceAccounts, type DeviceAccountDeps } from './device-accounts.ts'
import { parseOwnDid } from './parse-stored.ts'
import type { Account } from './provider-types.ts'

export type AccountStoreDeps = DeviceAccountDeps &
  CreateAccountDeps & {
    accounts: Accounts
    status: AccountStatusDeeds
    changes: IdentityChanges
    handleRules: HandleRules
    /** Whether people may join on the sign-in page. */
    signUp: boolean
  }

export const createAccountStore = (deps: AccountStoreDeps): AccountStore => {
  const { accounts, accountOf } = deps
  const known = (did: string): Account => {
    const account = accountOf(did)
    if (account === undefined) throw new InvalidRequestError('Account not found')
    return account
  }
  return {
    ...createDeviceAccounts(deps),
    ...withoutMail,
    async createAccount({ handle, email, password, inviteCode }) {
      if (!deps.signUp) throw new InvalidRequestError('This server takes no new accounts here')
      const { account } = await saying(() => createAccount(deps, { handle, email, password, inviteCode }))
      // The session that joining by XRPC begins is nobody's here.
      deps.sessions.endAll(account.did)
      return known(account.did)
    },
    async authenticateAccount({ username, password }) {
      const account = findByIdentifier(accounts, username)
      const isRight = await isOwnPassword(accounts, account, password)
      if (account === undefined || !isRight)
        throw new InvalidCredentialsError('Invalid identifier or password', account && parseOwnDid(account.did))
      if (account.status === 'takendown') throw new InvalidRequestError('Account has been taken down')
      return known(account.did)
    },
    async updateEmailConfirm({ did, email }) {
      const parsed = await saying(async () => parseEmail(email))
      const holder = parsed === null ? undefined : accounts.byEmail(parsed)
      if (holder !== undefined && holder.did !== did) throw new InvalidRequestError('Email already taken')
      accounts.setEmail(did, parsed)
      return known(did)
    },
    async verifyHandleAvailability(handle) {
      await sayingHandle(async () => {
        deps.handleRules.parseLocal(handle)
        if (accounts.byHandle(handle) !== undefined) throw handleNotAvailable(handle)
      })
    },
    async updateHandle({ did, handle }) {
      await sayingHandle(async () => deps.changes.setHandle(parseDid(did), await deps.handleRules.parseFor(parseDid(did), handle)))
      return known(did)
    },
    deactivateAccount({ did }) {
      deps.status.deactivate(parseDid(did))
      return known(did)
    },
    async reactivateAccount({ did }) {
      await saying(() => deps.status.activate(parseDid(did)))
      return known(did)
    },
  }
}

const noMail = (): never => {
  throw new InvalidRequestError('This server sends no mail: ask its operator')
}

const withoutMail = {
  resetPasswordRequest: noMail,
  resetPasswordConfirm: noMail,
  verifyEmailRequest: noMail,
  verifyEmailConfirm: noMail,
  deleteAccountRequest: noMail,
  deleteAccountConfirm: noMail,
  // An address that was never confirmed is changed without a token.
  updateEmailRequest: () => ({ tokenRequired: false }),
}

/** Our refusals in the provider's words. */
const saying = async <T>(deed: () => Promise<T>): Promise<T> => {
  try {
    return await deed()
  } catch (error) {
    if (error instanceof XrpcError) throw new InvalidRequestError(error.message)
    throw error
  }
}

const HANDLE_REASONS: Readonly<Record<string, HandleUnavailableError['reason']>> = {
  InvalidHandle: 'syntax',
  UnsupportedDomain: 'domain',
  HandleNotAvailable: 'taken',
}

const sayingHandle = async <T>(deed: () => Promise<T>): Promise<T> => {
  try {
    return await deed()
  } catch (error) {
    const reason = error instanceof XrpcError ? HANDLE_REASONS[error.error] : undefined
    if (error instanceof XrpcError && reason !== undefined) throw new HandleUnavailableError(reason, error.message)
    return saying(() => Promise.reject(error))
  }
}
