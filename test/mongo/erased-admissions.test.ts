// What names somebody erased goes out of the public repos of town and host bodies, on MongoDB.

import { test } from 'node:test'
import { recordsGoOnce } from '../desk/erased-admissions-contract.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { freshStore } from './fresh-store.ts'

test(
  'what names who was erased goes out of the public repos of town and host bodies, once',
  { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') },
  async () => {
    const store = await freshStore()
    await recordsGoOnce(store)
    await store.close()
  },
)
