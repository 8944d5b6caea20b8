// Opening databases: durability settings read back, migrations, permissions, and clear sentences where a file cannot be used.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { lockFile, openDatabase, openForReading } from '../../server/sqlite.ts'
import { StartError } from '../../server/start-error.ts'

const scratch = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-sqlite-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const refusal = (pattern: RegExp) => (error: unknown) => error instanceof StartError && pattern.test(error.message)

test('a database is durable, checks foreign keys, and belongs to its owner alone', (t) => {
  const file = join(scratch(t), 'inner', 'a.sqlite')
  const db = openDatabase(file, ['CREATE TABLE a (id INTEGER PRIMARY KEY)', 'CREATE TABLE b (a INTEGER REFERENCES a(id))'])
  t.after(() => db.close())
  const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'user_version'].map((name) => db.pragma(name, { simple: true }))
  assert.deepEqual(pragmas, ['wal', 2, 1, 2])
  assert.throws(() => db.exec('INSERT INTO b VALUES (7)'), /FOREIGN KEY/)
  for (const end of ['', '-wal', '-shm']) assert.equal(statSync(file + end).mode & 0o777, 0o600, end)
})

test('migrations run once each; a broken one changes nothing', (t) => {
  const file = join(scratch(t), 'a.sqlite')
  openDatabase(file, ['CREATE TABLE a (id INTEGER)']).close()
  assert.throws(
    () => openDatabase(file, ['CREATE TABLE a (id INTEGER)', 'CREATE TABLE c (id INTEGER); CREATE TABLE a (id INTEGER)']),
    refusal(/already exists/),
  )
  const db = openDatabase(file, ['CREATE TABLE a (id INTEGER)', 'CREATE TABLE c (id INTEGER)'])
  t.after(() => db.close())
  assert.equal(db.pragma('user_version', { simple: true }), 2)
})

test('a newer schema, a folder, and a file that is no database are refused by a sentence', (t) => {
  const folder = scratch(t)
  const file = join(folder, 'a.sqlite')
  openDatabase(file, ['CREATE TABLE a (id INTEGER)', 'CREATE TABLE b (id INTEGER)']).close()
  assert.throws(() => openDatabase(file, ['CREATE TABLE a (id INTEGER)']), refusal(/has schema 2, this program knows 1/))
  assert.throws(() => openDatabase(folder, []), refusal(/cannot be opened/))
  writeFileSync(join(folder, 'text'), 'just some text, no database at all'.repeat(50))
  assert.throws(() => openDatabase(join(folder, 'text'), ['CREATE TABLE a (id INTEGER)']), refusal(/cannot be used/))
  assert.throws(() => openDatabase(join(folder, 'text', 'a.sqlite'), []), refusal(/cannot be opened/))
  assert.throws(() => openForReading(join(folder, 'none.sqlite')), refusal(/cannot be read/))
})

test('a folder is locked by one holder at a time', (t) => {
  const file = join(scratch(t), 'lock')
  const held = lockFile(file)
  assert.throws(() => lockFile(file), refusal(/in use by another running server/))
  held[Symbol.dispose]()
  lockFile(file)[Symbol.dispose]()
})
