// Who is calling: by a service auth token of their PDS, by the cookie of who is signed in on the pages, or nobody in particular.
// Checks, in order: bearer token (form to replay, see atproto/service-auth), then the session cookie, which counts for reading alone: no page of
// another site may have the browser write. A bad token is refused, never taken for nobody.

import type { Request } from 'express'
import type { IdentityCache } from '../../atproto/identity-cache.ts'
import { parseDid } from '../../atproto/did.ts'
import { ServiceAuthRefused, verifyServiceJwt } from '../../atproto/service-auth.ts'
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
  const replay = createReplay(clock)
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

/** Remembers token ids until they expire. When full, the soonest to expire go first: they are the least worth replaying. */
const createReplay = (clock: Clock) => {
  const seen = new Map<string, number>()
  return {
    seen: (jti: string, expMs: number): boolean => {
      if (seen.has(jti)) return true
      seen.set(jti, expMs)
      if (seen.size > REMEMBERED_TOKENS) forgetExpired(seen, clock.realMs())
      return false
    },
  }
}

const forgetExpired = (seen: Map<string, number>, nowMs: number): void => {
  for (const [jti, expMs] of seen) if (expMs <= nowMs) seen.delete(jti)
  const surplus = [...seen].toSorted((a, b) => a[1] - b[1]).slice(0, Math.max(0, seen.size - REMEMBERED_TOKENS))
  for (const [jti] of surplus) seen.delete(jti)
}
