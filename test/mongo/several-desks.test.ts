// Several processes over one book on MongoDB.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openMongoStore } from '../../appview/store/mongo-store.ts'
import { severalDesks } from '../desk/several-desks.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-desks-'))
after(() => rmSync(folder, { recursive: true, force: true }))

if (mongodPath === undefined) test('several processes on MongoDB', { skip: skipUnless(mongodPath, 'a mongod (npm run mongod)') }, () => {})
else
  severalDesks('mongodb', async (book) =>
    openMongoStore({ uri: (await sharedReplicaSet()).uri('desks'), book, keyFile: join(folder, 'key') }),
  )
