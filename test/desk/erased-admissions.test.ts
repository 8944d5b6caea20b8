// The admission of somebody erased goes out of the town's repo, on SQLite.

import { test } from 'node:test'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { admissionsGoOnce } from './erased-admissions-contract.ts'

test('the admission of who was erased goes out of the town’s repo, once', async () => {
  const store = openSqliteStore(':memory:')
  await admissionsGoOnce(store)
  await store.close()
})
