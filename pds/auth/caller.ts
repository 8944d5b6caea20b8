// Who is calling: the door between a request's Authorization header and a Caller.
// Checks, in order: a bearer token is there, the token is ours and in time, its session stands, its scope is enough, the account may act.

import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import type { Did } from '../../atproto/did.ts'
import type { Clock } from '../../server/clock.ts'
import { authMissing, XrpcError } from '../../server/xrpc-error.ts'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Sessions } from './sessions.ts'
import { expiredToken, invalidToken, type RefreshClaims, type Scope, type Tokens } from './tokens.ts'

/** A signed-in account; an app password reaches its data, not its settings. */
export type Caller = { readonly did: Did; readonly scope: Scope; readonly account: Account; readonly session: string }

export type Auth = {
  /** An active account's access token, else XrpcError 401 AuthMissing, 400 ExpiredToken, 400 InvalidToken, 401 AccountDeactivated, 401 AccountTakedown. */
  readonly user: (req: Request) => Promise<Caller>
  /** The same, and a deactivated account too (migration). */
  readonly owner: (req: Request) => Promise<Caller>
  /** As `owner`, but signed in with the account's own password: 400 InvalidToken for an app password. */
  readonly holder: (req: Request) => Promise<Caller>
  /** Whoever holds the token, taken down or not. */
  readonly anyStatus: (req: Request) => Promise<Caller>
  /** undefined without an Authorization header; a bad one is refused as `user` does. */
  readonly optional: (req: Request) => Promise<Caller | undefined>
  /** A refresh token, whose expiry the session decides. */
  readonly refresh: (req: Request) => Promise<RefreshClaims>
  /** HTTP Basic as `admin` with the operator's password, else 401 AuthMissing. */
  readonly admin: (req: Request) => Promise<void>
}

export type AuthDeps = { tokens: Tokens; sessions: Sessions; accounts: Accounts; clock: Clock; adminPassword: string }

export const createAuth = ({ tokens, sessions, accounts, clock, adminPassword }: AuthDeps): Auth => {
  const anyStatus = async (req: Request): Promise<Caller> => {
    const { did, session, scope } = tokens.parseAccess(bearerOf(req), clock.realMs())
    const account = sessions.stands(session) ? accounts.byDid(did) : undefined
    if (account === undefined) throw expiredToken('The session has been ended')
    return { did, scope, account, session }
  }
  const owner = async (req: Request): Promise<Caller> => {
    const caller = await anyStatus(req)
    if (caller.account.status === 'takendown') throw accountTakedown()
    return caller
  }
  const user = async (req: Request): Promise<Caller> => {
    const caller = await owner(req)
    if (caller.account.status !== 'active') throw new XrpcError(401, 'AccountDeactivated', 'Account is deactivated')
    return caller
  }
  return {
    anyStatus,
    owner,
    user,
    async holder(req) {
      const caller = await owner(req)
      if (caller.scope !== 'full') throw invalidToken('Bad token scope: sign in with the password of the account')
      return caller
    },
    optional: async (req) => (req.headers.authorization === undefined ? undefined : user(req)),
    refresh: async (req) => tokens.parseRefresh(bearerOf(req)),
    async admin(req) {
      const given = Buffer.from(req.headers.authorization ?? '')
      const expected = Buffer.from(`Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`)
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        throw authMissing('The operator signs in as admin with the admin password')
    },
  }
}

export const accountTakedown = (): XrpcError => new XrpcError(401, 'AccountTakedown', 'Account has been taken down')

/** The token of `Authorization: Bearer …`; throws XrpcError AuthMissing or InvalidToken. */
export const bearerOf = (req: Request): string => {
  const header = req.headers.authorization
  if (header === undefined) throw authMissing()
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (token === undefined) throw invalidToken('Unexpected authorization type: a bearer token is needed')
  return token
}
