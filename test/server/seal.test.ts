// Secrets and what is sealed under them: made once, readable by their owner only, rotated without losing what was sealed before.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createSealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets, readSecrets } from '../../server/secret-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-seal-'))
after(() => rmSync(folder, { recursive: true }))
const plain = Buffer.from('a token')

test('a secret is made once, for its owner only', () => {
  const file = join(folder, 'secret')
  const made = readOrCreateSecrets(file)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readOrCreateSecrets(file), made)
  assert.notDeepEqual(deriveKeys(made, 'one'), deriveKeys(made, 'two'))
  chmodSync(file, 0o640)
  assert.throws(() => readOrCreateSecrets(file), /chmod 600/)
  for (const text of ['', '\n', 'ABC\n', `${'0'.repeat(63)}\n`]) {
    const bad = join(folder, `bad-${text.length}`)
    writeFileSync(bad, text, { mode: 0o600 })
    assert.throws(() => readOrCreateSecrets(bad), /holds no secret/)
    assert.ok(!/[0-9a-f]{10}/.test(assertThrown(() => readOrCreateSecrets(bad)).message.replace(bad, '')))
  }
})

const CALLERS = 4
const FILES = 60
const READ_ALL = `
  const { workerData: { module, folder, files, callers, gate }, parentPort } = require('node:worker_threads')
  const meet = (at) => {
    if (Atomics.add(gate, 0, 1) + 1 < callers * (at + 1)) return Atomics.wait(gate, 1, at)
    Atomics.store(gate, 1, at + 1)
    Atomics.notify(gate, 1)
  }
  import(module).then(({ readOrCreateSecrets }) => parentPort.postMessage(
    Array.from({ length: files }, (_, at) => (meet(at), Buffer.from(readOrCreateSecrets(folder + '/' + at)[0]).toString('hex')))))`

test('of several who come at once one makes the secret, and all find the same', async (t) => {
  const shared = join(folder, 'shared')
  mkdirSync(shared)
  const module = new URL('../../server/secret-file.ts', import.meta.url).href
  const gate = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  const workerData = { module, folder: shared, files: FILES, callers: CALLERS, gate }
  const workers = Array.from({ length: CALLERS }, () => new Worker(READ_ALL, { eval: true, workerData }))
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())))
  const found = await Promise.all(workers.map((worker) => once(worker, 'message').then(([secrets]: unknown[]) => secrets)))
  for (const secrets of found) assert.deepEqual(secrets, found[0])
  assert.equal(readdirSync(shared).length, FILES)
})

test('who only reads makes no secret', () => {
  const file = join(folder, 'absent')
  assert.throws(() => readSecrets(file), /absent is not there; restore the secret from the backup/)
  assert.equal(existsSync(file), false)
})

const assertThrown = (run: () => unknown): Error => {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  return assert.fail('nothing was thrown')
}

test('what is sealed opens under its own label, unaltered, and under no other key', () => {
  const [key] = deriveKeys(readOrCreateSecrets(join(folder, 'a')), 'test')
  const sealer = createSealer(key)
  const sealed = sealer.seal('row 1', plain)
  assert.deepEqual(Buffer.from(sealer.open('row 1', sealed)), plain)
  assert.equal(Buffer.from(sealed).includes(plain), false)
  assert.notDeepEqual(sealer.seal('row 1', plain), sealed)
  assert.throws(() => sealer.open('row 2', sealed))
  assert.throws(() =>
    sealer.open(
      'row 1',
      sealed.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    ),
  )
  assert.throws(() => sealer.open('row 1', sealed.subarray(0, 20)))
  assert.throws(() => createSealer(new Uint8Array(32)).open('row 1', sealed))
})

test('with a new secret before the old one, all opens; what is renewed needs the old one no more', () => {
  const file = join(folder, 'rotated')
  const before = createSealer(...deriveKeys(readOrCreateSecrets(file), 'test'))
  const sealed = before.seal('row', plain)
  assert.equal(before.renew('row', sealed), null)
  const old = readFileSync(file, 'utf8')
  writeFileSync(file, `${'ab'.repeat(32)}\n${old}`)
  const both = createSealer(...deriveKeys(readOrCreateSecrets(file), 'test'))
  const renewed = both.renew('row', sealed) ?? assert.fail('it was under the old secret')
  assert.equal(both.renew('row', renewed), null)
  writeFileSync(file, `${'ab'.repeat(32)}\n`)
  const after = createSealer(...deriveKeys(readOrCreateSecrets(file), 'test'))
  assert.deepEqual(Buffer.from(after.open('row', renewed)), plain)
  assert.throws(() => after.open('row', sealed))
})
