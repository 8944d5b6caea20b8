// Starting and stopping a server: the common doors, a taken port, requests in flight, and main programs stopped by signals.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { settableClock, systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { serve } from '../../server/serve.ts'
import { StartError } from '../../server/start-error.ts'
import { startTestServer } from './support/server.ts'

const basics = {
  name: 'test',
  host: '127.0.0.1',
  port: 0,
  clock: systemClock(),
  log: silentLog,
  metrics: createMetrics('test'),
  settable: false,
  setup: () => {},
}

test('health and figures are there; figures only for callers on this machine', async (t) => {
  const { url, request } = await startTestServer(t, {})
  const health = await fetch(`${url}/xrpc/_health`)
  assert.match(await health.text(), /^\{"version":"\d+\.\d+\.\d+/)
  assert.equal((await fetch(`${url}/metrics`)).status, 200)
  assert.equal((await request('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status, 404)
  assert.equal(health.headers.get('x-powered-by'), null)
})

test('a taken port and an address that is not here are clear errors', async (t) => {
  const { port } = await startTestServer(t, {})
  await assert.rejects(
    serve({ ...basics, port }),
    (error: unknown) => error instanceof StartError && error.message.includes(`port ${port} on 127.0.0.1 is already in use`),
  )
  await assert.rejects(serve({ ...basics, host: '192.0.2.1' }), StartError)
})

test('a proxy that is no address is a clear error', async () => {
  await assert.rejects(serve({ ...basics, trustedProxies: ['proxy'] }), (error: unknown) => {
    return error instanceof StartError && error.message.startsWith('TRUSTED_PROXIES names what is no address: proxy')
  })
})

test('a settable clock is refused beyond loopback', async () => {
  await assert.rejects(serve({ ...basics, host: '0.0.0.0', settable: true, clock: settableClock() }), /loopback only/)
})

test('what goes wrong beside the methods is told to the log, not to the caller', async (t) => {
  const { url } = await startTestServer(t, {
    setup: (app) => {
      app.get('/broken', async () => Promise.reject(new Error('secret of the house')))
      app.get('/at/:name', (_req, res) => void res.send('here'))
    },
  })
  const broken = await fetch(`${url}/broken`)
  assert.deepEqual([broken.status, await broken.json()], [500, { error: 'InternalServerError', message: 'Internal Server Error' }])
  const unread = await fetch(`${url}/at/%ff`)
  assert.deepEqual([unread.status, await unread.json()], [400, { error: 'InvalidRequest', message: 'This request cannot be read' }])
})

test('set-up knows the own address, requests wait for it, and a failure in it frees the port', async (t) => {
  const seen = Promise.withResolvers<string>()
  const goOn = Promise.withResolvers<void>()
  const starting = serve({
    ...basics,
    setup: async (app, _server, { url }) => {
      seen.resolve(url)
      await goOn.promise
      app.get('/late', (_req, res) => void res.send('ready'))
    },
  })
  const url = await seen.promise
  const early = fetch(`${url}/late`)
  goOn.resolve()
  const running = await starting
  t.after(() => running.close())
  assert.equal(running.url, url)
  assert.equal(await (await early).text(), 'ready')
  let tried = 0
  const failing = serve({
    ...basics,
    setup: (_app, _server, { port }) => {
      tried = port
      throw new Error('no data folder')
    },
  })
  await assert.rejects(failing, /no data folder/)
  const again = await serve({ ...basics, port: tried })
  await again.close()
})

test('close finishes what is being answered, then closes what set-up opened, and may be called twice', async () => {
  const order: string[] = []
  const begun = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const running = await serve({
    ...basics,
    setup: (app, _server, { signal }) => {
      signal.addEventListener('abort', () => order.push('closing'))
      app.get('/slow', async (_req, res) => {
        begun.resolve()
        await finish.promise
        order.push('answered')
        res.send('whole')
      })
      return () => void order.push('closed')
    },
  })
  const slow = fetch(`${running.url}/slow`)
  await begun.promise
  const closing = running.close()
  finish.resolve()
  assert.equal(await (await slow).text(), 'whole')
  await Promise.all([closing, running.close()])
  assert.deepEqual(order, ['closing', 'answered', 'closed'])
  await assert.rejects(fetch(`${running.url}/xrpc/_health`))
})

const runProgram = (environment: Record<string, string>) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support', 'small-main.ts')], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let out = ''
  let err = ''
  const started = new Promise<void>((resolve) =>
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('server.started')) resolve()
    }),
  )
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()))
  // 'close' never comes after a disconnect; the exit and both outputs do.
  const { stdout, stderr } = child
  assert.ok(stdout && stderr)
  const ended = Promise.all([once(child, 'exit'), once(stdout, 'close'), once(stderr, 'close')]).then(([[code]]) => ({ code, out, err }))
  return { child, started, ended }
}

test('a main program whose server cannot go on leaves with a sentence', async () => {
  const { code, err } = await runProgram({ PORT: '0', FAILS: 'the database is lost' }).ended
  assert.deepEqual([code, err], [1, 'the database is lost\n'])
})

for (const how of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
  test(`a main program stops cleanly on ${how}`, async () => {
    const { child, started, ended } = runProgram({ PORT: '0' })
    await started
    if (how === 'disconnect') child.disconnect()
    else child.kill(how)
    const { code, out } = await ended
    assert.equal(code, 0)
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event)
    assert.deepEqual(events, ['server.started', 'server.stopped'])
  })
}

test('a main program that cannot start says why in one sentence and exits with 1', async (t) => {
  const { port } = await startTestServer(t, {})
  const taken = await runProgram({ PORT: String(port) }).ended
  assert.equal(taken.code, 1)
  assert.match(taken.err, new RegExp(`^small: port ${port} on 127.0.0.1 is already in use[^\\n]*\\n$`))
  const wrong = await runProgram({ PORT: 'eighty' }).ended
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /^The settings cannot be used: PORT is "eighty"[^\n]*\n$/)
})
