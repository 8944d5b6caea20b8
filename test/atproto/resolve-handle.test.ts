// Resolving handles: DNS before https, disagreement is no answer, and a local network's own hosts.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { parseHandle } from '../../atproto/handle.ts'
import { createHandleResolver, UnresolvedHandle } from '../../atproto/resolve-handle.ts'
import type { HandleFailure } from '../../atproto/resolve-handle.ts'
import { createSafeFetch } from '../../server/safe-fetch.ts'

const alice = parseHandle('alice.example.com')
const did = 'did:plc:ewvi7nxzyoun6zhxrhs64oiz'
const other = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'
const failsWith = (code: HandleFailure) => (error: unknown) => error instanceof UnresolvedHandle && error.code === code
const noName = (): Promise<never> => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
const answering =
  (body: string, status = 200): typeof fetch =>
  () =>
    Promise.resolve(new Response(body, { status }))

type Case = readonly [what: string, txt: readonly string[][] | null, web: typeof fetch, answer: string]
const cases: readonly Case[] = [
  ['DNS alone', [[`did=${did}`]], answering('', 404), did],
  ['DNS in pieces', [['did=did:plc:', did.slice('did:plc:'.length)]], answering('', 404), did],
  ['DNS among other texts', [['v=spf1'], [`did=${did}`], ['x']], answering('', 500), did],
  ['https alone', null, answering(`${did}\n`), did],
  ['both, the same', [[`did=${did}`]], answering(did), did],
  ['both, different', [[`did=${did}`]], answering(other), 'conflict'],
  ['DNS with two', [[`did=${did}`], [`did=${other}`]], answering(did), 'conflict'],
  ['DNS with one twice', [[`did=${did}`], [`did=${did}`]], answering('', 404), did],
  ['DNS with no DID', [['did=hello']], answering(did), 'malformed'],
  ['neither', null, answering('', 404), 'not-found'],
  ['https with a page', null, answering('<html>hello'), 'not-found'],
  ['https with too much', null, answering(did + ' '.repeat(10_000)), 'not-found'],
  ['https failing', null, () => Promise.reject(new TypeError('refused')), 'not-found'],
]
for (const [what, txt, web, answer] of cases)
  test(`handle by ${what}`, async () => {
    const asked: string[] = []
    const resolveTxt = (name: string): Promise<string[][]> => {
      asked.push(name)
      return txt === null ? noName() : Promise.resolve(txt.map((parts) => [...parts]))
    }
    const resolve = createHandleResolver({ fetch: web, resolveTxt })
    if (answer.startsWith('did:')) assert.equal(await resolve(alice), answer)
    else await assert.rejects(resolve(alice), (error) => error instanceof UnresolvedHandle && error.code === answer)
    assert.deepEqual(asked, ['_atproto.alice.example.com'])
  })

test('names that DNS never knows are not asked for', async () => {
  const resolve = createHandleResolver({ fetch: () => assert.fail('asked'), resolveTxt: () => assert.fail('asked') })
  for (const handle of ['alice.test', 'alice.local', 'x.alice.invalid'])
    await assert.rejects(async () => resolve(parseHandle(handle)), failsWith('not-found'))
})

test('DNS that never answers is given up in time', async () => {
  const resolve = createHandleResolver({ fetch: answering(did), resolveTxt: () => new Promise(() => undefined), timeoutMs: 50 })
  assert.equal(await resolve(alice), did)
})

test('in a local network the host of the longest suffix is asked, with the handle as Host, and nobody else', async (context) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host ?? ''}${request.url ?? ''}`)
    if (request.headers.host === 'alice.pds1.test') response.end(did)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  context.after(() => server.close())
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const handleHosts = { '.test': 'http://localhost:9', '.pds1.test': url }
  const safeFetch = createSafeFetch({ allowLoopback: true, maxBytes: 10_000, timeoutMs: 1_000 })
  const options = { fetch: safeFetch, handleHosts, resolveTxt: () => assert.fail('asked DNS') }
  const resolve = createHandleResolver({ ...options, allowLoopback: true })
  assert.equal(await resolve(parseHandle('Alice.pds1.test')), did)
  await assert.rejects(resolve(parseHandle('bob.pds1.test')), failsWith('not-found'))
  await assert.rejects(resolve(parseHandle('alice.pds2.test')), failsWith('not-found'))
  assert.deepEqual(asked, ['alice.pds1.test/.well-known/atproto-did', 'bob.pds1.test/.well-known/atproto-did'])
  await assert.rejects(createHandleResolver(options)(parseHandle('alice.pds1.test')), failsWith('not-found'))
  assert.equal(asked.length, 2)
})
