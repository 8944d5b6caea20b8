// DID documents: what the protocol reads, in each form that is about, and what it must not believe.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { P256Keypair, Secp256k1Keypair } from '@atproto/crypto'
import { base58btc } from 'multiformats/bases/base58'
import { handleOf, InvalidDidDocument, parseDidDocument, pdsOf, serviceOf, signingKeyOf } from '../../atproto/did-document.ts'
import { parseDid } from '../../atproto/did.ts'

const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const key = await Secp256k1Keypair.create()
const multibase = key.did().slice('did:key:'.length)
const service = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: 'https://pds.example.com' }
const method = { id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase: multibase }
const document = {
  '@context': ['https://www.w3.org/ns/did/v1'],
  id: did,
  alsoKnownAs: ['https://x.example', 'at://Alice.Example.com'],
  verificationMethod: [method],
  service: [service],
}
const parsed = (changes: object): ReturnType<typeof parseDidDocument> => parseDidDocument({ ...document, ...changes }, did)

test('key, PDS, handle and services of a document as the directory serves it', () => {
  const doc = parsed({ service: [service, { id: `${did}#waki_appview`, type: 'WakiAppView', serviceEndpoint: 'https://a.example/x' }] })
  assert.equal(signingKeyOf(doc), key.did())
  assert.equal(pdsOf(doc), 'https://pds.example.com')
  assert.equal(handleOf(doc), 'alice.example.com')
  assert.equal(serviceOf(doc, 'waki_appview')?.serviceEndpoint, 'https://a.example/x')
  assert.equal(serviceOf(doc, '#waki_appview')?.type, 'WakiAppView')
  assert.equal(serviceOf(doc, '#other'), undefined)
})

test('ids may be relative or absolute', () => {
  assert.equal(signingKeyOf(parsed({ verificationMethod: [{ ...method, id: '#atproto' }] })), key.did())
  assert.equal(pdsOf(parsed({ service: [{ ...service, id: `${did}#atproto_pds` }] })), 'https://pds.example.com')
})

test('the legacy forms of both curves give the same did:key', async () => {
  const p256 = await P256Keypair.create()
  for (const [type, pair, prefixBytes] of [
    ['EcdsaSecp256k1VerificationKey2019', key, 2],
    ['EcdsaSecp256r1VerificationKey2019', p256, 2],
  ] as const) {
    const compressed = base58btc.decode(pair.did().slice('did:key:'.length)).subarray(prefixBytes)
    for (const point of [pair.publicKeyBytes(), compressed]) {
      const doc = parsed({ verificationMethod: [{ ...method, type, publicKeyMultibase: base58btc.encode(point) }] })
      assert.equal(signingKeyOf(doc), pair.did())
    }
  }
  assert.equal(
    signingKeyOf(parsed({ verificationMethod: [{ ...method, publicKeyMultibase: p256.did().slice('did:key:'.length) }] })),
    p256.did(),
  )
})

const noKey: readonly (readonly [string, object])[] = [
  ['none', { verificationMethod: [] }],
  ['no list', { verificationMethod: null }],
  ['of another id', { verificationMethod: [{ ...method, id: '#other' }] }],
  ['of another DID', { verificationMethod: [{ ...method, id: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa#atproto' }] }],
  ['controlled by another DID', { verificationMethod: [{ ...method, controller: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }] }],
  ['of an unknown type', { verificationMethod: [{ ...method, type: 'Ed25519VerificationKey2020' }] }],
  [
    'of another curve',
    { verificationMethod: [{ ...method, publicKeyMultibase: base58btc.encode(Uint8Array.of(0xed, 1, ...new Uint8Array(32))) }] },
  ],
  ['too short', { verificationMethod: [{ ...method, publicKeyMultibase: multibase.slice(0, -4) }] }],
  ['no multibase', { verificationMethod: [{ ...method, publicKeyMultibase: 'z0OIl' }] }],
  ['as a number', { verificationMethod: [{ ...method, publicKeyMultibase: 7 }] }],
]
for (const [what, changes] of noKey) test(`no signing key: ${what}`, () => assert.equal(signingKeyOf(parsed(changes)), undefined))

for (const serviceEndpoint of [
  'https://pds.example.com/path',
  'https://u:p@pds.example.com',
  'ftp://pds.example.com',
  'pds.example.com',
  'https://pds.example.com/?q',
])
  test(`no PDS at ${serviceEndpoint}`, () => assert.equal(pdsOf(parsed({ service: [{ ...service, serviceEndpoint }] })), undefined))

test('no PDS of another type, no handle that is none', () => {
  assert.equal(pdsOf(parsed({ service: [{ ...service, type: 'Other' }] })), undefined)
  assert.equal(handleOf(parsed({ alsoKnownAs: ['at://not_a_handle', 7, 'at://second.example.com'] })), undefined)
  assert.equal(handleOf(parsed({ alsoKnownAs: undefined })), undefined)
})

for (const [what, value] of [
  ['text', 'x'],
  ['null', null],
  ['a list', []],
  ['another DID', { ...document, id: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }],
  ['services as a map', { ...document, service: {} }],
  ['a thousand keys', { ...document, verificationMethod: Array.from({ length: 1000 }, () => method) }],
] as const)
  test(`no document: ${what}`, () => assert.throws(() => parseDidDocument(value, did), InvalidDidDocument))
