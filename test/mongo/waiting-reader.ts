// A process that waits for changes of a store and says each time which leaf it sees; run by rolled-oplog.test.ts.

import { openStore } from '../../appview/store/open-store.ts'

const [address = '', folder = ''] = process.argv.slice(2)
const store = await openStore({ address, folder })
for await (const _ of store.books.changed(new AbortController().signal))
  process.stdout.write(`${(await store.books.state()).cursor.read.leaf}\n`)
