// Who is calling: the door between a request's Authorization header and a Caller.
// Checks, in order: a token is there, it is ours and in time, its session stands, the account may act, its scope is enough.
// `Bearer` is a session of the account's own, `DPoP` an app that the person let in (oauth/verify-app-token.ts). Unless a method says what it needs of an app, it hears none.

import { timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import type { Did } from '../../atproto/did.ts'
import type { Clock } from '../../server/clock.ts'
import { authMissing, XrpcError } from '../../server/xrpc-error.ts'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Attempts } from './attempts.ts'
import { allPermissions, noApp, unprivileged, type Need, type Permissions } from './permissions.ts'
import type { Sessions } from './sessions.ts'
import { expiredToken, invalidToken, type RefreshClaims, type Scope, type Tokens } from './tokens.ts'

/** A signed-in account; an app password reaches its data, not its settings; an app (`oauth`) what its permissions name. */
export type Caller = {
  readonly did: Did
  readonly scope: Scope | 'oauth'
  readonly account: Account
  readonly session: string
  readonly permissions: Permissions
}

/** The token of an app, verified with its proof of possession. */
export type AppToken = { readonly did: Did; readonly tokenId: string; readonly permissions: Permissions }

/** Throws XrpcError 401 use_dpop_nonce, invalid_token, invalid_dpop_proof, with their headers. */
export type VerifyAppToken = (req: Request) => Promise<AppToken>

export type Auth = {
  /** An active account's access token, else XrpcError 401 AuthMissing, 400 ExpiredToken, 400 InvalidToken, 401 AccountDeactivated, 401 AccountTakedown. */
  readonly user: Guard
  /** The same, and a deactivated account too (migration); an app only while its account is active. */
  readonly owner: Guard
  /** As `owner`, but signed in with the account's own password: 400 InvalidToken for an app password. */
  readonly holder: Guard
  /** Whoever holds the token, taken down or not; an app only while its account is active. */
  readonly anyStatus: Guard
  /** A refresh token, whose expiry the session decides. */
  readonly refresh: (req: Request) => Promise<RefreshClaims>
  /** HTTP Basic as `admin` with the operator's password, else 401 AuthMissing; 429 RateLimitExceeded after too many wrong ones. */
  readonly admin: (req: Request) => Promise<void>
}

/** Without `need` no app is heard (403 Forbidden). */
export type Guard = (req: Request, need?: Need) => Promise<Caller>

export type AuthDeps = {
  tokens: Tokens
  sessions: Sessions
  accounts: Accounts
  clock: Clock
  adminPassword: string
  attempts: Attempts
  verifyAppToken: VerifyAppToken
}

export const createAuth = ({ tokens, sessions, accounts, clock, adminPassword, attempts, verifyAppToken }: AuthDeps): Auth => {
  const operator = `Basic ${Buffer.from(`${OPERATOR}:${adminPassword}`).toString('base64')}`
  const own = (req: Request): Caller => {
    const { did, session, scope } = tokens.parseAccess(bearerOf(req), clock.realMs())
    const account = sessions.stands(session) ? accounts.byDid(did) : undefined
    if (account === undefined) throw expiredToken('The session has been ended')
    return { did, scope, account, session, permissions: scope === 'app-password' ? unprivileged : allPermissions }
  }
  const app = async (req: Request, need: Need): Promise<Caller> => {
    const { did, tokenId, permissions } = await verifyAppToken(req)
    const account = accounts.byDid(did)
    if (account === undefined) throw expiredToken('The session has been ended')
    wantActive(account)
    need(permissions, req)
    return { did, scope: 'oauth', account, session: tokenId, permissions }
  }
  const anyStatus: Guard = async (req, need = noApp) => (isDpop(req) ? app(req, need) : own(req))
  const owner: Guard = async (req, need) => {
    const caller = await anyStatus(req, need)
    if (caller.account.status === 'takendown') throw accountTakedown()
    return caller
  }
  const user: Guard = async (req, need) => {
    const caller = await owner(req, need)
    wantActive(caller.account)
    return caller
  }
  return {
    anyStatus,
    owner,
    user,
    async holder(req, need) {
      const caller = await owner(req, need)
      if (caller.scope !== 'full' && caller.scope !== 'oauth')
        throw invalidToken('Bad token scope: sign in with the password of the account')
      return caller
    },
    refresh: async (req) => tokens.parseRefresh(bearerOf(req)),
    async admin(req) {
      const given = req.headers.authorization
      if (given === undefined || !isBasic(given)) throw notOperator()
      const attempt = { name: OPERATOR, ip: req.ip }
      attempts.begin(attempt)
      if (!sameText(given, operator)) throw notOperator()
      attempts.right(attempt)
    },
  }
}

const OPERATOR = 'admin'
const isBasic = (header: string): boolean => /^Basic /i.test(header)
const notOperator = (): XrpcError => authMissing('The operator signs in as admin with the admin password')

const sameText = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const wantActive = (account: Account): void => {
  if (account.status === 'takendown') throw accountTakedown()
  if (account.status !== 'active') throw new XrpcError(401, 'AccountDeactivated', 'Account is deactivated')
}

const isDpop = (req: Request): boolean => /^DPoP /i.test(req.headers.authorization ?? '')

export const accountTakedown = (): XrpcError => new XrpcError(401, 'AccountTakedown', 'Account has been taken down')

/** The token of `Authorization: Bearer …`; throws XrpcError AuthMissing or InvalidToken. */
export const bearerOf = (req: Request): string => {
  const header = req.headers.authorization
  if (header === undefined) throw authMissing()
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (token === undefined) throw invalidToken('Unexpected authorization type: a bearer token is needed')
  return token
}
