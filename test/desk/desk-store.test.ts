// The desk's store contract on SQLite, and what is SQLite's own: the trail cannot be rewritten even past the contract.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { openDatabase, openForReading } from '../../server/sqlite.ts'
import { deskStoreContract } from './desk-store-contract.ts'

deskStoreContract('sqlite', () => openSqliteStore(':memory:'))

test('sqlite: nobody who opens the file changes or removes a line of the trail', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-desk-'))
  try {
    const file = join(dir, 'appview.sqlite')
    const store = openSqliteStore(file)
    const row = {
      at: '2026-05-10T09:00:00.000Z',
      by: 'did:plc:a',
      deed: 'role.add',
      on: null,
      outcome: 'done',
      code: null,
      detail: {},
    } as const
    await store.desk.persist({ town: '172014', audit: [row] })
    const reading = openForReading(file)
    const version = Number(reading.pragma('user_version', { simple: true }))
    reading.close()
    const db = openDatabase(
      file,
      Array.from({ length: version }, () => ''),
    )
    assert.throws(() => db.exec("UPDATE desk_audit SET entry = '{}'"), /only grows/)
    assert.throws(() => db.exec('DELETE FROM desk_audit'), /only grows/)
    db.close()
    await store.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
