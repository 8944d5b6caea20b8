// An app made by hand, so that every step of the flow can be done wrongly: PAR, code, token, refresh, revocation, and requests with proofs of possession.

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

export type Json = Record<string, unknown>
export type Answer = { readonly status: number; readonly json: Json; readonly headers: Headers }

export type ProofKey = { readonly privateKey: KeyObject; readonly jwk: Json }

export const proofKey = (): ProofKey => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  return { privateKey, jwk: { kty, crv, x, y } }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What is given over is signed as it is, right or wrong. */
export const proofOf = (key: ProofKey, claims: Json): string => {
  const text = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk })}.${encode({
    jti: randomBytes(12).toString('base64url'),
    iat: Math.floor(Date.now() / 1000),
    ...claims,
  })}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text === '' ? {} : (JSON.parse(text) as Json) }
}

export const REDIRECT = 'http://127.0.0.1/callback'

/** The client id of an app under development. */
export const localhostClient = (scope: string, redirect = REDIRECT): string =>
  `http://localhost?redirect_uri=${encodeURIComponent(redirect)}&scope=${encodeURIComponent(scope)}`

export type AppOptions = {
  readonly scope: string
  readonly clientId?: string
  readonly redirect?: string
  /** What a proxy in front would add. */
  readonly proxyHeaders?: Readonly<Record<string, string>>
}

/** What of a proof is to be other than right. */
export type Wrong = Json & { readonly key?: ProofKey; readonly dpop?: string }

/** One app at one authorization server; it keeps its nonce, its key and nothing else. */
export const dpopApp = (
  issuer: string,
  { scope, clientId = localhostClient(scope), redirect = REDIRECT, proxyHeaders = {} }: AppOptions,
) => {
  const key = proofKey()
  let nonce: string | undefined
  const noted = (answer: Answer): Answer => {
    nonce = answer.headers.get('dpop-nonce') ?? nonce
    return answer
  }
  const post = async (path: string, form: Readonly<Record<string, string>>, wrong: Wrong = {}) => {
    const { key: other, dpop, ...claims } = wrong
    const url = `${issuer}${path}`
    const ask = async () =>
      noted(
        await answerOf(
          await fetch(url, {
            method: 'POST',
            headers: {
              ...proxyHeaders,
              dpop: dpop ?? proofOf(other ?? key, { htm: 'POST', htu: url, ...(nonce !== undefined && { nonce }), ...claims }),
            },
            body: new URLSearchParams({ client_id: clientId, ...form }),
          }),
        ),
      )
    const first = await ask()
    return first.json['error'] === 'use_dpop_nonce' && claims['nonce'] === undefined && dpop === undefined ? ask() : first
  }
  return {
    key,
    clientId,
    post,
    nonce: () => nonce,
    par: (verifier: string, more: Readonly<Record<string, string>> = {}, wrong?: Wrong) =>
      post(
        '/oauth/par',
        {
          response_type: 'code',
          redirect_uri: redirect,
          scope,
          state: 'a state',
          code_challenge: challengeOf(verifier),
          code_challenge_method: 'S256',
          ...more,
        },
        wrong,
      ),
    token: (code: string, verifier: string, wrong?: Wrong) =>
      post('/oauth/token', { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirect }, wrong),
    refresh: (refreshToken: string, wrong?: Wrong) =>
      post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken }, wrong),
    revoke: (token: string) => post('/oauth/revoke', { token }),
    /** A method of the PDS, asked again once with the nonce it gives. */
    async call(token: string, nsid: string, { body, params, claims = {}, key: other, raw }: CallOptions = {}) {
      const url = `${issuer}/xrpc/${nsid}`
      const search = params === undefined ? '' : `?${new URLSearchParams(params).toString()}`
      const sent = raw ?? (body === undefined ? undefined : { type: 'application/json', bytes: JSON.stringify(body) })
      const method = sent === undefined ? 'GET' : 'POST'
      const ask = async () => {
        const right = { htm: method, htu: url, ath: hashOfToken(token), ...(nonce !== undefined && { nonce }) }
        const headers = { authorization: `DPoP ${token}`, dpop: proofOf(other ?? key, { ...right, ...claims }) }
        const init = sent === undefined ? { headers } : { method, headers: { ...headers, 'content-type': sent.type }, body: sent.bytes }
        return noted(await answerOf(await fetch(`${url}${search}`, init)))
      }
      const first = await ask()
      return first.json['error'] === 'use_dpop_nonce' && claims['nonce'] === undefined ? ask() : first
    },
  }
}

/** `claims` and `key` stand in for what is right. */
export type CallOptions = {
  readonly body?: Json
  readonly params?: Record<string, string>
  readonly claims?: Json
  readonly key?: ProofKey
  readonly raw?: { readonly type: string; readonly bytes: string | Uint8Array<ArrayBuffer> }
}

export type DpopApp = ReturnType<typeof dpopApp>

export const newVerifier = (): string => randomBytes(32).toString('base64url')
