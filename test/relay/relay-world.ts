// A directory, hosts that do as they are told, a relay over them, and somebody who follows the relay: all on real sockets, in a folder of their own.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toDatetime } from '../../atproto/datetime.ts'
import type { Did } from '../../atproto/did.ts'
import { encodeEvent } from '../../atproto/encode-event.ts'
import { parseEvent } from '../../atproto/event.ts'
import type { RepoEvent } from '../../atproto/event.ts'
import { decodeFrame } from '../../atproto/frame.ts'
import type { Handle } from '../../atproto/handle.ts'
import { createKeypair } from '../../atproto/keys.ts'
import type { Curve, Keypair } from '../../atproto/keys.ts'
import { cidOfOperation, createOperation, didOfGenesis } from '../../atproto/plc-operation.ts'
import type { SignedOperation } from '../../atproto/plc-operation.ts'
import { subscribe } from '../../atproto/subscribe.ts'
import { startPlc } from '../../plc/plc.ts'
import type { RelayConfig } from '../../relay/config.ts'
import { startRelay } from '../../relay/relay.ts'
import { systemClock } from '../../server/clock.ts'
import type { Clock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import type { Running } from '../../server/serve.ts'
import { eventually, getJson } from '../support/asking.ts'
import { createTestRepo } from '../support/frames.ts'
import type { TestRepo } from '../support/frames.ts'
import { startLiarHost } from '../support/liar-host.ts'
import type { LiarHost } from '../support/liar-host.ts'

export { eventually, getJson }
export const clock = systemClock()
const WAIT_MS = 15_000

export type Received = { readonly seq: number; readonly event: RepoEvent; readonly payload: Uint8Array }
export type TestAccount = {
  readonly did: Did
  readonly repo: TestRepo
  operation: SignedOperation
  readonly rotationKey: Keypair
  host: LiarHost
}

export class RelayWorld {
  readonly dir = mkdtempSync(join(tmpdir(), 'waki-relay-'))
  readonly #closers: (() => Promise<void> | void)[] = []
  plc: Running = { url: '', port: 0, close: () => Promise.resolve() }

  static async start(): Promise<RelayWorld> {
    const world = new RelayWorld()
    const base = {
      host: '127.0.0.1',
      port: 0,
      publicUrl: undefined,
      logLevel: 'silent',
      settableClock: false,
      settableClockStart: undefined,
    } as const
    world.plc = await startPlc({ ...base, dataDir: join(world.dir, 'plc'), allowLoopback: true }, { log: silentLog })
    world.#closers.push(() => world.plc.close())
    return world
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.toReversed()) await close()
    rmSync(this.dir, { recursive: true, force: true })
  }

  onClose(close: () => Promise<void> | void): void {
    this.#closers.push(close)
  }

  async host(options: { port?: number } = {}): Promise<LiarHost> {
    const host = await startLiarHost(options)
    this.#closers.push(() => host.close())
    return host
  }

  config(more: Partial<RelayConfig> = {}): RelayConfig {
    const backOff = { firstMs: 20, maxMs: 100, pauseMs: 100 }
    return { host: '127.0.0.1', port: 0, dataDir: join(this.dir, 'relay'), plcUrl: this.plc.url, allowLoopback: true, backOff, ...more }
  }

  async relay(more: Partial<RelayConfig> = {}, deps: { clock?: Clock } = {}): Promise<Running> {
    const relay = await startRelay(this.config(more), { log: silentLog, ...deps })
    this.#closers.push(() => relay.close())
    return relay
  }

  /** An account whose DID is in the directory and whose repository writes on this host. */
  async account(host: LiarHost, options: { curve?: Curve; handle?: string; nowMs?: () => number } = {}): Promise<TestAccount> {
    const rotationKey = createKeypair('k256')
    const signingKey = createKeypair(options.curve ?? 'k256')
    const operation = createOperation(
      {
        rotationKeys: [rotationKey.didKey],
        verificationMethods: { atproto: signingKey.didKey },
        alsoKnownAs: [`at://${options.handle ?? 'somebody.test'}`],
        services: serviceAt(host.url),
        prev: null,
      },
      rotationKey,
    )
    const did = didOfGenesis(operation)
    await this.#post(did, operation)
    const account: TestAccount = {
      did,
      repo: createTestRepo(did, signingKey, { nextSeq: () => account.host.nextSeq(), ...(options.nowMs ? { nowMs: options.nowMs } : {}) }),
      operation,
      rotationKey,
      host,
    }
    return account
  }

  /** The directory learns another host or key for this account. */
  async update(account: TestAccount, changes: { host?: LiarHost; key?: Keypair }): Promise<void> {
    const { rotationKeys, verificationMethods, alsoKnownAs, services } = account.operation
    account.operation = createOperation(
      {
        rotationKeys,
        verificationMethods: changes.key ? { atproto: changes.key.didKey } : verificationMethods,
        alsoKnownAs,
        services: changes.host ? serviceAt(changes.host.url) : services,
        prev: cidOfOperation(account.operation).toString(),
      },
      account.rotationKey,
    )
    await this.#post(account.did, account.operation)
    if (changes.host) account.host = changes.host
    if (changes.key) account.repo.keypair = changes.key
  }

  async #post(did: Did, operation: SignedOperation): Promise<void> {
    const response = await fetch(`${this.plc.url}/${did}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operation),
    })
    assert.equal(response.status, 200, await response.text())
  }
}

const serviceAt = (endpoint: string) => ({ atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint } })

let records = 0

/** One more record, signed and sent. */
export const post = (account: TestAccount, text = 'a record'): ReturnType<TestRepo['write']> => {
  records += 1
  const written = account.repo.write([{ action: 'create', path: `org.waki.action/r${records}`, value: { text, number: records } }])
  account.host.send(written.frame)
  return written
}

export const sendIdentity = (account: { did: Did; host: LiarHost }, handle?: Handle): void => {
  const seq = account.host.nextSeq()
  account.host.send(
    encodeEvent({ kind: 'identity', seq, did: account.did, time: toDatetime(Date.now()), ...(handle === undefined ? {} : { handle }) })
      .frame,
  )
}

export const sendAccount = (account: { did: Did; host: LiarHost }, active: boolean, status?: string): void => {
  const seq = account.host.nextSeq()
  account.host.send(
    encodeEvent({
      kind: 'account',
      seq,
      did: account.did,
      time: toDatetime(Date.now()),
      active,
      ...(status === undefined ? {} : { status }),
    }).frame,
  )
}

/** Follows a relay from a cursor and keeps what comes. */
export class Follower {
  readonly events: Received[] = []
  readonly #stop = new AbortController()
  readonly #waiters = new Set<() => void>()
  readonly ended: Promise<unknown>

  constructor(relayUrl: string, cursor?: number) {
    this.ended = this.#run(relayUrl, cursor).catch((error: unknown) => error)
  }

  async #run(url: string, cursor: number | undefined): Promise<void> {
    const options = { url, signal: this.#stop.signal, clock, ...(cursor === undefined ? {} : { cursor }) }
    for await (const bytes of subscribe(options)) {
      const frame = decodeFrame(bytes)
      assert.equal(frame.kind, 'message')
      if (frame.kind !== 'message') continue
      const event = parseEvent(frame.t, frame.payload)
      if (event.kind === 'unknown' || event.kind === 'info') continue
      this.events.push({ seq: event.seq, event, payload: frame.payloadBytes })
      for (const wake of this.#waiters) wake()
    }
  }

  /** Resolves when what came fulfils this; fails aloud after a while. */
  async until(isSo: (events: readonly Received[]) => boolean, what = 'the events'): Promise<readonly Received[]> {
    const timeout = AbortSignal.timeout(WAIT_MS)
    while (!isSo(this.events)) {
      if (timeout.aborted) assert.fail(`${what} did not come; came: ${this.events.map(({ event }) => event.kind).join(' ')}`)
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiters.add(resolve)
      timeout.addEventListener('abort', () => resolve(), { once: true })
      await promise
      this.#waiters.delete(resolve)
    }
    return this.events
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.ended
  }
}

export const hostStatus = (relay: Running, host: LiarHost) =>
  getJson(`${relay.url}/xrpc/com.atproto.sync.getHostStatus?hostname=${host.hostname}`)

export const countsOf = async (relay: Running, host: LiarHost): Promise<Record<string, number>> =>
  parseCounts((await hostStatus(relay, host))['counts'])
const parseCounts = (value: unknown): Record<string, number> => (value ?? {}) as Record<string, number>

/** Resolves when the relay has dealt with everything this host has sent. */
export const caughtUp = (relay: Running, host: LiarHost, seq: number) =>
  eventually(
    () => hostStatus(relay, host),
    (status) => status['seq'] === seq,
    `the relay stands at ${seq} of ${host.hostname}`,
  )
