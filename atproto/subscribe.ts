// One connection to somebody's event stream, as an async generator of frames, in order, none left out.
// The socket is paused while the consumer lags, and given up when the other end falls silent. Reconnecting is the caller's.
// Does not look into frames; does not guard against private addresses: pass a `lookup` that does.

import type { LookupFunction } from 'node:net'
import { WebSocket } from 'ws'
import {
  FRAME_MAX_BYTES,
  SUBSCRIBE_HANDSHAKE_TIMEOUT_MS,
  SUBSCRIBE_IDLE_TIMEOUT_MS,
  SUBSCRIBE_QUEUE_MAX_BYTES,
  SUBSCRIBE_QUEUE_MAX_FRAMES,
} from './limits.ts'

export type SubscriptionEnd = 'closed' | 'refused' | 'unreachable' | 'idle' | 'frame-too-large' | 'frame-not-binary'

/** Why a subscription ended without having been asked to. All frames that came before were yielded. */
export class SubscriptionEnded extends Error {
  override readonly name = 'SubscriptionEnded'
  readonly code: SubscriptionEnd
  readonly reason: string
  constructor(code: SubscriptionEnd, reason: string) {
    super(`${code}: ${reason}`)
    this.code = code
    this.reason = reason
  }
}

/** Real time, the part of server/clock.ts needed here. */
export type SubscribeClock = { monotonicMs(): number; every(ms: number, run: () => void): Disposable }

export type SubscribeOptions = {
  /** Origin of the server (http, https, ws, wss), or the whole address of a stream. */
  readonly url: string
  /** The last seq the caller has; the stream goes on behind it. */
  readonly cursor?: number
  /** Ends the generator quietly. */
  readonly signal: AbortSignal
  readonly clock: SubscribeClock
  readonly maxFrameBytes?: number
  /** Without any sign of life, pongs included, for so long the connection is given up. */
  readonly idleTimeoutMs?: number
  readonly lookup?: LookupFunction
  /** Called once the other end has accepted the connection. */
  readonly onOpen?: () => void
}

/** Yields the bytes of each message. Throws SubscriptionEnded when the stream ends by itself. */
export async function* subscribe(options: SubscribeOptions): AsyncGenerator<Uint8Array, void> {
  if (options.signal.aborted) return
  const socket = new WebSocket(streamAddress(options.url, options.cursor), {
    perMessageDeflate: false,
    maxPayload: options.maxFrameBytes ?? FRAME_MAX_BYTES,
    handshakeTimeout: SUBSCRIBE_HANDSHAKE_TIMEOUT_MS,
    followRedirects: false,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  })
  const inbox = new Inbox(socket)
  if (options.onOpen !== undefined) socket.once('open', options.onOpen)
  const abort = (): void => inbox.wakeUp()
  options.signal.addEventListener('abort', abort, { once: true })
  using _watch = watchForSilence(socket, inbox, options)
  try {
    for (;;) {
      if (options.signal.aborted) return
      const frame = inbox.take()
      if (frame !== undefined) yield frame
      else if (inbox.ended !== undefined) throw inbox.ended
      else await inbox.wait()
    }
  } finally {
    options.signal.removeEventListener('abort', abort)
    socket.terminate()
  }
}

/** Adds the path of subscribeRepos to a bare origin. */
function streamAddress(url: string, cursor: number | undefined): URL {
  const address = new URL(url)
  if (address.protocol === 'http:') address.protocol = 'ws:'
  if (address.protocol === 'https:') address.protocol = 'wss:'
  if (address.pathname === '/') address.pathname = '/xrpc/com.atproto.sync.subscribeRepos'
  if (cursor !== undefined) address.searchParams.set('cursor', String(cursor))
  return address
}

/** Frames that have arrived and are not yet taken; pauses its socket above the limits and resumes it at half. */
class Inbox {
  ended: SubscriptionEnded | undefined
  readonly #socket: WebSocket
  #frames: Uint8Array[] = []
  #taken = 0
  #bytes = 0
  #wake: (() => void) | undefined

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'nodebuffer'
    socket.on('message', (data, isBinary) => {
      if (isBinary && Buffer.isBuffer(data)) this.#put(data)
      else this.end('frame-not-binary', 'a text message')
    })
    socket.on('unexpected-response', (request, response) => {
      response.resume()
      request.destroy()
      this.end('refused', `HTTP ${response.statusCode ?? 0}`)
    })
    socket.on('error', (error) => this.end(isTooLarge(error) ? 'frame-too-large' : 'unreachable', error.message))
    socket.on('close', (code, reason) => this.end('closed', `${code} ${reason.toString('utf8')}`.trim()))
  }

  get isPaused(): boolean {
    return this.#socket.isPaused
  }

  take(): Uint8Array | undefined {
    const frame = this.#frames[this.#taken]
    if (frame === undefined) return undefined
    this.#taken++
    this.#bytes -= frame.length
    if (this.#taken === this.#frames.length) {
      this.#frames = []
      this.#taken = 0
    }
    const isHalfEmpty = this.#waiting * 2 <= SUBSCRIBE_QUEUE_MAX_FRAMES && this.#bytes * 2 <= SUBSCRIBE_QUEUE_MAX_BYTES
    if (isHalfEmpty && this.#socket.isPaused) this.#socket.resume()
    return frame
  }

  /** Until something changes. */
  wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    return promise
  }

  end(code: SubscriptionEnd, reason: string): void {
    this.ended ??= new SubscriptionEnded(code, reason)
    this.#socket.terminate()
    this.wakeUp()
  }

  /** Lets whoever waits look again. */
  wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  get #waiting(): number {
    return this.#frames.length - this.#taken
  }

  #put(frame: Uint8Array): void {
    if (this.ended !== undefined) return
    this.#frames.push(frame)
    this.#bytes += frame.length
    const isFull = this.#waiting >= SUBSCRIBE_QUEUE_MAX_FRAMES || this.#bytes >= SUBSCRIBE_QUEUE_MAX_BYTES
    if (isFull && this.#socket.readyState === WebSocket.OPEN) this.#socket.pause()
    this.wakeUp()
  }
}

const isTooLarge = (error: Error & { code?: string }): boolean => error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'

/** Asks with a ping after half the time, ends after the whole. A socket that we paused ourselves is not silent. */
function watchForSilence(socket: WebSocket, inbox: Inbox, options: SubscribeOptions): Disposable {
  const idleTimeoutMs = options.idleTimeoutMs ?? SUBSCRIBE_IDLE_TIMEOUT_MS
  let heardMs = options.clock.monotonicMs()
  const hear = (): void => {
    heardMs = options.clock.monotonicMs()
  }
  for (const name of ['open', 'message', 'ping', 'pong'] as const) socket.on(name, hear)
  return options.clock.every(Math.max(1, Math.floor(idleTimeoutMs / 4)), () => {
    if (inbox.isPaused) return hear()
    const silentMs = options.clock.monotonicMs() - heardMs
    if (silentMs >= idleTimeoutMs) inbox.end('idle', `nothing for ${Math.round(silentMs)} ms`)
    else if (silentMs * 2 >= idleTimeoutMs && socket.readyState === WebSocket.OPEN) socket.ping()
  })
}
