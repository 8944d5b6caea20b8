// com.atproto.admin.*, for the operator (HTTP Basic): takedown of an account, a new signing key for it, a new password, which ends every session,
// and its deletion.

import { parseDid } from '../../atproto/did.ts'
import { method, type Call, type Methods, type Params } from '../../server/xrpc.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import type { Database } from '../../server/sqlite.ts'
import { parseNewPassword } from '../accounts/account-input.ts'
import type { AccountStatusDeeds } from '../accounts/account-status.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { DeleteAccount } from '../accounts/delete-account.ts'
import type { IdentityChanges } from '../accounts/identity-changes.ts'
import { hashPassword } from '../accounts/password.ts'
import type { Auth } from '../auth/caller.ts'
import type { Sessions } from '../auth/sessions.ts'
import type { EndGrants } from '../oauth/end-grants.ts'

export type AdminMethodsDeps = {
  db: Database
  auth: Auth
  accounts: Accounts
  status: AccountStatusDeeds
  changes: IdentityChanges
  sessions: Sessions
  endGrants: EndGrants
  deleteAccount: DeleteAccount
}

type Subject = { $type?: string; did?: string }
type SubjectStatus = { subject: Subject; takedown?: { applied: boolean; ref?: string }; deactivated?: { applied: boolean } }

/** A record or a blob is named by another type, which may have a DID in it too. */
const REPO_REF = 'com.atproto.admin.defs#repoRef'

export const adminMethods = ({ db, auth, accounts, status, changes, sessions, endGrants, deleteAccount }: AdminMethodsDeps): Methods => ({
  'com.atproto.admin.updateSubjectStatus': method({
    auth: auth.admin,
    async handle({ input: { subject, takedown, deactivated } }: Call<void, Params, SubjectStatus>) {
      const { did } = accountOf(accounts, subject.$type === REPO_REF ? subject.did : undefined)
      if (takedown !== undefined) status.setTakenDown(did, takedown.applied)
      if (deactivated !== undefined) await status.setDeactivated(did, deactivated.applied)
      return { json: { subject, ...(takedown === undefined ? {} : { takedown }) } }
    },
  }),
  'com.atproto.admin.getSubjectStatus': method({
    auth: auth.admin,
    handle({ params: { did, uri, blob } }: Call<void, { did?: string; uri?: string; blob?: string }>) {
      const account = accountOf(accounts, uri === undefined && blob === undefined ? did : undefined)
      return {
        json: {
          subject: { $type: REPO_REF, did: account.did },
          takedown: { applied: account.status === 'takendown' },
          deactivated: { applied: account.status === 'deactivated' },
        },
      }
    },
  }),
  'com.atproto.admin.updateAccountSigningKey': method({
    auth: auth.admin,
    handle: ({ input: { did, signingKey } }: Call<void, Params, { did: string; signingKey: string }>) =>
      changes.rotateSigningKey(accountOf(accounts, did).did, signingKey),
  }),
  'com.atproto.admin.deleteAccount': method({
    auth: auth.admin,
    handle: ({ input: { did } }: Call<void, Params, { did: string }>) => deleteAccount(accountOf(accounts, did).did),
  }),
  'com.atproto.admin.updateAccountPassword': method({
    auth: auth.admin,
    async handle({ input }: Call<void, Params, { did: string; password: string }>) {
      const { did } = accountOf(accounts, input.did)
      const hash = await hashPassword(parseNewPassword(input.password))
      db.transaction(() => {
        accounts.setPasswordHash(did, hash)
        sessions.endAll(did)
        endGrants(did)
      }).immediate()
    },
  }),
})

const accountOf = (accounts: Accounts, did: string | undefined) => {
  if (did === undefined) throw invalidRequest('Only whole accounts can be named here: give a did')
  const account = accounts.byDid(parseDid(did))
  if (account === undefined) throw new XrpcError(400, 'AccountNotFound', `No account here has the DID ${did}`)
  return account
}
