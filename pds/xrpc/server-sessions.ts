// com.atproto.server.{createSession, refreshSession, getSession, deleteSession}.

import { method, type Call, type Methods, type Params } from '../../server/xrpc.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { findByIdentifier } from '../accounts/find-by-identifier.ts'
import { isOwnPassword } from '../accounts/own-password.ts'
import type { AppPasswords } from '../auth/app-passwords.ts'
import type { Attempts } from '../auth/attempts.ts'
import { accountTakedown, type Auth, type Caller } from '../auth/caller.ts'
import { anyApp } from '../auth/permissions.ts'
import type { Sessions } from '../auth/sessions.ts'
import { expiredToken, type RefreshClaims } from '../auth/tokens.ts'
import type { AnswerSession } from './server-session-answer.ts'

export type SessionMethodsDeps = {
  accounts: Accounts
  appPasswords: AppPasswords
  attempts: Attempts
  auth: Auth
  sessions: Sessions
  answerSession: AnswerSession
}

type SignIn = { identifier: string; password: string; allowTakendown?: boolean }

export const sessionMethods = (deps: SessionMethodsDeps): Methods => {
  const { accounts, auth, sessions, answerSession } = deps
  return {
    'com.atproto.server.createSession': method({
      async handle({ input, req }: Call<unknown, Params, SignIn>) {
        const { account, appPassword } = await signIn(deps, input, req.ip)
        if (account.status === 'takendown' && input.allowTakendown !== true) throw accountTakedown()
        const tokens = sessions.create(account.did, appPassword)
        return { json: { ...tokens, ...(await answerSession(account)) } }
      },
    }),
    'com.atproto.server.refreshSession': method({
      auth: auth.refresh,
      async handle({ auth: claims }: Call<RefreshClaims>) {
        const account = accounts.byDid(claims.did)
        if (account === undefined) throw expiredToken('Token has been revoked')
        if (account.status === 'takendown') throw accountTakedown()
        const tokens = sessions.refresh(claims)
        return { json: { ...tokens, ...(await answerSession(account)) } }
      },
    }),
    'com.atproto.server.getSession': method({
      auth: (req) => auth.anyStatus(req, anyApp),
      handle: async ({ auth: { account, permissions } }: Call<Caller>) => ({
        json: await answerSession(permissions.mayReadEmail ? account : { ...account, email: null }),
      }),
    }),
    'com.atproto.server.deleteSession': method({
      auth: auth.refresh,
      handle: ({ auth: claims }: Call<RefreshClaims>) => sessions.end(claims.session),
    }),
  }
}

/** Throws XrpcError AuthenticationRequired, the same for an unknown name and a wrong password, and RateLimitExceeded. */
const signIn = async (
  deps: SessionMethodsDeps,
  { identifier, password }: SignIn,
  ip: string | undefined,
): Promise<{ account: Account; appPassword: string | null }> => {
  const account = findByIdentifier(deps.accounts, identifier)
  const attempt = { name: account?.did ?? identifier, ip }
  deps.attempts.begin(attempt)
  const appPassword = await matchPassword(deps, account, password)
  if (account === undefined || appPassword === undefined)
    throw new XrpcError(401, 'AuthenticationRequired', 'Invalid identifier or password')
  deps.attempts.right(attempt)
  return { account, appPassword }
}

/** null for the account's own password, the name of an app password, undefined for neither. */
const matchPassword = async (
  { accounts, appPasswords }: SessionMethodsDeps,
  account: Account | undefined,
  password: string,
): Promise<string | null | undefined> => {
  const name = account && (await appPasswords.match(account.did, password))
  if (name !== undefined) return name
  return (await isOwnPassword(accounts, account, password)) ? null : undefined
}
