// The admission of somebody erased goes out of the town's repo, on MongoDB.

import { test } from 'node:test'
import { admissionsGoOnce } from '../desk/erased-admissions-contract.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { freshStore } from './fresh-store.ts'

test(
  'the admission of who was erased goes out of the town’s repo, once',
  { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') },
  async () => {
    const store = await freshStore()
    await admissionsGoOnce(store)
    await store.close()
  },
)
