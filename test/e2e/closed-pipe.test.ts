// A command whose reader has read enough ends quietly.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

test('a closed pipe is no failure of a command', async () => {
  const { stderr } = await promisify(execFile)('sh', ['-c', `"${process.execPath}" cli/waki.js help | true`])
  assert.equal(stderr, '')
})
