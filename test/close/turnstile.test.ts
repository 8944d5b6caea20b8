// Who may take the intake away now: one of all the world at a time and then a pause, two of the desks, each place given back once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESK_EXPORTS_AT_ONCE } from '../../appview/intake-export/limits.ts'
import { createTurnstile } from '../../appview/intake-export/turnstile.ts'
import { systemClock } from '../../server/clock.ts'
import { XrpcError } from '../../server/xrpc-error.ts'

const outcomeOf = (enter: () => Disposable): readonly [number, string, boolean] | Disposable => {
  try {
    return enter()
  } catch (error) {
    assert(error instanceof XrpcError)
    return [error.status, error.error, Number(error.headers['retry-after']) > 0]
  }
}

const placeOf = (enter: () => Disposable): Disposable => {
  const outcome = outcomeOf(enter)
  return Symbol.dispose in outcome ? outcome : assert.fail(String(outcome))
}

test('anybody: one at a time, and a while between two; desks go on meanwhile', () => {
  const turnstile = createTurnstile(systemClock())
  const enter = (isPublic: boolean): Disposable => turnstile.enter(isPublic)
  const place = placeOf(() => enter(true))
  assert.deepEqual(
    outcomeOf(() => enter(true)),
    [503, 'Busy', true],
  )
  const desks = Array.from({ length: DESK_EXPORTS_AT_ONCE }, () => placeOf(() => enter(false)))
  assert.deepEqual(
    outcomeOf(() => enter(false)),
    [503, 'Busy', true],
  )
  place[Symbol.dispose]()
  assert.deepEqual(
    outcomeOf(() => enter(true)),
    [429, 'RateLimitExceeded', true],
  )
  const [first = assert.fail()] = desks
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  placeOf(() => enter(false))
  assert.deepEqual(
    outcomeOf(() => enter(false)),
    [503, 'Busy', true],
    'a place is given back once',
  )
})
