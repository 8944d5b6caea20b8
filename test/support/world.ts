// A whole network on free ports of loopback: directory, PDSes, relay, appview, each started by its own start function, all under one civil clock that
// a test steps. They know one another by URL only. `settled` waits until the books have taken in all that was written; nothing sleeps for luck.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAppview } from '../../appview/appview.ts'
import type { AppviewConfig } from '../../appview/config.ts'
import { startPds } from '../../pds/pds.ts'
import { startPlc } from '../../plc/plc.ts'
import { startRelay } from '../../relay/relay.ts'
import { settableClock, systemClock, type SettableClock } from '../../server/clock.ts'
import { createLog, silentLog } from '../../server/log.ts'
import type { Running } from '../../server/serve.ts'
import { createAccount, type Session } from '../../cli/xrpc-client.ts'
import { eventually, getJson } from './asking.ts'
import { Member } from './member.ts'

export const ADMIN_PASSWORD = 'operator-of-the-test'
export const PASSWORD = 'correct horse battery'
const HOST = '127.0.0.1'
const QUICK_BACK_OFF = { firstMs: 20, maxMs: 100, pauseMs: 100 }
const log = process.env['TEST_LOG'] === undefined ? silentLog : createLog('world', 'info')

export type WorldOptions = {
  /** Civil time at which the world begins; it stands still between steps. */
  readonly from?: string
  readonly pdsCount?: number
}

export type Town = { readonly code: string; readonly did: string }

export class World {
  readonly dir = mkdtempSync(join(tmpdir(), 'waki-world-'))
  readonly clock: SettableClock
  readonly #closers: (() => Promise<void> | void)[] = []
  readonly #handleHosts: Record<string, string> = {}
  /** The newest commit of each account that wrote. */
  readonly #newest = new Map<string, string>()
  readonly pds: Running[] = []
  #plc: Running | undefined
  #relay: Running | undefined
  readonly #appviews: Running[] = []

  private constructor(from: string) {
    this.clock = settableClock(Date.parse(from))
  }

  static async start({ from = '2026-04-01T00:00:00.000Z', pdsCount = 1 }: WorldOptions = {}): Promise<World> {
    const world = new World(from)
    const base = { host: HOST, port: 0, allowLoopback: true, settableClock: true, logLevel: 'silent' } as const
    const deps = { clock: world.clock, log }
    world.#plc = await startPlc({ ...base, publicUrl: undefined, settableClockStart: undefined, dataDir: world.folder('plc') }, deps)
    for (let index = 0; index < pdsCount; index++) {
      const domain = `.pds${index + 1}.test`
      const own = { handleDomains: [domain], inviteRequired: false, adminPassword: ADMIN_PASSWORD }
      const shared = { plcUrl: world.plc.url, handleHosts: world.#handleHosts, dataDir: world.folder(`pds${index + 1}`) }
      const pds = await startPds({ ...base, ...own, ...shared }, deps)
      world.pds.push(pds)
      world.#handleHosts[domain] = pds.url
    }
    const hosts = world.pds.map(({ url }) => url)
    const relayOwn = { hosts, backOff: QUICK_BACK_OFF, dataDir: world.folder('relay') }
    world.#relay = await startRelay({ ...base, ...relayOwn, plcUrl: world.plc.url, handleHosts: world.#handleHosts }, deps)
    return world
  }

  get plc(): Running {
    return this.#plc ?? assert.fail('the directory runs')
  }

  get relay(): Running {
    return this.#relay ?? assert.fail('the relay runs')
  }

  /** The first appview that was opened. */
  get appview(): Running {
    return this.#appviews[0] ?? assert.fail('an appview runs')
  }

  folder(name: string): string {
    return join(this.dir, name)
  }

  /** Closed before the servers, last first. */
  onClose(close: () => Promise<void> | void): void {
    this.#closers.push(close)
  }

  /** One more appview over the relay's log, under a roster. */
  async openAppview(towns: readonly Town[], name = 'appview', more: Partial<AppviewConfig> = {}): Promise<Running> {
    const rosterFile = join(this.dir, `${name}-roster.json`)
    writeFileSync(rosterFile, JSON.stringify({ towns: towns.map(({ code, did }) => ({ code, did, fromLeaf: 1 })) }))
    const config = {
      host: HOST,
      port: 0,
      dataDir: this.folder(name),
      settableClock: true,
      allowLoopback: true,
      logLevel: 'silent',
    } as const
    const known = { plcUrl: this.plc.url, relayUrl: this.relay.url, handleHosts: this.#handleHosts, rosterFile }
    const appview = await startAppview({ ...config, ...known, ...more }, { clock: this.clock, log })
    this.#appviews.push(appview)
    return appview
  }

  /** Stops an appview so that its folder can be looked at; it is then no longer waited for. */
  async closeAppview(appview: Running): Promise<void> {
    const at = this.#appviews.indexOf(appview)
    assert(at >= 0)
    this.#appviews.splice(at, 1)
    await appview.close()
  }

  /** An account named `name` on PDS `index`. */
  async member(name: string, index = 0): Promise<Member> {
    const service = (this.pds[index] ?? assert.fail(`there is no PDS ${index}`)).url
    const handle = `${name}.pds${index + 1}.test`
    return this.adopt(await createAccount(service, { handle, email: `${name}@example.jp`, password: PASSWORD }))
  }

  /** Somebody with an account elsewhere. */
  adopt(session: Session): Member {
    return new Member(this, session)
  }

  /** Moves civil time forward, of all servers at once. Settle first: what arrives later is received later. */
  step(instant: string): void {
    this.clock.set(new Date(instant).toISOString())
  }

  wrote(did: string, rev: string): void {
    if (rev > (this.#newest.get(did) ?? '')) this.#newest.set(did, rev)
  }

  /** An account that the relay gives no commits of any more. */
  stopped(did: string): void {
    this.#newest.delete(did)
  }

  /** The relay has accepted every account's newest commit. */
  async relayed(): Promise<void> {
    for (const [did, rev] of this.#newest)
      await eventually(
        () => getJson(`${this.relay.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`),
        ({ rev: relayed }) => typeof relayed === 'string' && relayed >= rev,
        `the relay has commit ${rev} of ${did}`,
      )
  }

  async leaves(): Promise<number> {
    return Number((await getJson(`${this.relay.url}/log/origin`))['leaves'])
  }

  /** The relay has everything that was written, and every appview every leaf of the relay. */
  async settled(): Promise<void> {
    await this.relayed()
    const leaves = await this.leaves()
    for (const appview of this.#appviews)
      await eventually(
        () => getJson(`${appview.url}/network.json`),
        (status) => Number(status['leaf'] ?? -1) >= leaves,
        `the books have leaf ${leaves}`,
      )
  }

  async closeServers(): Promise<void> {
    for (const running of [...this.#appviews.splice(0), this.#relay, ...this.pds.splice(0), this.#plc]) await running?.close()
    this.#relay = undefined
    this.#plc = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close()
    await this.closeServers()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

export const realClock = systemClock()
