// The relay as a process of its own, killed from outside while hosts stream: nothing lost, nothing twice, cursors where they belong, and the
// auditor finds the folder whole. The hosts' logs are the truth it is compared with.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { auditRelay } from '../../relay/audit.ts'
import { seededRandom } from '../support/random.ts'
import { Follower, RelayWorld, clock, getJson, post } from './relay-world.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'relay', 'main.ts')
const ROUNDS = 6

type Child = { readonly url: string; readonly process: ChildProcess; marked(event: string, count: number): Promise<void> }

const startChild = async (environment: Record<string, string>): Promise<Child> => {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] })
  const seen = new Map<string, number>()
  const waiters = new Set<() => void>()
  const started = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { event, url } = JSON.parse(line)
    seen.set(event, (seen.get(event) ?? 0) + 1)
    if (event === 'server.started') started.resolve(url)
    for (const wake of waiters) wake()
  })
  child.once('exit', () => started.reject(new Error('the relay did not start')))
  const marked = async (event: string, count: number): Promise<void> => {
    while ((seen.get(event) ?? 0) < count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiters.add(resolve)
      await promise
      waiters.delete(resolve)
    }
  }
  return { url: await started.promise, process: child, marked }
}

const stop = async ({ process: child }: Child, signal: NodeJS.Signals): Promise<void> => {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

test('SIGKILL between, before and after transactions: nothing lost, nothing twice', async (t) => {
  const seed = Date.now() % 1_000_000
  t.diagnostic(`seed ${seed}`)
  const random = seededRandom(seed)
  await using world = await RelayWorld.start()
  const hosts = [await world.host(), await world.host()]
  const accounts = await Promise.all([...hosts, ...hosts].map((host) => world.account(host)))
  const dataDir = join(world.dir, 'killed')
  const environment = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, PLC_URL: world.plc.url, ALLOW_LOOPBACK: '1', LOG_LEVEL: 'debug' }
  const settings = { ...environment, HOSTS: hosts.map((host) => host.hostname).join(',') }
  const sent: string[] = []
  for (const account of accounts) {
    const { frame, commitCid } = account.repo.write([])
    account.host.send(frame)
    sent.push(String(commitCid))
  }
  for (let round = 0; round < ROUNDS; round++) {
    const relay = await startChild(settings)
    const marker = random.pick(['group.persisting', 'group.committed', 'group.published'])
    const markers = 1 + random.below(20)
    const gone = new AbortController()
    const killed = relay.marked(marker, markers).then(() => {
      gone.abort()
      return stop(relay, 'SIGKILL')
    })
    while (!gone.signal.aborted) {
      for (let burst = random.below(3); burst >= 0; burst--) sent.push(String(post(random.pick(accounts)).commitCid))
      await clock.sleep(4)
    }
    await killed
  }
  const relay = await startChild(settings)
  const follower = new Follower(relay.url, 0)
  const events = await follower.until((all) => all.length >= sent.length, 'everything sent')
  sent.push(String(post(accounts[0] ?? assert.fail()).commitCid))
  await follower.until((all) => all.length >= sent.length, 'one more')
  const came = events.map(({ event }) => (event.kind === 'commit' ? String(event.commit) : event.kind))
  assert.deepEqual(came.toSorted(), sent.toSorted())
  const base = Number((await getJson(`${relay.url}/log/origin`))['base'])
  assert.deepEqual(
    events.map(({ seq }) => seq - base),
    sent.map((_, index) => index + 1),
  )
  for (const account of accounts) {
    const own = events.flatMap(({ event }) => (event.kind === 'commit' && event.repo === account.did ? [event] : []))
    for (const [index, event] of own.entries()) assert.equal(event.since, own[index - 1]?.rev ?? null)
  }
  await follower.stop()
  await stop(relay, 'SIGTERM')
  const report = await auditRelay(dataDir)
  assert.deepEqual(report.problems, [])
  assert.equal(report.checked['leaves'], sent.length)
  assert.equal(report.checked['events'], sent.length)
})
