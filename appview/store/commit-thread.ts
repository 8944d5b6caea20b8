// The thread that writes the commits of a backlog, with a handle of its own: each whole, on disk before it is told, fenced by the epoch. It ends when its
// port is closed.

import { parentPort, workerData } from 'node:worker_threads'
import assert from 'node:assert/strict'
import type { CommitAnswer, CommitMessage } from './commit-messages.ts'
import { openErasedNames } from './erased-names.ts'
import { openAppviewFile } from './migrations.ts'
import { openCommitWriter } from './sqlite-commit.ts'
import { openFoldWriter } from './sqlite-fold.ts'
import { openIntake } from './sqlite-intake.ts'
import { applySettings } from './sqlite-settings.ts'
import { openState } from './sqlite-state.ts'
import { openTables } from './sqlite-tables.ts'
import type { Room } from './sqlite-tables.ts'
import { StoreRefused } from './store.ts'

/** What one commit may touch before pages are written twice. */
const PAGE_CACHE_KIB = 98_304
/** Rows of intake before what stands in the log is moved into the file, after a commit was answered: a page that many commits touch is moved once. */
const CHECKPOINT_ROWS = 48_000
/** Pages of the log (256 MB) that are not waited for. */
const CHECKPOINT_PAGES = 64_000

type Given = { readonly file: string; readonly room: Room }

const parseGiven = (data: unknown): Given => data as Given

const { file, room } = parseGiven(workerData)
const port = parentPort
assert.ok(port !== null)
const db = openAppviewFile(file)
applySettings(db)
db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
db.pragma(`cache_size = -${PAGE_CACHE_KIB}`)
const tables = openTables(db, room)
const write = openCommitWriter(tables, {
  state: openState(db),
  intake: openIntake(tables, openErasedNames(db, file)),
  fold: openFoldWriter(tables),
})
const answerOf = (error: unknown): CommitAnswer => ({
  ok: false,
  refused: error instanceof StoreRefused ? error.reason : null,
  code: error instanceof Error && 'code' in error ? String(error.code) : null,
  message: error instanceof Error ? error.message : String(error),
})

let rowsInLog = 0
/** What cannot be moved is on disk in the log, and is moved another time. */
const checkpoint = (): void => {
  rowsInLog = 0
  try {
    db.pragma('wal_checkpoint(PASSIVE)')
  } catch {}
}

const take = (message: CommitMessage): void => {
  switch (message.kind) {
    case 'begin':
      if (message.isAnew) tables.forget()
      db.exec('BEGIN IMMEDIATE')
      return write.begin(message.head)
    case 'piece':
      if ('intake' in message.piece) rowsInLog += message.piece.intake.places.length
      return write.piece(message.piece)
    case 'end':
      write.rest(message.rest)
      write.end(message.head)
      db.exec('COMMIT')
      port.postMessage({ ok: true } satisfies CommitAnswer)
      return rowsInLog >= CHECKPOINT_ROWS ? checkpoint() : undefined
    case 'settle':
      checkpoint()
      return port.postMessage({ ok: true } satisfies CommitAnswer)
  }
}

/** Whoever hears of a failure ends this thread: nothing that was sent since is written. */
let hasFailed = false
port.on('message', (message: CommitMessage) => {
  if (hasFailed) return
  try {
    take(message)
  } catch (error) {
    hasFailed = true
    if (db.inTransaction) db.exec('ROLLBACK')
    port.postMessage(answerOf(error))
  }
})
port.on('close', () => db.close())
