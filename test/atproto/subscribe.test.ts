// Following a stream from real WebSocket servers on loopback: order, back-pressure, silence, and every way to end.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { SUBSCRIBE_QUEUE_MAX_FRAMES } from '../../atproto/limits.ts'
import { subscribe, SubscriptionEnded } from '../../atproto/subscribe.ts'
import type { SubscribeOptions, SubscriptionEnd } from '../../atproto/subscribe.ts'
import { systemClock } from '../../server/clock.ts'

const clock = systemClock()

type Stream = { readonly url: string; readonly asked: string[] }

async function serveStream(context: TestContext, onSocket: (socket: WebSocket) => void): Promise<Stream> {
  const server = new WebSocketServer({ host: 'localhost', port: 0 })
  const asked: string[] = []
  server.on('connection', (socket, request) => {
    asked.push(request.url ?? '')
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  context.after(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, asked }
}

const follow = (url: string, options: Partial<SubscribeOptions> = {}): AsyncGenerator<Uint8Array> =>
  subscribe({ url, clock, signal: new AbortController().signal, ...options })

const endsWith = (code: SubscriptionEnd) => (error: unknown) => error instanceof SubscriptionEnded && error.code === code

async function all(frames: AsyncGenerator<Uint8Array>, into: number[]): Promise<void> {
  for await (const frame of frames) into.push(Buffer.from(frame).readUInt32BE())
}

function numbered(number: number, sizeBytes = 4): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  bytes.writeUInt32BE(number)
  return bytes
}

test('frames come in order, all of them, and the end says why', async (context) => {
  const { url, asked } = await serveStream(context, (socket) => {
    for (let number = 0; number < 2_000; number++) socket.send(numbered(number))
    socket.close(1000, 'enough')
  })
  const got: number[] = []
  await assert.rejects(
    all(follow(url, { cursor: 41 }), got),
    (error) => error instanceof SubscriptionEnded && error.reason === '1000 enough',
  )
  assert.deepEqual(
    got,
    Array.from({ length: 2_000 }, (_, number) => number),
  )
  assert.deepEqual(asked, ['/xrpc/com.atproto.sync.subscribeRepos?cursor=41'])
})

test('an address with a path is asked as it is, without a cursor when there is none', async (context) => {
  const { url, asked } = await serveStream(context, (socket) => socket.close())
  await assert.rejects(all(follow(`${url.replace('http', 'ws')}/export/stream`), []), endsWith('closed'))
  assert.deepEqual(asked, ['/export/stream'])
})

test('while the consumer lags the sender is held back, and nothing is lost', { timeout: 30_000 }, async (context) => {
  const count = 2_000
  const sizeBytes = 100_000
  let sender: WebSocket | undefined
  const { url } = await serveStream(context, (socket) => {
    sender = socket
    for (let number = 0; number < count; number++) socket.send(numbered(number, sizeBytes))
    socket.close(1000)
  })
  const frames = follow(url)
  assert.equal(Buffer.from((await frames.next()).value ?? []).readUInt32BE(), 0)
  // The buffer of the sender stops shrinking once both kernels and our queue are full.
  let left = Infinity
  for (let still = 0; still < 5;) {
    await clock.sleep(20)
    const now = sender?.bufferedAmount ?? 0
    still = now === left ? still + 1 : 0
    left = now
  }
  assert.ok(left > (count * sizeBytes) / 2, `${left} bytes wait with the sender`)
  const got: number[] = []
  await assert.rejects(all(frames, got), endsWith('closed'))
  assert.equal(got.length, count - 1)
  assert.deepEqual(
    got,
    Array.from({ length: count - 1 }, (_, index) => index + 1),
  )
})

test('many small frames do not pile up either', { timeout: 30_000 }, async (context) => {
  const count = SUBSCRIBE_QUEUE_MAX_FRAMES * 10
  const { url } = await serveStream(context, (socket) => {
    for (let number = 0; number < count; number++) socket.send(numbered(number))
    socket.close(1000)
  })
  const got: number[] = []
  const slowly = async (): Promise<void> => {
    for await (const frame of follow(url)) {
      if (got.length % 500 === 0) await clock.sleep(5)
      got.push(Buffer.from(frame).readUInt32BE())
    }
  }
  await assert.rejects(slowly(), endsWith('closed'))
  assert.deepEqual(
    got,
    Array.from({ length: count }, (_, number) => number),
  )
})

test('a quiet server that answers pings is not given up; a silent one is', { timeout: 10_000 }, async (context) => {
  const { url } = await serveStream(context, (socket) => void clock.sleep(900).then(() => socket.close(1000, 'late')))
  await assert.rejects(all(follow(url, { idleTimeoutMs: 300 }), []), endsWith('closed'))
  const silent = await serveStream(context, (socket) => socket.pause())
  await assert.rejects(all(follow(silent.url, { idleTimeoutMs: 200 }), []), endsWith('idle'))
})

test('a frame over the limit ends the stream behind the ones before it', async (context) => {
  const { url } = await serveStream(context, (socket) => {
    socket.send(numbered(7))
    socket.send(Buffer.alloc(10_001))
    socket.send(numbered(8))
  })
  const got: number[] = []
  await assert.rejects(all(follow(url, { maxFrameBytes: 10_000 }), got), endsWith('frame-too-large'))
  assert.deepEqual(got, [7])
})

test('text is no frame', async (context) => {
  const { url } = await serveStream(context, (socket) => socket.send('hello'))
  await assert.rejects(all(follow(url), []), endsWith('frame-not-binary'))
})

test('a server that answers by HTTP refuses; one that is not there is unreachable', async () => {
  const server = createServer()
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno'))
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  await assert.rejects(
    all(follow(url), []),
    (error) => error instanceof SubscriptionEnded && error.code === 'refused' && error.reason === 'HTTP 404',
  )
  await new Promise((resolve) => server.close(resolve))
  await assert.rejects(all(follow(url), []), endsWith('unreachable'))
})

test('a connection that breaks is an end like any other', async (context) => {
  const { url } = await serveStream(context, (socket) => {
    socket.send(numbered(1), () => socket.terminate())
  })
  const got: number[] = []
  await assert.rejects(all(follow(url), got), endsWith('closed'))
  assert.deepEqual(got, [1])
})

test('the caller ends it by its signal, before, while waiting and between frames; the socket is closed', async (context) => {
  let closed = 0
  const { promise: bothClosed, resolve } = Promise.withResolvers<void>()
  const { url, asked } = await serveStream(context, (socket) => {
    socket.on('close', () => ++closed === 2 && resolve())
    socket.send(numbered(1))
    socket.send(numbered(2))
  })
  await all(follow(url, { signal: AbortSignal.abort() }), [])
  assert.equal(asked.length, 0)
  const waiting = new AbortController()
  const got: number[] = []
  for await (const frame of follow(url, { signal: waiting.signal })) {
    got.push(Buffer.from(frame).readUInt32BE())
    if (got.length === 2) setImmediate(() => waiting.abort())
  }
  for await (const frame of follow(url)) {
    got.push(Buffer.from(frame).readUInt32BE())
    break
  }
  assert.deepEqual(got, [1, 2, 1])
  await bothClosed
})

test('one is told when the connection stands', async (context) => {
  const { url } = await serveStream(context, (socket) => socket.close())
  let opened = 0
  await assert.rejects(all(follow(url, { onOpen: () => opened++ }), []), endsWith('closed'))
  assert.equal(opened, 1)
})
