// com.atproto.server.*, put together from its parts.

import type { Methods } from '../../server/xrpc.ts'
import { accountMethods, type AccountMethodsDeps } from './server-accounts.ts'
import { appPasswordMethods } from './server-app-passwords.ts'
import { serviceAuthMethods } from './server-service-auth.ts'
import { sessionMethods, type SessionMethodsDeps } from './server-sessions.ts'

export const serverMethods = (deps: AccountMethodsDeps & SessionMethodsDeps): Methods => ({
  ...accountMethods(deps),
  ...sessionMethods(deps),
  ...appPasswordMethods(deps),
  ...serviceAuthMethods({ auth: deps.auth, clock: deps.clock, keyOf: (did) => deps.accounts.keyOf(did) }),
})
