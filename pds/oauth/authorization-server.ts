// The provider behind its two doors: the paths of the authorization server, and the check of an app's token at our methods.

import type { RequestHandler, Response } from 'express'
import { OAuthError } from '@atproto/oauth-provider/errors'
import { oauthMiddleware } from '@atproto/oauth-provider/middleware'
import { countedAddress } from '../../server/caller-address.ts'
import type { Log } from '../../server/log.ts'
import { createRateLimit } from '../../server/rate-limit.ts'
import type { VerifyAppToken } from '../auth/caller.ts'
import { correctPages } from './corrected-pages.ts'
import { createProvider, type ProviderDeps } from './provider.ts'
import { TooManyRequests } from './too-many-requests.ts'
import { createAppTokenVerifier } from './verify-app-token.ts'

/** Requests that may cost us a look-up elsewhere, a hash or a row: pushed requests, tokens, and what the pages send. */
export const POSTS_PER_ADDRESS = 2000
export const POSTS_WINDOW_MS = 5 * 60_000

export type AuthorizationServerDeps = ProviderDeps & { readonly log: Log }

export const createAuthorizationServer = async (
  deps: AuthorizationServerDeps,
): Promise<{ readonly handle: RequestHandler; readonly verifyAppToken: VerifyAppToken }> => {
  const provider = await createProvider(deps)
  const posts = createRateLimit({ allowed: POSTS_PER_ADDRESS, windowMs: POSTS_WINDOW_MS, clock: deps.clock })
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
      const tooMany = req.method === 'POST' ? posts.take(countedAddress(req.ip)) : null
      if (tooMany !== null) return refuse(res, tooMany)
      correctPages(req, res)
      answer(req, res, next)
    },
    verifyAppToken: createAppTokenVerifier(provider, deps.issuer, deps.serverDid),
  }
}

const refuse = (res: Response, headers: Readonly<Record<string, string>>): void => {
  const words = { error: 'rate_limit_exceeded', error_description: 'Too many requests from here: try again later' }
  res
    .status(429)
    .set({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store', ...headers })
    .json(words)
}
