// The XRPC door on real sockets: what is let through, and the exact error of everything that is not.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { catalog } from '../../lexicons/catalog.ts'
import type { Facts, Log } from '../../server/log.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { XrpcError, authMissing } from '../../server/xrpc-error.ts'
import { method, xrpcRouter } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import { startTestServer } from './support/server.ts'

const DID = 'did:plc:ewvi7nxzyoun6zhxrhs64oiz'
const LIMIT = 4_000

const start = async (t: TestContext, methods: Methods, log: Log = silentLog, fallback = false) => {
  const metrics = createMetrics('test')
  const server = await startTestServer(t, {
    metrics,
    setup: (app) => {
      app.use(
        xrpcRouter({
          catalog,
          methods,
          log,
          metrics,
          ...(fallback ? { fallback: (_req, res) => void res.status(200).json({ by: 'fallback' }) } : {}),
        }),
      )
    },
  })
  const call = async (path: string, options: Parameters<typeof server.request>[1] = {}) => {
    const answer = await server.request(`/xrpc/${path}`, options)
    const json = answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined
    return { ...answer, json, error: json?.error }
  }
  const post = (nsid: string, body: unknown, headers: Record<string, string> = {}) =>
    call(nsid, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { server, call, post, metrics }
}

const createRecord = 'com.atproto.repo.createRecord'
const RECORD = { repo: DID, collection: 'org.waki.action', record: { $type: 'org.waki.action', nonce: { $bytes: 'AAAA' } } }

const methods: Methods = {
  'com.atproto.repo.listRecords': method({ handle: ({ params }: Call<unknown, { repo: string; limit: number }>) => ({ json: params }) }),
  'com.atproto.repo.getRecord': method({ handle: ({ params }) => ({ json: params }) }),
  'com.atproto.sync.getBlocks': method({ handle: ({ params }) => ({ json: params }) }),
  [createRecord]: method({
    auth: (req) => {
      if (req.header('authorization') === undefined) throw authMissing()
      return { did: DID }
    },
    limits: { bodyBytes: LIMIT },
    handle: ({ input, auth }: Call<{ did: string }, Record<string, never>, { record: unknown }>) => ({
      json: { did: auth.did, record: input.record },
    }),
  }),
  'com.atproto.server.createInviteCode': method({ handle: ({ input }) => ({ json: input }) }),
  'com.atproto.server.deleteSession': method({ handle: () => {} }),
  'com.atproto.repo.uploadBlob': method({
    limits: { bodyBytes: LIMIT },
    handle: async ({ input }: Call<unknown, Record<string, never>, AsyncIterable<Uint8Array>>) => {
      assert.ok(input instanceof Readable)
      let size = 0
      for await (const chunk of input) size += Buffer.from(chunk).length
      return { json: { size } }
    },
  }),
  'com.atproto.server.getSession': method({
    handle: () => {
      throw new Error('a secret detail')
    },
  }),
  'com.atproto.server.createSession': method({
    handle: () => {
      throw new XrpcError(429, 'RateLimitExceeded', 'Too many sign-ins', { 'retry-after': '7', 'ratelimit-limit': '30' })
    },
  }),
}

test('parameters are typed by the lexicon, with defaults, arrays by repetition and formats', async (t) => {
  const { call } = await start(t, methods)
  const list = (query: string) => call(`com.atproto.repo.listRecords?repo=${DID}&collection=org.waki.action${query}`)
  assert.deepEqual((await list('')).json, { repo: DID, collection: 'org.waki.action', limit: 50 })
  assert.deepEqual((await list('&limit=7&reverse=true&unknown=1')).json, {
    repo: DID,
    collection: 'org.waki.action',
    limit: 7,
    reverse: true,
  })
  const cids = [
    'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a',
    'bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm',
  ]
  assert.deepEqual((await call(`com.atproto.sync.getBlocks?did=${DID}&cids=${cids[0]}&cids=${cids[1]}`)).json, { did: DID, cids })
  for (const query of ['&limit=0', '&limit=101', '&limit=1.5', '&limit=ten', '&limit=', '&limit=1&limit=2', '&reverse=1', '&repo=x'])
    assert.deepEqual([(await list(query)).status, (await list(query)).error], [400, 'InvalidRequest'], query)
  const missing = await call('com.atproto.repo.listRecords?repo=alice.test')
  assert.match(missing.json.message, /collection/)
})

test('the wrong verb, an unknown method and a stream asked for by HTTP each have their answer', async (t) => {
  const { call, post } = await start(t, methods)
  const wrong = await call(createRecord)
  assert.deepEqual([wrong.status, wrong.error, wrong.headers['allow']], [405, 'MethodNotAllowed', 'POST'])
  assert.equal((await post('com.atproto.repo.listRecords', {})).status, 405)
  assert.equal((await call('com.atproto.repo.listRecords', { method: 'DELETE' })).status, 405)
  for (const nsid of ['com.example.nothing', 'com.atproto.repo.getrecord', 'constructor', 'com.atproto.repo.putRecord', '..%2f']) {
    const unknown = await call(nsid)
    assert.deepEqual([unknown.status, unknown.error], [501, 'MethodNotImplemented'], nsid)
  }
  assert.equal((await call('com.atproto.sync.subscribeRepos')).status, 426)
  const proxying = await start(t, methods, silentLog, true)
  assert.deepEqual((await proxying.call('com.example.nothing')).json, { by: 'fallback' })
})

test('HEAD answers as GET without a body', async (t) => {
  const { call } = await start(t, methods)
  const path = `com.atproto.repo.listRecords?repo=${DID}&collection=org.waki.action`
  const [head, get] = [await call(path, { method: 'HEAD' }), await call(path)]
  assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', get.headers['content-length']])
})

test('JSON bodies: every way to be wrong', async (t) => {
  const { call, post } = await start(t, methods)
  const signed = { authorization: 'Bearer x' }
  assert.deepEqual((await post(createRecord, RECORD, signed)).json, { did: DID, record: RECORD.record })
  const unsigned = await post(createRecord, '{', {})
  assert.deepEqual([unsigned.status, unsigned.error], [401, 'AuthMissing'], 'who is calling is asked before the body is read')
  const deep = `{"repo":"${DID}","collection":"a.b.c","record":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`
  const rows: [string, string, Record<string, string>, number, string][] = [
    ['malformed', '{"repo":', signed, 400, 'InvalidRequest'],
    ['empty', '', signed, 400, 'InvalidRequest'],
    ['array', '[]', signed, 400, 'InvalidRequest'],
    ['null', 'null', signed, 400, 'InvalidRequest'],
    ['missing field', JSON.stringify({ ...RECORD, record: undefined }), signed, 400, 'InvalidRequest'],
    ['wrong format', JSON.stringify({ ...RECORD, repo: 'not a did' }), signed, 400, 'InvalidRequest'],
    ['too deep', deep, signed, 400, 'InvalidRequest'],
    ['wrong type', JSON.stringify(RECORD), { ...signed, 'content-type': 'text/plain' }, 415, 'UnsupportedMediaType'],
    ['no type', JSON.stringify(RECORD), { ...signed, 'content-type': '' }, 400, 'InvalidRequest'],
    ['compressed', JSON.stringify(RECORD), { ...signed, 'content-encoding': 'gzip' }, 415, 'UnsupportedMediaType'],
    ['announced too large', JSON.stringify({ ...RECORD, more: 'x'.repeat(LIMIT) }), signed, 413, 'PayloadTooLarge'],
  ]
  for (const [name, body, headers, status, error] of rows) {
    const answer = await post(createRecord, body, headers)
    assert.deepEqual([answer.status, answer.error], [status, error], name)
  }
  const unannounced = await call(createRecord, {
    method: 'POST',
    headers: { ...signed, 'content-type': 'application/json' },
    body: Array.from({ length: 50 }, () => Buffer.alloc(1_000, 'x')),
  })
  assert.deepEqual([unannounced.status, unannounced.error], [413, 'PayloadTooLarge'], 'chunked')
  const badUtf8 = await call(createRecord, {
    method: 'POST',
    headers: { ...signed, 'content-type': 'application/json' },
    body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
  })
  assert.equal(badUtf8.status, 400)
  assert.equal((await post(createRecord, RECORD, { ...signed, 'content-type': 'application/json; charset=utf-8' })).status, 200)
})

test('a method without input takes none, but an empty object passes', async (t) => {
  const { call, post } = await start(t, methods)
  assert.equal((await call('com.atproto.server.deleteSession', { method: 'POST' })).status, 200)
  assert.equal((await post('com.atproto.server.deleteSession', {})).status, 200)
  assert.equal((await post('com.atproto.server.deleteSession', { a: 1 })).status, 413)
})

test('raw bodies are handed on as bounded streams', async (t) => {
  const { call } = await start(t, methods)
  const upload = (body: Uint8Array | Uint8Array[], type = 'image/png') =>
    call('com.atproto.repo.uploadBlob', { method: 'POST', headers: type === '' ? {} : { 'content-type': type }, body })
  assert.deepEqual((await upload(Buffer.alloc(LIMIT))).json, { size: LIMIT })
  assert.equal((await upload(Buffer.alloc(LIMIT + 1))).error, 'PayloadTooLarge')
  assert.equal((await upload(Array.from({ length: 5 }, () => Buffer.alloc(1_000)))).error, 'PayloadTooLarge')
  assert.equal((await upload(Buffer.alloc(1), '')).status, 400)
})

test('known errors pass with their headers; unknown ones tell nothing and are logged', async (t) => {
  const lines: [string, Facts | undefined][] = []
  const log: Log = { ...silentLog, error: (event, facts) => lines.push([event, facts]) }
  const { call, post } = await start(t, methods, log)
  const limited = await post('com.atproto.server.createSession', { identifier: 'a.test', password: 'b' })
  assert.deepEqual([limited.status, limited.json], [429, { error: 'RateLimitExceeded', message: 'Too many sign-ins' }])
  assert.deepEqual([limited.headers['retry-after'], limited.headers['ratelimit-limit']], ['7', '30'])
  assert.match(String(limited.headers['access-control-expose-headers']), /RateLimit-Remaining/)
  assert.equal(lines.length, 0)
  const failed = await call('com.atproto.server.getSession')
  assert.deepEqual([failed.status, failed.json], [500, { error: 'InternalServerError', message: 'Internal Server Error' }])
  assert.deepEqual(
    lines.map(([event, facts]) => [event, String(facts?.['error'])]),
    [['request.failed', 'Error: a secret detail']],
  )
})

test('any origin may call; a preflight is answered for every method', async (t) => {
  const { call } = await start(t, methods)
  const preflight = await call('com.example.any', {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-headers': 'authorization,x-own' },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers['access-control-allow-origin'], '*')
  assert.equal(preflight.headers['access-control-allow-headers'], 'authorization,x-own')
  for (const path of [`com.atproto.repo.listRecords?repo=${DID}&collection=a.b.c`, 'com.example.any'])
    assert.equal((await call(path)).headers['access-control-allow-origin'], '*')
})

test('what somebody is told by their credentials nobody keeps, errors included; no answer is guessed to be of another type', async (t) => {
  const { call } = await start(t, methods)
  const listed = `com.atproto.repo.listRecords?repo=${DID}&collection=org.waki.action`
  const kept = async (path: string, headers: Record<string, string>) => {
    const answer = await call(path, { headers })
    return [answer.headers['x-content-type-options'], answer.headers['cache-control'], answer.headers['vary']]
  }
  for (const path of [listed, 'com.atproto.repo.listRecords', 'org.waki.nothing']) {
    assert.deepEqual(await kept(path, {}), ['nosniff', undefined, undefined], path)
    for (const own of [{ authorization: 'Bearer x' }, { cookie: 'a=b' }])
      assert.deepEqual(await kept(path, own), ['nosniff', 'no-store', 'Cookie, Authorization'], path)
  }
})

test('streams are sent as they come; an error on the way cuts the connection, one before it is answered', async (t) => {
  const stream = (fails: 'first' | 'later' | 'never'): Methods => ({
    'com.atproto.sync.getRepo': method({
      handle: () => ({
        encoding: 'application/vnd.ipld.car',
        stream: (async function* () {
          if (fails === 'first') throw new XrpcError(400, 'RepoNotFound', 'No such repo')
          for (let index = 0; index < 40; index++) yield Buffer.alloc(50_000, 'x')
          if (fails === 'later') throw new Error('the disk went away')
        })(),
      }),
    }),
  })
  const path = `com.atproto.sync.getRepo?did=${DID}`
  const whole = await (await start(t, stream('never'))).call(path)
  assert.deepEqual([whole.status, whole.body.length, whole.headers['content-type']], [200, 2_000_000, 'application/vnd.ipld.car'])
  assert.equal((await (await start(t, stream('first'))).call(path)).error, 'RepoNotFound')
  await assert.rejects((await start(t, stream('later'))).call(path), /aborted|ECONNRESET|socket hang up/)
})

test('the signal aborts when the caller leaves, and the answer is counted as 499', async (t) => {
  const begun = Promise.withResolvers<void>()
  const aborted = Promise.withResolvers<void>()
  const { server, metrics } = await start(t, {
    'com.atproto.server.describeServer': method({
      handle: async ({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve())
        begun.resolve()
        await aborted.promise
        return { json: {} }
      },
    }),
  })
  const socket = connect(server.port, '127.0.0.1')
  socket.write('GET /xrpc/com.atproto.server.describeServer HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await begun.promise
  socket.destroy()
  await once(socket, 'close')
  await aborted.promise
  assert.match(await metrics.text(), /waki_xrpc_seconds_count\{server="test",nsid="com.atproto.server.describeServer",status="499"\} 1/)
})

test('answers are counted by method and status; strangers cannot make up labels', async (t) => {
  const { call, metrics } = await start(t, methods)
  await call(`com.atproto.repo.listRecords?repo=${DID}&collection=a.b.c`)
  await call('com.atproto.repo.listRecords')
  await call('com.example.made.up')
  const text = await metrics.text()
  for (const label of [
    'nsid="com.atproto.repo.listRecords",status="200"',
    'nsid="com.atproto.repo.listRecords",status="400"',
    'nsid="unknown",status="501"',
  ])
    assert.ok(text.includes(`waki_xrpc_seconds_count{server="test",${label}`), label)
  assert.ok(!text.includes('made.up'))
})
