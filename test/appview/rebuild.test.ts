// A rebuild gives what following gave, to the byte, in however little room; broken off, it is begun anew by whoever opens the store next.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { dropOtherRules, partsOf, refoldIntake } from '../../appview/follow/refold.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { RULES } from '../../appview/journal/rules.ts'
import { hashOfFolded, rebuildBooks } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { START } from '../../appview/store/store.ts'
import { townIntake } from '../../bench/town-intake.ts'
import { systemClock } from '../../server/clock.ts'
import { partOf, personDid } from './books-town.ts'

const BATCH = 40
const LITTLE = { values: 5_000, texts: 5_000 }
const SMALL = { docs: { ofRecords: LITTLE, ofOthers: LITTLE }, buckets: 50, touches: 60 }
const town = townIntake({ acts: 400, residents: 40, days: 60, seed: 11 })

/** Acts, some never confirmed and lapsed, some edited, some taken back, and people who go. */
const livelyRows = (): readonly IntakeRow[] => {
  const rows: IntakeRow[] = []
  let more = 0
  const push = (row: IntakeRow): void => void rows.push({ ...row, leaf: row.leaf + more })
  for (const row of [...town.pages()].flat()) {
    if (row.leaf % 13 === 0 && row.collection.endsWith('.confirmation')) continue
    push(row)
    const fields = { leaf: row.leaf + 1, recordedAt: row.recordedAt }
    if (row.leaf % 17 === 0 && row.collection.endsWith('.action')) {
      more += 1
      push({ ...row, ...fields, leaf: row.leaf, action: 'delete', cid: null, value: null })
    }
    if (row.leaf % 131 === 0) {
      more += 1
      const account = { active: false, status: 'deleted' }
      const who = {
        collection: '',
        rkey: '',
        uri: `at://${row.repo}`,
        cid: null,
        value: null,
        source: 'account',
        action: 'update',
      } as const
      push({ ...row, ...fields, leaf: row.leaf, ...who, account })
    }
  }
  return rows
}

const END = '2025-01-01T00:00:00.000Z'
const clock = systemClock()
const writerOf = (store: Store) => openWriter({ books: store.books, clock, roster: () => town.roster })

const followed = async (store: Store, rows = livelyRows()): Promise<string[]> => {
  await store.books.setRoster(town.roster)
  const writer = await writerOf(store)
  for (let at = 0; at < rows.length; at += BATCH) await writer.append(rows.slice(at, at + BATCH).map(partOf))
  await writer.advance(END)
  return Array.fromAsync(store.books.dump())
}

const inFolder = async (work: (file: string) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-rebuild-'))
  try {
    await work(join(dir, 'appview.sqlite'))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test('a rebuild says what following said, in much room and in little', () =>
  inFolder(async (file) => {
    for (const room of [undefined, SMALL]) {
      const store = openSqliteStore(room === undefined ? ':memory:' : file, room)
      const lines = await followed(store)
      assert.ok(lines.some((line) => line.includes('did:erased:2')) && lines.some((line) => line.includes('claim-lapse')))
      const { intake, postings } = await store.books.counts()
      assert.ok(intake > 800 && postings > 3_000)
      for (let round = 0; round < 2; round++) {
        await rebuildBooks(store.books)
        assert.deepEqual(await Array.fromAsync(store.books.dump()), lines)
      }
      // It goes on from there as if nothing had been.
      const act = { ...(livelyRows().find(({ collection }) => collection.endsWith('.action')) ?? assert.fail('there are acts')) }
      const writer = await writerOf(store)
      await writer.append([partOf({ ...act, leaf: 5_000, recordedAt: END, rkey: 'later', uri: `${act.uri}-later`, cid: 'later' })])
      assert.ok(
        (await store.books.refusals({ repo: act.repo, limit: 1 })).some(({ leaf, code }) => leaf === 5_000 && code === 'action.too-old'),
      )
      await store.close()
    }
  }))

test('broken off, a rebuild is known as unfinished, and the next start makes it', () =>
  inFolder(async (file) => {
    const store = openSqliteStore(file, SMALL)
    const lines = await followed(store)
    const hash = await hashOfFolded(store.books)
    await store.books.resetFold(await store.books.takeEpoch(), RULES)
    const writer = await writerOf(store)
    await store.books.beginRebuild()
    await writer.refold(livelyRows().slice(0, 300).map(partOf))
    assert.notDeepEqual((await store.books.state()).cursor.folded, START)
    // As a process that dies.
    await store.close()

    const again = openSqliteStore(file)
    assert.deepEqual((await again.books.state()).cursor.folded, START)
    assert.equal(await dropOtherRules(again.books), 0)
    assert.equal((await again.books.counts()).transactions, 0)
    await refoldIntake(again.books, await writerOf(again))
    assert.equal(await hashOfFolded(again.books), hash)
    assert.deepEqual(await Array.fromAsync(again.books.dump()), lines)
    await again.close()
  }))

test('a rebuild takes commits of its own writer only, in order', () =>
  inFolder(async (file) => {
    const store = openSqliteStore(file)
    const lines = await followed(store)
    await store.books.resetFold(await store.books.takeEpoch(), RULES)
    const writer = await writerOf(store)
    await store.books.beginRebuild()
    await writer.refold(livelyRows().slice(0, 100).map(partOf))
    const { cursor, epoch } = await store.books.state()
    const changes = { put: new Map(), transactions: [], refusals: [], dueAdd: [], dueRemove: [] }
    const commit = { epoch, expectedCursor: cursor, nextCursor: cursor, intake: [], proofs: [], heads: [], changes }
    await assert.rejects(store.books.commit({ ...commit, epoch: epoch - 1 }), /fenced off/)
    const past = { ...cursor, step: cursor.step - 1 }
    await assert.rejects(store.books.commit({ ...commit, expectedCursor: past }), /the rebuild is at commit/)
    await store.close()
    const again = openSqliteStore(file)
    await dropOtherRules(again.books)
    await refoldIntake(again.books, await writerOf(again))
    assert.deepEqual(await Array.fromAsync(again.books.dump()), lines)
    await again.close()
  }))

test('what an account left goes, and others write, while a rebuild has the file; one that failed is begun anew at once', () =>
  inFolder(async (file) => {
    const store = openSqliteStore(file, SMALL)
    const lines = await followed(store)
    const rows = await store.books.intake({ leaf: 0, op: 0 }, 5_000)
    const session = {
      kind: 'session',
      name: 'one',
      owner: 'somebody',
      sealed: Uint8Array.of(1),
      expiresMs: Number.MAX_SAFE_INTEGER,
    } as const
    const forgotten: string[] = []
    const forget = async (did: string): Promise<void> => {
      await store.work.dropOwned('session', did)
      forgotten.push(did)
    }
    const begin = async () => {
      await store.books.resetFold(await store.books.takeEpoch(), RULES)
      return openWriter({ books: store.books, clock, roster: () => town.roster, forget })
    }
    const broken = await begin()
    await assert.rejects(
      refoldIntake(store.books, broken, (done) => {
        if (done > 0) throw new Error('the network is down')
      }),
      /the network is down/,
    )
    const writer = await begin()
    await store.books.beginRebuild()
    await writer.refold(partsOf(rows.slice(0, 300)))
    await store.work.keep(session)
    await writer.refold(partsOf(rows.slice(300)))
    await writer.advance(END)
    await store.work.dropOwned('session', session.owner)
    await writer.settle()
    await store.books.endRebuild()
    assert.deepEqual(await Array.fromAsync(store.books.dump()), lines)
    await refoldIntake(store.books, await begin())
    assert.deepEqual(await Array.fromAsync(store.books.dump()), lines)
    assert.deepEqual(forgotten, [], 'who is erased was forgotten before')
    await store.close()
  }))

test('whoever is erased in the course of a rebuild is erased as at any other time', () => inFolder(erasedAmidst))

const erasedAmidst = async (file: string): Promise<void> => {
  const store = openSqliteStore(file, SMALL)
  // While on the roster a town is not erased; taken off it, what falls due is made up for.
  const office = personDid(7)
  const roster = [...town.roster, { code: '172049', did: office, fromLeaf: 1 }]
  const rows = [...town.pages()].flat()
  const last = rows.at(-1) ?? assert.fail('there are rows')
  const own = rows.find(({ collection }) => collection.endsWith('.action')) ?? assert.fail('there are acts')
  const rkey = 'k1'
  const act = {
    ...own,
    repo: office,
    rkey,
    uri: `at://${office}/${own.collection}/${rkey}`,
    leaf: last.leaf + 1,
    recordedAt: last.recordedAt,
  }
  const account = { ...last, leaf: last.leaf + 2, source: 'account', collection: '', repo: office, uri: `at://${office}` } as const
  const gone: IntakeRow = { ...account, rkey: '', action: 'update', cid: null, value: null, account: { active: false, status: 'deleted' } }
  await store.books.setRoster(roster)
  const writer = await openWriter({ books: store.books, clock, roster: () => roster })
  await writer.append([...rows, act, gone].map(partOf))
  await writer.advance(END)
  assert.ok(!(await Array.fromAsync(store.books.dump())).some((line) => line.includes('did:erased')))
  await store.books.setRoster(town.roster)
  await store.work.keep({ kind: 'session', name: 'one', owner: office, sealed: Uint8Array.of(1), expiresMs: Number.MAX_SAFE_INTEGER })
  await store.books.resetFold(await store.books.takeEpoch(), RULES)
  const forget = async (did: string): Promise<void> => void (await store.work.dropOwned('session', did))
  await refoldIntake(store.books, await openWriter({ books: store.books, clock, roster: () => town.roster, forget }))
  assert.equal(await store.work.countOwned('session', office, 0), 0)
  const lines = await Array.fromAsync(store.books.dump())
  assert.ok(lines.some((line) => line.includes('did:erased:1')) && !lines.some((line) => line.includes(office)))
  await rebuildBooks(store.books)
  assert.deepEqual(await Array.fromAsync(store.books.dump()), lines)
  await store.close()
}
