// The way of one host's events from its socket to the group writer: many are checked at a time, and all arrive in the host's order.
// Events of one DID are checked one after the other, so that an #identity has been looked up before what follows it is judged.
// Bounded in number and bytes: `room` makes the reader wait.

import type { Did } from '../../atproto/did.ts'
import { didOf } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import type { Host } from '../hosts/host-table.ts'
import { LANE_MAX_BYTES, LANE_MAX_EVENTS } from '../limits.ts'
import type { GroupWriter, Source } from './group-writer.ts'
import type { Judge, Judged } from './judge.ts'

type Entry = { readonly bytes: number; readonly receivedMs: number; judged: Judged | undefined }

export class Lane implements Source {
  readonly host: Host
  readonly #judge: Judge
  readonly #writer: GroupWriter
  readonly #monotonicMs: () => number
  readonly #onHalt: () => void
  readonly #tails = new Map<Did, Promise<Judged>>()
  #queue: Entry[] = []
  #bytes = 0
  #halted = false
  #changed: PromiseWithResolvers<void> | undefined
  #failure: { readonly error: unknown } | undefined

  /** `onHalt` is called once, when no more of this host's events may be persisted. */
  constructor(host: Host, parts: { judge: Judge; writer: GroupWriter; monotonicMs: () => number; onHalt: () => void }) {
    this.host = host
    this.#judge = parts.judge
    this.#writer = parts.writer
    this.#monotonicMs = parts.monotonicMs
    this.#onHalt = parts.onHalt
  }

  get isHalted(): boolean {
    return this.#halted
  }

  halt(): void {
    if (this.#halted) return
    this.#halted = true
    this.#onHalt()
    this.#change()
  }

  /** An event to be judged, or what is known about a frame already; `bytes` is the size of its frame. */
  take(what: RepoEvent | Judged, bytes: number): void {
    const entry: Entry = { bytes, receivedMs: this.#monotonicMs(), judged: undefined }
    this.#queue.push(entry)
    this.#bytes += bytes
    if (what.kind === 'refused' || what.kind === 'noted' || what.kind === 'believed') return this.#settle(entry, what)
    this.#inOrder(what).then(
      (judged) => this.#settle(entry, judged),
      (error: unknown) => {
        this.#failure ??= { error }
        this.#change()
      },
    )
  }

  /** Whether the reader must `await room()` before it reads on. */
  get isFull(): boolean {
    return this.#failure !== undefined || this.#queue.length >= LANE_MAX_EVENTS || this.#bytes >= LANE_MAX_BYTES
  }

  /** Resolves when there is room, or the lane is halted. Rejects with what our own code threw in a check. */
  room(): Promise<void> {
    return this.#until(() => !this.isFull)
  }

  /** Resolves when everything taken is durable (or was left behind by a halt). */
  async settled(): Promise<void> {
    await this.#until(() => this.#queue.length === 0)
    await this.#writer.settled()
  }

  async #until(isSo: () => boolean): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error
      if (isSo() || this.#halted) return
      this.#changed ??= Promise.withResolvers<void>()
      await this.#changed.promise
    }
  }

  #change(): void {
    this.#changed?.resolve()
    this.#changed = undefined
  }

  #inOrder(event: RepoEvent): Promise<Judged> {
    const did = didOf(event)
    const earlier = this.#tails.get(did)
    const judged = earlier === undefined ? this.#judge(this.host, event) : earlier.then(() => this.#judge(this.host, event))
    this.#tails.set(did, judged)
    const forget = (): void => {
      if (this.#tails.get(did) === judged) this.#tails.delete(did)
    }
    judged.then(forget, forget)
    return judged
  }

  #settle(entry: Entry, judged: Judged): void {
    entry.judged = judged
    if (this.#halted) return
    let ready = 0
    for (const { judged: head, receivedMs, bytes } of this.#queue) {
      if (head === undefined) break
      ready += 1
      this.#bytes -= bytes
      this.#writer.add({ source: this, judged: head, receivedMs })
    }
    if (ready === 0) return
    this.#queue = this.#queue.slice(ready)
    this.#change()
  }
}
