// The share of waiting that strangers have: one short try each, so much of any minute together; those in the books are waited for in full.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPatience } from '../../appview/follow/patience.ts'
import { REPO_FETCH_TIMEOUT_MS, STRANGERS_SHARE_MS, STRANGERS_WINDOW_MS, STRANGER_FETCH_TIMEOUT_MS } from '../../appview/follow/limits.ts'

test('strangers share a small part of any minute; who is in the books has the full time', async () => {
  let nowMs = 1_000
  const patience = createPatience(
    () => nowMs,
    async (did) => did === 'did:plc:known',
  )
  const full = await patience.for('did:plc:known')
  assert.equal(full?.timeoutMs, REPO_FETCH_TIMEOUT_MS)
  patience.spent(full, STRANGERS_SHARE_MS * 10)
  for (let used = 0; used < STRANGERS_SHARE_MS; used += STRANGER_FETCH_TIMEOUT_MS) {
    const short = await patience.for(`did:plc:stranger${used}`)
    assert.deepEqual(short, { attempts: 1, timeoutMs: STRANGER_FETCH_TIMEOUT_MS })
    patience.spent(short, STRANGER_FETCH_TIMEOUT_MS)
  }
  assert.equal(await patience.for('did:plc:onemore'), null)
  assert.notEqual(await patience.for('did:plc:known'), null)
  nowMs += STRANGERS_WINDOW_MS
  assert.notEqual(await patience.for('did:plc:onemore'), null)
})
