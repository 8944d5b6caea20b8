// The relay under load: fully verified commits per CPU-second, on small and large repositories; its lag at a live rate; replay to many consumers.
// Commits of one record each from 200 accounts come over a WebSocket from a process on the other core; none may be refused.
//   npm run bench:relay [-- --quick]

import { join } from 'node:path'
import { TidClock } from '../atproto/tid.ts'
import { BenchRepo, benchDid, grownTree } from './commit-frames.ts'
import { WsCounter, post } from './load/lib.mjs'
import { either, LOAD_CORE } from './mode.ts'
import { pinSelf } from './pin-self.ts'
import { processFigures } from './process-figures.ts'
import { percentile, publish, type Row } from './report.ts'
import { scratchDir, startOurs } from './servers.ts'
import { documentOf, sendAll, sendAtRate, startStreamHost } from './stream-host.ts'

const ACCOUNTS = 200
const TREE_SIZES = [100, 10_000]
const COMMITS = either(10_000, 30_000)
const LIVE_PER_SECOND = 200
const LIVE_COMMITS = LIVE_PER_SECOND * either(5, 15)
const CONSUMERS = 20
const COLLECTION = 'app.bsky.feed.post'
const KEYS_FROM_MS = Date.UTC(2026, 3, 1)
const WAIT_MS = 120_000
const AIM_COMMITS_PER_CPU_SECOND = 3_200
const AIM_LAG_MS = 20

pinSelf(LOAD_CORE)

/** Frames of new commits, the accounts in turn. */
const makeFrames = (repos: readonly BenchRepo[], count: number, keys: TidClock, firstSeq: number): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => {
    const repo = repos[n % repos.length]
    if (repo === undefined) throw new Error('no repositories')
    return repo.create(firstSeq + n, Date.now(), [{ path: `${COLLECTION}/${keys.next()}`, value: post(240) }]).frame
  })

type Consumer = { readonly arrivals: number[]; seen(count: number): Promise<void>; close(): void }

const consume = async (url: string): Promise<Consumer> => {
  const arrivals: number[] = []
  const counter = new WsCounter(`${url.replace(/^http/, 'ws')}/xrpc/com.atproto.sync.subscribeRepos`, () =>
    arrivals.push(performance.now()),
  )
  await counter.connect()
  return {
    arrivals,
    seen: async (count) => {
      const until = performance.now() + WAIT_MS
      while (arrivals.length < count) {
        if (performance.now() > until) throw new Error(`the relay passed on ${arrivals.length} of ${count} commits`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    close: () => counter.close(),
  }
}

const replay = async (url: string, pid: number, events: number): Promise<number> => {
  const before = processFigures(pid).cpuSeconds
  await Promise.all(
    Array.from({ length: CONSUMERS }, async () => {
      const done = Promise.withResolvers<void>()
      const address = `${url.replace(/^http/, 'ws')}/xrpc/com.atproto.sync.subscribeRepos?cursor=0`
      let frames = 0
      const counter = new WsCounter(address, () => ++frames === events && done.resolve())
      await counter.connect()
      await done.promise
      counter.close()
    }),
  )
  return (events * CONSUMERS) / (processFigures(pid).cpuSeconds - before)
}

const measure = async (treeSize: number): Promise<Row> => {
  // From one fixed instant, so that the tree has the same shape in every run.
  const keys = new TidClock(() => KEYS_FROM_MS, 1)
  const base = grownTree(treeSize, COLLECTION, keys)
  const repos = Array.from({ length: ACCOUNTS }, (_, n) => new BenchRepo(benchDid(n), () => Date.now(), base))
  const byDid = new Map(repos.map((repo) => [`/${repo.did}`, repo]))
  const host = await startStreamHost((path, url) => {
    const repo = byDid.get(path)
    if (repo !== undefined) return documentOf(repo.did, repo.keypair.didKey, url)
    return path.endsWith('describeServer') ? { did: 'did:web:localhost', availableUserDomains: [] } : undefined
  })
  const first = makeFrames(repos, ACCOUNTS, keys, 1)
  const frames = makeFrames(repos, COMMITS, keys, 1 + ACCOUNTS)
  const live = makeFrames(repos, LIVE_COMMITS, keys, 1 + ACCOUNTS + COMMITS)
  const relay = await startOurs('relay', join(scratchDir('relay'), 'relay'), { PLC_URL: host.url, HOSTS: host.url, LOG_LEVEL: 'info' })
  const idleMb = processFigures(relay.pid).rssMb
  const consumer = await consume(relay.url)
  const socket = await host.followed()
  await sendAll(socket, first)
  await consumer.seen(ACCOUNTS)

  const [before, begun] = [processFigures(relay.pid), performance.now()]
  await sendAll(socket, frames)
  await consumer.seen(ACCOUNTS + COMMITS)
  const seconds = (performance.now() - begun) / 1000
  const after = processFigures(relay.pid)

  const sent = await sendAtRate(socket, live, LIVE_PER_SECOND)
  await consumer.seen(ACCOUNTS + COMMITS + LIVE_COMMITS)
  const lags = sent.map((atMs, n) => (consumer.arrivals[ACCOUNTS + COMMITS + n] ?? NaN) - atMs)
  consumer.close()
  const replayed = await replay(relay.url, relay.pid, Math.min(COMMITS, 10_000))
  const row: Row = {
    'records a repo': treeSize,
    'commits per CPU-second': COMMITS / (after.cpuSeconds - before.cpuSeconds),
    'commits per second': COMMITS / seconds,
    'lag p50 ms': percentile(lags, 0.5),
    'lag p99 ms': percentile(lags, 0.99),
    'replayed frames per CPU-second': replayed,
    'KB written per commit': (after.writtenKb - before.writtenKb) / COMMITS,
    'bytes a frame': frames.reduce((sum, frame) => sum + frame.length, 0) / frames.length,
    'RSS MB before': idleMb,
    after: processFigures(relay.pid).rssMb,
  }
  await relay.stop()
  await host.close()
  return row
}

const rows: Row[] = []
for (const size of TREE_SIZES) rows.push(await measure(size))
const worst = Math.min(...rows.map((row) => Number(row['commits per CPU-second'])))
const lag = Math.max(...rows.map((row) => Number(row['lag p50 ms'])))
publish({
  name: 'relay',
  tables: [
    { title: `Relay: ${COMMITS} commits of one record from ${ACCOUNTS} accounts, every check on; live at ${LIVE_PER_SECOND}/s`, rows },
  ],
  aims: [
    {
      what: 'relay, fully verified commits per CPU-second (the slower tree)',
      aim: `≥ ${AIM_COMMITS_PER_CPU_SECOND}`,
      seen: worst.toFixed(0),
      holds: worst >= AIM_COMMITS_PER_CPU_SECOND,
    },
    { what: 'relay, lag p50', aim: `≤ ${AIM_LAG_MS} ms`, seen: `${lag.toFixed(1)} ms`, holds: lag <= AIM_LAG_MS },
  ],
})
process.exit(0)
