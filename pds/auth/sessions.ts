// Signed-in sessions. A session is a row, and its tokens are worth something only as long as it stands: ending it, or revoking its app password,
// ends access at once. A refresh token is used once; the same one again within two hours gives the same successor, so that a lost answer locks nobody out.

import { randomBytes } from 'node:crypto'
import type { Did } from '../../atproto/did.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { expiredToken, REFRESH_TOKEN_MS, type RefreshClaims, type Scope, type Tokens } from './tokens.ts'

export const REFRESH_GRACE_MS = 2 * 60 * 60_000
/** The sessions that expire first are ended when an account signs in more often. */
export const SESSIONS_PER_ACCOUNT = 500

export type SessionTokens = { readonly accessJwt: string; readonly refreshJwt: string }

export type Sessions = {
  /** Begins a session, inside the caller's transaction if there is one; `appPassword` is the name of the app password it was begun with. */
  create(did: Did, appPassword: string | null): SessionTokens
  /** New tokens for a refresh token; throws XrpcError ExpiredToken when it is past, spent or revoked. */
  refresh(claims: RefreshClaims): SessionTokens
  end(session: string): void
  endAll(did: string): void
  stands(session: string): boolean
}

type TokenRow = { expires_ms: number; next_jti: string | null; app_password: string | null }
type PasswordRow = { privileged: number }

export const createSessions = (db: Database, tokens: Tokens, clock: Clock): Sessions => {
  const sql = prepareStatements(db)
  const tokensFor = (did: Did, session: string, appPassword: string | null, jti: string, expiresMs: number): SessionTokens => {
    const scope = appPassword === null ? 'full' : scopeOf(sql.password.get(did, appPassword))
    const nowMs = clock.realMs()
    return { accessJwt: tokens.access({ did, session, scope }, nowMs), refreshJwt: tokens.refresh({ did, session, jti, expiresMs }, nowMs) }
  }
  const create = (did: Did, appPassword: string | null): SessionTokens => {
    const nowMs = clock.realMs()
    const expiresMs = nowMs + REFRESH_TOKEN_MS
    const session = randomId()
    const jti = randomId()
    sql.tidy.run(did, nowMs)
    sql.insertSession.run(session, did, appPassword, expiresMs)
    sql.insertToken.run(jti, session, expiresMs)
    sql.bound.run(did, SESSIONS_PER_ACCOUNT)
    return tokensFor(did, session, appPassword, jti, expiresMs)
  }
  const refresh = ({ did, session, jti }: RefreshClaims): SessionTokens => {
    const nowMs = clock.realMs()
    const spent = sql.token.get(jti, session, did)
    if (spent === undefined || spent.expires_ms <= nowMs) throw expiredToken('Token has been revoked')
    const next = spent.next_jti ?? randomId()
    const expiresMs = nowMs + REFRESH_TOKEN_MS
    sql.spend.run(Math.min(spent.expires_ms, nowMs + REFRESH_GRACE_MS), next, jti)
    sql.tidyTokens.run(session, nowMs)
    // The successor may itself be spent already: it then keeps its shortened life.
    sql.insertToken.run(next, session, expiresMs)
    sql.extend.run(expiresMs, session)
    return tokensFor(did, session, spent.app_password, next, expiresMs)
  }
  return {
    create: db.transaction(create),
    refresh: db.transaction(refresh),
    end: (session) => void sql.end.run(session),
    endAll: (did) => void sql.endAll.run(did),
    stands: (session) => sql.stands.get(session) !== undefined,
  }
}

const scopeOf = (password: PasswordRow | undefined): Scope => (password?.privileged === 1 ? 'privileged-app-password' : 'app-password')

const prepareStatements = (db: Database) => ({
  tidy: db.prepare<[string, number]>('DELETE FROM session WHERE did = ? AND expires_ms <= ?'),
  tidyTokens: db.prepare<[string, number]>('DELETE FROM refresh_token WHERE session = ? AND expires_ms <= ?'),
  insertSession: db.prepare<[string, string, string | null, number]>(
    'INSERT INTO session (id, did, app_password, expires_ms) VALUES (?, ?, ?, ?)',
  ),
  insertToken: db.prepare<[string, string, number]>(
    'INSERT INTO refresh_token (jti, session, expires_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  ),
  bound: db.prepare<[string, number]>(
    'DELETE FROM session WHERE id IN (SELECT id FROM session WHERE did = ? ORDER BY expires_ms DESC LIMIT -1 OFFSET ?)',
  ),
  token: db.prepare<[string, string, string], TokenRow>(
    'SELECT t.expires_ms, t.next_jti, s.app_password FROM refresh_token t JOIN session s ON s.id = t.session WHERE t.jti = ? AND s.id = ? AND s.did = ?',
  ),
  password: db.prepare<[string, string], PasswordRow>('SELECT privileged FROM app_password WHERE did = ? AND name = ?'),
  spend: db.prepare<[number, string, string]>('UPDATE refresh_token SET expires_ms = ?, next_jti = ? WHERE jti = ?'),
  extend: db.prepare<[number, string]>('UPDATE session SET expires_ms = ? WHERE id = ?'),
  end: db.prepare<[string]>('DELETE FROM session WHERE id = ?'),
  endAll: db.prepare<[string]>('DELETE FROM session WHERE did = ?'),
  stands: db.prepare<[string], { id: string }>('SELECT id FROM session WHERE id = ?'),
})

const randomId = (): string => randomBytes(16).toString('base64url')
