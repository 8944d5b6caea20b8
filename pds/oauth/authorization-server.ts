// The provider behind its two doors: the paths of the authorization server, and the check of an app's token at our methods.

import type { RequestHandler } from 'express'
import { OAuthError } from '@atproto/oauth-provider/errors'
import { oauthMiddleware } from '@atproto/oauth-provider/middleware'
import type { Log } from '../../server/log.ts'
import type { VerifyAppToken } from '../auth/caller.ts'
import { correctPages } from './corrected-pages.ts'
import { createProvider, type ProviderDeps } from './provider.ts'
import { TooManyRequests } from './too-many-requests.ts'
import { createAppTokenVerifier } from './verify-app-token.ts'

export type AuthorizationServerDeps = ProviderDeps & { readonly log: Log }

export const createAuthorizationServer = async (
  deps: AuthorizationServerDeps,
): Promise<{ readonly handle: RequestHandler; readonly verifyAppToken: VerifyAppToken }> => {
  const provider = await createProvider(deps)
  const answer = oauthMiddleware(provider, {
    // What came with the request is not written: it may hold a token, a code or a password.
    onError(req, res, error, what) {
      if (error instanceof TooManyRequests && !res.headersSent)
        for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value)
      const facts = { path: new URL(req.url ?? '/', deps.issuer).pathname, what }
      if (error instanceof OAuthError && error.status < 500) deps.log.debug('oauth.refused', { ...facts, refusal: error.error })
      else deps.log.warn('oauth.failed', { ...facts, error })
    },
  })
  return {
    handle(req, res, next) {
      correctPages(req, res)
      answer(req, res, next)
    },
    verifyAppToken: createAppTokenVerifier(provider, deps.issuer, deps.serverDid),
  }
}
