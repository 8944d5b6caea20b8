// How often: counted at once, by name, with a time to come back; and where a caller is counted.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countedAddress } from '../../server/caller-address.ts'
import { systemClock } from '../../server/clock.ts'
import { createRateLimit } from '../../server/rate-limit.ts'

test('what is taken counts until its while is over, or until it is given back', () => {
  let nowMs = 1_000
  const limit = createRateLimit({ allowed: 2, windowMs: 60_000, clock: { ...systemClock(), realMs: () => nowMs } })
  assert.deepEqual([limit.take('a'), limit.take('a')], [null, null])
  nowMs += 500
  assert.deepEqual(limit.take('a'), {
    'retry-after': '60',
    'ratelimit-limit': '2',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '61',
    'ratelimit-policy': '2;w=60',
  })
  assert.equal(limit.take('b'), null)
  limit.giveBack('a')
  assert.equal(limit.take('a'), null)
  assert.notEqual(limit.take('a'), null)
  nowMs = 61_000
  for (let count = 0; count < 9; count++) limit.giveBack('a')
  assert.deepEqual([limit.take('a'), limit.take('a'), limit.take('a') === null], [null, null, false])
})

test('addresses of one network of IPv6 are one caller', () => {
  const rows: readonly (readonly [string | undefined, string])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1:ffff::2', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:1:2:3:4', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, ''],
  ]
  for (const [ip, counted] of rows) assert.equal(countedAddress(ip), counted, ip)
})
