// A confidential app at https://app.example.com, made by hand: its metadata, its key, and what it proves itself with. Such an app a person who has let it
// in before is not asked about again.

import { randomBytes, sign } from 'node:crypto'
import type { TestContext } from 'node:test'
import { httpsNames } from '../../support/https-names.ts'
import { proofKey, type Json } from './dpop-client.ts'

export const CLIENT_ID = 'https://app.example.com/client.json'
export const CLIENT_REDIRECT = 'https://app.example.com/callback'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** `fetch` finds the app and reaches loopback; `proveTo` makes the fields that go with each of its requests to an authorization server. */
export const confidentialApp = async (t: TestContext, openssl: string, scope: string) => {
  const key = proofKey()
  const metadata: Json = {
    client_id: CLIENT_ID,
    client_name: 'An app',
    client_uri: 'https://app.example.com',
    redirect_uris: [CLIENT_REDIRECT],
    scope,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'web',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    dpop_bound_access_tokens: true,
    jwks: { keys: [{ ...key.jwk, kid: 'one', alg: 'ES256', use: 'sig' }] },
  }
  const { fetch } = await httpsNames(t, openssl, {
    'app.example.com': (_req, res) => res.setHeader('content-type', 'application/json').end(JSON.stringify(metadata)),
  })
  const proveTo = (issuer: string): Record<string, string> => {
    const iat = Math.floor(Date.now() / 1000)
    const claims = { iss: CLIENT_ID, sub: CLIENT_ID, aud: issuer, jti: randomBytes(9).toString('hex'), iat, exp: iat + 60 }
    const text = `${encode({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')
    return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: `${text}.${signature}` }
  }
  return { fetch, proveTo }
}
