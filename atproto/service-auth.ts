// Service auth: a short JWT by which an account's PDS tells a service who is calling, for one method.
// https://atproto.com/specs/xrpc#inter-service-authentication-jwt
// Checks, in order: form, type, algorithm, key id, issuer, audience, method, times, nonce, signature, replay.
// Does not check whether the account is active.

import { randomBytes } from 'node:crypto'
import { isDid } from './did.ts'
import type { Did } from './did.ts'
import { verifySignature } from './keys.ts'
import type { Keypair } from './keys.ts'
import {
  SERVICE_JWT_CLOCK_SKEW_SECONDS,
  SERVICE_JWT_DEFAULT_EXP_SECONDS,
  SERVICE_JWT_MAX_EXP_SECONDS,
  SERVICE_JWT_MAX_JTI_LENGTH,
  SERVICE_JWT_MAX_LENGTH,
} from './limits.ts'

/** In order of precedence; `error` is the name an XRPC answer carries, beside status 401. */
export const SERVICE_AUTH_REFUSALS = [
  { code: 'token.malformed', error: 'BadJwt', ja: 'トークンを読めません。', en: 'The token is not a JWT.' },
  { code: 'token.type', error: 'BadJwtType', ja: 'トークンの種類が違います。', en: 'The token is of another type than a service token.' },
  {
    code: 'token.algorithm',
    error: 'BadJwt',
    ja: '署名方式が使えません。',
    en: 'The token is signed by another algorithm than ES256K or ES256.',
  },
  { code: 'token.key-id', error: 'BadJwt', ja: '鍵は #atproto でなければなりません。', en: 'The token names another key than #atproto.' },
  { code: 'token.issuer', error: 'BadJwtIss', ja: '発行者がDIDではありません。', en: 'The issuer is not a bare DID.' },
  { code: 'token.audience', error: 'BadJwtAudience', ja: 'このサービスあてではありません。', en: 'The token is for another service.' },
  {
    code: 'token.method',
    error: 'BadJwtLexiconMethod',
    ja: 'このメソッド用ではありません。',
    en: 'The token is for another method, or names none.',
  },
  { code: 'token.expired', error: 'JwtExpired', ja: '期限が過ぎています。', en: 'The token has expired.' },
  { code: 'token.lifetime', error: 'BadJwt', ja: '期限が長すぎます。', en: 'The token lives longer than an hour, or has no times.' },
  { code: 'token.not-yet', error: 'BadJwt', ja: 'まだ有効ではありません。', en: 'The token was issued in the future.' },
  { code: 'token.nonce', error: 'BadJwt', ja: 'jti がありません。', en: 'The token has no usable jti.' },
  {
    code: 'token.signature',
    error: 'BadJwtSignature',
    ja: '署名が正しくありません。',
    en: 'The signature does not verify with the issuer’s key.',
  },
  {
    code: 'token.replayed',
    error: 'BadJwt',
    ja: '一度使われたか、サーバーの起動より前のものです。',
    en: 'The token was used before, or is from before this server began.',
  },
] as const

export type ServiceAuthCode = (typeof SERVICE_AUTH_REFUSALS)[number]['code']

export class ServiceAuthRefused extends Error {
  override readonly name = 'ServiceAuthRefused'
  readonly code: ServiceAuthCode
  /** XRPC error name. */
  readonly error: string
  constructor(code: ServiceAuthCode) {
    const row = SERVICE_AUTH_REFUSALS.find((each) => each.code === code)
    super(row?.en)
    this.code = code
    this.error = row?.error ?? 'BadJwt'
  }
}

export type ServiceClaims = { readonly iss: string; readonly aud: string; readonly lxm?: string; readonly expSeconds?: number }

/** A token of `iss`, signed by its key. `expSeconds` is its life from now, 60 unless told. */
export function createServiceJwt(claims: ServiceClaims, keypair: Keypair, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000)
  const { iss, aud, lxm, expSeconds = SERVICE_JWT_DEFAULT_EXP_SECONDS } = claims
  const header = { typ: 'JWT', alg: ALGORITHMS[keypair.curve] }
  const body = { iat, iss, aud, exp: iat + expSeconds, lxm, jti: randomBytes(16).toString('hex') }
  const signed = `${encodePart(header)}.${encodePart(body)}`
  return `${signed}.${Buffer.from(keypair.sign(Buffer.from(signed))).toString('base64url')}`
}

export type ServiceJwtExpectation = {
  /** Every form this service goes by: `did:web:x` and `did:web:x#waki_appview`. */
  readonly audiences: readonly string[]
  /** NSID of the method that is called. */
  readonly lxm: string
  /** did:key of the issuer's `#atproto`; `fresh` asks past any cache. */
  readonly keyOf: (did: Did, fresh: boolean) => Promise<string>
  /** True when this was seen before, or may have been; otherwise remembers it until `expMs`. */
  readonly replay: { seen(jti: string, expMs: number, issuedMs: number): boolean }
  readonly nowMs: number
}

export type ServiceCaller = { readonly iss: Did; readonly aud: string; readonly lxm: string }

/** Throws ServiceAuthRefused; what `keyOf` throws passes through. A failed signature asks for the key afresh, once. */
export async function verifyServiceJwt(token: string, expected: ServiceJwtExpectation): Promise<ServiceCaller> {
  const { header, body, message, signature } = splitToken(token)
  const algorithm = checkHeader(header)
  const caller = checkClaims(header, body, expected)
  const { expMs, issuedMs } = checkTimes(body, expected.nowMs)
  const { jti } = body
  if (typeof jti !== 'string' || jti.length === 0 || jti.length > SERVICE_JWT_MAX_JTI_LENGTH) throw new ServiceAuthRefused('token.nonce')
  const verifies = (didKey: string): boolean => algorithmOf(didKey) === algorithm && verifySignature(didKey, message, signature)
  const key = await expected.keyOf(caller.iss, false)
  if (!verifies(key)) {
    const freshKey = await expected.keyOf(caller.iss, true)
    if (freshKey === key || !verifies(freshKey)) throw new ServiceAuthRefused('token.signature')
  }
  if (expected.replay.seen(`${caller.iss} ${jti}`, expMs, issuedMs)) throw new ServiceAuthRefused('token.replayed')
  return caller
}

const ALGORITHMS = { k256: 'ES256K', p256: 'ES256' } as const

/** Every k256 did:key begins zQ3s, every p256 one zDn: their multicodec prefixes in base58. */
function algorithmOf(didKey: string): string | undefined {
  if (didKey.startsWith('did:key:zQ3s')) return ALGORITHMS.k256
  return didKey.startsWith('did:key:zDn') ? ALGORITHMS.p256 : undefined
}

type Fields = { readonly [name: string]: unknown }

const encodePart = (value: Fields): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function splitToken(token: string): { header: Fields; body: Fields; message: Uint8Array; signature: Uint8Array } {
  if (token.length > SERVICE_JWT_MAX_LENGTH) throw new ServiceAuthRefused('token.malformed')
  const [header, body, signature, ...rest] = token.split('.')
  if (header === undefined || body === undefined || signature === undefined || rest.length > 0)
    throw new ServiceAuthRefused('token.malformed')
  return {
    header: decodeJson(header),
    body: decodeJson(body),
    message: Buffer.from(`${header}.${body}`),
    signature: decodeBytes(signature),
  }
}

/** Strict base64url: one text for each sequence of bytes, no padding. */
function decodeBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw new ServiceAuthRefused('token.malformed')
  return bytes
}

function decodeJson(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(decodeBytes(text)))
  } catch {
    throw new ServiceAuthRefused('token.malformed')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ServiceAuthRefused('token.malformed')
  return value as Fields
}

function checkHeader(header: Fields): string {
  const { typ, alg, crit } = header
  if (typ !== undefined && (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT')) throw new ServiceAuthRefused('token.type')
  if (crit !== undefined) throw new ServiceAuthRefused('token.malformed')
  if (alg !== ALGORITHMS.k256 && alg !== ALGORITHMS.p256) throw new ServiceAuthRefused('token.algorithm')
  return alg
}

function checkClaims(header: Fields, body: Fields, expected: ServiceJwtExpectation): ServiceCaller {
  const { iss, aud, lxm } = body
  const { kid } = header
  if (kid !== undefined && kid !== '#atproto' && kid !== `${String(iss)}#atproto`) throw new ServiceAuthRefused('token.key-id')
  if (!isDid(iss)) throw new ServiceAuthRefused('token.issuer')
  if (typeof aud !== 'string' || !expected.audiences.includes(aud)) throw new ServiceAuthRefused('token.audience')
  if (lxm !== expected.lxm) throw new ServiceAuthRefused('token.method')
  return { iss, aud, lxm: expected.lxm }
}

/** A token that does not say when it was issued counts as the oldest that it can be. */
function checkTimes(body: Fields, nowMs: number): { readonly expMs: number; readonly issuedMs: number } {
  const { exp, iat, nbf } = body
  const nowSeconds = nowMs / 1000
  if (!isTime(exp)) throw new ServiceAuthRefused('token.lifetime')
  if (exp <= nowSeconds) throw new ServiceAuthRefused('token.expired')
  if (exp > nowSeconds + SERVICE_JWT_MAX_EXP_SECONDS + SERVICE_JWT_CLOCK_SKEW_SECONDS) throw new ServiceAuthRefused('token.lifetime')
  for (const start of [iat, nbf]) {
    if (start === undefined) continue
    if (!isTime(start)) throw new ServiceAuthRefused('token.lifetime')
    if (start > nowSeconds + SERVICE_JWT_CLOCK_SKEW_SECONDS) throw new ServiceAuthRefused('token.not-yet')
  }
  return { expMs: exp * 1000, issuedMs: (isTime(iat) ? iat : exp - SERVICE_JWT_MAX_EXP_SECONDS) * 1000 }
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0
