// Secrets and what is sealed under them: made once, readable by their owner only, rotated without losing what was sealed before.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createSealer } from '../../server/seal.ts'
import { deriveKeys, readOrCreateSecrets } from '../../server/secret-file.ts'

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
