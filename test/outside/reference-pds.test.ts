// The official PDS, unchanged, crawled by our relay: everything its users do passes every check, in order, and nothing is refused.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { referencePdsDir, skipUnless } from '../support/needs.ts'
import { Follower, RelayWorld, getJson } from '../relay/relay-world.ts'

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const startReference = async (world: RelayWorld, dir: string): Promise<string> => {
  const port = await freePort()
  const env = {
    ...process.env,
    PDS_PORT: String(port),
    PDS_DATA: join(world.dir, 'reference'),
    PLC_URL: world.plc.url,
    LOG_ENABLED: 'false',
  }
  const child = spawn(process.execPath, ['pds.mjs'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] })
  world.onClose(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('listening')) break
  child.stdout.resume()
  return `http://localhost:${port}`
}

const call = async (url: string, nsid: string, body: object | null, token?: string): Promise<Record<string, unknown>> => {
  const type = body === null ? {} : { 'content-type': 'application/json' }
  const headers = { ...type, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  const response = await fetch(`${url}/xrpc/${nsid}`, { method: 'POST', headers, body: body === null ? null : JSON.stringify(body) })
  const text = await response.text()
  assert.equal(response.status, 200, `${nsid}: ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

test('the official PDS through our relay', { skip: skipUnless(referencePdsDir, 'the official PDS (npm run peers)') }, async () => {
  await using world = await RelayWorld.start()
  const pds = await startReference(world, referencePdsDir ?? '')
  const relay = await world.relay()
  await call(relay.url, 'com.atproto.sync.requestCrawl', { hostname: new URL(pds).host })
  const account = await call(pds, 'com.atproto.server.createAccount', {
    handle: 'hana.test',
    email: 'hana@example.com',
    password: 'correct horse',
  })
  const [repo, token] = [String(account['did']), String(account['accessJwt'])]
  const collection = 'org.waki.action'
  const revs: string[] = []
  const write = async (nsid: string, body: object) => {
    const { commit } = await call(pds, nsid, { repo, collection, ...body }, token)
    if (typeof commit === 'object' && commit !== null && 'rev' in commit) revs.push(String(commit.rev))
  }
  for (let number = 0; number < 60; number++)
    await write('com.atproto.repo.createRecord', { rkey: `r${number}`, record: { $type: collection, number, text: 'やさしさ' } })
  for (let number = 0; number < 20; number++) {
    await write('com.atproto.repo.putRecord', { rkey: `r${number}`, record: { $type: collection, number, text: 'changed' } })
    await write('com.atproto.repo.deleteRecord', { rkey: `r${59 - number}` })
  }
  const writes = Array.from({ length: 150 }, (_, number) => ({
    $type: 'com.atproto.repo.applyWrites#create',
    collection,
    rkey: `batch${number}`,
    value: { $type: collection, number },
  }))
  await write('com.atproto.repo.applyWrites', { writes })
  const follower = new Follower(relay.url, 0)
  const last = revs.at(-1)
  const events = await follower.until((all) => all.some(({ event }) => event.kind === 'commit' && event.rev === last), 'the last write')
  assert.deepEqual(
    events.flatMap(({ event }) => (event.kind === 'commit' && event.ops.length > 0 ? [event.rev] : [])),
    revs,
  )
  await call(pds, 'com.atproto.server.deactivateAccount', {}, token)
  await follower.until((all) => all.at(-1)?.event.kind === 'account', 'the deactivation')
  await call(pds, 'com.atproto.server.activateAccount', null, token)
  await follower.until((all) => all.some(({ event }, index) => index > 100 && event.kind === 'identity'), 'the activation')
  const { counts, accountCount } = await getJson(`${relay.url}/xrpc/com.atproto.sync.getHostStatus?hostname=${new URL(pds).host}`)
  assert.equal(accountCount, 1)
  const refused = Object.keys(Object(counts)).filter((code) => code !== 'sync.known' && code !== 'identity.handle-dropped')
  assert.deepEqual(refused, [])
  await follower.stop()
})
