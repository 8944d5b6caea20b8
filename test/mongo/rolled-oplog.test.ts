// A process that was stopped for longer than the log of the replica set reaches back: its change stream cannot go on where it was, and it is woken all the same.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { MongoClient } from 'mongodb'
import type { Timestamp } from 'mongodb'
import { openStore } from '../../appview/store/open-store.ts'
import { commitLeaf } from '../appview/changes-contract.ts'
import { eventually } from '../support/asking.ts'
import { startNodes } from '../support/mongo-nodes.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
/** The log holds a MB and is cut at each checkpoint, every second. */
const SHORT_LOG = ['--oplogSize', '1', '--syncdelay', '1']
const MUCH = 'x'.repeat(1_000_000)
const WAIT_MS = 60_000

test('who waits is woken although the log no longer reaches back to where it stopped', { skip, timeout: 180_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-rolled-'))
  const nodes = await startNodes({ count: 1, settings: SHORT_LOG })
  const address = nodes.uri('rolled')
  const client = new MongoClient(address)
  const store = await openStore({ address, folder })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'waiting-reader.ts'), address, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    await client.close()
    await store.close()
    await nodes.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  let seen = ''
  createInterface({ input: child.stdout }).on('line', (line) => (seen = line))
  const sees = (leaf: number): Promise<string> =>
    eventually(
      async () => seen,
      (line) => line === String(leaf),
      `leaf ${leaf} is seen`,
      WAIT_MS,
    )
  await sees(0)
  await commitLeaf(store, 1)
  await sees(1)
  child.kill('SIGSTOP')
  const log = client.db('local').collection<{ ts: Timestamp }>('oplog.rs')
  const end = async (order: 1 | -1): Promise<bigint> => {
    const [entry] = await log.find().sort({ $natural: order }).limit(1).toArray()
    return (entry ?? assert.fail('an empty log')).ts.toBigInt()
  }
  // What the server had still sent it lies behind the beginning of the log, too.
  for (let times = 0; times < 3; times++) {
    const last = await end(-1)
    await eventually(
      async () => {
        await client.db('other').collection('much').insertOne({ MUCH })
        return end(1)
      },
      (first) => first > last,
      'the log has gone past where the reader stopped',
      WAIT_MS,
    )
  }
  await commitLeaf(store, 2)
  child.kill('SIGCONT')
  await sees(2)
  await commitLeaf(store, 3)
  await sees(3)
})
