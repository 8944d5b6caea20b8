// Who is calling: by a service auth token of their PDS, by the cookie of who is signed in on the pages, or nobody in particular.
// Checks, in order: bearer token (form to replay, see atproto/service-auth), then the session cookie, which counts for reading alone: no page of
// another site may have the browser write. A bad token is refused, never taken for nobody.

import type { Request } from 'express'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { parseDid } from '../../atproto/did.ts'
import { ServiceAuthRefused, verifyServiceJwt } from '../../atproto/service-auth.ts'
import { createSeenTokens } from '../../atproto/seen-tokens.ts'
import type { Clock } from '../../server/clock.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { REMEMBERED_TOKENS } from './limits.ts'
import type { SignIn } from './sign-in.ts'

export type Caller = { readonly kind: 'anyone' } | { readonly kind: 'account'; readonly did: string }

export const ANYONE: Caller = { kind: 'anyone' }

export type Callers = { of(req: Request, lxm: string): Promise<Caller> }

export type CallersDeps = {
  /** Every form this appview goes by: its DID, and its DID with #waki_appview. */
  readonly audiences: readonly string[]
  readonly identities: IdentityCache
  readonly signIn: Pick<SignIn, 'sessionOf'>
  readonly clock: Clock
}

export const createCallers = ({ audiences, identities, signIn, clock }: CallersDeps): Callers => {
  const replay = createSeenTokens(() => clock.realMs(), REMEMBERED_TOKENS)
  const keyOf = async (did: string, isFresh: boolean): Promise<string> => {
    const known = parseDid(did)
    const identity = await (isFresh ? identities.refresh(known) : identities.get(known))
    if (identity.signingKey === null) throw new ServiceAuthRefused('token.signature')
    return identity.signingKey
  }
  return {
    of: async (req, lxm) => {
      const { authorization } = req.headers
      if (authorization?.startsWith('Bearer ')) {
        try {
          const token = authorization.slice('Bearer '.length)
          const { iss } = await verifyServiceJwt(token, { audiences, lxm, keyOf, replay, nowMs: clock.realMs() })
          return { kind: 'account', did: iss }
        } catch (error) {
          throw refusalOf(error)
        }
      }
      if (authorization !== undefined) throw new XrpcError(401, 'AuthMissing', 'Only Bearer tokens of service auth are known here')
      if (req.method !== 'GET' && req.method !== 'HEAD') return ANYONE
      const session = await signIn.sessionOf(req.headers.cookie)
      return session === null ? ANYONE : { kind: 'account', did: session.did }
    },
  }
}

const refusalOf = (error: unknown): XrpcError =>
  error instanceof ServiceAuthRefused
    ? new XrpcError(401, error.error, error.message)
    : new XrpcError(401, 'BadJwtIss', 'The issuer of the token cannot be resolved')
