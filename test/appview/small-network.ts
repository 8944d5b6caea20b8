// A directory, a PDS behind a wire that can withhold, a relay and an appview in real time, for tests that stop, kill and starve an appview.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAppview } from '../../appview/appview.ts'
import type { RunningAppview } from '../../appview/appview.ts'
import type { AppviewConfig } from '../../appview/config.ts'
import { createAccount, createRecord, putRecord, query } from '../../cli/xrpc-client.ts'
import type { Session } from '../../cli/xrpc-client.ts'
import { nsid } from '../../lexicons/authority.ts'
import { startPds } from '../../pds/pds.ts'
import { startPlc } from '../../plc/plc.ts'
import { startRelay } from '../../relay/relay.ts'
import { silentLog } from '../../server/log.ts'
import type { Running } from '../../server/serve.ts'
import { eventually, getJson } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { nonce } from '../../atproto/nonce.ts'
import { startWithholdingProxy } from './withholding-proxy.ts'
import type { WithholdingProxy } from './withholding-proxy.ts'

export const CODE = '172014'
export const PASSWORD = 'correct horse battery'
const HOST = '127.0.0.1'
const FROM = '2020-01-01'

export class SmallNetwork {
  readonly dir: string
  readonly plc: Running
  readonly pds: Running
  relay: Running
  readonly wire: WithholdingProxy
  readonly #members = new Map<string, Session>()
  #appview: RunningAppview | undefined

  private constructor(dir: string, parts: { plc: Running; pds: Running; relay: Running; wire: WithholdingProxy }) {
    this.dir = dir
    this.plc = parts.plc
    this.pds = parts.pds
    this.relay = parts.relay
    this.wire = parts.wire
  }

  static async start(): Promise<SmallNetwork> {
    const dir = mkdtempSync(join(tmpdir(), 'waki-appview-'))
    const base = { host: HOST, port: 0, allowLoopback: true, settableClock: false, logLevel: 'silent' } as const
    const deps = { log: silentLog }
    const plc = await startPlc({ ...base, publicUrl: undefined, settableClockStart: undefined, dataDir: join(dir, 'plc') }, deps)
    const wire = await startWithholdingProxy()
    const own = { handleDomains: ['.pds1.test'], inviteRequired: false, adminPassword: 'operator', publicUrl: wire.url }
    const pds = await startPds(
      { ...base, ...own, plcUrl: plc.url, dataDir: join(dir, 'pds'), handleHosts: { '.pds1.test': wire.url } },
      deps,
    )
    wire.target = `http://localhost:${pds.port}`
    const relay = await startRelay(
      {
        ...base,
        plcUrl: plc.url,
        dataDir: join(dir, 'relay'),
        hosts: [wire.url],
        handleHosts: { '.pds1.test': wire.target },
        backOff: { firstMs: 20, maxMs: 100, pauseMs: 100 },
      },
      deps,
    )
    return new SmallNetwork(dir, { plc, pds, relay, wire })
  }

  /** The appview's settings; the roster file lists `kanazawa`. */
  config(more: Partial<AppviewConfig> = {}): AppviewConfig {
    const rosterFile = join(this.dir, 'roster.json')
    const town = this.#members.get('kanazawa') ?? assert.fail('the town has an account')
    writeFileSync(rosterFile, JSON.stringify({ towns: [{ code: CODE, did: town.did }] }))
    const known = { plcUrl: this.plc.url, relayUrl: this.relay.url, handleHosts: { '.pds1.test': this.wire.target }, rosterFile }
    return {
      host: HOST,
      port: 0,
      dataDir: join(this.dir, 'appview'),
      allowLoopback: true,
      logLevel: 'silent',
      ...known,
      ...more,
    }
  }

  didOfTown(): string {
    return (this.#members.get('kanazawa') ?? assert.fail('the town has an account')).did
  }

  get appview(): RunningAppview {
    return this.#appview ?? assert.fail('the appview runs')
  }

  get storeFile(): string {
    return join(this.dir, 'appview', 'appview.sqlite')
  }

  async openAppview(more: Partial<AppviewConfig> = {}): Promise<RunningAppview> {
    this.#appview = await startAppview(this.config(more), { log: silentLog })
    return this.#appview
  }

  async closeAppview(): Promise<void> {
    await this.#appview?.close()
    this.#appview = undefined
  }

  async join(name: string): Promise<Session> {
    const account = { handle: `${name}.pds1.test`, email: `${name}@example.jp`, password: PASSWORD }
    const session = await createAccount(this.wire.url, account)
    this.#members.set(name, session)
    return session
  }

  /** The town's account with its first records. */
  async openTown(): Promise<Session> {
    const town = await this.join('kanazawa')
    const createdAt = new Date().toISOString()
    await putRecord(town, nsid.municipality, 'self', {
      code: CODE,
      names: { ja: '金沢市', en: 'Kanazawa' },
      tier: 'municipality',
      createdAt,
    })
    await createRecord(town, nsid.policy, { mode: 'none', effectiveFrom: FROM, timeLevel: 1, pointLevel: 2, claimDays: 90, createdAt })
    const rates = [{ category: '*', yenPerHour: 1828, method: 'RC-S' }]
    await createRecord(town, nsid.rateTable, { rates, source: '内閣府 2016', validFrom: FROM, createdAt })
    return town
  }

  async admit(town: Session, resident: Session): Promise<void> {
    await createRecord(town, nsid.admission, { subject: resident.did, from: FROM, createdAt: new Date().toISOString() })
  }

  async act(giver: Session, more: Json = {}): Promise<{ uri: string; cid: string }> {
    const performedOn = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10)
    const municipality = { scheme: 'jis-x-0402', code: CODE }
    return createRecord(giver, nsid.action, {
      category: 'environment',
      minutes: 60,
      performedOn,
      municipality,
      nonce: nonce(),
      createdAt: new Date().toISOString(),
      ...more,
    })
  }

  async confirm(who: Session, { uri, cid }: { uri: string; cid: string }, more: Json = {}): Promise<{ uri: string; cid: string }> {
    return createRecord(who, nsid.confirmation, {
      subject: { uri, cid },
      role: 'beneficiary',
      verdict: 'confirmed',
      createdAt: new Date().toISOString(),
      ...more,
    })
  }

  /** Asks a method of the appview as somebody, or as nobody. */
  async ask(who: Session | null, method: string, params: Readonly<Record<string, string>>): Promise<Json> {
    const { url } = this.appview
    if (who === null) return query(url, method, params)
    const aud = `did:web:${encodeURIComponent(new URL(url).host)}#waki_appview`
    const { token } = await query(who.service, 'com.atproto.server.getServiceAuth', { aud, lxm: method }, who.accessJwt)
    return query(url, method, params, String(token))
  }

  /** The relay has what the PDS has, and the books what the relay has. */
  async settled(...writers: readonly Session[]): Promise<void> {
    for (const { did } of writers) {
      const { rev } = await getJson(`${this.wire.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`)
      await eventually(
        () => getJson(`${this.relay.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`),
        (latest) => textIn(latest, 'rev') >= String(rev),
        `the relay has the last commit of ${did}`,
      )
    }
    const { leaves } = await getJson(`${this.relay.url}/log/origin`)
    await eventually(
      () => getJson(`${this.appview.url}/network.json`),
      (status) => Number(status['leaf'] ?? -1) >= Number(leaves),
      `the books have leaf ${String(leaves)}`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeAppview()
    await this.relay.close()
    await this.wire.close()
    await this.pds.close()
    await this.plc.close()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

const textIn = (json: Json, name: string): string => {
  const value = json[name]
  return typeof value === 'string' ? value : ''
}
