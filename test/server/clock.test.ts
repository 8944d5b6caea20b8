// The two clocks of contracts.md "Time", and the door that sets civil time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClockRefusal, readClock, settableClock, systemClock } from '../../server/clock.ts'
import { StartError } from '../../server/start-error.ts'
import { startTestServer } from './support/server.ts'

const START = Date.parse('2026-04-01T00:00:00.000Z')

test('under a system clock civil time is real time', () => {
  const clock = systemClock()
  assert.ok(Math.abs(clock.civilMs() - Date.now()) < 1_000)
  assert.ok(Math.abs(clock.realMs() - clock.civilMs()) < 1_000)
})

test('settable civil time stands still, moves forward only, and real time goes on', async () => {
  const clock = settableClock(START)
  const steps: number[] = []
  const listening = clock.onCivilStep((ms) => steps.push(ms))
  const real = clock.realMs()
  await clock.sleep(15)
  assert.equal(clock.civilMs(), START)
  assert.ok(clock.realMs() > real)
  assert.equal(clock.set('2026-04-02T09:00:00+09:00'), Date.parse('2026-04-02T00:00:00.000Z'))
  assert.throws(() => clock.set('2026-04-01T23:59:59.999Z'), ClockRefusal)
  for (const wrong of ['2026-04-03', 'tomorrow', '', '2026-13-01T00:00:00Z', '2026-04-03T00:00:00'])
    assert.throws(() => clock.set(wrong), ClockRefusal, wrong)
  listening[Symbol.dispose]()
  clock.set('2026-05-01T00:00:00Z')
  assert.deepEqual(steps, [Date.parse('2026-04-02T00:00:00.000Z')])
})

test('run catches up with real time and goes on; ahead of real time it waits and never goes back', async () => {
  const behind = settableClock(START)
  behind.run()
  const caughtUp = behind.civilMs()
  assert.ok(Math.abs(caughtUp - Date.now()) < 1_000)
  await behind.sleep(15)
  assert.ok(behind.civilMs() > caughtUp)
  const ahead = settableClock(Date.now() + 60_000)
  const before = ahead.civilMs()
  ahead.run()
  assert.equal(ahead.civilMs(), before)
})

test('readClock starts where it is told and refuses what is no instant', () => {
  assert.equal(readClock(true, '2026-04-01T00:00:00Z').civilMs(), START)
  assert.throws(() => readClock(true, 'spring'), StartError)
  assert.ok(Math.abs(readClock(false, '2026-04-01T00:00:00Z').civilMs() - Date.now()) < 1_000)
})

test('sleep ends early with the reason of its signal', async () => {
  const clock = systemClock()
  const early = new AbortController()
  const sleeping = clock.sleep(60_000, early.signal)
  early.abort(new Error('enough'))
  await assert.rejects(sleeping, /enough/)
  await assert.rejects(clock.sleep(1, AbortSignal.abort(new Error('before'))), /before/)
})

test('every calls until it is disposed', async () => {
  const clock = systemClock()
  let calls = 0
  const third = Promise.withResolvers<void>()
  const ticking = clock.every(2, () => {
    calls += 1
    if (calls === 3) third.resolve()
  })
  // The interval alone does not keep a process alive, so the test waits on something that does.
  await Promise.race([third.promise, clock.sleep(5_000)])
  ticking[Symbol.dispose]()
  const then = calls
  await clock.sleep(20)
  assert.ok(then >= 3)
  assert.equal(calls, then)
})

test('POST /_clock sets and runs; GET tells both times', async (t) => {
  const clock = settableClock(START)
  const { url } = await startTestServer(t, { clock, settable: true })
  const post = (body: string, type = 'application/json') =>
    fetch(`${url}/_clock`, { method: 'POST', body, headers: { 'content-type': type } })
  const set = await post('{"now":"2026-06-01T00:00:00.000Z"}')
  assert.equal(set.status, 200)
  const told = JSON.parse(await (await fetch(`${url}/_clock`)).text())
  assert.equal(told.now, '2026-06-01T00:00:00.000Z')
  assert.equal(told.running, false)
  assert.ok(Math.abs(Date.parse(told.real) - Date.now()) < 5_000)
  const refused = [
    '{"now":"2026-05-01T00:00:00.000Z"}',
    '{"now":1}',
    '{}',
    '{"run":false}',
    '{"run":true,"now":"2026-07-01T00:00:00Z"}',
    '[1]',
    '{',
    '',
  ]
  for (const body of refused) assert.equal((await post(body)).status, 400, body)
  assert.equal((await post('{"run":true}', 'text/plain')).status, 400)
  assert.equal(clock.civilMs(), Date.parse('2026-06-01T00:00:00.000Z'))
  assert.match(await (await post('{"run":true}')).text(), /"running":true/)
})

test('/_clock does not answer web pages, proxied callers, foreign names, or servers whose clock is not settable', async (t) => {
  const { url, request } = await startTestServer(t, { clock: settableClock(START), settable: true })
  for (const headers of [{ origin: url }, { 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }, { host: 'rebound.example' }])
    assert.equal((await request('/_clock', { headers })).status, 404, JSON.stringify(headers))
  const plain = await startTestServer(t, {})
  assert.equal((await fetch(`${plain.url}/_clock`)).status, 404)
})
