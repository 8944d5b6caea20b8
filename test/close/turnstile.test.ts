// Who may take the intake away now: so many of one address and of all the world, so often from one address, two of the desks, each place given back once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DESK_EXPORTS_AT_ONCE,
  EXPORT_LEAST_BYTES_A_SECOND,
  EXPORT_STALL_MS,
  PUBLIC_EXPORTS_PER_ADDRESS,
  PUBLIC_READERS_AT_ONCE,
  PUBLIC_READERS_PER_ADDRESS,
} from '../../appview/intake-export/limits.ts'
import { createPace } from '../../appview/intake-export/pace.ts'
import { createTurnstile } from '../../appview/intake-export/turnstile.ts'
import type { Turnstile } from '../../appview/intake-export/turnstile.ts'
import { systemClock } from '../../server/clock.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

type Outcome = readonly [number, string, boolean] | Disposable

const enter = (turnstile: Turnstile, who: Parameters<Turnstile['enter']>[0]): Outcome => {
  try {
    return turnstile.enter(who)
  } catch (error) {
    assert(error instanceof XrpcError)
    return [error.status, error.error, Number(error.headers['retry-after']) > 0]
  }
}

const placeOf = (outcome: Outcome): Disposable => (Symbol.dispose in outcome ? outcome : assert.fail(String(outcome)))
const BUSY = [503, 'Busy', true]

test('anybody: so many of one address, and of all; desks have places of their own', () => {
  const turnstile = createTurnstile(systemClock())
  const from = (address: string): Outcome => enter(turnstile, { address })
  const own = Array.from({ length: PUBLIC_READERS_PER_ADDRESS }, () => placeOf(from('a')))
  assert.deepEqual(from('a'), BUSY)
  for (let index = own.length; index < PUBLIC_READERS_AT_ONCE; index++) placeOf(from(`b${index}`))
  assert.deepEqual(from('c'), BUSY)
  const desks = Array.from({ length: DESK_EXPORTS_AT_ONCE }, () => placeOf(enter(turnstile, 'desk')))
  assert.deepEqual(enter(turnstile, 'desk'), BUSY)
  for (const [first = assert.fail()] of [own, desks]) {
    first[Symbol.dispose]()
    first[Symbol.dispose]()
  }
  placeOf(from('a'))
  placeOf(enter(turnstile, 'desk'))
  assert.deepEqual(from('c'), BUSY, 'a place is given back once')
  assert.deepEqual(enter(turnstile, 'desk'), BUSY)
})

test('so often from one address in a while, and others go on', () => {
  const turnstile = createTurnstile(systemClock())
  for (let index = 0; index < PUBLIC_EXPORTS_PER_ADDRESS; index++) placeOf(enter(turnstile, { address: 'a' }))[Symbol.dispose]()
  assert.deepEqual(enter(turnstile, { address: 'a' }), [429, 'RateLimitExceeded', true])
  placeOf(enter(turnstile, { address: 'b' }))
})

test('too slow is who takes nothing for a while, or too little over time; what is still being made is nobody’s delay', () => {
  let nowMs = 0
  const pace = createPace({ monotonicMs: () => nowMs })
  const take = (bytes: number, ms: number): void => {
    pace.offered(bytes)
    nowMs += ms
    pace.taken()
  }
  nowMs += 10 * EXPORT_STALL_MS
  assert.equal(pace.isTooSlow(), false, 'there was nothing to take yet')
  pace.offered(1)
  nowMs += EXPORT_STALL_MS
  assert.equal(pace.isTooSlow(), false)
  nowMs += 1
  assert.equal(pace.isTooSlow(), true)
  pace.taken()
  take(100 * EXPORT_LEAST_BYTES_A_SECOND, 10)
  assert.equal(pace.isTooSlow(), false)
  for (let second = 0; second < 80; second++) take(1_000, 1_000)
  assert.equal(pace.isTooSlow(), true)
})
