// TIDs: numbers to text and back, and a clock that only rises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { microsOfTid, parseTid, TidClock, tidFromMicros } from '../../atproto/tid.ts'
import { seededRandom } from '../support/random.ts'

test('known values', () => {
  assert.equal(tidFromMicros(0, 0), '2222222222222')
  assert.equal(tidFromMicros(0, 1023), '22222222222zz')
  assert.equal(tidFromMicros(1, 0), '2222222222322')
  assert.equal(microsOfTid(parseTid('2222222222322')), 1)
  assert.equal(microsOfTid(tidFromMicros(Number.MAX_SAFE_INTEGER, 7)), Number.MAX_SAFE_INTEGER)
})

test('text sorts as time does, and gives the time back', () => {
  const random = seededRandom(1)
  const micros = Array.from({ length: 2000 }, () => random.below(2 ** 31) * 2 ** 21 + random.below(2 ** 21)).sort((a, b) => a - b)
  const tids = micros.map((time) => tidFromMicros(time, random.below(1024)))
  for (const [index, tid] of tids.entries()) {
    assert.equal(microsOfTid(parseTid(tid)), micros[index])
    const previous = micros[index - 1]
    if (previous !== undefined && previous < (micros[index] ?? 0)) assert.ok((tids[index - 1] ?? '') < tid)
  }
})

test('the clock rises though time stands still, steps back, or another clock was ahead', () => {
  let nowMs = 1_700_000_000_000
  const clock = new TidClock(() => nowMs, 5)
  const ahead = tidFromMicros(1_700_000_500_000_000, 1023)
  const tids = [clock.next(), clock.next()]
  nowMs -= 1000
  tids.push(clock.next(), clock.next(ahead), clock.next())
  nowMs += 10_000_000
  tids.push(clock.next())
  for (let index = 1; index < tids.length; index++) assert.ok((tids[index - 1] ?? '') < (tids[index] ?? ''), `${index}`)
  assert.ok((tids[3] ?? '') > ahead)
  assert.equal(microsOfTid(tids[5] ?? ahead), nowMs * 1000)
})

test('what is no time and no clock is our mistake', () => {
  assert.throws(() => tidFromMicros(-1, 0), /microseconds/)
  assert.throws(() => tidFromMicros(0.5, 0), /microseconds/)
  assert.throws(() => tidFromMicros(1, 1024), /clock identifier/)
})
