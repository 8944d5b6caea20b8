// What opens sign-in goes along with a copy, also where the secret lies elsewhere (SECRET_FILE); keys without their secret are refused while copying.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyStore } from '../../appview/copy-store.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { StartError } from '../../server/start-error.ts'

test('a copy takes the secret from where it is, and says so where it is not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-copy-keys-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const at = (name: string) => ({ address: join(folder, name, 'appview.sqlite'), folder: join(folder, name) })
  mkdirSync(join(folder, 'from'))
  await (await openStore(at('from'))).close()
  writeFileSync(join(folder, 'from', 'sign-in-keys'), 'sealed')
  await assert.rejects(copyStore(at('from'), at('refused')), (error) => error instanceof StartError && /--secret-file/.test(error.message))
  const secretFile = join(folder, 'elsewhere')
  writeFileSync(secretFile, 'hex')
  await copyStore({ ...at('from'), secretFile }, at('to'))
  const kept = (name: string): string => readFileSync(join(folder, 'to', name), 'utf8')
  assert.deepEqual([kept('secret'), kept('sign-in-keys')], ['hex', 'sealed'])
})
