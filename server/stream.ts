// com.atproto.sync.subscribeRepos over an event log. Each subscriber pulls pages from the log after its own cursor; pulling stops above its socket's
// high-water mark. A cursor is "the last seq seen": events above it follow. Promises the answers of the event-stream specification:
// FutureCursor, #info OutdatedCursor, ConsumerTooSlow (https://atproto.com/specs/event-stream).

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Clock } from './clock.ts'
import type { EventLog } from './event-log.ts'
import type { Metrics } from './metrics.ts'
import { Subscriber } from './stream-subscriber.ts'
import type { StreamFigures } from './stream-subscriber.ts'
import { onUpgrade, refuseUpgrade } from './upgrade.ts'
import { WireCache } from './stream-wire.ts'

export type StreamLimits = {
  readonly maxSubscribers: number
  /** A quiet peer is asked this often whether it is there; two silences end it. */
  readonly pingMs: number
  /** A peer that takes no byte for so long is too slow. */
  readonly stallMs: number
  /** How long a peer may take to close after it was told to. */
  readonly closeMs: number
  /** Bytes of ready-made socket frames that are kept for all subscribers. */
  readonly wireBytes: number
}

export const STREAM_LIMITS: StreamLimits = { maxSubscribers: 1_000, pingMs: 30_000, stallMs: 30_000, closeMs: 3_000, wireBytes: 4_194_304 }

const MAX_CLIENT_MESSAGE_BYTES = 4_096
const CURSOR = /^\d{1,16}$/

export type Stream = { subscribers(): number }

export type StreamOptions = {
  readonly log: EventLog
  readonly clock: Clock
  readonly limits?: Partial<StreamLimits>
  readonly metrics: Metrics
}

/** Answers WebSocket upgrades at `path`, such as /xrpc/com.atproto.sync.subscribeRepos, until the server closes. */
export const serveStream = (httpServer: Server, path: string, options: StreamOptions): Stream => {
  const limits = { ...STREAM_LIMITS, ...options.limits }
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    clientTracking: false,
  })
  const subscribers = new Set<Subscriber>()
  const figures = makeFigures(options.metrics)
  const wires = new WireCache(limits.wireBytes)
  const pings = options.clock.every(limits.pingMs, () => {
    for (const subscriber of subscribers) subscriber.ping()
  })
  const take = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const cursor = parseCursor(req.url ?? '')
    if (cursor === 'invalid') return refuseUpgrade(socket, 400, 'InvalidRequest', 'cursor must be a whole number, not negative')
    if (subscribers.size >= limits.maxSubscribers)
      return refuseUpgrade(socket, 503, 'TooManySubscribers', 'This stream has all the subscribers it can serve')
    webSockets.handleUpgrade(req, socket, head, (webSocket) => {
      const subscriber = new Subscriber({ webSocket, socket, log: options.log, clock: options.clock, limits, wires, figures })
      subscribers.add(subscriber)
      figures.subscribers.set(subscribers.size)
      void subscriber.run(cursor).finally(() => {
        subscribers.delete(subscriber)
        figures.subscribers.set(subscribers.size)
      })
    })
  }
  const end = async () => {
    pings[Symbol.dispose]()
    await Promise.all([...subscribers].map((subscriber) => subscriber.end()))
  }
  onUpgrade(httpServer, { path, take, end })
  return { subscribers: () => subscribers.size }
}

const parseCursor = (url: string): number | undefined | 'invalid' => {
  const start = url.indexOf('?')
  const given = start < 0 ? null : new URLSearchParams(url.slice(start + 1)).get('cursor')
  if (given === null || given === '') return undefined
  const cursor = CURSOR.test(given) ? Number(given) : Number.NaN
  return Number.isSafeInteger(cursor) ? cursor : 'invalid'
}

const makeFigures = (metrics: Metrics): StreamFigures => ({
  subscribers: metrics.gauge('stream_subscribers', 'Subscribers connected'),
  frames: metrics.counter('stream_frames_total', 'Frames handed to sockets'),
  bytes: metrics.counter('stream_bytes_total', 'Bytes handed to sockets'),
  ended: metrics.counter('stream_ended_total', 'Subscriptions ended, by reason', ['reason']),
})
