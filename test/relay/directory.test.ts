// A directory that is slow or away: other hosts are not held up, order is kept, and what cannot be resolved is refused, never passed unchecked.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { Follower, RelayWorld, caughtUp, countsOf, getJson, post } from './relay-world.ts'

/** The directory behind a door that a test may hold shut for some DIDs, or slam. */
const slowDirectory = async (world: RelayWorld) => {
  const held = new Set<string>()
  const broken = new Set<string>()
  let opened = Promise.withResolvers<void>()
  const server = createServer(async (req, res) => {
    const did = (req.url ?? '').slice(1).split('/')[0] ?? ''
    if (held.has(did)) await opened.promise
    if (broken.has(did)) return void res.writeHead(503).end()
    const answer = await fetch(`${world.plc.url}${req.url ?? ''}`)
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  world.onClose(() => {
    server.close().closeAllConnections()
  })
  const address = server.address()
  const url = `http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`
  const open = (): void => {
    held.clear()
    opened.resolve()
    opened = Promise.withResolvers<void>()
  }
  return { url, held, broken, open }
}

test('a DID that is slow to resolve holds up its own host only, and its host comes out in order', async () => {
  await using world = await RelayWorld.start()
  const directory = await slowDirectory(world)
  const [slow, quick] = [await world.host(), await world.host()]
  const [waiting, behind, other] = [await world.account(slow), await world.account(slow), await world.account(quick)]
  directory.held.add(waiting.did)
  const relay = await world.relay({ hosts: [slow.url, quick.url], plcUrl: directory.url })
  const follower = new Follower(relay.url, 0)
  const expected: string[] = []
  for (const account of [waiting, behind]) {
    const { frame, commitCid } = account.repo.write([])
    slow.send(frame)
    expected.push(String(commitCid))
  }
  for (const account of [behind, waiting, behind]) expected.push(String(post(account).commitCid))
  quick.send(other.repo.write([]).frame)
  for (let number = 0; number < 5; number++) post(other)
  await follower.until((all) => all.length === 6, 'the quick host')
  assert.ok(follower.events.every(({ event }) => event.kind === 'commit' && event.repo === other.did))
  directory.open()
  await follower.until((all) => all.length === 11, 'the slow host')
  const came = follower.events.slice(6).map(({ event }) => (event.kind === 'commit' ? String(event.commit) : event.kind))
  assert.deepEqual(came, expected)
  await follower.stop()
})

test('while the directory is away the unknown are refused, the known go on, and nobody is believed unchecked', async () => {
  await using world = await RelayWorld.start()
  const directory = await slowDirectory(world)
  const host = await world.host()
  const [known, unknown] = [await world.account(host), await world.account(host)]
  const relay = await world.relay({ hosts: [host.url], plcUrl: directory.url })
  const follower = new Follower(relay.url, 0)
  host.send(known.repo.write([]).frame)
  await follower.until((all) => all.length === 1)
  directory.broken.add(known.did).add(unknown.did)
  host.send(unknown.repo.write([]).frame)
  post(known)
  await follower.until((all) => all.length === 2)
  await caughtUp(relay, host, 3)
  assert.deepEqual(await countsOf(relay, host), { 'identity.unresolved': 1 })
  assert.equal((await getJson(`${relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${unknown.did}`))['error'], 'RepoNotFound')
  await follower.stop()
})
