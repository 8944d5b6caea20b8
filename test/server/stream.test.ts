// subscribeRepos over a real socket: cursors, order, batching over large frames, slow and silent consumers, pruning below a follower, shutdown.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { decodeFrame, encodeFrame } from '../../atproto/frame.ts'
import { systemClock } from '../../server/clock.ts'
import { openEventLog } from '../../server/event-log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { openDatabase } from '../../server/sqlite.ts'
import { serveStream } from '../../server/stream.ts'
import type { Stream, StreamLimits } from '../../server/stream.ts'
import { startTestServer } from './support/server.ts'

const PATH = '/xrpc/com.atproto.sync.subscribeRepos'
const FIRST = 1_700_000_000_000_000

const start = async (t: TestContext, limits: Partial<StreamLimits> = {}, windowBytes = 10_000) => {
  const db = openDatabase(':memory:', [])
  const log = openEventLog(db, { firstSeq: FIRST, windowBytes })
  const metrics = createMetrics('test')
  let stream: Stream | undefined
  const server = await startTestServer(t, {
    setup: (_app, httpServer) => {
      stream = serveStream(httpServer, PATH, { log, clock: systemClock(), limits, metrics })
      return () => void db.close()
    },
  })
  const add = (count: number, bytes = 10, timeMs = 1) => {
    db.transaction(() => {
      for (let index = 0; index < count; index++)
        log.append('#commit', 'did:web:a.test', timeMs, (seq) => encodeFrame('#commit', { seq, fill: Buffer.alloc(bytes, seq % 251) }))
    })()
    log.published()
  }
  const reader = (query = '') => read(t, `ws://127.0.0.1:${server.port}${PATH}${query}`)
  return { log, metrics, server, add, reader, subscribers: () => stream?.subscribers() }
}

type Message = { t: string; seq?: number; error?: string; name?: string }

/** A subscriber that keeps what it was sent; `until(n)` waits for n messages, `closed` for the end. */
const read = async (t: TestContext, url: string) => {
  const socket = new WebSocket(url)
  t.after(() => socket.terminate())
  const messages: Message[] = []
  let wake = () => {}
  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data)
    if (frame.kind === 'error') messages.push({ t: 'error', error: frame.error })
    else if (frame.kind === 'message') messages.push({ t: frame.t, ...JSON.parse(JSON.stringify(frame.payload, ['seq', 'name'])) })
    wake()
  })
  const closed = once(socket, 'close').then(([code]: unknown[]) => code)
  await once(socket, 'open')
  const until = async (count: number): Promise<Message[]> => {
    while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve))
    return messages
  }
  return { socket, messages, until, closed }
}

const seqs = (messages: readonly Message[]) => messages.map(({ seq }) => seq)
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index)

const eventually = async (what: () => boolean) => {
  const clock = systemClock()
  const end = clock.monotonicMs() + 5_000
  while (!what()) {
    assert.ok(clock.monotonicMs() < end, 'waited too long')
    await clock.sleep(5)
  }
}

test('without a cursor only what is new comes; with one, everything after it', async (t) => {
  const { add, reader, log } = await start(t)
  add(5)
  const live = await reader()
  const all = await reader('?cursor=0')
  const some = await reader(`?cursor=${FIRST + 2}`)
  const tip = await reader(`?cursor=${log.last()}`)
  add(3)
  assert.deepEqual(seqs(await live.until(3)), from(FIRST + 5, 3))
  assert.deepEqual(seqs(await all.until(8)), from(FIRST, 8))
  assert.deepEqual(seqs(await some.until(5)), from(FIRST + 3, 5))
  assert.deepEqual(seqs(await tip.until(3)), from(FIRST + 5, 3))
})

test('an empty log serves live subscribers and cursor 0 alike', async (t) => {
  const { add, reader } = await start(t)
  const [live, zero] = [await reader(), await reader('?cursor=0')]
  add(2)
  assert.deepEqual(seqs(await live.until(2)), from(FIRST, 2))
  assert.deepEqual(seqs(await zero.until(2)), from(FIRST, 2))
})

test('a cursor in the future is an error frame, then the end', async (t) => {
  const { add, reader, log } = await start(t)
  add(1)
  const ahead = await reader(`?cursor=${log.last() + 1}`)
  assert.equal(await ahead.closed, 1008)
  assert.deepEqual(ahead.messages, [{ t: 'error', error: 'FutureCursor' }])
})

test('a cursor older than what is kept is told so, then gets all that is kept', async (t) => {
  const { add, reader, log } = await start(t)
  add(5, 10, 1)
  add(5, 10, 2)
  assert.equal(log.prune(2), 5)
  for (const cursor of [0, 17, FIRST + 3]) {
    const old = await reader(`?cursor=${cursor}`)
    await old.until(6)
    assert.deepEqual(old.messages[0], { t: '#info', name: 'OutdatedCursor' })
    assert.deepEqual(seqs(old.messages.slice(1)), from(FIRST + 5, 5))
  }
  const exact = await reader(`?cursor=${FIRST + 4}`)
  assert.deepEqual(seqs(await exact.until(5)), from(FIRST + 5, 5))
})

test('a cursor that is no number, and an unknown path, are answered before any upgrade', async (t) => {
  const { server } = await start(t)
  const refused = async (path: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`)
    socket.on('error', () => {})
    const [, response] = await once(socket, 'unexpected-response')
    return response.statusCode
  }
  for (const cursor of ['-1', 'x', '1.5', '99999999999999999999', '1e3'])
    assert.equal(await refused(`${PATH}?cursor=${cursor}`), 400, cursor)
  assert.equal(await refused('/xrpc/com.atproto.label.subscribeLabels'), 404)
})

test('a refused upgrade is over when it is answered, whatever the peer does: it keeps no socket and holds no close up', async (t) => {
  const { server } = await start(t)
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  socket.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nand more')
  await once(socket, 'readable')
  assert.match(String(socket.read()), /^HTTP\/1\.1 404 /)
  const late = new AbortController()
  const outcome = await Promise.race([
    server.close().then(() => 'closed'),
    systemClock()
      .sleep(8_000, late.signal)
      .catch(() => {}),
  ])
  late.abort()
  socket.destroy()
  assert.equal(outcome, 'closed')
})

test('frames of every length class arrive whole and in order, from disk and from memory', async (t) => {
  const { add, reader } = await start(t, {}, 300_000)
  for (const bytes of [1, 90, 100, 130, 65_400, 65_600, 1_900_000, 5]) add(3, bytes)
  const all = await reader('?cursor=0')
  assert.deepEqual(seqs(await all.until(24)), from(FIRST, 24))
  const together = await Promise.all(from(0, 5).map(() => reader()))
  for (const bytes of [100_000, 10, 10, 70_000]) add(20, bytes)
  for (const one of together) assert.deepEqual(seqs(await one.until(80)), from(FIRST + 24, 80))
})

/** Upgrades by hand and then reads nothing, or whatever it is told to. */
const rawSubscriber = async (t: TestContext, port: number, query: string): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  socket.write(
    `GET ${PATH}${query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  await once(socket, 'readable')
  assert.match(String(socket.read(12)), /101/)
  socket.pause()
  return socket
}

test('a consumer that reads nothing is cut, holds little memory, and hurts no neighbour', async (t) => {
  const { add, server, reader, metrics, subscribers } = await start(t, { stallMs: 150, closeMs: 100 })
  await rawSubscriber(t, server.port, '?cursor=0')
  const neighbour = await reader('?cursor=0')
  for (let round = 0; round < 200; round++) {
    add(1, 100_000)
    await neighbour.until(round + 1)
  }
  await eventually(() => subscribers() === 1)
  assert.match(await metrics.text(), /waki_stream_ended_total\{reason="too-slow",server="test"\} 1/)
  assert.deepEqual(seqs(neighbour.messages), from(FIRST, 200))
})

test('a slow consumer that reads again is told ConsumerTooSlow behind whole frames', async (t) => {
  const { add, server } = await start(t, { stallMs: 100, closeMs: 5_000 })
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${PATH}?cursor=0`)
  t.after(() => socket.terminate())
  const got: string[] = []
  socket.on('message', (data: Buffer) => {
    const frame = decodeFrame(data)
    got.push(frame.kind === 'error' ? frame.error : frame.kind)
  })
  await once(socket, 'open')
  socket.pause()
  add(300, 100_000)
  await systemClock().sleep(600)
  socket.resume()
  const [code] = await once(socket, 'close')
  assert.equal(code, 1008)
  assert.equal(got.at(-1), 'ConsumerTooSlow')
  assert.ok(got.length > 1 && got.length < 301, `${got.length} messages`)
})

test('a consumer behind what is kept is told ConsumerTooSlow instead of being given a gap', async (t) => {
  const { add, log, reader } = await start(t, { stallMs: 60_000 }, 1_000)
  const slow = await reader()
  slow.socket.pause()
  for (let hour = 0; hour < 300; hour++) add(1, 100_000, hour)
  await systemClock().sleep(50)
  assert.ok(log.prune(299) > 0)
  slow.socket.resume()
  assert.equal(await slow.closed, 1008)
  assert.equal(slow.messages.at(-1)?.error, 'ConsumerTooSlow')
  assert.deepEqual(seqs(slow.messages.slice(0, -1)), from(FIRST, slow.messages.length - 1))
})

test('a peer that answers no ping is dropped; one that does stays', async (t) => {
  const { server, reader, subscribers } = await start(t, { pingMs: 40 })
  await rawSubscriber(t, server.port, '')
  const alive = await reader()
  assert.equal(subscribers(), 2)
  await eventually(() => subscribers() === 1)
  await systemClock().sleep(150)
  assert.equal(alive.socket.readyState, WebSocket.OPEN)
})

test('above the limit a subscriber is refused; a place is free again when one leaves', async (t) => {
  const { server, reader, subscribers } = await start(t, { maxSubscribers: 1 })
  const only = await reader()
  const second = new WebSocket(`ws://127.0.0.1:${server.port}${PATH}`)
  second.on('error', () => {})
  const [, response] = await once(second, 'unexpected-response')
  assert.equal(response.statusCode, 503)
  only.socket.close()
  await eventually(() => subscribers() === 0)
  await reader()
})

test('when the server closes, subscribers are told and everything ends', async (t) => {
  const { add, server, reader } = await start(t, { closeMs: 200 })
  add(3)
  const one = await reader('?cursor=0')
  await one.until(3)
  await rawSubscriber(t, server.port, '')
  await server.close()
  assert.equal(await one.closed, 1001)
  assert.deepEqual(seqs(one.messages), from(FIRST, 3))
})
