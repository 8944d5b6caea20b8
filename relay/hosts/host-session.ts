// One host, followed for ever: connect behind the cursor, read, and when the stream ends wait and connect again. Never gives up.
// A frame that cannot be decoded cuts the connection; when the very same frame comes again it is passed over, so that the stream goes on behind it.
// A host that does not know our cursor any more is read again from its beginning: what we have is recognised by its rev.

import { hash } from 'node:crypto'
import type { LookupFunction } from 'node:net'
import { SubscriptionEnded, subscribe } from '../../atproto/subscribe.ts'
import type { Clock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import type { GroupWriter } from '../ingest/group-writer.ts'
import type { Judge } from '../ingest/judge.ts'
import { Lane } from '../ingest/lane.ts'
import type { Note } from '../ingest/notes.ts'
import { readFrame } from '../ingest/read-frame.ts'
import type { Read } from '../ingest/read-frame.ts'
import { HOST_FRAME_MAX_BYTES, OFFLINE_AFTER_FAILURES, PASSED_OVER_MAX_FRAMES } from '../limits.ts'
import { createAllowance } from './allowance.ts'
import { createBackOff } from './back-off.ts'
import type { BackOff } from './back-off.ts'
import type { Host, HostTable } from './host-table.ts'

export type HostStatus = 'active' | 'idle' | 'offline' | 'throttled' | 'banned'

export type SessionParts = {
  readonly hosts: HostTable
  readonly judge: Judge
  readonly writer: GroupWriter
  readonly clock: Clock
  readonly log: Log
  readonly lookup: LookupFunction
  readonly backOff: { readonly firstMs: number; readonly maxMs: number; readonly pauseMs: number }
  readonly eventsPerSecondOf: (host: Host) => number
}

/** Why a connection ended, in a word, and what was said. */
type Ending = { readonly code: string; readonly detail: string }

export class HostSession {
  readonly #host: Host
  readonly #parts: SessionParts
  readonly #log: Log
  readonly #backOff: BackOff
  readonly #takeOne: (nowMs: number) => number
  readonly #passedOver = new Set<string>()
  #status: HostStatus = 'idle'
  #wake = new AbortController()

  constructor(host: Host, parts: SessionParts) {
    this.#host = host
    this.#parts = parts
    this.#log = parts.log.with({ host: host.hostname })
    this.#backOff = createBackOff(parts.backOff)
    this.#takeOne = createAllowance(parts.eventsPerSecondOf(host))
  }

  get status(): HostStatus {
    return this.#status
  }

  /** Dials at once, if it is waiting. */
  wake(): void {
    this.#wake.abort()
  }

  /** Resolves after `signal` has aborted and nothing of this host is under way any more. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ending = await this.#connect(signal)
      if (signal.aborted) return
      if (ending.code === 'FutureCursor') this.#startAgain()
      const isPaused = ending.code === 'paused'
      const waitMs = isPaused ? this.#parts.backOff.pauseMs : this.#backOff.next()
      this.#status = isPaused ? 'throttled' : this.#backOff.failures >= OFFLINE_AFTER_FAILURES ? 'offline' : 'idle'
      this.#log.info('host.disconnected', {
        code: ending.code,
        detail: ending.detail,
        failures: this.#backOff.failures,
        waitMs: Math.round(waitMs),
      })
      await this.#sleep(waitMs, signal)
    }
  }

  async #connect(signal: AbortSignal): Promise<Ending> {
    const { hosts, clock, lookup } = this.#parts
    const halted = new AbortController()
    const lane = new Lane(this.#host, { ...this.#parts, monotonicMs: () => clock.monotonicMs(), onHalt: () => halted.abort() })
    const cursor = hosts.cursor(this.#host.id)
    this.#log.info('host.dialled', { cursor })
    try {
      const until = AbortSignal.any([signal, halted.signal])
      const onOpen = (): void => void (this.#status = 'active')
      const frames = subscribe({ url: this.#host.url, cursor, signal: until, clock, maxFrameBytes: HOST_FRAME_MAX_BYTES, lookup, onOpen })
      const ending = await this.#readAll(frames, lane, cursor, until)
      return lane.isHalted ? { code: 'paused', detail: 'more accounts than the limit' } : ending
    } catch (error) {
      if (error instanceof SubscriptionEnded) return { code: error.code, detail: error.reason }
      throw error
    } finally {
      if (signal.aborted) lane.halt()
      else await lane.settled()
    }
  }

  async #readAll(frames: AsyncIterable<Uint8Array>, lane: Lane, cursor: number, signal: AbortSignal): Promise<Ending> {
    let lastSeq = cursor
    let isFirst = true
    for await (const bytes of frames) {
      const read = this.#passOver(bytes, readFrame(bytes, lastSeq, isFirst))
      isFirst = false
      if (read.kind === 'error') return { code: read.error.error, detail: read.error.message ?? '' }
      if (read.kind === 'event') {
        lastSeq = read.event.seq
        lane.take(read.event, bytes.length)
        this.#backOff.reset()
      } else if (read.kind !== 'repeated') {
        lastSeq = Math.max(lastSeq, read.judged.seq ?? 0)
        lane.take(read.judged, bytes.length)
        if (read.kind === 'undecodable') return this.#cut(bytes, read.judged.detail)
      }
      if (lane.isFull) await lane.room()
      await this.#slowDown(signal)
    }
    return { code: 'stopped', detail: '' }
  }

  /** A frame we were cut for already is only noted. */
  #passOver(bytes: Uint8Array, read: Read): Read {
    if (read.kind !== 'undecodable' || !this.#passedOver.has(hash('sha256', bytes))) return read
    return { kind: 'settled', judged: { kind: 'noted', seq: null, note: 'frame.passed-over' } }
  }

  #cut(bytes: Uint8Array, detail: string): Ending {
    if (this.#passedOver.size >= PASSED_OVER_MAX_FRAMES) this.#passedOver.clear()
    this.#passedOver.add(hash('sha256', bytes))
    return { code: 'undecodable', detail }
  }

  async #slowDown(signal: AbortSignal): Promise<void> {
    const waitMs = this.#takeOne(this.#parts.clock.monotonicMs())
    if (waitMs === 0 || signal.aborted) return
    this.#status = 'throttled'
    await this.#sleep(waitMs, signal, false)
    this.#status = 'active'
  }

  /** Says so in log and counts; the cursor goes back to the host's beginning. */
  #startAgain(): void {
    const { hosts } = this.#parts
    const note: Note = 'host.rewound'
    this.#log.warn('host.rewound', { cursor: hosts.cursor(this.#host.id) })
    hosts.addCount(this.#host.id, note, 1)
    hosts.setCursor(this.#host.id, 0)
  }

  async #sleep(ms: number, signal: AbortSignal, mayWake = true): Promise<void> {
    if (this.#wake.signal.aborted) this.#wake = new AbortController()
    const until = mayWake ? AbortSignal.any([signal, this.#wake.signal]) : signal
    await this.#parts.clock.sleep(ms, until).catch(() => {})
  }
}
