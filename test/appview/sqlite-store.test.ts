// The contract suite on SQLite: as it stands, yielding, failing, and failing after storing; and what survives a reopening.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { failing, yielding } from './faulty-store.ts'
import { storeContract } from './store-contract.ts'
import { commitSurely, given, nothing, rowAt } from './store-rows.ts'

const before = { fired: 0 }
const afterwards = { fired: 0 }

storeContract('sqlite', () => openSqliteStore(':memory:'))
storeContract('sqlite, yielding', () => yielding(openSqliteStore(':memory:')))
storeContract('sqlite, failing', () => failing(openSqliteStore(':memory:'), 'before', before))
storeContract('sqlite, failing after storing', () => failing(openSqliteStore(':memory:'), 'after', afterwards))

after(() => {
  assert.ok(before.fired > 10, `failures before storing fired ${before.fired} times`)
  assert.ok(afterwards.fired > 10, `failures after storing fired ${afterwards.fired} times`)
})

test('sqlite: what was committed is there after reopening', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'waki-store-'))
  try {
    const file = join(folder, 'appview.sqlite')
    const store = openSqliteStore(file)
    const row = rowAt(1, 0, 'a')
    const transactions = [given(1, '2026-04-01', row.recordedAt, 'P:a', 30)]
    await commitSurely(store.books, { intake: [row], changes: { ...nothing, transactions } }, 1, row.recordedAt)
    const lines = await Array.fromAsync(store.books.dump())
    await store.close()
    const again = openSqliteStore(file)
    assert.deepEqual(await Array.fromAsync(again.books.dump()), lines)
    assert.equal((await again.books.state()).cursor.read.leaf, 1)
    await again.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
