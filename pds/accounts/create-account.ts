// An account with a new identity. Nothing of it is visible before all of it is: the directory hears first, then one transaction persists account, empty
// repo, session and events. A crash before that transaction leaves a reservation (reservations.ts), which the next try for the handle completes.

import type { Did } from '../../atproto/did.ts'
import type { Handle } from '../../atproto/handle.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { Database } from '../../server/sqlite.ts'
import { invalidRequest } from '../../server/xrpc-error.ts'
import type { SessionTokens, Sessions } from '../auth/sessions.ts'
import type { Repos } from '../repo/repos.ts'
import type { Sequencer } from '../sequencer.ts'
import { parseEmail, parseNewPassword } from './account-input.ts'
import type { Account, Accounts } from './accounts.ts'
import type { Directory } from './directory.ts'
import { handleNotAvailable, type HandleRules } from './handle-rules.ts'
import type { Invites } from './invites.ts'
import { hashPassword } from './password.ts'
import { parseRecoveryKey } from './recovery-key.ts'
import type { Reservations } from './reservations.ts'

export type AccountRequest = {
  readonly handle: string
  readonly email?: string | undefined
  readonly password?: string | undefined
  readonly inviteCode?: string | undefined
  readonly recoveryKey?: string | undefined
}

export type CreateAccountDeps = {
  db: Database
  accounts: Accounts
  sessions: Sessions
  invites: Invites
  inviteRequired: boolean
  handleRules: HandleRules
  reservations: Reservations
  directory: Directory
  repos: Repos
  sequencer: Sequencer
  clock: Clock
  log: Log
}

export type CreatedAccount = { readonly account: Account; readonly tokens: SessionTokens }

/** Throws XrpcError InvalidHandle, UnsupportedDomain, HandleNotAvailable, InvalidPassword, InvalidInviteCode, InvalidRequest, UpstreamFailure. */
export const createAccount = async (deps: CreateAccountDeps, request: AccountRequest): Promise<CreatedAccount> => {
  const { accounts, reservations, directory } = deps
  // 1. Everything that can be refused, before anything is made.
  const handle = deps.handleRules.parseLocal(request.handle)
  const password = parseNewPassword(request.password)
  const email = parseEmail(request.email)
  const recoveryKey = parseRecoveryKey(request.recoveryKey)
  checkFree(accounts, handle, email)
  if (deps.inviteRequired) deps.invites.check(request.inviteCode)
  const passwordHash = await hashPassword(password)
  // 2. The identity: durable here, then public in the directory.
  const { did, sealedKey, operation } = reservations.reserve(handle, recoveryKey)
  await directory.publish(did, operation)
  // 3. The account, whole or not at all. What was free may have been taken meanwhile.
  return persistAccount(deps, request.inviteCode, () => {
    checkFree(accounts, handle, email)
    reservations.release(handle)
    accounts.insert({ did, handle, email, passwordHash, sealedKey, deactivated: false, createdMs: deps.clock.civilMs() })
    return did
  })
}

export type PersistDeps = Pick<
  CreateAccountDeps,
  'db' | 'accounts' | 'sessions' | 'invites' | 'inviteRequired' | 'repos' | 'sequencer' | 'log'
>

/** One transaction: what `insert` does, the invite's use, an empty repo, the events of an account that starts active, a session. Durable when it returns. */
export const persistAccount = (deps: PersistDeps, inviteCode: string | undefined, insert: () => Did): CreatedAccount => {
  const { db, accounts, sessions, invites, repos, sequencer } = deps
  const persist = db.transaction((): CreatedAccount => {
    const did = insert()
    const account = accounts.byDid(did)
    if (account === undefined) throw new Error('the account was inserted')
    if (deps.inviteRequired && inviteCode !== undefined) invites.use(inviteCode, did)
    repos.init(did, accounts.keyOf(did))
    if (account.status === 'active') {
      sequencer.identity(did, account.handle)
      sequencer.account(did, true)
      sequencer.commit(did)
      sequencer.sync(did)
    }
    return { account, tokens: sessions.create(did, null) }
  })
  const created = persist.immediate()
  sequencer.published()
  deps.log.info('account.created', { did: created.account.did, status: created.account.status })
  return created
}

/** Throws XrpcError HandleNotAvailable or InvalidRequest. */
export const checkFree = (accounts: Accounts, handle: Handle, email: string | null): void => {
  if (accounts.byHandle(handle) !== undefined) throw handleNotAvailable(handle)
  if (email !== null && accounts.byEmail(email) !== undefined) throw invalidRequest(`Email already taken: ${email}`)
}
