// The thread in which PDFs are made: a set comes in, bytes go out, one after the other.

import assert from 'node:assert/strict'
import { parentPort } from 'node:worker_threads'
import { pdfBytes } from './pdf-bytes.ts'
import type { StatementSet } from './statement-set.ts'

assert(parentPort !== null, 'this file is started as a thread')
const port = parentPort
port.on('message', async (set: StatementSet) => {
  const bytes = await pdfBytes(set)
  port.postMessage(bytes)
})
