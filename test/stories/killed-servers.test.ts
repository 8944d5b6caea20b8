// Each server of a chain killed with SIGKILL while residents write, at markers it prints and at random moments, and started again. The clients are this
// process and keep what was acknowledged to them: all of it is in the repos, on the relay's log once, in the books once; what was not acknowledged is
// either nowhere or everywhere. The auditors then find every folder sound.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditAppviewInNetwork } from '../../cli/commands/audit.ts'
import { createAccount, createRecord, putRecord, query, XrpcRefused } from '../../cli/xrpc-client.ts'
import type { Session, WrittenRecord } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { auditPds } from '../../pds/audit.ts'
import { auditRelay } from '../../relay/audit.ts'
import { systemClock } from '../../server/clock.ts'
import { at, eventually, getJson, listIn } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { nonce } from '../../atproto/nonce.ts'
import { seededRandom } from '../support/random.ts'
import { ServerProcess } from '../support/server-process.ts'
import type { ServerName } from '../support/server-process.ts'
import { KANAZAWA } from '../support/town.ts'
import { PASSWORD } from '../support/world.ts'

const clock = systemClock()
const PAUSE_MS = 10
const MAX_ACTS_EACH = 800
const GIVERS = 3
const MARKERS: Readonly<Record<ServerName, readonly string[]>> = {
  plc: [],
  pds: ['group.persisting', 'group.committed', 'group.published'],
  relay: ['group.persisting', 'group.committed', 'group.published'],
  appview: ['batch.committing', 'batch.committed'],
}
const ROUNDS: readonly ServerName[] = ['pds', 'relay', 'appview', 'plc', 'pds', 'appview', 'relay', 'pds']

type Chain = { readonly [name in ServerName]: ServerProcess }

const startChain = async (dir: string): Promise<Chain & { readonly town: Session; readonly people: readonly Session[] }> => {
  const plc = await ServerProcess.start('plc', { DATA_DIR: join(dir, 'plc') })
  const relay = await ServerProcess.start('relay', { DATA_DIR: join(dir, 'relay'), PLC_URL: plc.url })
  const known = { PLC_URL: plc.url, RELAY_URLS: relay.url, HANDLE_DOMAINS: '.pds1.test', INVITE_REQUIRED: '0' }
  const pds = await ServerProcess.start('pds', { DATA_DIR: join(dir, 'pds'), ...known })
  const account = (name: string) => createAccount(pds.url, { handle: `${name}.pds1.test`, email: `${name}@example.jp`, password: PASSWORD })
  const town = await account('kanazawa')
  const people = [await account('confirmer')]
  for (let giver = 1; giver <= GIVERS; giver++) people.push(await account(`giver${giver}`))
  const createdAt = new Date(clock.realMs()).toISOString()
  const names = { ja: '金沢市' }
  await putRecord(town, nsid.municipality, 'self', { code: KANAZAWA, names, tier: 'municipality', createdAt })
  await createRecord(town, nsid.policy, { mode: 'none', effectiveFrom: '2020-04-01', timeLevel: 1, claimDays: 90, createdAt })
  const rates = [{ category: '*', yenPerHour: 1828, method: 'RC-S' }]
  await createRecord(town, nsid.rateTable, { rates, source: '内閣府 2016', validFrom: '2020-04-01', createdAt })
  for (const { did } of people) await createRecord(town, nsid.admission, { subject: did, from: '2020-01-01', createdAt })
  const rosterFile = join(dir, 'roster.json')
  writeFileSync(rosterFile, JSON.stringify({ towns: [{ code: KANAZAWA, did: town.did, fromLeaf: 1 }] }))
  const follows = { PLC_URL: plc.url, RELAY_URL: relay.url, ROSTER_FILE: rosterFile }
  const appview = await ServerProcess.start('appview', { DATA_DIR: join(dir, 'appview'), ...follows })
  return { plc, relay, pds, appview, town, people }
}

/** Writes until told to stop; keeps what was acknowledged. A PDS that is away is tried again, any other refusal ends the test. */
class Writer {
  readonly acknowledged: WrittenRecord[] = []
  readonly #session: Session
  readonly #next: () => { readonly collection: string; readonly record: Json } | undefined
  readonly #stop = new AbortController()
  readonly ended: Promise<void>

  constructor(session: Session, next: () => { readonly collection: string; readonly record: Json } | undefined) {
    this.#session = session
    this.#next = next
    this.ended = this.#run()
  }

  stop(): Promise<void> {
    this.#stop.abort()
    return this.ended
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const write = this.#next()
      try {
        if (write !== undefined) this.acknowledged.push(await createRecord(this.#session, write.collection, write.record))
      } catch (error) {
        if (!(error instanceof XrpcRefused) || error.code !== 'Unreachable') throw error
      }
      await clock.sleep(PAUSE_MS)
    }
  }
}

const giver = (session: Session): Writer => {
  let acts = 0
  const municipality = { scheme: 'jis-x-0402', code: KANAZAWA }
  const day = (ms: number): string => new Date(ms + 9 * 3_600_000).toISOString().slice(0, 10)
  return new Writer(session, () => {
    if (++acts > MAX_ACTS_EACH) return undefined
    const nowMs = clock.realMs()
    const record = {
      category: 'environment',
      minutes: 1,
      performedOn: day(nowMs),
      municipality,
      nonce: nonce(),
      createdAt: new Date(nowMs).toISOString(),
    }
    return { collection: nsid.action, record }
  })
}

const confirmer = (session: Session, givers: readonly Writer[]): Writer => {
  const confirmed = new Set<string>()
  return new Writer(session, () => {
    const act = givers.flatMap(({ acknowledged }) => acknowledged).find(({ uri }) => !confirmed.has(uri))
    if (act === undefined) return undefined
    confirmed.add(act.uri)
    const subject = { uri: act.uri, cid: act.cid }
    const createdAt = new Date(clock.realMs()).toISOString()
    return { collection: nsid.confirmation, record: { subject, role: 'beneficiary', verdict: 'confirmed', createdAt } }
  })
}

/** All records of a collection, as the PDS lists them. */
const listed = async (session: Session, collection: string): Promise<readonly Json[]> => {
  const records: Json[] = []
  for (let cursor = ''; ;) {
    const page = await query(session.service, 'com.atproto.repo.listRecords', {
      repo: session.did,
      collection,
      limit: '100',
      ...(cursor === '' ? {} : { cursor }),
    })
    records.push(...listIn(page, 'records'))
    if (typeof page['cursor'] !== 'string') return records
    cursor = page['cursor']
  }
}

const untilBooked = async ({ relay, appview }: Chain, people: readonly Session[]): Promise<void> => {
  for (const { did, service } of people) {
    const { rev } = await getJson(`${service}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`)
    const relayed = () => getJson(`${relay.url}/xrpc/com.atproto.sync.getLatestCommit?did=${did}`)
    await eventually(relayed, (latest) => latest['rev'] === rev, `the relay has what ${did} wrote`)
  }
  const { leaves } = await getJson(`${relay.url}/log/origin`)
  await eventually(
    () => getJson(`${appview.url}/network.json`),
    ({ leaf }) => Number(leaf) >= Number(leaves),
    'the books have it',
  )
}

/** Every entry of the town's journal. */
const journalOf = async (town: Session, appview: string): Promise<readonly Json[]> => {
  const entries: Json[] = []
  const aud = `did:web:${encodeURIComponent(new URL(appview).host)}#waki_appview`
  for (let cursor = ''; ;) {
    const { token } = await query(town.service, 'com.atproto.server.getServiceAuth', { aud, lxm: method.listJournal }, town.accessJwt)
    const asked = { scope: KANAZAWA, limit: '100', ...(cursor === '' ? {} : { cursor }) }
    const page = await query(appview, method.listJournal, asked, String(token))
    entries.push(...listIn(page, 'transactions'))
    if (typeof page['cursor'] !== 'string') return entries
    cursor = page['cursor']
  }
}

test('every server killed in turn while residents write: nothing lost, nothing twice, all folders sound', async (t) => {
  const seed = Math.floor(clock.realMs()) % 1_000_000
  t.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  const dir = mkdtempSync(join(tmpdir(), 'waki-killed-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const { town, people, ...chain } = await startChain(dir)
  const servers = Object.values(chain)
  t.after(() => Promise.all(servers.filter((one) => one.isRunning).map((one) => one.stop('SIGKILL'))))
  const [first = assert.fail(), ...rest] = people
  const givers = rest.map(giver)
  const writers = [...givers, confirmer(first, givers)]

  for (const name of ROUNDS) {
    const server = chain[name]
    const beganMs = clock.monotonicMs()
    const marker = MARKERS[name].length === 0 ? undefined : random.pick(MARKERS[name])
    if (marker === undefined) await clock.sleep(random.below(100))
    else await server.marked(marker, 1 + random.below(25))
    await server.stop('SIGKILL')
    await clock.sleep(random.below(200))
    await server.startAgain()
    t.diagnostic(`${name} killed at ${marker ?? 'a random moment'}, back after ${Math.round(clock.monotonicMs() - beganMs)} ms`)
  }
  await Promise.all(writers.map((writer) => writer.stop()))
  await untilBooked(chain, people)

  const acknowledged = writers.flatMap((writer) => writer.acknowledged)
  assert(acknowledged.length > 100, `${acknowledged.length} writes were acknowledged`)
  t.diagnostic(`${acknowledged.length} writes acknowledged`)
  const actions = (await Promise.all(rest.map((one) => listed(one, nsid.action)))).flat()
  const confirmations = await listed(first, nsid.confirmation)
  const stored = new Map([...actions, ...confirmations].map(({ uri, cid }) => [uri, cid]))
  assert.equal(stored.size, actions.length + confirmations.length)
  for (const { uri, cid } of acknowledged) assert.equal(stored.get(uri), cid, `${uri} was acknowledged`)

  const journal = await journalOf(town, chain.appview.url)
  const sources = (kind: string): string[] =>
    journal.filter((one) => one['kind'] === kind).flatMap((one) => (Array.isArray(one['sources']) ? one['sources'].map(String) : []))
  assert.deepEqual(sources('claim').toSorted(), actions.map(({ uri }) => String(uri)).toSorted(), 'each action claimed once')
  const confirmedOnce = new Set(confirmations.map(({ value }) => at({ value }, 'value', 'subject')['uri']))
  assert.equal(journal.filter(({ kind }) => kind === 'recognise').length, confirmedOnce.size, 'each confirmed action recognised once')

  for (const server of servers) await server.stop('SIGTERM')
  const reports = [
    await auditPds(join(dir, 'pds')),
    await auditRelay(join(dir, 'relay')),
    await auditAppviewInNetwork(join(dir, 'appview')),
  ]
  assert.deepEqual(
    reports.flatMap(({ problems }) => problems),
    [],
  )
  const { checked } = reports[1] ?? assert.fail()
  assert.equal(checked['leaves'], checked['events'])
})
