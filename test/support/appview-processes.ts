// An appview as several processes of their own over one store, on either engine: as on one machine, sharing a folder, or as on several, each with a copy of
// the keys. People write all the while; at the end the books are those of one process that followed the same log alone.

import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '../../cli/xrpc-client.ts'
import { TidClock } from '../../atproto/tid.ts'
import { nsid } from '../../lexicons/authority.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { startAppview } from '../../appview/appview.ts'
import { silentLog } from '../../server/log.ts'
import { CODE, PASSWORD, SmallNetwork } from '../appview/small-network.ts'
import { eventually, getJson, listIn } from './asking.ts'
import type { Json } from './asking.ts'
import { ServerProcess } from './server-process.ts'

export { CODE }

/** Where the books are, and whether each process has a folder of its own. */
export type Where = { readonly store?: string; readonly apart: boolean }

export const TTL_MS = 1_000
const KEYS = ['secret', 'sign-in-keys', 'appview.mongodb.erasure-key']

export class AppviewProcesses {
  readonly network: SmallNetwork
  readonly #where: Where
  readonly #folder: string
  readonly #started: ServerProcess[] = []
  #folders = 0
  readonly #town: Session
  readonly #tids = new TidClock(() => Date.now())
  readonly people: readonly Session[]

  private constructor(network: SmallNetwork, where: Where, town: Session, people: readonly Session[]) {
    this.network = network
    this.#where = where
    this.#town = town
    this.people = people
    this.#folder = mkdtempSync(join(tmpdir(), 'waki-processes-'))
  }

  static async open(where: Where, residents: number): Promise<AppviewProcesses> {
    const network = await SmallNetwork.start()
    const town = await network.openTown()
    const people: Session[] = []
    for (let index = 0; index < residents; index++) people.push(await network.join(`resident${index}`))
    for (const one of people) await network.admit(town, one)
    return new AppviewProcesses(network, where, town, people)
  }

  #folderOf(index: number): string {
    return join(this.#folder, this.#where.apart ? String(index) : 'shared')
  }

  #publishFile(): string {
    const file = join(this.#folder, 'publish.json')
    const { did, service, handle } = this.#town
    writeFileSync(file, JSON.stringify({ [did]: { pds: service, identifier: handle, appPassword: PASSWORD } }), { mode: 0o600 })
    return file
  }

  /** Puts so many notices of the town into the outbox, as a desk would; each in a commit of its own. */
  async enqueue(count: number): Promise<void> {
    const store = await openStore(this.#address())
    const createdAt = new Date().toISOString()
    for (let index = 0; index < count; index++) {
      const record = { $type: nsid.notice, title: 'お知らせ', body: `notice ${index}`, createdAt }
      const key = { repo: this.#town.did, collection: nsid.notice, rkey: this.#tids.next() }
      // One that is written over is sent alone, so that a kill can fall between any two.
      await store.work.enqueue({ ...key, verb: 'put', record })
    }
    await store.close()
  }

  /** Keys of the town's notices in its repo, and how many records wait to be sent. */
  async notices(): Promise<{ readonly inRepo: readonly string[]; readonly waiting: number }> {
    const { wire } = this.network
    const store = await openStore(this.#address())
    const waiting = (await store.work.pending([], 1_000)).length
    await store.close()
    // After what waits: what is sent in between is in the repo.
    const found = await getJson(`${wire.url}/xrpc/com.atproto.repo.listRecords?repo=${this.#town.did}&collection=${nsid.notice}&limit=100`)
    return { inRepo: listIn(found, 'records').map(({ uri }) => textIn({ uri }, 'uri').split('/').at(-1) ?? ''), waiting }
  }

  #address() {
    const folder = this.#folderOf(0)
    return { address: this.#where.store ?? join(folder, 'appview.sqlite'), folder }
  }

  /** All at once; where each has a folder of its own, behind the first, whose keys they get. */
  async startAll(roles: readonly string[]): Promise<readonly ServerProcess[]> {
    const [first, ...others] = roles
    const one = this.#where.apart && first !== undefined ? [await this.start(first)] : []
    return [...one, ...(await Promise.all((this.#where.apart ? others : roles).map((each) => this.start(each))))]
  }

  /** `more`: settings that are other than those of all. */
  async start(roles: string, more: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const folder = this.#folderOf(this.#folders++)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const key of KEYS)
      if (existsSync(join(this.#folderOf(0), key)) && !existsSync(join(folder, key)))
        copyFileSync(join(this.#folderOf(0), key), join(folder, key))
    const { relayUrl, plcUrl, rosterFile, handleHosts } = this.network.config()
    const known = { RELAY_URL: relayUrl, PLC_URL: plcUrl, ROSTER_FILE: rosterFile, HANDLE_HOSTS: JSON.stringify(handleHosts) }
    const own = { ROLES: roles, DATA_DIR: folder, LEASE_TTL_MS: String(TTL_MS), PUBLISH_FILE: this.#publishFile() }
    const process = await ServerProcess.start('appview', {
      ...known,
      ...own,
      ...(this.#where.store === undefined ? {} : { STORE: this.#where.store }),
      ...more,
    })
    this.#started.push(process)
    return process
  }

  /** So many acts, each confirmed by the next resident; several residents at a time. */
  async write(acts: number): Promise<void> {
    await Promise.all(
      this.people.map(async (giver, index) => {
        const other = this.people[(index + 1) % this.people.length] ?? assert.fail('somebody')
        for (let act = index; act < acts; act += this.people.length) await this.network.confirm(other, await this.network.act(giver))
      }),
    )
  }

  async leaves(): Promise<number> {
    for (const { did } of [this.#town, ...this.people]) {
      const { rev } = await getJson(`${this.network.wire.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`)
      await eventually(
        () => getJson(`${this.network.relay.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`),
        (latest) => textIn(latest, 'rev') >= String(rev),
        `the relay has the last commit of ${did}`,
      )
    }
    return Number((await getJson(`${this.network.relay.url}/log/origin`))['leaves'])
  }

  /** Resolves when what a process sees of the books holds a leaf. */
  async reached({ url }: ServerProcess, leaf: number): Promise<Json> {
    return eventually(
      () => getJson(`${url}/network.json`),
      (status) => Number(status['leaf'] ?? -1) >= leaf,
      `the books have leaf ${leaf}`,
    )
  }

  async stop(): Promise<void> {
    for (const one of this.#started) if (one.isRunning) await one.stop('SIGTERM')
  }

  /** What is folded, once all has stopped. */
  async dump(): Promise<readonly string[]> {
    const store = await openStore(this.#address())
    const lines = await Array.fromAsync(store.books.dump())
    await store.close()
    return lines
  }

  /** What one process folds that follows the same log alone, on SQLite. */
  async dumpOfOne(): Promise<readonly string[]> {
    const dataDir = join(this.#folder, 'alone')
    const alone = await startAppview(this.network.config({ dataDir }), { log: silentLog })
    const leaves = await this.leaves()
    await eventually(
      () => getJson(`${alone.url}/network.json`),
      (status) => Number(status['leaf'] ?? -1) >= leaves,
      'one process has followed it all',
    )
    await alone.close()
    const store = await openStore({ address: join(dataDir, 'appview.sqlite'), folder: dataDir })
    const lines = await Array.fromAsync(store.books.dump())
    await store.close()
    return lines
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#started)
      if (one.isRunning) {
        one.signal('SIGCONT')
        await one.stop('SIGKILL')
      }
    await this.network[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const textIn = (json: Json, name: string): string => {
  const value = json[name]
  return typeof value === 'string' ? value : ''
}
