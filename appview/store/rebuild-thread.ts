// The thread that writes for a rebuild, with a handle of its own: transactions and documents as they come, several batches to a commit. What it has
// written of a rebuild that never ends is known by the books' rules, and dropped by whoever opens them next.

import { parentPort, workerData } from 'node:worker_threads'
import assert from 'node:assert/strict'
import { openAppviewFile } from './migrations.ts'
import { COMMITTED, ENDED } from './rebuild-messages.ts'
import type { RebuildMessage, WrittenDoc } from './rebuild-messages.ts'
import { openFoldWriter } from './sqlite-fold.ts'
import { openTables } from './sqlite-tables.ts'
import type { Room } from './sqlite-tables.ts'

const BATCHES_OF_A_COMMIT = 2
const CACHE_KIB = 98_304
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
const upsert = db.prepare('INSERT INTO doc (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
const drop = db.prepare('DELETE FROM doc WHERE key = ?')

const writeDocs = (docs: readonly WrittenDoc[]): void => {
  for (const { key, text, asks } of docs) {
    tables.asks.set(key, asks)
    if (text === null) drop.run(tables.dids.seek(key))
    else upsert.run(tables.dids.write(key), tables.dids.write(text))
  }
}

const tell = (place: number, value: number): void => {
  Atomics.store(shared, place, value)
  Atomics.notify(shared, place)
}

db.exec('BEGIN IMMEDIATE')
fold.hold()
port.on('message', (message: RebuildMessage) => {
  writeDocs(message.docs)
  if (message.kind === 'end') {
    for (const due of message.dues) tables.dues.add(due)
    fold.release()
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
