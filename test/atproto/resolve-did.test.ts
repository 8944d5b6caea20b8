// Resolving DIDs against real servers on loopback: both methods, every way to fail, limits of size and time.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { cidForCbor } from '../../atproto/cid.ts'
import { encodeData, jsonToData } from '../../atproto/data-model.ts'
import { signingKeyOf } from '../../atproto/did-document.ts'
import { parseDid } from '../../atproto/did.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { DID_DOCUMENT_MAX_BYTES } from '../../atproto/limits.ts'
import { createDidResolver, UnresolvedDid } from '../../atproto/resolve-did.ts'
import type { DidFailure } from '../../atproto/resolve-did.ts'

const plcDid = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')
const key = createKeypair()
const multibase = key.didKey.slice('did:key:'.length)

const documentFor = (did: string): object => ({
  id: did,
  alsoKnownAs: ['at://alice.test'],
  verificationMethod: [{ id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase: multibase }],
  service: [],
})

async function listen(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

const failsWith = (code: DidFailure) => (error: unknown) => error instanceof UnresolvedDid && error.code === code
const nowhere = 'http://localhost:9'

test('did:plc: the document of the directory, and evidence by the latest operation', async (context) => {
  const operation = {
    type: 'plc_operation',
    rotationKeys: [key.didKey],
    verificationMethods: { atproto: key.didKey },
    alsoKnownAs: ['at://alice.test'],
    services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://pds.example' } },
    prev: null,
    sig: 'AAAA',
  }
  const asked: string[] = []
  const plcUrl = await listen(context, (request, response) => {
    asked.push(request.url ?? '')
    response.end(JSON.stringify(request.url?.endsWith('/log/last') ? operation : documentFor(plcDid)))
  })
  const resolve = createDidResolver({ fetch, plcUrl })
  const { document, evidence } = await resolve(plcDid)
  assert.equal(signingKeyOf(document), key.didKey)
  assert.equal(evidence, null)
  assert.deepEqual(asked, [`/${plcDid}`])
  const operationCid = cidForCbor(encodeData(jsonToData(operation))).toString()
  assert.deepEqual(await resolve.evidenceOf(plcDid), { signingKey: key.didKey, evidence: { kind: 'plc', operationCid } })
  assert.deepEqual(asked, [`/${plcDid}`, `/${plcDid}/log/last`])
})

test('did:plc: a legacy create and a tombstone as the latest operation', async (context) => {
  let operation: object = {
    type: 'create',
    signingKey: key.didKey,
    recoveryKey: key.didKey,
    handle: 'alice.test',
    service: 'https://pds.example',
    prev: null,
    sig: 'A',
  }
  const plcUrl = await listen(context, (_request, response) => void response.end(JSON.stringify(operation)))
  const resolve = createDidResolver({ fetch, plcUrl })
  assert.equal((await resolve.evidenceOf(plcDid)).signingKey, key.didKey)
  operation = { type: 'plc_tombstone', prev: 'x', sig: 'A' }
  await assert.rejects(resolve.evidenceOf(plcDid), failsWith('malformed'))
})

test('did:web on localhost: http where loopback is allowed, evidence by the bytes', async (context) => {
  let body = ''
  const url = await listen(
    context,
    (request, response) => void response.writeHead(request.url === '/.well-known/did.json' ? 200 : 404).end(body),
  )
  const did = parseDid(`did:web:localhost%3A${new URL(url).port}`)
  body = JSON.stringify(documentFor(did))
  const resolve = createDidResolver({ fetch, plcUrl: nowhere, allowLoopback: true })
  const resolved = await resolve(did)
  assert.equal(resolved.document.id, did)
  assert.deepEqual(resolved.evidence, { kind: 'web', sha256: hash('sha256', body) })
  assert.deepEqual((await resolve.evidenceOf(did)).evidence, resolved.evidence)
  await assert.rejects(createDidResolver({ fetch, plcUrl: nowhere })(did), failsWith('unsupported'))
})

test('did:web elsewhere is asked by https at its hostname', async () => {
  const asked: string[] = []
  const record: typeof fetch = (input) => {
    asked.push(input instanceof Request ? input.url : String(input))
    return Promise.reject(new TypeError('no network'))
  }
  const resolve = createDidResolver({ fetch: record, plcUrl: nowhere, allowLoopback: true })
  await assert.rejects(resolve(parseDid('did:web:city.example.com')), failsWith('unreachable'))
  assert.deepEqual(asked, ['https://city.example.com/.well-known/did.json'])
  for (const did of [
    'did:web:example.com:path',
    'did:web:example.com%3A8443',
    'did:web:127.0.0.1',
    'did:web:localhost%3A99999',
    'did:key:zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF',
    'did:plc:short',
  ])
    await assert.rejects(async () => resolve(parseDid(did)), failsWith('unsupported'), did)
  assert.equal(asked.length, 1)
})

const answers: readonly (readonly [string, DidFailure, RequestListener])[] = [
  ['404', 'not-found', (_, response) => void response.writeHead(404).end('{}')],
  ['410', 'deactivated', (_, response) => void response.writeHead(410).end('{}')],
  ['500', 'unreachable', (_, response) => void response.writeHead(500).end()],
  ['no JSON', 'malformed', (_, response) => void response.end('<html>')],
  ['bytes that are no UTF-8', 'malformed', (_, response) => void response.end(Buffer.of(0xff, 0xfe))],
  ['another document', 'malformed', (_, response) => void response.end(JSON.stringify(documentFor('did:web:other.example')))],
  ['too many bytes', 'unreachable', (_, response) => void response.end(Buffer.alloc(DID_DOCUMENT_MAX_BYTES + 1, 0x20))],
  [
    'bytes without end',
    'unreachable',
    (_, response) =>
      void response
        .writeHead(200)
        .on('drain', () => response.write(Buffer.alloc(65_536)))
        .write(Buffer.alloc(1_000_000)),
  ],
  ['a redirect', 'unreachable', (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['silence', 'unreachable', () => undefined],
  ['a closed socket', 'unreachable', (request) => void request.socket.destroy()],
]
for (const [what, code, answer] of answers)
  test(`${what} is ${code}`, async (context) => {
    const plcUrl = await listen(context, answer)
    await assert.rejects(createDidResolver({ fetch, plcUrl, timeoutMs: 300 })(plcDid), failsWith(code))
  })

test('the caller may give up earlier', async (context) => {
  const plcUrl = await listen(context, () => undefined)
  await assert.rejects(createDidResolver({ fetch, plcUrl })(plcDid, AbortSignal.abort()), failsWith('unreachable'))
})
