// The thread that writes for a rebuild, with a handle of its own: transactions and documents as they come, several batches to a commit. What it has
// written of a rebuild that never ends is known by the books' rules, and dropped by whoever opens them next.

import { parentPort, workerData } from 'node:worker_threads'
import assert from 'node:assert/strict'
import { openAppviewFile } from './migrations.ts'
import { COMMITTED, ENDED } from './rebuild-messages.ts'
import type { RebuildMessage, WrittenDoc } from './rebuild-messages.ts'
import { docIndexSql } from './sqlite-docs.ts'
import { openFoldWriter } from './sqlite-fold.ts'
import { insertMany } from './sqlite-many.ts'
import type { Value } from './sqlite-many.ts'
import { openTables } from './sqlite-tables.ts'
import type { Room } from './sqlite-tables.ts'

const BATCHES_OF_A_COMMIT = 8
const CACHE_KIB = 32_768
const CHECKPOINT_PAGES = 32_768

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

const writeDocs = (docs: readonly WrittenDoc[]): void => {
  let rows: Value[] = []
  for (const { key, number, isNew, text, asks } of docs) {
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

db.exec('BEGIN IMMEDIATE')
db.exec('DROP INDEX IF EXISTS doc_key')
fold.hold()
port.on('message', (message: RebuildMessage) => {
  writeDocs(message.docs)
  if (message.kind === 'end') {
    for (const due of message.dues) tables.dues.add(due)
    fold.release()
    db.exec(docIndexSql)
    db.exec('COMMIT')
    db.close()
    tell(ENDED, 1)
    port.close()
    return
  }
  fold.writeBatch(message)
  if (message.number % BATCHES_OF_A_COMMIT !== 0) return
  db.exec('COMMIT')
  tell(COMMITTED, message.number)
  db.exec('BEGIN IMMEDIATE')
})
