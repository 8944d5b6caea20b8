// What apps were given. A refresh spends the token that was brought and begins the next generation, in one transaction. A token spent a moment ago may be
// brought again (its answer was lost, or two tabs refreshed at once): it gets a sibling in the generation it began; the provider has that it comes from
// the same key and client, or ends the session. A token spent longer ago ends the session, as does one brought by another key.

import type { CreateTokenData, NewTokenData, TokenInfo, TokenStore } from '@atproto/oauth-provider/store'
import assert from 'node:assert/strict'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import { hashOf } from './hash.ts'
import { parseClientAuth, parseDeviceId, parseOwnDid, parseParameters, parseTokenId } from './parse-stored.ts'
import type { Account, RefreshToken, TokenData } from './provider-types.ts'

export const REPLAY_WINDOW_MS = 60_000
/** Beyond these the sessions end in which nothing was refreshed for longest, as of those that a password began (auth/sessions.ts); the official server has no bound. */
export const OAUTH_SESSIONS_PER_ACCOUNT = 500
/** A session that nothing was refreshed in for this long has ended by any rule. */
const SESSION_KEPT_MS = 100 * 24 * 60 * 60_000
/** Spent tokens are remembered, so that their return is told from nonsense, this long. */
const SPENT_KEPT_MS = 30 * 24 * 60 * 60_000

type Row = {
  token_id: string
  session: number
  token_generation: number
  spent_ms: number | null
  did: string
  client: string
  client_auth: string
  device: string | null
  parameters: string
  scope: string
  created_ms: number
  updated_ms: number
  expires_ms: number
  generation: number
}

/** `accountOf` gives undefined for an account that is not here or was taken down: its tokens are not found. */
export type TokenStoreDeps = { db: Database; clock: Clock; accountOf: (did: string) => Account | undefined }

export const createTokenStore = ({ db, clock, accountOf }: TokenStoreDeps): TokenStore => {
  const sql = prepareStatements(db)
  const infoOf = (row: Row | undefined, refreshToken: RefreshToken | null): TokenInfo | null => {
    const account = row && accountOf(row.did)
    if (row === undefined || account === undefined) return null
    return { id: parseTokenId(row.token_id), data: dataOf(row), account, currentRefreshToken: refreshToken }
  }
  const isRefreshable = ({ generation, token_generation, spent_ms }: Row): boolean =>
    token_generation === generation ||
    (token_generation === generation - 1 && spent_ms !== null && spent_ms > clock.realMs() - REPLAY_WINDOW_MS)
  return {
    createToken: db.transaction((tokenId: string, data: CreateTokenData, refreshToken?: string) => {
      sql.tidy.run(clock.realMs() - SESSION_KEPT_MS)
      const { clientId, clientAuth, deviceId, parameters, scope, code } = data
      const times = [data.createdAt.getTime(), data.updatedAt.getTime(), data.expiresAt.getTime()] as const
      const texts = [JSON.stringify(clientAuth), deviceId, JSON.stringify(parameters), scope] as const
      const { lastInsertRowid } = sql.insertSession.run(data.did, clientId, ...texts, code === null ? null : hashOf(code), ...times)
      sql.insertToken.run(tokenId, lastInsertRowid, 0, refreshToken === undefined ? null : hashOf(refreshToken))
      sql.bound.run(data.did, OAUTH_SESSIONS_PER_ACCOUNT)
    }),
    readToken(tokenId) {
      const row = sql.byToken.get(tokenId)
      return row?.token_generation === row?.generation ? infoOf(row, null) : null
    },
    deleteToken: (tokenId) => void sql.end.run(tokenId),
    rotateToken: db.transaction((tokenId: string, newTokenId: string, newRefreshToken: string, data: NewTokenData) => {
      const row = sql.byToken.get(tokenId)
      assert(row && isRefreshable(row), 'a token that may be refreshed is rotated')
      const nowMs = clock.realMs()
      const { session } = row
      const generation = row.token_generation + 1
      sql.spend.run(nowMs, session, row.token_generation)
      sql.rotate.run(generation, JSON.stringify(data.clientAuth), data.scope, data.updatedAt.getTime(), data.expiresAt.getTime(), session)
      sql.insertToken.run(newTokenId, session, generation, hashOf(newRefreshToken))
      sql.tidySpent.run(session, nowMs - SPENT_KEPT_MS)
    }),
    findTokenByRefreshToken(refreshToken) {
      const row = sql.byRefresh.get(hashOf(refreshToken))
      return infoOf(row, row !== undefined && isRefreshable(row) ? refreshToken : null)
    },
    findTokenByCode: (code) => infoOf(sql.byCode.get(hashOf(code)), null),
    listAccountTokens: (did) => sql.ofAccount.all(did).flatMap((row) => infoOf(row, null) ?? []),
  }
}

const COLUMNS = `t.id AS token_id, t.session, t.generation AS token_generation, t.spent_ms,
  s.did, s.client, s.client_auth, s.device, s.parameters, s.scope, s.created_ms, s.updated_ms, s.expires_ms, s.generation`
const FROM = 'FROM oauth_token t JOIN oauth_session s ON s.id = t.session'

const prepareStatements = (db: Database) => ({
  tidy: db.prepare<[number]>('DELETE FROM oauth_session WHERE updated_ms < ?'),
  bound: db.prepare<[string, number]>(
    'DELETE FROM oauth_session WHERE id IN (SELECT id FROM oauth_session WHERE did = ? ORDER BY updated_ms DESC, id DESC LIMIT -1 OFFSET ?)',
  ),
  insertSession: db.prepare<[string, string, string, string | null, string, string, Uint8Array | null, number, number, number]>(
    `INSERT INTO oauth_session (did, client, client_auth, device, parameters, scope, code_hash, created_ms, updated_ms, expires_ms, generation)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  ),
  insertToken: db.prepare<[string, number | bigint, number, Uint8Array | null]>(
    'INSERT INTO oauth_token (id, session, generation, refresh_hash) VALUES (?, ?, ?, ?)',
  ),
  byToken: db.prepare<[string], Row>(`SELECT ${COLUMNS} ${FROM} WHERE t.id = ?`),
  byRefresh: db.prepare<[Uint8Array], Row>(`SELECT ${COLUMNS} ${FROM} WHERE t.refresh_hash = ?`),
  byCode: db.prepare<[Uint8Array], Row>(`SELECT ${COLUMNS} ${FROM} WHERE s.code_hash = ? AND t.generation = s.generation LIMIT 1`),
  // One line for each session, whichever of its present tokens stands for it.
  ofAccount: db.prepare<[string], Row>(
    `SELECT ${COLUMNS} ${FROM} WHERE s.did = ? AND t.generation = s.generation GROUP BY s.id ORDER BY s.updated_ms DESC`,
  ),
  spend: db.prepare<[number, number, number]>('UPDATE oauth_token SET spent_ms = ifnull(spent_ms, ?) WHERE session = ? AND generation = ?'),
  rotate: db.prepare<[number, string, string, number, number, number]>(
    'UPDATE oauth_session SET generation = ?, client_auth = ?, scope = ?, updated_ms = ?, expires_ms = ? WHERE id = ?',
  ),
  tidySpent: db.prepare<[number, number]>('DELETE FROM oauth_token WHERE session = ? AND spent_ms < ?'),
  end: db.prepare<[string]>('DELETE FROM oauth_session WHERE id = (SELECT session FROM oauth_token WHERE id = ?)'),
})

const dataOf = (row: Row): TokenData => ({
  createdAt: new Date(row.created_ms),
  updatedAt: new Date(row.updated_ms),
  expiresAt: new Date(row.expires_ms),
  clientId: row.client,
  clientAuth: parseClientAuth(row.client_auth),
  deviceId: row.device === null ? null : parseDeviceId(row.device),
  did: parseOwnDid(row.did),
  parameters: parseParameters(row.parameters),
  scope: row.scope,
  code: null,
})
