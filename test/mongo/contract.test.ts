// The contract suites on a real MongoDB: as it stands, yielding, failing, and failing after storing.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { failing, yielding } from '../appview/faulty-store.ts'
import { storeContract } from '../appview/store-contract.ts'
import { deskStoreContract } from '../desk/desk-store-contract.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { freshStore } from './fresh-store.ts'

const before = { fired: 0 }
const afterwards = { fired: 0 }

if (mongodPath === undefined) test('the contract on MongoDB', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, () => {})
else {
  storeContract('mongodb', () => freshStore())
  storeContract('mongodb, yielding', async () => yielding(await freshStore()))
  storeContract('mongodb, failing', async () => failing(await freshStore(), 'before', before))
  storeContract('mongodb, failing after storing', async () => failing(await freshStore(), 'after', afterwards))
  deskStoreContract('mongodb', () => freshStore())
  after(() => {
    assert.ok(before.fired > 10, `failures before storing fired ${before.fired} times`)
    assert.ok(afterwards.fired > 10, `failures after storing fired ${afterwards.fired} times`)
  })
}
