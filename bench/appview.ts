// The appview under load: acts posted per second from a relay's stream, every commit believed again and its proof kept; the same from intake alone (a
// rebuild); and how long a statement takes at ten thousand and at a hundred thousand postings.
//   npm run bench:appview [-- --quick]

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createKeypair } from '../atproto/keys.ts'
import { createServiceJwt } from '../atproto/service-auth.ts'
import { rebuildStore } from '../appview/rebuild.ts'
import { method } from '../lexicons/authority.ts'
import { openForReading } from '../server/sqlite.ts'
import { TOWN_CODE } from './action-record.ts'
import { Conn } from './load/lib.mjs'
import { either, LOAD_CORE } from './mode.ts'
import { pinSelf } from './pin-self.ts'
import { processFigures } from './process-figures.ts'
import { median, percentile, publish, type Row } from './report.ts'
import { scratchDir, startOurs } from './servers.ts'
import { documentOf, sendAll, startStreamHost } from './stream-host.ts'
import { createTownYear } from './town-year.ts'

const RESIDENTS = 200
const POSTING_LEVELS = [10_000, 100_000]
const STATEMENTS = either(300, 1_000)
const WAIT_MS = 120_000
const POLL_MS = 20
const BASE = 1_000_000
const REBUILDS = 3
const AIM_ACTIONS_PER_SECOND = 5_000
const AIM_STATEMENT_MS = 10

pinSelf(LOAD_CORE)
const dir = scratchDir('appview')
const year = createTownYear(RESIDENTS, BASE)
const log = createKeypair('k256')
const byDid = new Map([year.town, ...year.residents].map((repo) => [repo.did.toString(), repo]))
let leaves = 0

const operationOf = (didKey: string, pds: string): object => ({
  type: 'plc_operation',
  rotationKeys: [didKey],
  verificationMethods: { atproto: didKey },
  alsoKnownAs: [],
  services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: pds } },
  prev: null,
  sig: 'AA',
})

const relay = await startStreamHost((path, url) => {
  if (path === '/log/origin')
    return {
      name: 'demo/bench',
      key: log.didKey,
      base: BASE,
      created: '2026-04-01T00:00:00.000Z',
      leaves,
      time: new Date(year.nowMs()).toISOString(),
    }
  const [, did = '', ...rest] = path.split('/')
  const repo = byDid.get(did)
  if (repo === undefined) return undefined
  return rest.length > 0 ? operationOf(repo.keypair.didKey, url) : documentOf(did, repo.keypair.didKey, url)
})
const rosterFile = join(dir, 'roster.json')
const store = join(dir, 'appview.sqlite')
writeFileSync(rosterFile, JSON.stringify({ towns: [{ code: TOWN_CODE, did: year.town.did }] }))
const appview = await startOurs('appview', join(dir, 'appview'), {
  PLC_URL: relay.url,
  RELAY_URL: relay.url,
  ROSTER_FILE: rosterFile,
  STORE: store,
})
const socket = await relay.followed()

const countsOf = (): { readonly leaf: number; readonly postings: number; readonly refusals: number } => {
  const db = openForReading(store)
  try {
    const number = (sql: string): number => Number(db.prepare(sql).pluck().get())
    return {
      leaf: number('SELECT folded_leaf FROM state'),
      postings: number('SELECT sum(postings) FROM page'),
      refusals: number('SELECT count(*) FROM refusal'),
    }
  } finally {
    db.close()
  }
}

const booked = async (): Promise<void> => {
  const until = performance.now() + WAIT_MS
  for (;;) {
    const answer = await fetch(`${appview.url}/network.json`)
    const body: unknown = await answer.json()
    if (typeof body === 'object' && body !== null && 'leaf' in body && Number(body.leaf) >= leaves) return
    if (performance.now() > until) throw new Error(`the books stand still: ${JSON.stringify(body)}, sent ${leaves}`)
    await pause(POLL_MS)
  }
}

const send = async (frames: readonly Uint8Array[]): Promise<void> => {
  leaves += frames.length
  await sendAll(socket, frames)
  await booked()
}

type Asked = { readonly p50: number; readonly p99: number }

/** One after another on one connection; `authorization` gives a token for each call. */
const ask = async (params: Readonly<Record<string, string>>, token?: () => string): Promise<Asked> => {
  const connection = await new Conn(appview.url).connect()
  const times: number[] = []
  for (let n = -50; n < STATEMENTS; n++) {
    const options = { params, ...(token === undefined ? {} : { token: token() }) }
    const begun = performance.now()
    await connection.xrpc('GET', method.getStatement, options)
    if (n >= 0) times.push(performance.now() - begun)
  }
  connection.close()
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

const audience = `did:web:${encodeURIComponent(new URL(appview.url).host)}`
const tokenOf = (): string => {
  const [resident] = year.residents
  if (resident === undefined) throw new Error('a town has residents')
  return createServiceJwt({ iss: resident.did, aud: audience, lxm: method.getStatement }, resident.keypair, Date.now())
}

await send(year.opening)
await send(year.more(RESIDENTS))
const perAct = countsOf().postings / RESIDENTS
const folding: Row[] = []
const statements: Row[] = []
let acts = RESIDENTS
for (const level of POSTING_LEVELS) {
  const more = Math.ceil(level / perAct) - acts
  const frames = year.more(more)
  const [before, begun] = [processFigures(appview.pid), performance.now()]
  await send(frames)
  const seconds = (performance.now() - begun) / 1000
  const after = processFigures(appview.pid)
  acts += more
  const { postings, refusals } = countsOf()
  if (refusals > 0) throw new Error(`${refusals} records were refused`)
  folding.push({
    what: 'from the stream, every commit verified, proofs kept',
    acts: more,
    'acts/s': more / seconds,
    'records/s': frames.length / seconds,
    'acts per CPU-second': more / (after.cpuSeconds - before.cpuSeconds),
    'postings after': postings,
    'RSS MB': after.rssMb,
  })
  for (const [what, asked] of [
    ['of the town, public', await ask({ scope: TOWN_CODE, fiscalYear: '2026' })],
    ['of a resident, by token', await ask({ scope: TOWN_CODE, entity: String(year.residents[0]?.did), fiscalYear: '2026' }, tokenOf)],
  ] as const)
    statements.push({ what, postings, 'p50 ms': asked.p50, 'p99 ms': asked.p99 })
}
await appview.stop()

/** Folds all intake anew; the time counts until the last row is in the books, without the hash over all of them that follows. */
const rebuild = async (): Promise<Row> => {
  const [cpuBefore, begun] = [process.cpuUsage(), performance.now()]
  let [seconds, cpuSeconds] = [NaN, NaN]
  const onProgress = (): void => {
    const cpu = process.cpuUsage(cpuBefore)
    seconds = (performance.now() - begun) / 1000
    cpuSeconds = (cpu.user + cpu.system) / 1e6
  }
  const { rows } = await rebuildStore({ store, onProgress })
  const what = 'from intake alone (rebuild)'
  return {
    what,
    acts,
    'acts/s': acts / seconds,
    'records/s': rows / seconds,
    'acts per CPU-second': acts / cpuSeconds,
    'postings after': countsOf().postings,
  }
}
// The first rebuild compiles what it runs; a server that has been up for a while has done so.
await rebuild()
for (let run = 0; run < REBUILDS; run++) folding.push(await rebuild())
await relay.close()

const posted = median(folding.slice(-REBUILDS).map((row) => Number(row['acts/s'])))
const slowest = Math.max(...statements.map((row) => Number(row['p99 ms'])))
publish({
  name: 'appview',
  tables: [
    { title: `Appview: acts of ${RESIDENTS} residents, each confirmed by another; ${perAct.toFixed(0)} postings each`, rows: folding },
    { title: `Appview: getStatement, ${STATEMENTS} calls one after another`, rows: statements },
  ],
  aims: [
    {
      what: 'appview, acts posted per second from intake (each with its confirmation)',
      aim: `≥ ${AIM_ACTIONS_PER_SECOND}`,
      seen: posted.toFixed(0),
      holds: posted >= AIM_ACTIONS_PER_SECOND,
    },
    {
      what: 'appview, statement p99 at 100,000 postings',
      aim: `≤ ${AIM_STATEMENT_MS} ms`,
      seen: `${slowest.toFixed(1)} ms`,
      holds: slowest <= AIM_STATEMENT_MS,
    },
  ],
})
process.exit(0)
