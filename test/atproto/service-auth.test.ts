// Service tokens: a good one passes; each part of it altered in turn is refused by its code.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createKeypair } from '../../atproto/keys.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { createSeenTokens } from '../../atproto/seen-tokens.ts'
import { createServiceJwt, SERVICE_AUTH_REFUSALS, ServiceAuthRefused, verifyServiceJwt } from '../../atproto/service-auth.ts'
import type { ServiceAuthCode, ServiceJwtExpectation } from '../../atproto/service-auth.ts'

const iss = 'did:plc:ewvi7nxzyoun6zhxrhs64oiz'
const bare = 'did:web:waki.example'
const aud = `${bare}#waki_appview`
const lxm = 'org.waki.getStatement'
const nowMs = 1_790_000_000_500
const now = Math.floor(nowMs / 1000)
const key = createKeypair()
const p256 = createKeypair('p256')
const ORDER = {
  k256: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
}

type Changes = { readonly [name: string]: unknown }
type Part = 'header' | 'body'

function token(changes: Partial<Record<Part, Changes>> = {}, keypair: Keypair = key): string {
  const header = { typ: 'JWT', alg: keypair.curve === 'k256' ? 'ES256K' : 'ES256', ...changes.header }
  const body = { iss, aud, lxm, iat: now, exp: now + 60, jti: 'once', ...changes.body }
  const signed = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${Buffer.from(keypair.sign(Buffer.from(signed))).toString('base64url')}`
}

function expectation(keypair: Keypair = key): ServiceJwtExpectation {
  const seen = new Set<string>()
  return {
    audiences: [bare, aud],
    lxm,
    keyOf: () => Promise.resolve(keypair.didKey),
    replay: { seen: (jti) => seen.has(jti) || !seen.add(jti) },
    nowMs,
  }
}

const refusedAs = (code: ServiceAuthCode) => (error: unknown) =>
  error instanceof ServiceAuthRefused && error.code === code && error.error.length > 0

for (const keypair of [key, p256])
  test(`what we sign we accept (${keypair.curve}), for either form of the audience`, async () => {
    const expected = expectation(keypair)
    for (const audience of [bare, aud]) {
      const made = createServiceJwt({ iss, aud: audience, lxm }, keypair, nowMs)
      assert.deepEqual(await verifyServiceJwt(made, expected), { iss, aud: audience, lxm })
    }
  })

/** The other S that a careless verifier takes as well. */
function withHighS(text: string, keypair: Keypair): string {
  const [header, body, signature] = text.split('.')
  const bytes = Buffer.from(signature ?? '', 'base64url')
  const s = ORDER[keypair.curve] - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const high = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  return `${header}.${body}.${high.toString('base64url')}`
}

const good = token()
const [goodHeader, goodBody, goodSignature] = good.split('.')
const header = (changes: Changes): string => token({ header: changes })
const body = (changes: Changes): string => token({ body: changes })

const refused: readonly (readonly [string, string, ServiceAuthCode])[] = [
  ['nothing', '', 'token.malformed'],
  ['two parts', `${goodHeader}.${goodBody}`, 'token.malformed'],
  ['four parts', `${good}.x`, 'token.malformed'],
  ['a padded signature', `${good}==`, 'token.malformed'],
  ['a body that is no JSON', `${goodHeader}.${Buffer.from('{').toString('base64url')}.${goodSignature}`, 'token.malformed'],
  ['a body that is a list', `${goodHeader}.${Buffer.from('[]').toString('base64url')}.${goodSignature}`, 'token.malformed'],
  ['a body too long', body({ more: 'x'.repeat(10_000) }), 'token.malformed'],
  ['a crit header', header({ crit: ['exp'] }), 'token.malformed'],
  ['an access token', header({ typ: 'at+jwt' }), 'token.type'],
  ['a refresh token', header({ typ: 'refresh+jwt' }), 'token.type'],
  ['a DPoP proof', header({ typ: 'dpop+jwt' }), 'token.type'],
  ['no algorithm', header({ alg: 'none' }), 'token.algorithm'],
  ['a shared secret', header({ alg: 'HS256' }), 'token.algorithm'],
  ['a labeler key', header({ kid: '#atproto_label' }), 'token.key-id'],
  ['a key of somebody else', header({ kid: `${bare}#atproto` }), 'token.key-id'],
  ['no issuer', body({ iss: undefined }), 'token.issuer'],
  ['an issuer with a service', body({ iss: `${iss}#atproto_labeler` }), 'token.issuer'],
  ['another audience', body({ aud: 'did:web:other.example' }), 'token.audience'],
  ['another service of ours', body({ aud: `${bare}#other` }), 'token.audience'],
  ['a list of audiences', body({ aud: [aud] }), 'token.audience'],
  ['another method', body({ lxm: 'org.waki.listActions' }), 'token.method'],
  ['no method', body({ lxm: undefined }), 'token.method'],
  ['an end in the past', body({ exp: now }), 'token.expired'],
  ['no end', body({ exp: undefined }), 'token.lifetime'],
  ['an end as text', body({ exp: String(now + 60) }), 'token.lifetime'],
  ['an end in two hours', body({ exp: now + 7_200 }), 'token.lifetime'],
  ['a start in the future', body({ iat: now + 120, exp: now + 180 }), 'token.not-yet'],
  ['a nbf in the future', body({ nbf: now + 120 }), 'token.not-yet'],
  ['no jti', body({ jti: undefined }), 'token.nonce'],
  ['a jti too long', body({ jti: 'x'.repeat(1_000) }), 'token.nonce'],
  ['a body changed after signing', `${goodHeader}.${body({ jti: 'other' }).split('.')[1]}.${goodSignature}`, 'token.signature'],
  ['another key', token({}, createKeypair()), 'token.signature'],
  ['a key of another curve', token({}, p256), 'token.signature'],
  ['the algorithm of another curve', header({ alg: 'ES256' }), 'token.signature'],
  ['the malleable twin', withHighS(good, key), 'token.signature'],
  ['a short signature', `${goodHeader}.${goodBody}.AAAA`, 'token.signature'],
]
for (const [what, made, code] of refused)
  test(`${what}: ${code}`, async () => assert.rejects(verifyServiceJwt(made, expectation()), refusedAs(code)))

test('the malleable twin on P-256 is refused', async () => {
  await assert.rejects(verifyServiceJwt(withHighS(token({}, p256), p256), expectation(p256)), refusedAs('token.signature'))
})

test('a token counts once; a refused one is not remembered', async () => {
  const expected = expectation()
  await assert.rejects(verifyServiceJwt(token({}, createKeypair()), expected), refusedAs('token.signature'))
  await verifyServiceJwt(good, expected)
  await assert.rejects(verifyServiceJwt(good, expected), refusedAs('token.replayed'))
})

test('a token used before a restart is not good after it; the seconds of the start and what comes later are', async () => {
  let atMs = nowMs
  const begin = (): ServiceJwtExpectation => ({ ...expectation(), replay: createSeenTokens(() => atMs, 2) })
  await verifyServiceJwt(good, begin())
  atMs += 499
  await verifyServiceJwt(good, begin())
  atMs += 1
  const later = begin()
  await assert.rejects(verifyServiceJwt(good, later), refusedAs('token.replayed'))
  await assert.rejects(verifyServiceJwt(token({ body: { iat: undefined } }), later), refusedAs('token.replayed'))
  const bodies = [1, 2, 3].map((index) => token({ body: { jti: `later ${index}`, iat: now + 1, exp: now + 60 + index } }))
  for (const made of bodies) await verifyServiceJwt(made, later)
  for (const made of bodies.slice(1)) await assert.rejects(verifyServiceJwt(made, later), refusedAs('token.replayed'))
})

test('a full memory forgets what has expired, then what expires soonest, then what came first', () => {
  let atMs = nowMs
  const tokens = createSeenTokens(() => atMs, 3)
  const use = (jti: string, lifeSeconds: number): boolean => tokens.seen(jti, nowMs + lifeSeconds * 1000, nowMs)
  assert.deepEqual(
    [use('long', 90), use('short', 60), use('first', 70), use('second', 70), use('long', 90), use('first', 70), use('second', 70)],
    [false, false, false, false, true, true, true],
    'the one that expires soonest has gone',
  )
  assert.deepEqual(
    [use('third', 70), use('second', 70), use('third', 70), use('long', 90)],
    [false, true, true, true],
    'the first of its second',
  )
  atMs += 70_000
  assert.deepEqual([use('new', 120), use('long', 90), use('new', 120), use('late', 120)], [false, true, true, false])
  assert.deepEqual([use('long', 90), use('new', 120), use('late', 120)], [true, true, true], 'room was made by those that had expired')
})

test('every refusal has its row here', () => {
  const met = new Set<string>([...refused.map(([, , code]) => code), 'token.replayed'])
  assert.deepEqual(
    SERVICE_AUTH_REFUSALS.map((row) => row.code).filter((code) => !met.has(code)),
    [],
  )
})

test('a kid that names #atproto, and no typ, are as good', async () => {
  await verifyServiceJwt(token({ header: { kid: '#atproto' } }), expectation())
  await verifyServiceJwt(token({ header: { kid: `${iss}#atproto`, typ: undefined } }), expectation())
})

test('a key that was rotated is asked for afresh, once', async () => {
  const asked: boolean[] = []
  const old = createKeypair()
  const keyOf = (_did: string, fresh: boolean): Promise<string> => {
    asked.push(fresh)
    return Promise.resolve(fresh ? key.didKey : old.didKey)
  }
  await verifyServiceJwt(good, { ...expectation(), keyOf })
  assert.deepEqual(asked, [false, true])
})

test('what the key look-up throws passes through', async () => {
  const failure = new Error('directory down')
  await assert.rejects(verifyServiceJwt(good, { ...expectation(), keyOf: () => Promise.reject(failure) }), failure)
})
