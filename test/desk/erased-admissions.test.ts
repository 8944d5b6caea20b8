// What names somebody erased goes out of the public repos of town and host bodies, on SQLite.

import { test } from 'node:test'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { recordsGoOnce } from './erased-admissions-contract.ts'

test('what names who was erased goes out of the public repos of town and host bodies, once', async () => {
  const store = openSqliteStore(':memory:')
  await recordsGoOnce(store)
  await store.close()
})
