// The store contract of jobs and notices on a real MongoDB: as it stands, yielding, and failing.

import { test } from 'node:test'
import { failingWork, patient, yieldingWork } from '../jobs/faulty-work.ts'
import { jobStoreContract } from '../jobs/job-store-contract.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { freshStore } from './fresh-store.ts'

if (mongodPath === undefined) test('jobs on MongoDB', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, () => {})
else {
  jobStoreContract('mongodb', () => freshStore())
  jobStoreContract('mongodb, yielding', async () => yieldingWork(await freshStore()))
  jobStoreContract('mongodb, failing', async () => patient(failingWork(await freshStore(), 'before', { fired: 0 })))
}
