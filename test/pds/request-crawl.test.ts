// Relays are asked until they accept, with back-off, and again when events come while nobody listens.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { requestCrawls } from '../../pds/request-crawl.ts'
import { systemClock } from '../../server/clock.ts'
import { openEventLog } from '../../server/event-log.ts'
import { silentLog } from '../../server/log.ts'
import { openDatabase } from '../../server/sqlite.ts'

test('asked at the start, again with back-off until accepted, again for events that nobody hears', async (t) => {
  const answers = [500, 403, 200, 200]
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const relay = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    asked.push(`${req.method} ${req.url} ${body}`)
    res.writeHead(answers[asked.length - 1] ?? 200).end('{}')
    waiting.shift()?.()
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const db = openDatabase(':memory:', [])
  const events = openEventLog(db, { firstSeq: 100, windowBytes: 1000 })
  const append = (): void => {
    db.transaction(() => events.append('#account', 'did:web:x.example', 0, () => new Uint8Array(1)))()
    events.published()
  }
  const stop = new AbortController()
  const slept: number[] = []
  const longWaits: PromiseWithResolvers<void>[] = []
  const clock = {
    ...systemClock(),
    async sleep(ms: number, signal?: AbortSignal) {
      slept.push(ms)
      signal?.throwIfAborted()
      if (ms === 10_000) longWaits.shift()?.resolve()
    },
  }
  const settled = Promise.withResolvers<void>()
  longWaits.push(settled)
  let listening = 0
  const address = `http://localhost:${(relay.address() as AddressInfo).port}`
  const running = requestCrawls({
    relayUrls: [address],
    url: 'http://localhost:2583',
    fetch,
    events,
    subscribers: () => listening,
    clock,
    log: silentLog,
    signal: stop.signal,
  })
  t.after(() => relay.close())
  await settled.promise
  assert.deepEqual(
    asked,
    Array.from({ length: 3 }, () => 'POST /xrpc/com.atproto.sync.requestCrawl {"hostname":"localhost:2583"}'),
  )
  assert.deepEqual(slept.slice(0, 2), [500, 1000])
  await new Promise((resolve) => setImmediate(resolve))
  listening = 1
  append()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(asked.length, 3, 'somebody hears it')
  listening = 0
  const fourth = Promise.withResolvers<void>()
  waiting.push(fourth.resolve)
  append()
  await fourth.promise
  assert.equal(asked.length, 4)
  stop.abort()
  await running
})
