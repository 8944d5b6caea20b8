// What is read ahead is bounded by number and by size: the reader waits until something was taken, and not longer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createReadAhead } from '../../appview/follow/read-ahead.ts'

const LIMITS = { items: 3, bytes: 10, sizeOf: (item: string): number => item.length }

/** Whether it waits now. */
const waits = async (put: Promise<void>): Promise<boolean> => Promise.race([put.then(() => false), setImmediate(true)])

test('the reader waits for as many as there may be, or as large', async () => {
  const queue = createReadAhead(LIMITS)
  assert.equal(await waits(queue.put('a')), false)
  assert.equal(await waits(queue.put('b')), false)
  const third = queue.put('c')
  assert.equal(await waits(third), true)
  assert.deepEqual(queue.take(1), ['a'])
  assert.equal(await waits(third), false)
  const large = queue.put('larger than all')
  queue.take(2)
  assert.equal(await waits(large), true, 'only it is there, and it is too large')
  assert.deepEqual(queue.take(5), ['larger than all'])
  assert.equal(await waits(large), false)
  assert.equal(await waits(queue.put('d')), false)
})

test('what waits is let go when nothing more is read', async () => {
  const queue = createReadAhead(LIMITS)
  const put = queue.put('larger than all')
  queue.end()
  assert.equal(await waits(put), false)
  assert.deepEqual(queue.take(5), ['larger than all'])
})
