// The authorization server: @atproto/oauth-provider over our own stores. Loaded when it is first asked (lazy-server.ts): it takes some 40 MB.

import { createSecretKey, randomBytes } from 'node:crypto'
import { AccessTokenMode, JoseKey, type OAuthProvider } from '@atproto/oauth-provider/provider'
import type { Did } from '../../atproto/did.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sealer } from '../../server/seal.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { findByIdentifier } from '../accounts/find-by-identifier.ts'
import type { Attempts } from '../auth/attempts.ts'
import { createAccountStore, type AccountStoreDeps } from './account-store.ts'
import { branding } from './branding.ts'
import { CorrectedProvider } from './corrected-provider.ts'
import { createDeviceStore } from './device-store.ts'
import { createLexiconStore } from './lexicon-store.ts'
import { lexiconsOf, type ResolveLexicon } from './lexicons.ts'
import { parseOwnDid, parseOwnHandle } from './parse-stored.ts'
import type { Account } from './provider-types.ts'
import { createReplayStore } from './replay-store.ts'
import { createRequestStore } from './request-store.ts'
import { createTokenStore } from './token-store.ts'
import { TooManyRequests } from './too-many-requests.ts'

/** Access tokens are looked up at every request, so a revoked one ends at once; the profile asks for less than 30 minutes. */
export const ACCESS_TOKEN_MS = 15 * 60_000
const NONCE_SECRET_BYTES = 32

export type ProviderDeps = Omit<AccountStoreDeps, 'accountOf'> & {
  db: Database
  sealer: Sealer
  /** Signs access tokens and the short tokens of the sign-in pages. */
  tokenKey: Uint8Array
  issuer: string
  serverDid: Did
  handleDomains: readonly string[]
  attempts: Attempts
  resolveLexicon: ResolveLexicon
  /** Bounded, and refuses addresses that are not public (server/safe-fetch.ts). */
  fetch: typeof fetch
}

export const createProvider = async (deps: ProviderDeps): Promise<OAuthProvider> => {
  const { db, sealer, clock, accounts, serverDid, attempts } = deps
  const accountOf = (did: string): Account | undefined => {
    const account = accounts.byDid(did)
    if (account === undefined || account.status === 'takendown') return undefined
    return {
      did: parseOwnDid(account.did),
      pds: parseOwnDid(serverDid),
      deactivated: account.status === 'deactivated',
      handle: parseOwnHandle(account.handle),
      // Nobody is asked to confirm an address while this server sends no mail.
      ...(account.email === null ? {} : { email: account.email, emailVerified: true }),
    }
  }
  return new CorrectedProvider({
    issuer: deps.issuer,
    keyset: [await JoseKey.fromKeyLike(createSecretKey(deps.tokenKey), undefined, 'HS256')],
    // New at every start: proofs of possession of before are worth nothing after it (replay-store.ts).
    dpopSecret: randomBytes(NONCE_SECRET_BYTES),
    accessTokenMode: AccessTokenMode.stateful,
    tokenMaxAge: ACCESS_TOKEN_MS,
    accountStore: createAccountStore({ ...deps, accountOf }),
    deviceStore: createDeviceStore(db, sealer, clock),
    requestStore: createRequestStore(db, clock),
    tokenStore: createTokenStore({ db, clock, accountOf }),
    lexiconStore: createLexiconStore(db),
    replayStore: createReplayStore(db, clock),
    lexResolver: lexiconsOf(deps.resolveLexicon, deps.fetch),
    safeFetch: deps.fetch,
    metadata: { protected_resources: [deps.issuer] },
    branding,
    inviteCodeRequired: deps.inviteRequired,
    availableUserDomains: deps.signUp ? [...deps.handleDomains] : [],
    ...limitAttempts(attempts, accounts),
  })
}

type SignInTried = { readonly data: { readonly username: string }; readonly deviceMetadata: { readonly ipAddress: string } }

/** The same count of wrong passwords as for sessions of the account's own. */
const limitAttempts = (attempts: Attempts, accounts: Accounts) => {
  const attemptOf = ({ data, deviceMetadata }: SignInTried) => ({
    name: findByIdentifier(accounts, data.username)?.did ?? data.username,
    ip: deviceMetadata.ipAddress,
  })
  return {
    onSignInAttempt(tried: SignInTried) {
      try {
        attempts.begin(attemptOf(tried))
      } catch (error) {
        throw error instanceof XrpcError ? new TooManyRequests(error.message, error.headers) : error
      }
    },
    onSignedIn: (tried: SignInTried) => attempts.right(attemptOf(tried)),
  }
}
