// A store on the file's shared MongoDB, in a book of its own.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openMongoStore } from '../../appview/store/mongo-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { sharedReplicaSet } from '../support/mongo.ts'

const DATABASE = 'contract'
const folder = mkdtempSync(join(tmpdir(), 'waki-mongo-'))
let books = 0

after(() => rmSync(folder, { recursive: true, force: true }))

export const freshStore = async (keyFile = join(folder, 'key')): Promise<Store> => {
  const set = await sharedReplicaSet()
  return openMongoStore({ uri: set.uri(DATABASE), book: `book-${(books += 1)}`, keyFile })
}
