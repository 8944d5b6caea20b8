// What followers of the relay are promised: cursors from any place, a window that is pruned while leaves stay, a consumer that is slow.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeFrame } from '../../atproto/frame.ts'
import { settableClock } from '../../server/clock.ts'
import { subscribe } from '../../atproto/subscribe.ts'
import { Follower, RelayWorld, caughtUp, clock, eventually, getJson, post } from './relay-world.ts'

test('a follower comes back behind any cursor; a cursor ahead is refused', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  host.send(account.repo.write([]).frame)
  for (let number = 0; number < 9; number++) post(account)
  await caughtUp(relay, host, 10)
  const base = Number((await getJson(`${relay.url}/log/origin`))['base'])
  for (const leaf of [0, 1, 5, 9]) {
    const follower = new Follower(relay.url, leaf === 0 ? 0 : base + leaf)
    const events = await follower.until((all) => all.length === 10 - leaf)
    assert.deepEqual(
      events.map(({ seq }) => seq - base),
      Array.from({ length: 10 - leaf }, (_, index) => leaf + 1 + index),
    )
    await follower.stop()
  }
  const subscribers = (number: number) =>
    eventually(
      async () => (await fetch(`${relay.url}/metrics`)).text(),
      (text) => text.includes(`waki_stream_subscribers{server="relay"} ${number}\n`),
      `${number} subscribers`,
    )
  await subscribers(0)
  const live = new Follower(relay.url)
  await subscribers(1)
  post(account)
  const events = await live.until((all) => all.length === 1)
  assert.equal(events[0]?.seq, base + 11)
  await live.stop()
  const stream = subscribe({ url: relay.url, cursor: base + 100, signal: AbortSignal.timeout(5_000), clock })
  const first = await stream.next()
  assert(first.value !== undefined)
  const frame = decodeFrame(first.value)
  assert.equal(frame.kind === 'error' ? frame.error : frame.kind, 'FutureCursor')
  await stream.return()
})

test('events past the window go, their leaves stay, and who asks for them is told', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const civil = settableClock(Date.now() - 200 * 3_600_000)
  const account = await world.account(host, { nowMs: () => civil.civilMs() })
  host.send(account.repo.write([]).frame)
  for (let number = 0; number < 4; number++) post(account)
  const first = await world.relay({ hosts: [host.url] }, { clock: civil })
  await caughtUp(first, host, 5)
  await first.close()
  civil.set(new Date().toISOString())
  const second = await world.relay({}, { clock: civil })
  post(account)
  await caughtUp(second, host, 6)
  await second.close()
  const third = await world.relay({ windowHours: 72 }, { clock: civil })
  const { base, leaves } = await getJson(`${third.url}/log/origin`)
  assert.equal(leaves, 6)
  assert.equal((await getJson(`${third.url}/log/leaf/1`))['seq'], Number(base) + 1)
  const stream = subscribe({ url: third.url, cursor: Number(base) + 1, signal: AbortSignal.timeout(5_000), clock })
  const frames = [await stream.next(), await stream.next()].map(({ value }) => decodeFrame(value ?? new Uint8Array()))
  assert.deepEqual(
    frames.map((frame) => (frame.kind === 'message' ? frame.t : frame.kind)),
    ['#info', '#commit'],
  )
  await stream.return()
})

test('a consumer that reads nothing holds nobody up', async () => {
  await using world = await RelayWorld.start()
  const host = await world.host()
  const account = await world.account(host)
  const relay = await world.relay({ hosts: [host.url] })
  host.send(account.repo.write([]).frame)
  const slow = connect({ port: relay.port, host: '127.0.0.1' })
  slow.write(
    `GET /xrpc/com.atproto.sync.subscribeRepos?cursor=0 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  )
  slow.pause()
  const follower = new Follower(relay.url, 0)
  const text = 'x'.repeat(200_000)
  for (let number = 0; number < 40; number++) {
    post(account, text)
    await sleep(1)
  }
  await follower.until((all) => all.length === 41)
  slow.destroy()
  await follower.stop()
})
