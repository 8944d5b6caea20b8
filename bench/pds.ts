// Our PDS beside the official one on the same core, one after the other in every round, the one that waits held still. Durability and validation are read
// back from both. The official PDS knows app.bsky.feed.post and we do not, we know org.waki.action and it does not: writes are measured of both.
//   npm run bench:pds [-- --quick]

import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { nsid } from '../lexicons/authority.ts'
import { actionRecord } from './action-record.ts'
import { post } from './load/lib.mjs'
import { either } from './mode.ts'
import { processFigures } from './process-figures.ts'
import { median, publish, type Aim, type Row } from './report.ts'
import { runLoad, type LoadLine } from './run-load.ts'
import { hasReference, scratchDir, startOurPds, startOurs, startReferencePds, startReferencePlc } from './servers.ts'
import { journalModes, syncsPerWrite, validationOf } from './settings-read-back.ts'
import type { Server } from './child.ts'

const ACCOUNTS = either(32, 64)
const ROUNDS = either(1, 3)
const SECONDS = either(2, 4)
const WARM_SECONDS = 1
/** Fewer than even the slower server has made by then. */
const FIREHOSE_EVENTS = either(500, 2_000)
const OUR_SIZES = [100, 1_000, 10_000, 100_000]
const THEIR_SIZES = either([100], [100, 1_000, 10_000])
const AIM_TIMES = 5
const AIM_GROWTH = 1.2

type Side = {
  readonly name: 'ours' | 'reference'
  readonly server: Server
  readonly dir: string
  readonly accounts: string
  readonly idleMb: number
}

const openSide = async (name: Side['name'], plcUrl: string): Promise<Side> => {
  const dir = join(scratchDir(name), name)
  const server = await (name === 'ours' ? startOurPds(dir, plcUrl) : startReferencePds(dir, plcUrl))
  const idleMb = processFigures(server.pid).rssMb
  const accounts = `${dir}-accounts.json`
  await runLoad('load/accounts.mjs', { url: server.url, accounts, n: ACCOUNTS, domain: '.test' })
  server.pause()
  return { name, server, dir, accounts, idleMb }
}

/** One generator against one server while the others are held still. */
const load = async (side: Side, script: string, options: Readonly<Record<string, string | number>>): Promise<LoadLine[]> => {
  const { server, accounts } = side
  server.resume()
  try {
    return await runLoad(script, { url: server.url, accounts, pid: server.pid, secs: SECONDS, warm: WARM_SECONDS, reps: 1, ...options })
  } finally {
    server.pause()
  }
}

/** What is measured in each round, in this order; `actions` only where the lexicon is known. */
const rounds: readonly {
  readonly what: string
  readonly script: string
  readonly options: Readonly<Record<string, string | number>>
  readonly ownOnly?: true
}[] = [
  { what: 'createRecord, a post', script: 'load/write.mjs', options: { conc: either('1,64', '1,8,64'), repos: ACCOUNTS } },
  {
    what: 'createRecord, an action',
    script: 'write-actions.ts',
    options: { conc: either('1,64', '1,8,64'), repos: ACCOUNTS },
    ownOnly: true,
  },
  { what: 'applyWrites', script: 'load/applywrites.mjs', options: { ops: either('200', '10,200'), conc: 8, repos: ACCOUNTS } },
  {
    what: '',
    script: 'load/read.mjs',
    options: { conc: 64, repos: ACCOUNTS, only: either('getRecord', 'getSession,getRecord,listRecords50'), secs: 2 },
  },
]

type Seen = { readonly key: string; readonly side: Side['name']; readonly line: LoadLine }

const nameOf = (what: string, { test, conc, ops }: LoadLine): string =>
  `${what === '' ? test : what}${ops === undefined ? '' : ` × ${ops}`}, ${conc} connection${conc === 1 ? '' : 's'}`

const runRounds = async (sides: readonly Side[]): Promise<Seen[]> => {
  const seen: Seen[] = []
  for (let round = 0; round < ROUNDS; round++)
    for (const { what, script, options, ownOnly } of rounds)
      for (const side of sides) {
        if (ownOnly && side.name === 'reference') continue
        for (const line of await load(side, script, options)) seen.push({ key: nameOf(what, line), side: side.name, line })
      }
  return seen
}

const valueOf = ({ recordsPerSec, perSec }: LoadLine): number => recordsPerSec ?? perSec ?? NaN

const medianOf = (seen: readonly Seen[], key: string, side: Side['name'], value: (line: LoadLine) => number): number =>
  median(seen.filter((one) => one.key === key && one.side === side).map(({ line }) => value(line)))

/** Against what a figure of ours is held: the action, which only we know, against the reference's post. */
const peerOf = (key: string): string => key.replace('an action', 'a post')

const ratioRows = (seen: readonly Seen[]): Row[] =>
  [...new Set(seen.map(({ key }) => key))].map((key) => {
    const ours = medianOf(seen, key, 'ours', valueOf)
    const theirs = medianOf(seen, peerOf(key), 'reference', valueOf)
    return {
      what: key,
      'ours per s': ours,
      'reference per s': theirs,
      times: ours / theirs,
      'ours p50 ms': medianOf(seen, key, 'ours', (line) => line.p50 ?? NaN),
      'p99 ms': medianOf(seen, key, 'ours', (line) => line.p99 ?? NaN),
      'reference p50 ms': medianOf(seen, peerOf(key), 'reference', (line) => line.p50 ?? NaN),
      'p99 ms ': medianOf(seen, peerOf(key), 'reference', (line) => line.p99 ?? NaN),
      'ours per CPU-s': medianOf(seen, key, 'ours', (line) => (valueOf(line) / (line.srvCpuPct ?? NaN)) * 100),
      'KB written': medianOf(seen, key, 'ours', (line) => line.wKBperOp ?? NaN),
      'reference KB': medianOf(seen, peerOf(key), 'reference', (line) => line.wKBperOp ?? NaN),
    }
  })

const growthRows = async (side: Side): Promise<Row[]> => {
  const sizes = side.name === 'ours' ? OUR_SIZES : THEIR_SIZES
  const lines = await load(side, 'load/growth.mjs', { sizes: sizes.join(','), account: 0, samples: either(300, 600) })
  return lines.map((line) => ({
    server: side.name,
    'records in the repo': line.size,
    'p50 ms': line.p50,
    'p99 ms': line.p99,
    'filled records/s': line.fillRecPerSec ?? undefined,
  }))
}

const firehoseRows = async (side: Side): Promise<Row[]> => {
  const common = { repos: ACCOUNTS, mode: 'replay', events: FIREHOSE_EVENTS }
  const lines = await load(side, 'load/firehose.mjs', { ...common, subs: either('100', '1,100') })
  const live = await load(side, 'load/firehose.mjs', { repos: ACCOUNTS, mode: 'live', subs: 1, conc: 1, rate: 20, secs: 4 })
  return [
    ...lines.map((line) => ({ server: side.name, what: `replay to ${line.subs}`, 'frames/s': line.framesPerSec })),
    ...live.map((line) => ({ server: side.name, what: 'live lag at 20 writes/s', 'p50 ms': line.lag?.p50, 'p99 ms': line.lag?.p99 })),
  ]
}

const settingRows = async (side: Side): Promise<Row> => {
  const { server, accounts, dir, name } = side
  server.resume()
  const [account] = JSON.parse(readFileSync(accounts, 'utf8')) as { did: string; accessJwt: string }[]
  if (account === undefined) throw new Error('no account')
  const row: Row = {
    server: name,
    'journal mode': journalModes(dir),
    'syncs per write': await syncsPerWrite(server.url, accounts, server.pid),
    'a post is': await validationOf(server.url, account, 'app.bsky.feed.post', post()),
    'an action is': await validationOf(server.url, account, nsid.action, actionRecord()),
    'RSS MB idle': side.idleMb,
    'after load': processFigures(server.pid).rssMb,
  }
  server.pause()
  return row
}

if (!hasReference) console.log('bench/peers/reference is not installed (npm run peers): only ours is measured')
const plcs = [await startOurs('plc', join(scratchDir('plc'), 'plc')), ...(hasReference ? [await startReferencePlc()] : [])]
const [ourPlc, theirPlc] = plcs
const sides = [await openSide('ours', ourPlc?.url ?? ''), ...(theirPlc === undefined ? [] : [await openSide('reference', theirPlc.url)])]
const seen = await runRounds(sides)
const firehose: Row[] = []
const growth: Row[] = []
const settings: Row[] = []
for (const side of sides) {
  firehose.push(...(await firehoseRows(side)))
  settings.push(await settingRows(side))
  growth.push(...(await growthRows(side)))
}
for (const { server } of [...sides, ...plcs.map((server) => ({ server }))]) await server.stop()

const ratios = ratioRows(seen)
const timesOf = (what: string): number => Number(ratios.find((row) => row['what'] === what)?.['times'])
const p50At = (size: number): number =>
  Number(growth.find((row) => row['server'] === 'ours' && row['records in the repo'] === size)?.['p50 ms'])
const grown = p50At(100_000) / p50At(100)
const aims: Aim[] = [
  ...['a post', 'an action'].map((what) => {
    const times = timesOf(`createRecord, ${what}, 64 connections`)
    return {
      what: `createRecord at 64 connections, ${what}, against the reference`,
      aim: `≥ ${AIM_TIMES} ×`,
      seen: `${times.toFixed(1)} ×`,
      holds: times >= AIM_TIMES,
    }
  }),
  {
    what: 'createRecord p50 on one connection, at 100,000 records against 100',
    aim: `≤ ${AIM_GROWTH} ×`,
    seen: `${grown.toFixed(2)} × (${p50At(100)} → ${p50At(100_000)} ms)`,
    holds: grown <= AIM_GROWTH,
  },
]
publish({
  name: 'pds',
  tables: [
    { title: `PDS: ${ACCOUNTS} repositories, one server core, ${ROUNDS} alternating rounds, medians`, rows: ratios },
    { title: 'PDS: what was read back from both while they ran', rows: settings },
    { title: 'PDS: createRecord on one connection as one repository grows', rows: growth },
    { title: 'PDS: the stream', rows: firehose },
  ],
  aims,
})
process.exit(0)
