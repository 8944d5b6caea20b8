// One subscriber of a stream: where it stands, how fast it takes, how it ends. Holds at most one page of unsent bytes.

import type { Duplex } from 'node:stream'
import type { Counter, Gauge } from 'prom-client'
import type { WebSocket } from 'ws'
import { encodeErrorFrame, encodeFrame } from '../atproto/frame.ts'
import type { Clock } from './clock.ts'
import type { EventLog, Page } from './event-log.ts'
import type { StreamLimits } from './stream.ts'
import { webSocketFrame } from './stream-wire.ts'
import type { WireCache } from './stream-wire.ts'

export type StreamFigures = { readonly subscribers: Gauge; readonly frames: Counter; readonly bytes: Counter; readonly ended: Counter }

type Parts = {
  readonly webSocket: WebSocket
  readonly socket: Duplex
  readonly log: EventLog
  readonly clock: Clock
  readonly limits: StreamLimits
  readonly wires: WireCache
  readonly figures: StreamFigures
}

type Ending = 'left' | 'future-cursor' | 'too-slow' | 'stopped'

const POLICY_CLOSE = 1008
const GOING_AWAY = 1001

export class Subscriber {
  readonly #parts: Parts
  readonly #gone = new AbortController()
  readonly #closed: Promise<void>
  #answered = true
  #stopping = false

  constructor(parts: Parts) {
    this.#parts = parts
    const { webSocket } = parts
    this.#closed = new Promise((resolve) =>
      webSocket.once('close', () => {
        this.#gone.abort()
        resolve()
      }),
    )
    webSocket.on('error', () => webSocket.terminate())
    webSocket.on('pong', () => (this.#answered = true))
  }

  /** Serves until the subscriber leaves, is too slow, or the stream ends; then closes its socket. */
  async run(cursor: number | undefined): Promise<void> {
    const ending = await this.#serve(cursor)
    this.#parts.figures.ended.inc({ reason: ending })
    await this.#close(ending)
  }

  /** Asks a quiet peer whether it is there. One with unsent bytes is judged by what it takes instead. */
  ping(): void {
    if (this.#parts.socket.writableLength > 0) return
    if (!this.#answered) return this.#parts.webSocket.terminate()
    this.#answered = false
    this.#parts.webSocket.ping()
  }

  /** Ends it because the server stops; resolves when the socket is closed. */
  async end(): Promise<void> {
    this.#stopping = true
    this.#gone.abort()
    await this.#closed
  }

  async #serve(cursor: number | undefined): Promise<Ending> {
    const { log } = this.#parts
    if (cursor !== undefined && cursor > log.last()) {
      this.#refuse('FutureCursor', `The cursor ${cursor} is ahead of this stream, which stands at ${log.last()}`)
      return 'future-cursor'
    }
    let after = cursor ?? log.last()
    if (log.isOutdated(after)) {
      after = log.first() - 1
      this.#send(encodeFrame('#info', { name: 'OutdatedCursor', message: `Events up to ${after} are not kept any more` }))
    }
    for await (const page of log.follow(after, this.#gone.signal)) {
      const skipped = (page[0]?.seq ?? 0) > after + 1 && log.isOutdated(after)
      if (skipped || !(await this.#sendPage(page))) {
        if (this.#gone.signal.aborted) break
        this.#refuse('ConsumerTooSlow', skipped ? 'The events that come next are not kept any more' : 'Nothing was read for too long')
        return 'too-slow'
      }
      after = page.at(-1)?.seq ?? after
    }
    return this.#stopping ? 'stopped' : 'left'
  }

  /** False when the peer stalled or left. All of the page is then in the socket's buffer, so that what follows stands behind a whole frame. */
  async #sendPage(page: Page): Promise<boolean> {
    const { socket, figures, wires } = this.#parts
    const wire = wires.wireOf(page)
    let taken = true
    for (const piece of wire.pieces) {
      const more = socket.write(piece)
      if (!more && taken) taken = await this.#drained()
      if (this.#gone.signal.aborted && !this.#stopping) return false
    }
    figures.frames.inc(page.length)
    figures.bytes.inc(wire.sizeBytes)
    return taken
  }

  /** True once the socket's buffer is empty again; false when not a byte went for stallMs, or the subscriber is gone. */
  #drained(): Promise<boolean> {
    const { socket, clock, limits } = this.#parts
    const { signal } = this.#gone
    if (signal.aborted) return Promise.resolve(false)
    const patience = new AbortController()
    return new Promise((resolve) => {
      const settle = (drained: boolean) => {
        patience.abort()
        socket.off('drain', onDrain)
        signal.removeEventListener('abort', onGone)
        resolve(drained)
      }
      const onDrain = () => settle(true)
      const onGone = () => settle(false)
      socket.once('drain', onDrain)
      signal.addEventListener('abort', onGone, { once: true })
      clock.sleep(limits.stallMs, patience.signal).then(onGone, () => {})
    })
  }

  #send(frame: Uint8Array): void {
    this.#parts.socket.write(webSocketFrame(frame))
  }

  #refuse(error: string, message: string): void {
    this.#send(encodeErrorFrame(error, message))
    this.#parts.webSocket.close(POLICY_CLOSE, error)
  }

  async #close(ending: Ending): Promise<void> {
    const { webSocket, clock, limits } = this.#parts
    if (ending === 'stopped') webSocket.close(GOING_AWAY, 'The server is stopping')
    const patience = new AbortController()
    clock.sleep(limits.closeMs, patience.signal).then(
      () => webSocket.terminate(),
      () => {},
    )
    await this.#closed
    patience.abort()
  }
}
