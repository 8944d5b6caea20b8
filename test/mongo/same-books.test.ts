// Books on a replica set are those of SQLite, to the byte.

import { test } from 'node:test'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { freshStore } from './fresh-store.ts'
import { sameBooks } from './same-books.ts'

if (mongodPath === undefined)
  test('the same books on both engines', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, () => {})
else sameBooks('mongodb', freshStore)
