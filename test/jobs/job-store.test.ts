// The store contract of jobs and notices on SQLite.

import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { failingWork, patient, yieldingWork } from './faulty-work.ts'
import { jobStoreContract } from './job-store-contract.ts'

jobStoreContract('sqlite', () => openSqliteStore(':memory:'))
jobStoreContract('sqlite, yielding', () => yieldingWork(openSqliteStore(':memory:')))
jobStoreContract('sqlite, failing', () => patient(failingWork(openSqliteStore(':memory:'), 'before', { fired: 0 })))
