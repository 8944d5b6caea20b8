// The thread that writes for a rebuild, with a handle of its own: transactions and documents as they come, several batches to a commit. While nothing
// comes it leaves the file to others. What it has written of a rebuild that never ends is known by the books' rules, and dropped by whoever opens them next.

import { parentPort, workerData } from 'node:worker_threads'
import assert from 'node:assert/strict'
import { systemClock } from '../../server/clock.ts'
import { openAppviewFile } from './migrations.ts'
import { COMMITTED, ENDED, unpackWritten } from './rebuild-messages.ts'
import type { WrittenDocs, RebuildMessage } from './rebuild-messages.ts'
import { docIndexSql } from './sqlite-docs.ts'
import { openFoldWriter } from './sqlite-fold.ts'
import { insertMany } from './sqlite-many.ts'
import type { Value } from './sqlite-many.ts'
import { openTables } from './sqlite-tables.ts'
import type { Room } from './sqlite-tables.ts'

const BATCHES_OF_A_COMMIT = 4
/** Whoever waits for the file may be the thread that sends: it must not be held while nothing comes. */
const IDLE_MS = 100
const CACHE_KIB = 32_768
const CHECKPOINT_PAGES = 16_384
/** That help to sort the keys of documents at the end, when the thread that sends has nothing to do. */
const SORTING_THREADS = 1

type Given = { readonly file: string; readonly room: Room; readonly shared: Int32Array }

const parseGiven = (data: unknown): Given => data as Given

const { file, room, shared } = parseGiven(workerData)
const port = parentPort
assert.ok(port !== null)
const db = openAppviewFile(file)
db.pragma('synchronous = NORMAL')
db.pragma('secure_delete = FAST')
db.pragma(`cache_size = -${CACHE_KIB}`)
db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
const tables = openTables(db, room)
const fold = openFoldWriter(tables)
const putDocs = insertMany(db, 'INSERT', 'doc (rowid, key, value)', 3, 'ON CONFLICT (rowid) DO UPDATE SET value = excluded.value')
const dropDoc = db.prepare('DELETE FROM doc WHERE rowid = ?')

const writeDocs = (docs: WrittenDocs): void => {
  let rows: Value[] = []
  for (const { key, number, isNew, text, asks } of unpackWritten(docs)) {
    if (!isNew || asks.length > 0) tables.asks.set(key, asks)
    if (text !== null) rows.push(number, tables.dids.write(key), tables.dids.write(text))
    else {
      putDocs(rows)
      rows = []
      dropDoc.run(number)
    }
  }
  putDocs(rows)
}

const tell = (place: number, value: number): void => {
  Atomics.store(shared, place, value)
  Atomics.notify(shared, place)
}

let written = 0
const commit = (): void => {
  if (!db.inTransaction) return
  db.exec('COMMIT')
  tell(COMMITTED, written)
}

db.exec('BEGIN IMMEDIATE')
db.exec('DROP INDEX IF EXISTS doc_key')
fold.hold()
let before = written
const idle = systemClock().every(IDLE_MS, () => {
  if (written === before) commit()
  before = written
})
port.on('message', (message: RebuildMessage) => {
  if (!db.inTransaction) db.exec('BEGIN IMMEDIATE')
  writeDocs(message.docs)
  if (message.kind === 'end') {
    for (const due of message.dues) tables.dues.add(due)
    fold.release()
    db.pragma(`threads = ${SORTING_THREADS}`)
    db.exec(docIndexSql)
    db.exec('COMMIT')
    idle[Symbol.dispose]()
    db.close()
    tell(ENDED, 1)
    port.close()
    return
  }
  fold.writeBatch(message)
  written = message.number
  if (written % BATCHES_OF_A_COMMIT === 0) commit()
})
