// What an operator types beside an appview in service, which has no network.json: on the store its settings name or --store does, on SQLite and in a MongoDB,
// while it runs and after a restore.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { copyStore } from '../../appview/copy-store.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { KANAZAWA, openTown, residents } from '../support/town.ts'

type Said = { readonly code: number; readonly text: string }

const waki = async (words: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Said> => {
  const env = { PATH: process.env['PATH'] ?? '', ...settings }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-warnings', 'cli/waki.js', ...words], { env })
    return { code: 0, text: stdout + stderr }
  } catch (error) {
    const { code = -1, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string }
    return { code, text: stdout + stderr }
  }
}

test(
  'audit and rebuild work on the store of an appview in service',
  { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') },
  async (t) => {
    const { world, town } = await openTown()
    await using _ = world
    const [aoi = assert.fail(), ben = assert.fail()] = await residents(town, ['aoi', 'ben'])
    await ben.confirm(await aoi.act(KANAZAWA, { minutes: 40 }))
    await world.settled()
    const scratch = mkdtempSync(join(tmpdir(), 'waki-tools-'))
    t.after(() => rmSync(scratch, { recursive: true, force: true }))
    const folder = world.folder('appview')
    const store = join(folder, 'appview.sqlite')

    // While it runs.
    const running = await waki(['audit', 'appview', '--store', store])
    assert.deepEqual([running.code, /^appview: sound \(.*rows/.test(running.text)], [0, true], running.text)

    // A restored folder, by its settings alone; and a book in a MongoDB.
    const restored = join(scratch, 'restored')
    const file = join(restored, 'appview.sqlite')
    await copyStore({ address: store, folder }, { address: file, folder: restored })
    const set = await sharedReplicaSet()
    const inBook = join(scratch, 'book')
    await copyStore({ address: store, folder }, { address: set.uri('tools'), folder: inBook, book: 'copy' })
    const addressFile = join(scratch, 'store')
    writeFileSync(addressFile, set.uri('tools'), { mode: 0o600 })
    const ofBook = { DATA_DIR: inBook, STORE_FILE: addressFile, STORE_BOOK: 'copy' }
    for (const settings of [{ DATA_DIR: restored }, ofBook]) {
      const audited = await waki(['audit', 'appview'], settings)
      assert.deepEqual([audited.code, /^appview: sound \(.*rows/.test(audited.text)], [0, true], audited.text)
      const asked = await waki(['rebuild'], settings)
      assert.deepEqual([asked.code, asked.text.startsWith('Asked for: job')], [0, true], asked.text)
    }
    for (const address of [set.uri('tools'), `@${addressFile}`]) {
      const named = await waki(['audit', 'appview', '--store', address, '--folder', inBook, '--book', 'copy'])
      assert.equal(named.code, 0, named.text)
    }
    // Of the address in a file the book is found, and in it what was asked for above.
    const again = await waki(['rebuild', '--store', `@${addressFile}`, '--folder', inBook, '--book', 'copy'])
    assert.match(again.text, /a rebuild is waiting or under way already/)

    // What is not there is said.
    for (const [words, settings, said] of [
      [['audit', 'appview', '--store', join(scratch, 'nothing.sqlite')], {}, /there is no store/],
      [['audit', 'appview', '--store', `@${join(scratch, 'nothing')}`, '--folder', inBook], {}, /nothing cannot be read/],
      [['audit', 'relay', '--store', file], {}, /a store is an appview/],
      [['audit', 'appview', '--store', set.uri('tools'), '--folder', inBook, '--book', 'other'], {}, /holds no books|book/],
      [['audit', 'appview', '--store', set.uri('tools')], {}, /--folder is missing/],
    ] as const) {
      const { code, text } = await waki(words, settings)
      assert.deepEqual([code, said.test(text)], [1, true], text)
    }
  },
)
