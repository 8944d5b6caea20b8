// Session tokens as JWTs signed HS256 with the server's own key: access tokens live 120 minutes, refresh tokens 90 days, in real time.
// Checks, in order: three parts, exactly our header for that kind, signature, claims, audience, expiry. Does not check that the session still stands.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseDid, type Did } from '../../atproto/did.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

export const ACCESS_TOKEN_MS = 120 * 60_000
export const REFRESH_TOKEN_MS = 90 * 24 * 60 * 60_000
/** A token is refused by its length before it is parsed. */
const MAX_TOKEN_CHARS = 4096
/** Access tokens whose signature is remembered to be ours, the one first seen forgotten first; a few hundred bytes each. */
const TOKENS_KEPT = 4096

export type Scope = 'full' | 'privileged-app-password' | 'app-password'
export type AccessClaims = { readonly did: Did; readonly session: string; readonly scope: Scope }
export type RefreshClaims = { readonly did: Did; readonly session: string; readonly jti: string; readonly expiresMs: number }

export type Tokens = {
  access(claims: AccessClaims, nowMs: number): string
  refresh(claims: RefreshClaims, nowMs: number): string
  /** Throws XrpcError InvalidToken or ExpiredToken, both 400, as clients expect. */
  parseAccess(token: string, nowMs: number): AccessClaims
  /** Expiry is left to the caller: an expired refresh token still ends its own session. */
  parseRefresh(token: string): RefreshClaims
}

const HEADERS = { access: headerOf('at+jwt'), refresh: headerOf('refresh+jwt') } as const
const WIRE_SCOPES = {
  full: 'com.atproto.access',
  'privileged-app-password': 'com.atproto.appPassPrivileged',
  'app-password': 'com.atproto.appPass',
} as const
const SCOPES: readonly Scope[] = ['full', 'privileged-app-password', 'app-password']
const REFRESH_SCOPE = 'com.atproto.refresh'

/** `audience` is the server's DID. */
export const createTokens = (key: Uint8Array, audience: string): Tokens => {
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
  const sign = (kind: keyof typeof HEADERS, claims: object): string => {
    const text = `${HEADERS[kind]}.${encodeJson(claims)}`
    return `${text}.${mac(text).toString('base64url')}`
  }
  const open = (kind: keyof typeof HEADERS, token: string): Record<string, unknown> => {
    const [header, body, signature, ...rest] = token.length > MAX_TOKEN_CHARS ? [] : token.split('.')
    if (header === undefined || body === undefined || signature === undefined || rest.length > 0) throw invalidToken('Malformed token')
    if (header !== HEADERS[kind]) throw invalidToken(`This is not ${kind === 'access' ? 'an access' : 'a refresh'} token of this server`)
    const expected = mac(`${header}.${body}`)
    const actual = Buffer.from(signature, 'base64url')
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw invalidToken('Token could not be verified')
    const claims = parseClaims(body)
    if (claims['aud'] !== audience) throw invalidToken('Token is for another server')
    return claims
  }
  const known = new Map<string, AccessClaims & { readonly expiresMs: number }>()
  const openAccess = (token: string): AccessClaims & { readonly expiresMs: number } => {
    const claims = open('access', token)
    const { scope, sid, exp } = claims
    const given = SCOPES.find((one) => WIRE_SCOPES[one] === scope)
    if (given === undefined || typeof sid !== 'string' || typeof exp !== 'number') throw invalidToken('Bad token scope')
    const opened = { did: parseDid(claims['sub']), session: sid, scope: given, expiresMs: exp * 1000 } as const
    if (known.size >= TOKENS_KEPT) known.delete(known.keys().next().value ?? token)
    known.set(token, opened)
    return opened
  }
  return {
    access: ({ did, session, scope }, nowMs) =>
      sign('access', {
        scope: WIRE_SCOPES[scope],
        sub: did,
        aud: audience,
        sid: session,
        iat: seconds(nowMs),
        exp: seconds(nowMs + ACCESS_TOKEN_MS),
      }),
    refresh: ({ did, session, jti, expiresMs }, nowMs) =>
      sign('refresh', { scope: REFRESH_SCOPE, sub: did, aud: audience, sid: session, jti, iat: seconds(nowMs), exp: seconds(expiresMs) }),
    parseAccess(token, nowMs) {
      const { did, session, scope, expiresMs } = known.get(token) ?? openAccess(token)
      if (expiresMs <= nowMs) throw expiredToken('Token has expired')
      return { did, session, scope }
    },
    parseRefresh(token) {
      const claims = open('refresh', token)
      const { scope, sid, jti, exp } = claims
      if (scope !== REFRESH_SCOPE || typeof sid !== 'string' || typeof jti !== 'string' || typeof exp !== 'number')
        throw invalidToken('Bad token scope')
      return { did: parseDid(claims['sub']), session: sid, jti, expiresMs: exp * 1000 }
    },
  }
}

export const invalidToken = (message: string): XrpcError => new XrpcError(400, 'InvalidToken', message)
export const expiredToken = (message: string): XrpcError => new XrpcError(400, 'ExpiredToken', message)

const seconds = (ms: number): number => Math.floor(ms / 1000)

function headerOf(typ: string): string {
  return encodeJson({ typ, alg: 'HS256' })
}

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

// The signature stands: these are claims this server wrote.
const parseClaims = (body: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
