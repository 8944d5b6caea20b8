// A PDS killed from outside between the directory's answer and its own transaction: nothing half-made, nothing twice, and the next try completes it.
// A proxy before the directory passes one operation on and kills the PDS before it hears the answer.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { readPlcConfig } from '../../plc/config.ts'
import { startPlc } from '../../plc/plc.ts'
import { silentLog } from '../../server/log.ts'
import { eventsOf } from './events-of.ts'
import { fetchJson } from './local-pds.ts'

const PASSWORD = 'correct horse battery'
const MAIN = join(import.meta.dirname, '..', '..', 'pds', 'main.ts')

type Child = { readonly url: string; readonly process: ChildProcess; lines: string[] }

const startChild = async (environment: Record<string, string>): Promise<Child> => {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    const { event, url } = JSON.parse(line)
    if (event !== 'server.started') continue
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
    return { url, process: child, lines }
  }
  throw new Error(`the PDS did not start: ${lines.join('\n')}`)
}

const stop = async (child: Child, signal: NodeJS.Signals): Promise<void> => {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return
  const gone = once(child.process, 'exit')
  child.process.kill(signal)
  await gone
}

/** The directory behind a proxy; `killNext` kills a process after the directory took the next operation, before anybody hears of it. */
const directoryWithKiller = async (t: TestContext, folder: string) => {
  const plc = await startPlc(readPlcConfig({ DATA_DIR: join(folder, 'plc') }), { log: silentLog })
  let victim: ChildProcess | undefined
  const taken: string[] = []
  const proxy = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const init =
      req.method === 'POST' ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.concat(chunks) } : {}
    const answer = await fetch(`${plc.url}${req.url ?? ''}`, init)
    const text = await answer.text()
    if (req.method === 'POST' && answer.ok) {
      taken.push((req.url ?? '').slice(1))
      if (victim !== undefined) {
        victim.kill('SIGKILL')
        victim = undefined
        return void res.destroy()
      }
    }
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    proxy.closeAllConnections()
    proxy.close()
    await plc.close()
  })
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return { url, plcUrl: plc.url, taken, killNext: (child: ChildProcess) => (victim = child) }
}

const post = async (url: string, nsid: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/xrpc/${nsid}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, text, json: text === '' ? {} : JSON.parse(text) }
}

test('killed while joining, and while changing the key', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-killed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const directory = await directoryWithKiller(t, folder)
  const environment = {
    PORT: '0',
    DATA_DIR: join(folder, 'pds'),
    PLC_URL: directory.url,
    HANDLE_DOMAINS: '.pds1.test',
    ALLOW_LOOPBACK: '1',
    INVITE_REQUIRED: '0',
    ADMIN_PASSWORD: 'operator',
  }
  let child = await startChild(environment)
  t.after(() => stop(child, 'SIGKILL'))
  const again = async () => {
    await once(child.process, 'exit')
    child = await startChild({ ...environment, PORT: new URL(child.url).port })
  }
  const account = { handle: 'hanako.pds1.test', password: PASSWORD }

  directory.killNext(child.process)
  const exited = again()
  await assert.rejects(post(child.url, 'com.atproto.server.createAccount', account))
  await exited
  const session = { identifier: account.handle, password: PASSWORD }
  assert.equal(
    (await post(child.url, 'com.atproto.server.createSession', session)).json.error,
    'AuthenticationRequired',
    'nothing is half-made',
  )
  const { json: joined } = await post(child.url, 'com.atproto.server.createAccount', account)
  assert.equal(joined.did, directory.taken[0], 'the identity the directory had heard of')
  const log = await fetchJson<unknown[]>(`${directory.plcUrl}/${joined.did}/log`)
  assert.equal(log.length, 1)
  assert.equal((await eventsOf(child.url, 4)).length, 4)

  const admin = { authorization: `Basic ${Buffer.from('admin:operator').toString('base64')}` }
  const { signingKey } = (await post(child.url, 'com.atproto.server.reserveSigningKey', { did: joined.did })).json
  directory.killNext(child.process)
  const exitedAgain = again()
  await assert.rejects(post(child.url, 'com.atproto.admin.updateAccountSigningKey', { did: joined.did, signingKey }, admin))
  await exitedAgain
  const events = await eventsOf(child.url, 6)
  assert.deepEqual(
    events.slice(4).map(({ t: kind }) => kind),
    ['#identity', '#sync'],
    'the start finished what the directory had taken',
  )
  const wanted = await fetchJson<{ verificationMethods: object }>(`${child.url}/xrpc/com.atproto.identity.getRecommendedDidCredentials`, {
    headers: { authorization: `Bearer ${joined.accessJwt}` },
  })
  assert.deepEqual(wanted.verificationMethods, { atproto: signingKey })
  const lines = child.lines.join('\n')
  for (const secret of [PASSWORD, 'operator', joined.accessJwt, joined.refreshJwt])
    assert.equal(lines.includes(secret), false, 'no secret in the log')
  await stop(child, 'SIGTERM')
  assert.equal(child.process.exitCode, 0)
})
