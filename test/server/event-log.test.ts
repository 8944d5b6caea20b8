// The event log on real SQLite: order, visibility, savepoints, following, paging, pruning, reopening, and a process killed in the middle.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openEventLog } from '../../server/event-log.ts'
import type { EventLog, LogEvent } from '../../server/event-log.ts'
import { openDatabase } from '../../server/sqlite.ts'
import type { Database } from '../../server/sqlite.ts'

const FIRST = 1_000
const DID = 'did:plc:ewvi7nxzyoun6zhxrhs64oiz'

const DEEDS = ['CREATE TABLE deed (seq INTEGER PRIMARY KEY)']

const scratch = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'waki-event-log-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'log.sqlite')
}

const open = (t: TestContext, windowBytes = 1_000_000, file = scratch(t)): { db: Database; log: EventLog; file: string } => {
  const db = openDatabase(file, DEEDS)
  t.after(() => db.close())
  return { db, log: openEventLog(db, { firstSeq: FIRST, windowBytes }), file }
}

const frameOf = (seq: number, size = 8): Uint8Array => Buffer.alloc(size, `${seq};`)

const add = (db: Database, log: EventLog, count: number, { size = 8, timeMs = 1 } = {}): void => {
  db.transaction(() => {
    for (let index = 0; index < count; index++) log.append('#commit', DID, timeMs, (seq) => frameOf(seq, size))
  })()
  log.published()
}

const seqs = (page: readonly LogEvent[]): number[] => page.map(({ seq }) => seq)
const ALL = { maxCount: 1_000_000, maxBytes: 1_000_000_000 }

const take = async (log: EventLog, after: number, count: number): Promise<LogEvent[]> => {
  const enough = new AbortController()
  const got: LogEvent[] = []
  for await (const page of log.follow(after, enough.signal)) {
    got.push(...page)
    if (got.length >= count) enough.abort()
  }
  return got
}

test('seq begins where told and rises by one, over transactions and reopening', (t) => {
  const { db, log, file } = open(t)
  assert.deepEqual([log.first(), log.last()], [0, 0])
  add(db, log, 2)
  add(db, log, 1)
  assert.deepEqual([log.first(), log.last()], [FIRST, FIRST + 2])
  db.close()
  const again = openDatabase(file, DEEDS)
  t.after(() => again.close())
  const reopened = openEventLog(again, { firstSeq: 9_999_999, windowBytes: 1_000 })
  assert.equal(reopened.last(), FIRST + 2)
  add(again, reopened, 1)
  assert.deepEqual(seqs(reopened.read(0, ALL)), [FIRST, FIRST + 1, FIRST + 2, FIRST + 3])
  assert.deepEqual(Buffer.from(reopened.read(FIRST + 1, ALL)[0]?.frame ?? []), frameOf(FIRST + 2))
})

test('nothing uncommitted is ever read, and a rolled back transaction gives its seq away again', async (t) => {
  const { db, log } = open(t)
  const following = take(log, 0, 1)
  assert.throws(() => log.append('#commit', DID, 1, frameOf), /inside the transaction/)
  assert.throws(
    db.transaction(() => {
      log.append('#commit', DID, 1, () => Buffer.from('lost'))
      assert.deepEqual(log.read(0, ALL), [])
      assert.throws(() => log.published(), /after COMMIT/)
      throw new Error('changed my mind')
    }),
    /changed my mind/,
  )
  log.published()
  assert.equal(log.last(), 0)
  db.transaction(() => log.append('#commit', DID, 1, () => Buffer.from('kept')))()
  assert.deepEqual(log.read(0, ALL), [], 'committed, but not published yet')
  log.published()
  const [event] = await following
  assert.deepEqual([event?.seq, Buffer.from(event?.frame ?? []).toString()], [FIRST, 'kept'])
})

test('a savepoint rolled back inside a group leaves no gap and no ghost', async (t) => {
  const { db, log } = open(t)
  const failing = db.transaction(() => {
    log.append('#commit', DID, 1, () => Buffer.from('ghost'))
    throw new Error('this one fails')
  })
  db.transaction(() => {
    log.append('#commit', DID, 1, () => Buffer.from('a'))
    assert.throws(failing)
    log.append('#commit', DID, 1, () => Buffer.from('b'))
    assert.throws(failing)
  })()
  log.published()
  const inMemory = await take(log, 0, 2)
  assert.deepEqual(
    inMemory.map(({ seq, frame }) => [seq, Buffer.from(frame).toString()]),
    [
      [FIRST, 'a'],
      [FIRST + 1, 'b'],
    ],
  )
  assert.deepEqual(
    log.read(0, ALL).map(({ frame }) => Buffer.from(frame).toString()),
    ['a', 'b'],
  )
})

test('pages are bounded in count and bytes; a single larger frame still comes', (t) => {
  const { db, log } = open(t)
  add(db, log, 10, { size: 100 })
  assert.equal(log.read(0, { maxCount: 3, maxBytes: 10_000 }).length, 3)
  assert.equal(log.read(0, { maxCount: 100, maxBytes: 250 }).length, 2)
  assert.equal(log.read(0, { maxCount: 100, maxBytes: 10 }).length, 1)
})

test('a follower sees every event once and in order, from memory and from disk, while the log grows', async (t) => {
  const { db, log } = open(t, 2_000)
  add(db, log, 300, { size: 100 })
  const following = [take(log, 0, 400), take(log, FIRST + 149, 250), take(log, log.last(), 100)]
  for (let round = 0; round < 100; round++) {
    add(db, log, 1, { size: 100 })
    await new Promise(setImmediate)
  }
  const got = await Promise.all(following)
  const expected = (from: number) => Array.from({ length: FIRST + 400 - from }, (_, index) => from + index)
  assert.deepEqual(got.map(seqs), [expected(FIRST), expected(FIRST + 150), expected(FIRST + 300)])
  assert.ok(got[0]?.every(({ seq, frame }) => Buffer.from(frame).equals(frameOf(seq, 100))))
})

test('followers at the tip get the same page, so that its bytes are made once', async (t) => {
  const { db, log } = open(t)
  const stop = new AbortController()
  const followers = [log.follow(0, stop.signal), log.follow(0, stop.signal)]
  const next = Promise.all(followers.map((follower) => follower.next()))
  add(db, log, 3)
  const [one, two] = await next
  assert.equal(one?.value, two?.value)
  assert.ok(Object.isFrozen(one?.value))
  stop.abort()
  assert.ok((await followers[0]?.next())?.done)
})

test('an abort ends a waiting follower', async (t) => {
  const { log } = open(t)
  const stop = new AbortController()
  const waiting = log.follow(0, stop.signal).next()
  stop.abort()
  assert.deepEqual(await waiting, { value: undefined, done: true })
})

test('prune drops what is older, never the newest, and tells which cursors are outdated', (t) => {
  const { db, log } = open(t)
  for (let hour = 1; hour <= 2_500; hour++) db.transaction(() => log.append('#commit', DID, hour, frameOf))()
  log.published()
  assert.equal(log.isOutdated(0), false)
  assert.equal(log.isOutdated(FIRST - 1), false)
  assert.equal(log.isOutdated(5), true, 'a cursor of an older log')
  assert.equal(log.prune(1), 0)
  assert.equal(log.prune(2_001), 2_000)
  assert.equal(log.first(), FIRST + 2_000)
  assert.deepEqual(
    [0, FIRST + 1_998, FIRST + 1_999, FIRST + 2_400].map((cursor) => log.isOutdated(cursor)),
    [true, true, false, false],
  )
  assert.equal(log.prune(1_000_000), 499)
  assert.deepEqual([log.first(), log.last()], [FIRST + 2_499, FIRST + 2_499])
  add(db, log, 1)
  assert.equal(log.last(), FIRST + 2_500)
})

test('what is forgotten of one DID is gone from disk and from memory; a rollback forgets nothing', async (t) => {
  const { db, log } = open(t)
  const other = 'did:web:a.test'
  const addOther = () => log.append('#commit', other, 1, (seq) => frameOf(seq))
  db.transaction(() => {
    for (let index = 0; index < 3; index++) {
      log.append('#commit', DID, 1, (seq) => frameOf(seq))
      addOther()
    }
  })()
  log.published()
  const forget = db.transaction((isKept: boolean) => {
    log.forget(
      DID,
      log.append('#account', DID, 1, (seq) => frameOf(seq)),
    )
    if (isKept) throw new Error('rolled back')
  })
  assert.throws(() => forget(true), /rolled back/)
  log.published()
  assert.deepEqual(
    seqs(await take(log, FIRST - 1, 6)),
    [0, 1, 2, 3, 4, 5].map((at) => FIRST + at),
  )
  forget(false)
  log.published()
  const left = [1, 3, 5, 6].map((at) => FIRST + at)
  assert.deepEqual(seqs(await take(log, FIRST - 1, 4)), left, 'as followed')
  assert.deepEqual(seqs(log.read(FIRST - 1, ALL)), left, 'as read')
  db.transaction(addOther)()
  log.published()
  assert.deepEqual(
    seqs(await take(log, FIRST + 3, 3)),
    [5, 6, 7].map((at) => FIRST + at),
  )
})

test('a process killed while appending leaves each row with its event, dense, and everything it acknowledged', async (t) => {
  const file = scratch(t)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support', 'append-for-ever.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = 0
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = chunk.toString().trim().split('\n')
    acknowledged = Number(lines.at(-1))
    if (acknowledged >= FIRST + 50) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const { db, log } = open(t, 1_000, file)
  assert.ok(acknowledged >= FIRST + 50)
  assert.ok(log.last() >= acknowledged, `${log.last()} is behind the acknowledged ${acknowledged}`)
  const kept = seqs(log.read(0, ALL))
  assert.deepEqual(
    kept,
    Array.from({ length: log.last() - FIRST + 1 }, (_, index) => FIRST + index),
  )
  assert.deepEqual(db.prepare('SELECT seq FROM deed ORDER BY seq').pluck().all(), kept, 'the deed and its event stand or fall together')
})
