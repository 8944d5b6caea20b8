// An account for an identity that exists already (a move, or did:web): proved by service auth, begun deactivated and without events.
// The person then imports the repo, lets the DID name this server and its key, and activates it.

import type { Did } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import { parseEmail, parseNewPassword } from './account-input.ts'
import { checkFree, persistAccount, type AccountRequest, type CreateAccountDeps, type CreatedAccount } from './create-account.ts'
import { signingKeyLabel } from './key-ring.ts'
import { hashPassword } from './password.ts'
import type { ReservedKeys } from './reserved-keys.ts'
import type { Sealer } from '../../server/seal.ts'

export type TakeInDeps = Omit<CreateAccountDeps, 'reservations' | 'directory'> & { reservedKeys: ReservedKeys; sealer: Sealer }

/** `did` is proved to be the caller. Throws as `createAccount`, and InvalidRequest when the DID has an account here. */
export const takeInAccount = async (deps: TakeInDeps, did: Did, request: AccountRequest): Promise<CreatedAccount> => {
  const { accounts, clock, sealer, reservedKeys } = deps
  if (request.recoveryKey !== undefined) throw invalidRequest('recoveryKey belongs to a new identity')
  const handle = await deps.handleRules.parseFor(did, request.handle)
  const password = parseNewPassword(request.password)
  const email = parseEmail(request.email)
  const check = (): void => {
    if (accounts.byDid(did) !== undefined) throw new XrpcError(400, 'AlreadyExists', 'This identity has an account here')
    checkFree(accounts, handle, email)
  }
  check()
  if (deps.inviteRequired) deps.invites.check(request.inviteCode)
  const passwordHash = await hashPassword(password)
  return persistAccount(deps, request.inviteCode, () => {
    check()
    const keypair = reservedKeys.findFor(did) ?? createKeypair('k256')
    reservedKeys.remove(keypair.didKey)
    const sealedKey = sealer.seal(signingKeyLabel(did), keypair.exportPrivate())
    accounts.insert({ did, handle, email, passwordHash, sealedKey, deactivated: true, createdMs: clock.civilMs() })
    return did
  })
}
