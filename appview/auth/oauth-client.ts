// The OAuth client of the pages, as backend for frontend: tokens and DPoP keys stay on this server, sealed. Identities are resolved by our own
// resolvers, so that a sign-in reaches no address that our fetch would not. One refresh per account at a time, over all processes of the store: a token to
// refresh by is good once, and who comes second with it ends the grant.

import { JoseKey, NodeOAuthClient, OAuthResolverError, OAuthResponseError, TokenRevokedError } from '@atproto/oauth-client-node'
import type { NodeOAuthClientOptions, OAuthClientMetadataInput } from '@atproto/oauth-client-node'
import { isDid, parseDid } from '../../atproto/did.ts'
import { parseHandle } from '../../atproto/handle.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import type { HandleResolver } from '../../atproto/resolve-handle.ts'
import type { TurnByKey } from '../../server/in-turn.ts'
import type { Keep } from './keep.ts'
import { parseGrant, parseState } from './kept-values.ts'
import type { Failure } from './lazy-client.ts'
import { GRANT_LIFE_MS, REQUEST_LIFE_MS } from './limits.ts'
import type { SignInKeys } from './sign-in-keys.ts'

export type OAuthClientDeps = {
  readonly metadata: OAuthClientMetadataInput
  readonly keys: SignInKeys
  readonly keep: Keep
  /** One at a time by name, among all who keep in that store. */
  readonly lock: TurnByKey
  readonly identities: IdentityCache
  readonly resolveHandle: HandleResolver
  readonly fetch: typeof fetch
  readonly allowLoopback: boolean
}

export const createOAuthClient = async (deps: OAuthClientDeps): Promise<NodeOAuthClient> => {
  const { metadata, keys, keep, lock, fetch, allowLoopback } = deps
  return new NodeOAuthClient({
    clientMetadata: metadata,
    ...(metadata.token_endpoint_auth_method === 'private_key_jwt' ? { keyset: await keysetOf(keys) } : {}),
    stateStore: stateStore(keep),
    sessionStore: sessionStore(keep),
    identityResolver: identityResolver(deps),
    requestLock: (name, work) => lock(name, async () => work()),
    allowHttp: allowLoopback,
    fetch,
    // A grant that its server ended ends every browser's session too. A new grant in place of an old one does not.
    onSessionDeleted: async (did, cause) => {
      if (!(cause instanceof TokenRevokedError)) await keep.dropOwned('session', did)
    },
  })
}

/** A state is given once: of two callbacks with the same one, the second finds nothing. */
const stateStore = (keep: Keep): NodeOAuthClientOptions['stateStore'] => ({
  set: async (state, value) => keep.put('request', state, value, { owner: '', lifeMs: REQUEST_LIFE_MS }),
  get: async (state) => parseState(await keep.take('request', state)),
  del: async (state) => keep.drop('request', state),
})

const sessionStore = (keep: Keep): NodeOAuthClientOptions['sessionStore'] => ({
  set: async (did, value) => keep.put('grant', did, value, { owner: did, lifeMs: GRANT_LIFE_MS }),
  get: async (did) => parseGrant(await keep.get('grant', did)),
  del: async (did) => keep.drop('grant', did),
})

const keysetOf = ({ clientKeys }: SignInKeys): Promise<JoseKey[]> => Promise.all(clientKeys.map((jwk) => JoseKey.fromJWK({ ...jwk })))

export const failureOf = (error: unknown): Failure => {
  const answer = [error, error instanceof Error ? error.cause : undefined].find((one) => one instanceof OAuthResponseError)
  if (answer !== undefined) return { kind: 'answered', error: answer.error ?? '' }
  return { kind: error instanceof OAuthResolverError ? 'unresolved' : 'other' }
}

const PDS_SERVICE = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer' } as const

const identityResolver = ({ identities, resolveHandle }: OAuthClientDeps): NonNullable<NodeOAuthClientOptions['identityResolver']> => ({
  resolve: async (identifier, options) => {
    const did = isDid(identifier) ? parseDid(identifier) : await resolveHandle(parseHandle(identifier))
    const { pds, handle } = await (options?.noCache === true ? identities.refresh(did) : identities.get(did))
    if (pds === null) throw new Error(`the identity document of ${did} names no PDS`)
    const known = parseAtprotoDid(did)
    return { did: known, didDoc: { id: known, service: [{ ...PDS_SERVICE, serviceEndpoint: pds }] }, handle: handle ?? 'handle.invalid' }
  },
})

const parseAtprotoDid = (did: string) => did as `did:plc:${string}` | `did:web:${string}`
