// The authorization server, loaded when it is first asked: by an app, by a browser at the sign-in pages, or by a request with an app's token.

import type { RequestHandler } from 'express'
import type { VerifyAppToken } from '../auth/caller.ts'
import type { AuthorizationServerDeps } from './authorization-server.ts'

export type LazyServer = {
  /** Answers the paths of the authorization server, passes everything else on. */
  readonly handle: RequestHandler
  readonly verifyAppToken: VerifyAppToken
}

const PATHS = /^\/(?:oauth\/|account(?:\/|$)|@atproto\/oauth-provider\/|\.well-known\/(?:oauth-authorization-server|change-password)$)/

/** `deps` is called once, after all parts are there. */
export const createLazyServer = (deps: () => AuthorizationServerDeps): LazyServer => {
  let loading: Promise<Awaited<ReturnType<typeof load>>> | undefined
  const load = async () => {
    const { createAuthorizationServer } = await import('./authorization-server.ts')
    return createAuthorizationServer(deps())
  }
  const server = () => (loading ??= load())
  return {
    async handle(req, res, next) {
      if (!PATHS.test(req.path)) return next()
      ;(await server()).handle(req, res, next)
    },
    verifyAppToken: async (req) => (await server()).verifyAppToken(req),
  }
}
