// The token of an app at one of our methods. Checks, in order: proof of possession (its key, method, address, nonce, that it is new), the token's
// signature, that its grant stands, audience, the scope `atproto`. The address is that of our settings, whatever a proxy in front of us makes of it.
// Errors are as clients expect them: 401 with WWW-Authenticate: DPoP error="use_dpop_nonce" or "invalid_token" (RFC 9449, section 9).

import type { Request } from 'express'
import { OAuthError, WWWAuthenticateError } from '@atproto/oauth-provider/errors'
import type { OAuthProvider } from '@atproto/oauth-provider/provider'
import { parseDid, type Did } from '../../atproto/did.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import type { VerifyAppToken } from '../auth/caller.ts'
import { permissionsOf } from './scope-permissions.ts'

export const createAppTokenVerifier =
  (provider: OAuthProvider, issuer: string, serverDid: Did): VerifyAppToken =>
  async (req) => {
    const nonce = provider.nextDpopNonce()
    if (nonce !== undefined) req.res?.setHeader('DPoP-Nonce', nonce)
    try {
      const { sub, jti, scope } = await provider.authenticateRequest(req.method, addressOf(req, issuer), req.headers, {
        audience: [serverDid],
        scope: ['atproto'],
      })
      return { did: parseDid(sub), tokenId: jti, permissions: permissionsOf(scope ?? '') }
    } catch (error) {
      throw refusalOf(error)
    }
  }

const addressOf = (req: Request, issuer: string): URL => new URL(new URL(req.originalUrl, 'http://any').pathname, issuer)

const refusalOf = (error: unknown): unknown => {
  if (!(error instanceof OAuthError)) return error
  const headers: Record<string, string> = error instanceof WWWAuthenticateError ? { 'www-authenticate': error.wwwAuthenticateHeader } : {}
  return new XrpcError(error.status, error.error, error.error_description, headers)
}
