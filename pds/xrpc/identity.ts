// com.atproto.identity.*: who stands behind a handle or a DID, and the change of one's own handle.

import { parseDid, type Did } from '../../atproto/did.ts'
import { parseHandle } from '../../atproto/handle.ts'
import type { Identity, IdentityCache } from '../../atproto/identity-cache.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { UnresolvedDid } from '../../atproto/resolve-did.ts'
import { UnresolvedHandle, type HandleResolver } from '../../atproto/resolve-handle.ts'
import { method, type Call, type Methods, type Params } from '../../server/xrpc.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { didDocumentJson } from '../accounts/did-document-json.ts'
import type { HandleRules } from '../accounts/handle-rules.ts'
import type { IdentityChanges } from '../accounts/identity-changes.ts'
import type { Auth, Caller } from '../auth/caller.ts'
import { anyApp } from '../auth/permissions.ts'

export type IdentityMethodsDeps = {
  accounts: Accounts
  auth: Auth
  identities: IdentityCache
  resolveHandle: HandleResolver
  handleRules: HandleRules
  changes: IdentityChanges
  rotationKey: Keypair
  pdsUrl: string
}

export const identityMethods = (deps: IdentityMethodsDeps): Methods => ({
  'com.atproto.identity.resolveHandle': method({
    handle: async ({ params: { handle }, signal }: Call<unknown, { handle: string }>) => ({
      json: { did: await didOfHandle(deps, handle, signal) },
    }),
  }),
  'com.atproto.identity.resolveDid': method({
    handle: async ({ params: { did } }: Call<unknown, { did: string }>) => ({
      json: { didDoc: didDocumentJson((await known(deps.identities.get(parseDid(did)))).document) },
    }),
  }),
  'com.atproto.identity.resolveIdentity': method({
    handle: async ({ params: { identifier }, signal }: Call<unknown, { identifier: string }>) =>
      answerIdentity(deps, identifier, signal, (did) => deps.identities.get(did)),
  }),
  'com.atproto.identity.refreshIdentity': method({
    handle: async ({ input: { identifier }, signal }: Call<unknown, Params, { identifier: string }>) =>
      answerIdentity(deps, identifier, signal, (did) => deps.identities.refresh(did)),
  }),
  'com.atproto.identity.updateHandle': method({
    auth: (req) => deps.auth.holder(req, (may) => may.identity('handle')),
    async handle({ auth: { did }, input: { handle } }: Call<Caller, Params, { handle: string }>) {
      await deps.changes.setHandle(did, await deps.handleRules.parseFor(did, handle))
    },
  }),
  'com.atproto.identity.getRecommendedDidCredentials': method({
    auth: (req) => deps.auth.owner(req, anyApp),
    handle: ({ auth: { did, account } }: Call<Caller>) => ({
      json: {
        rotationKeys: did.startsWith('did:plc:') ? [deps.rotationKey.didKey] : undefined,
        alsoKnownAs: [`at://${account.handle}`],
        verificationMethods: { atproto: deps.accounts.keyOf(did).didKey },
        services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: deps.pdsUrl } },
      },
    }),
  }),
})

const didOfHandle = async ({ resolveHandle }: IdentityMethodsDeps, handle: string, signal: AbortSignal): Promise<Did> => {
  try {
    return await resolveHandle(parseHandle(handle), signal)
  } catch (error) {
    if (error instanceof UnresolvedHandle) throw new XrpcError(400, 'HandleNotFound', 'Unable to resolve handle')
    throw error
  }
}

const answerIdentity = async (deps: IdentityMethodsDeps, identifier: string, signal: AbortSignal, ask: (did: Did) => Promise<Identity>) => {
  const did = identifier.startsWith('did:') ? parseDid(identifier) : await didOfHandle(deps, identifier, signal)
  const { handle, document } = await known(ask(did))
  return { json: { did, handle: handle ?? 'handle.invalid', didDoc: didDocumentJson(document) } }
}

const known = async (asked: Promise<Identity>): Promise<Identity> => {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof UnresolvedDid)) throw error
    if (error.code === 'deactivated') throw new XrpcError(400, 'DidDeactivated', 'The DID has been deactivated')
    if (error.code === 'unreachable') throw new XrpcError(502, 'UpstreamFailure', 'The DID could not be looked up now: try again')
    throw new XrpcError(400, 'DidNotFound', 'The DID does not resolve to a document')
  }
}
