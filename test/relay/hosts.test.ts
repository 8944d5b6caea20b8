// Hosts: who may be crawled, what is shown of them, and that nothing makes the relay give one up.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeErrorFrame } from '../../atproto/frame.ts'
import type { Running } from '../../server/serve.ts'
import { Follower, RelayWorld, caughtUp, clock, countsOf, eventually, getJson, hostStatus, post } from './relay-world.ts'

const requestCrawl = async (relay: Running, hostname: string): Promise<string> => {
  const response = await fetch(`${relay.url}/xrpc/com.atproto.sync.requestCrawl`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ hostname }),
  })
  const text = await response.text()
  return response.ok ? 'ok' : `${response.status} ${String(JSON.parse(text).error)}`
}

test('requestCrawl takes hostnames and addresses, asks describeServer first, and refuses itself, relays, and who does not answer', async () => {
  await using world = await RelayWorld.start()
  const [host, other] = [await world.host(), await world.host()]
  const relay = await world.relay()
  const port = new URL(host.url).port
  for (const form of [host.hostname, host.url, `http://127.0.0.1:${port}`, `ws://localhost:${port}/`, ` ${host.hostname} `])
    assert.equal(await requestCrawl(relay, form), 'ok', form)
  for (const form of [
    '',
    'not a host',
    'ftp://localhost',
    'http://example.com',
    `${host.url}/path`,
    'https://user@example.com',
    'https://10.0.0.1',
    'localhost.',
    'example',
    'https://example.com:8443',
  ])
    assert.equal(await requestCrawl(relay, form), '400 InvalidRequest', form)
  assert.equal(await requestCrawl(relay, `localhost:${relay.port}`), '400 InvalidRequest')
  assert.equal(await requestCrawl(relay, `127.0.0.1:${relay.port}`), '400 InvalidRequest')
  other.describes.status = 404
  assert.equal(await requestCrawl(relay, other.hostname), '400 HostNotFound')
  other.describes = { status: 200, server: 'atproto-relay (indigo)' }
  assert.equal(await requestCrawl(relay, other.hostname), '400 InvalidRequest')
  assert.equal(await requestCrawl(relay, 'localhost:1'), '400 HostNotFound')
  const { hosts } = await getJson(`${relay.url}/xrpc/com.atproto.sync.listHosts`)
  await host.connected(1)
  await eventually(
    () => hostStatus(relay, host),
    ({ status }) => status === 'active',
    'the host is active',
  )
  assert.deepEqual(
    JSON.parse(JSON.stringify(hosts)).map(({ hostname }: { hostname: string }) => hostname),
    [host.hostname],
  )
  assert.equal((await getJson(`${relay.url}/xrpc/com.atproto.sync.getHostStatus?hostname=localhost:2`))['error'], 'HostNotFound')
  const second = await world.relay({ dataDir: `${world.dir}/second` })
  assert.equal(await requestCrawl(second, `localhost:${relay.port}`), '400 InvalidRequest')
})

test('without ALLOW_LOOPBACK no local server is crawled', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const relay = await world.relay({ allowLoopback: false })
  assert.equal(await requestCrawl(relay, host.url), '400 InvalidRequest')
  assert.equal(await requestCrawl(relay, host.hostname), '400 InvalidRequest')
})

test('listHosts and listRepos give their pages one after the other', async () => {
  await using world = await RelayWorld.start()
  const hosts = [await world.host(), await world.host(), await world.host()]
  const relay = await world.relay({ hosts: hosts.map(({ url }) => url) })
  const accounts = await Promise.all(hosts.map((host) => world.account(host)))
  for (const [index, account] of accounts.entries()) {
    account.host.send(account.repo.write([]).frame)
    await eventually(
      () => getJson(`${relay.url}/xrpc/com.atproto.sync.listRepos`),
      ({ repos }) => Array.isArray(repos) && repos.length === index + 1,
      'the repo',
    )
  }
  const pages = async (nsid: string, list: string): Promise<unknown[][]> => {
    const found: unknown[][] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const answer = await getJson(`${relay.url}/xrpc/com.atproto.sync.${nsid}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      found.push(JSON.parse(JSON.stringify(answer[list])))
      cursor = typeof answer['cursor'] === 'string' ? answer['cursor'] : undefined
    }
    return found
  }
  const names = (await pages('listHosts', 'hosts')).map((page) => page.map((row) => (row as { hostname: string }).hostname))
  assert.deepEqual(names, [hosts.slice(0, 2).map(({ hostname }) => hostname), hosts.slice(2).map(({ hostname }) => hostname)])
  const dids = (await pages('listRepos', 'repos')).map((page) => page.map((row) => (row as { did: string }).did))
  assert.deepEqual(dids, [accounts.slice(0, 2).map(({ did }) => did), accounts.slice(2).map(({ did }) => did)])
  for (const list of ['listHosts', 'listRepos']) {
    const spoiled = await fetch(`${relay.url}/xrpc/com.atproto.sync.${list}?cursor=zzz`)
    assert.equal(spoiled.status, 400, list)
  }
})

test('a stream that ends, cleanly or not, by an error or a text, is taken up again behind the cursor', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  host.send(account.repo.write([]).frame)
  await follower.until((all) => all.length === 1)
  host.cut(true)
  await host.connected(2)
  post(account)
  await follower.until((all) => all.length === 2)
  host.cut(false)
  await host.connected(3)
  post(account)
  await follower.until((all) => all.length === 3)
  host.sendOnce(encodeErrorFrame('ConsumerTooSlow', 'too slow'))
  await host.connected(4)
  post(account)
  await follower.until((all) => all.length === 4)
  assert.deepEqual(host.cursors, [0, 1, 2, 3])
  assert.deepEqual(await countsOf(relay, host), {})
  await follower.stop()
})

test('a host that is away is dialled for ever, shown as offline, and taken up when it is back', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  host.refuses = true
  const relay = await world.relay({ hosts: [host.url], backOff: { firstMs: 2, maxMs: 10, pauseMs: 10 } })
  await eventually(
    () => hostStatus(relay, host),
    ({ status }) => status === 'offline',
    'the host is offline',
  )
  host.refuses = false
  await host.connected(1)
  await eventually(
    () => hostStatus(relay, host),
    ({ status }) => status === 'active',
    'the host is active',
  )
})

test('requestCrawl ends the wait before a host is dialled again', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  host.refuses = true
  const relay = await world.relay({ hosts: [host.url], backOff: { firstMs: 3_600_000, maxMs: 3_600_000, pauseMs: 10 } })
  await eventually(
    async () => (await (await fetch(`${relay.url}/metrics`)).text()).length,
    (length) => length > 0,
    'it answers',
  )
  host.refuses = false
  await eventually(
    async () => (await requestCrawl(relay, host.hostname)) && host.cursors.length,
    (dialled) => dialled === 1,
    'it dials',
  )
})

test('a host set back from a backup is read from its beginning, and says so; what is known is not said twice', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  const follower = new Follower(relay.url, 0)
  const first = account.repo.write([])
  host.send(first.frame)
  for (let number = 0; number < 5; number++) post(account)
  await follower.until((all) => all.length === 6)
  host.rewind(0)
  host.cut()
  host.nextSeq()
  host.send(first.frame)
  post(account)
  await follower.until((all) => all.length === 7)
  const counts = await countsOf(relay, host)
  assert.equal(counts['host.rewound'], 1)
  assert.equal(counts['commit.rev-stale'], 1)
  assert.equal(host.cursors.at(-1), 0)
  await caughtUp(relay, host, 2)
  await follower.stop()
})

test('a host with more accounts than its limit is paused, loses nothing, and goes on when the limit is raised', async () => {
  await using world = await RelayWorld.start()
  const [host, neighbour] = [await world.host(), await world.host()]
  const accounts = [await world.account(host), await world.account(host), await world.account(host)]
  const other = await world.account(neighbour)
  const more = { hosts: [host.url, neighbour.url], trustedAllowance: { maxAccounts: 2, maxEventsPerSecond: 1_000 } }
  const relay = await world.relay(more)
  for (const account of accounts) host.send(account.repo.write([]).frame)
  for (const account of accounts) post(account)
  const follower = new Follower(relay.url, 0)
  const status = await eventually(
    () => hostStatus(relay, host),
    (answer) => answer['status'] === 'throttled',
    'the host is paused',
  )
  assert.deepEqual([status['seq'], status['accountCount']], [2, 2])
  assert.deepEqual(status['limits'], { maxAccounts: 2, maxEventsPerSecond: 1_000 })
  neighbour.send(other.repo.write([]).frame)
  await follower.until((all) => all.some(({ event }) => event.kind === 'commit' && event.repo === other.did))
  assert.equal(follower.events.length, 3)
  await follower.stop()
  await relay.close()
  const raised = await world.relay({ ...more, trustedAllowance: { maxAccounts: 3, maxEventsPerSecond: 1_000 } })
  const again = new Follower(raised.url, 0)
  const events = await again.until((all) => all.length === 7)
  for (const { did } of accounts) assert.equal(events.filter(({ event }) => event.kind === 'commit' && event.repo === did).length, 2)
  await again.stop()
})

test('a host above its events per second is made to wait; nothing is dropped', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  host.send(account.repo.write([]).frame)
  for (let number = 0; number < 39; number++) post(account)
  const startedMs = clock.monotonicMs()
  const relay = await world.relay({ hosts: [host.url], trustedAllowance: { maxAccounts: 2, maxEventsPerSecond: 2 } })
  const follower = new Follower(relay.url, 0)
  await follower.until((all) => all.length === 20)
  await eventually(
    () => hostStatus(relay, host),
    ({ status }) => status === 'throttled',
    'the host waits',
  )
  await follower.until((all) => all.length === 23)
  assert.ok(clock.monotonicMs() - startedMs > 800)
  assert.deepEqual(await countsOf(relay, host), {})
  await follower.stop()
})
