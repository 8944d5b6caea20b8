// An appview of a store that others use has their secret and their keys of sign-in, or does not start; a secret may be rotated meanwhile, and where it is lost
// everybody can be signed out.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { createIdentityCache } from '../../atproto/identity-cache.ts'
import { openSignIn } from '../../appview/auth/open-sign-in.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { systemClock } from '../../server/clock.ts'
import { inTurnByKey } from '../../server/in-turn.ts'
import { silentLog } from '../../server/log.ts'
import { addSecret, keepNewestSecret } from '../../server/secret-file.ts'
import { StartError } from '../../server/start-error.ts'
import { enginesIn } from '../support/engines.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'waki-secrets-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const noFetch: typeof fetch = () => Promise.reject(new Error('nobody is asked'))

/** One of several appviews of a store, in a folder of its own; it starts, keeps something, and ends. */
const starting = async (address: string, name: string): Promise<void> => {
  const dataDir = folderOf(name)
  const store = await openStore({ address, folder })
  const clock = systemClock()
  const unknown = () => Promise.reject(new Error('nobody is asked'))
  try {
    const identities = createIdentityCache({ resolveDid: unknown, nowMs: () => clock.realMs() })
    const deps = { work: store.work, lock: inTurnByKey(), identities, resolveHandle: unknown, fetch: noFetch, clock, log: silentLog }
    const { keep } = await openSignIn({ ...deps, dataDir, url: 'http://127.0.0.1:1', allowLoopback: true })
    assert.equal(await keep.get('code', 'kept'), isFirst.has(address) ? 'value' : undefined)
    isFirst.add(address)
    await keep.put('code', 'kept', 'value', { owner: 'somebody', lifeMs: 60_000 })
  } finally {
    await store.close()
  }
}
const isFirst = new Set<string>()

const folderOf = (name: string): string => {
  mkdirSync(join(folder, name), { recursive: true })
  return join(folder, name)
}

const copied = (file: 'secret' | 'sign-in-keys', from: string, to: string): void =>
  copyFileSync(join(folderOf(from), file), join(folderOf(to), file))

const refused = (address: string, name: string, sentence: RegExp) =>
  assert.rejects(starting(address, name), (error) => error instanceof StartError && sentence.test(error.message))

const engines = enginesIn(folder, 'secrets')

for (const { engine, skip, open } of engines)
  test(`${engine}: another secret, or other keys, are refused at the start; a rotated secret is the store's`, { skip }, async () => {
    const address = await open()
    const named = (name: string): string => `${engine}-${name}`
    await starting(address, named('first'))
    await refused(address, named('other'), /secret is not the secret of this store: copy secret and sign-in-keys/)
    copied('secret', named('first'), named('other'))
    await refused(address, named('other'), /sign-in-keys holds other keys than the store's/)
    copied('sign-in-keys', named('first'), named('other'))
    await starting(address, named('other'))

    addSecret(join(folderOf(named('first')), 'secret'))
    await starting(address, named('first'))
    await refused(address, named('other'), /secret is not the secret of this store/)
    keepNewestSecret(join(folderOf(named('first')), 'secret'))
    await starting(address, named('first'))
    for (const file of ['secret', 'sign-in-keys'] as const) copied(file, named('first'), named('other'))
    await starting(address, named('other'))

    const command = ['--no-warnings', 'cli/waki.js', 'store', 'sign-out', '--store', address, '--folder', folder]
    const { stderr } = await run(process.execPath, command).catch((error: { readonly stderr: string }) => error)
    assert.match(stderr, /signs everybody out.*--yes sign-out/)
    const { stdout } = await run(process.execPath, [...command, '--yes', 'sign-out'])
    assert.match(stdout, /2 values of sign-in are gone/)
    isFirst.delete(address)
    await starting(address, named('new'))
    assert.notDeepEqual(readFileSync(join(folderOf(named('new')), 'secret')), readFileSync(join(folderOf(named('first')), 'secret')))
    await refused(address, named('first'), /secret is not the secret of this store/)
  })
