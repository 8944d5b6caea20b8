// An account stops and starts again: by its holder (deactivate, activate) or by the operator (takedown). Each change and its events are one transaction.

import type { Did } from '../../atproto/did.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { Log } from '../../server/log.ts'
import type { Database } from '../../server/sqlite.ts'
import { invalidRequest } from '../../server/xrpc-error.ts'
import type { EndGrants } from '../oauth/end-grants.ts'
import type { Repos } from '../repo/repos.ts'
import type { Sequencer } from '../sequencer.ts'
import type { Account, Accounts } from './accounts.ts'

export type StatusDeps = {
  db: Database
  accounts: Accounts
  identities: IdentityCache
  repos: Repos
  sequencer: Sequencer
  endGrants: EndGrants
  pdsUrl: string
  log: Log
}

export type AccountStatusDeeds = {
  deactivate(did: Did): void
  /** Throws XrpcError InvalidRequest unless the DID document names this server and this account's key. */
  activate(did: Did): Promise<void>
  /** A takedown also ends what apps were given. */
  setTakenDown(did: Did, takenDown: boolean): void
  setDeactivated(did: Did, deactivated: boolean): Promise<void>
  /** Whether the DID document, asked afresh, names this server and this account's key. */
  isValidDid(did: Did): Promise<boolean>
}

export const createAccountStatus = (deps: StatusDeps): AccountStatusDeeds => {
  const { db, accounts, repos, sequencer, log } = deps
  const change = (did: Did, alter: () => void): void => {
    const isChanged = db
      .transaction(() => {
        const before = accounts.byDid(did)?.status
        alter()
        const account = accounts.byDid(did)
        if (account !== undefined && account.status === before) return false
        tellStatus(sequencer, account)
        return true
      })
      .immediate()
    if (!isChanged) return
    sequencer.published()
    log.info('account.changed', { did, status: accounts.byDid(did)?.status })
  }
  const deactivate = (did: Did): void => change(did, () => accounts.setDeactivated(did, true))
  const activate = async (did: Did): Promise<void> => {
    await checkIdentity(deps, did)
    if (accounts.byDid(did)?.status !== 'deactivated') return
    db.transaction(() => {
      accounts.setDeactivated(did, false)
      const account = accounts.byDid(did)
      tellStatus(sequencer, account)
      sequencer.identity(did, account?.handle)
      // Signed anew, so that the #sync is newer than what any relay has seen of this repo, here or at its old host.
      repos.resign(did, accounts.keyOf(did))
      sequencer.sync(did)
    }).immediate()
    sequencer.published()
    log.info('account.changed', { did, status: accounts.byDid(did)?.status })
  }
  return {
    deactivate,
    activate,
    setTakenDown: (did, takenDown) =>
      change(did, () => {
        accounts.setTakenDown(did, takenDown)
        if (takenDown) deps.endGrants(did)
      }),
    setDeactivated: async (did, deactivated) => (deactivated ? deactivate(did) : activate(did)),
    isValidDid: (did) => identityFault(deps, did).then((fault) => fault === undefined),
  }
}

const tellStatus = (sequencer: Sequencer, account: Account | undefined): void => {
  if (account === undefined) throw invalidRequest('There is no such account here')
  if (account.status === 'active') sequencer.account(account.did, true)
  else sequencer.account(account.did, false, account.status)
}

const checkIdentity = async (deps: StatusDeps, did: Did): Promise<void> => {
  const fault = await identityFault(deps, did)
  if (fault !== undefined) throw invalidRequest(fault)
}

const identityFault = async ({ accounts, identities, pdsUrl }: StatusDeps, did: Did): Promise<string | undefined> => {
  const identity = await identities.refresh(did).catch(() => undefined)
  if (identity === undefined) return 'The DID could not be resolved'
  if (identity.pds !== pdsUrl) return 'DID document atproto_pds service endpoint does not match PDS public url'
  if (identity.signingKey !== accounts.keyOf(did).didKey) return 'DID document verification method does not match expected signing key'
  return undefined
}
