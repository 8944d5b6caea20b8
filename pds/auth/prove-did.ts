// Proof that a caller holds a DID that has no account here yet: a service token for one method, signed with that DID's key, used once.

import type { Request } from 'express'
import type { Did } from '../../atproto/did.ts'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { ServiceAuthRefused, verifyServiceJwt } from '../../atproto/service-auth.ts'
import { createSeenTokens } from '../../atproto/seen-tokens.ts'
import type { Clock } from '../../server/clock.ts'
import { authMissing, XrpcError } from '../../server/xrpc-error.ts'
import { bearerOf } from './caller.ts'

const TOKENS_KEPT = 10_000

export type ProveDidDeps = { identities: IdentityCache; audience: Did; lxm: string; clock: Clock }

/** The function throws XrpcError 401 AuthMissing, 401 with the name of what is wrong with the token, or 400 UnresolvableDid. */
export const createProveDid = ({ identities, audience, lxm, clock }: ProveDidDeps) => {
  const replay = createSeenTokens(() => clock.realMs(), TOKENS_KEPT)
  const keyOf = async (did: Did, fresh: boolean): Promise<string> => {
    const identity = await (fresh ? identities.refresh(did) : identities.get(did)).catch(() => undefined)
    if (identity === undefined || identity.signingKey === null) throw new XrpcError(400, 'UnresolvableDid', 'The DID gives no signing key')
    return identity.signingKey
  }
  return async (req: Request, did: Did): Promise<void> => {
    if (req.headers.authorization === undefined) throw authMissing('Missing auth to create account with did')
    try {
      const caller = await verifyServiceJwt(bearerOf(req), {
        audiences: [audience, `${audience}#atproto_pds`],
        lxm,
        keyOf,
        replay,
        nowMs: clock.realMs(),
      })
      if (caller.iss !== did) throw authMissing(`Missing auth to create account with did: ${did}`)
    } catch (error) {
      if (error instanceof ServiceAuthRefused) throw new XrpcError(401, error.error, error.message)
      throw error
    }
  }
}
