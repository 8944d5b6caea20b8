// How the SQLite store packs entries: what is written onto pages, into sums and under numbers is read back as it was; an older file is folded anew.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Transaction } from '../../appview/journal/model.ts'
import { MIGRATIONS, openAppviewFile } from '../../appview/store/migrations.ts'
import { emptyLine, eachLine, nothingBefore, openBytes, writeHeadOfLines, writeLine } from '../../appview/store/packed-lines.ts'
import type { PackedLine } from '../../appview/store/packed-lines.ts'
import { headToWrite, openHeadWriter, openHeads } from '../../appview/store/packed-heads.ts'
import { eachSum, writeSum } from '../../appview/store/packed-sums.ts'
import { foldedSql } from '../../appview/store/schema.sql.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { openTables } from '../../appview/store/sqlite-tables.ts'
import { createSumTable } from '../../appview/store/sum-table.ts'
import { createWrittenKeys } from '../../appview/store/written-keys.ts'
import { openDatabase } from '../../server/sqlite.ts'

const SEED = 20_261_121
const DAY = 20_260_510

const lineArbitrary = fc.record({
  entity: fc.integer({ min: 1, max: 2 ** 31 }),
  scope: fc.integer({ min: 1, max: 3 }),
  account: fc.integer({ min: 1, max: 9_999 }),
  unit: fc.integer({ min: 0, max: 1 }),
  amount: fc.oneof(fc.integer(), fc.maxSafeInteger()),
  own: fc.option(fc.integer({ min: 20_000_101, max: 20_991_231 })),
  category: fc.integer({ min: 0, max: 1_000 }),
  receiver: fc.integer({ min: -1, max: 300 }),
})

test('lines are read back from their bytes, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.array(lineArbitrary, { maxLength: 6 }), { maxLength: 5 }), (transactions) => {
      const bytes = openBytes()
      const given: PackedLine[] = []
      for (const [nth, lines] of transactions.entries()) {
        writeHeadOfLines(bytes, lines.length, DAY)
        const before = nothingBefore()
        for (const [number, { own, ...rest }] of lines.entries()) {
          const when = { effective: own ?? DAY, isOwn: own !== null }
          const line: PackedLine = { ...emptyLine(), ...rest, ...when, position: 33 + nth, line: number }
          given.push(line)
          writeLine(bytes, line, before)
        }
      }
      const read: PackedLine[] = []
      eachLine(bytes.bytes(), 33, (line) => void read.push({ ...line }))
      assert.deepEqual(read, given)
    }),
    { seed: SEED },
  )
})

const ACTION = 'at://did:plc:abcdefghijklmnopqrstuvwx/org.waki.action/3kaaaaaaaaaaa'
const CONFIRMATION = 'at://did:web:neighbour.example/org.waki.confirmation/3kbbbbbbbbbbb'
const ODD = 'at://did:plc:abcdefghijklmnopqrstuvwx/org.waki.action/tab\tand "quote"\nline'

const headOf = (more: Partial<Transaction>): Omit<Transaction, 'lines'> => ({
  id: '7/0/claim',
  effectiveDate: '2026-05-10',
  recordedAt: '2026-05-11T00:00:00.000Z',
  leaf: 7,
  op: 0,
  kind: 'claim',
  sources: [ACTION],
  action: ACTION,
  rate: null,
  rateCid: null,
  ...more,
})

/** Fields of what is recognised come in another order than those of a claim. */
const { recordedAt, leaf, op, ...OTHERS } = headOf({ id: '7/0/retract', kind: 'retract' })

const HEADS: readonly Omit<Transaction, 'lines'>[] = [
  { ...OTHERS, recordedAt, leaf, op },
  headOf({}),
  headOf({ id: '7/0/memo-release-2', kind: 'memo-release', sources: [CONFIRMATION] }),
  headOf({ id: `2026-08-08T15:00:00.000Z/${ACTION}/claim-lapse`, kind: 'claim-lapse', leaf: null, recordedAt: '2026-08-08T15:00:00.000Z' }),
  headOf({ id: '9/3/move', leaf: 9, op: 3, kind: 'move', action: null, sources: [ODD, CONFIRMATION, ACTION] }),
  headOf({ id: '9/3/recognise', leaf: 9, op: 3, kind: 'recognise', rate: 'at://did:plc:r/org.waki.rateTable/1', rateCid: 'bafy' }),
]

test('heads are read back from their text, in few letters, and a page goes on where it ended', () => {
  const db = openAppviewFile(':memory:')
  const tables = openTables(db)
  for (const did of ['did:plc:abcdefghijklmnopqrstuvwx', 'did:web:neighbour.example']) tables.dids.id(did)
  const rateOf = ({ rate, rateCid }: Pick<Transaction, 'rate' | 'rateCid'>): number =>
    rate === null ? 0 : tables.rate.id(`${rate} ${rateCid ?? ''}`)
  const atOnce = openHeadWriter(tables.dids)
  atOnce.begin('')
  const lines = HEADS.map((head) => atOnce.line(headToWrite(head), rateOf(head)))
  const goingOn = HEADS.reduce<readonly string[]>((page, head) => {
    const writer = openHeadWriter(tables.dids)
    writer.begin(page.join('\n'))
    return [...page, writer.line(headToWrite(head), rateOf(head))]
  }, [])
  assert.deepEqual(goingOn, lines)
  const page = openHeads(lines.join('\n'))
  assert.deepEqual(
    HEADS.map((_, nth) => JSON.stringify(page.head(nth, '2026-05-10', tables))),
    HEADS.map((head) => JSON.stringify(head)),
  )
  assert.ok(!lines.join('').includes('did:plc:abc'), 'no DID stands on a page')
  assert.ok((lines[0] ?? '').length < 70, lines[0])
  db.close()
})

test('sums are added up as maps would, and read back from their bytes in order', () => {
  const sumArbitrary = fc.record({
    owner: fc.integer({ min: 1, max: 40 }),
    kind: fc.integer({ min: 0, max: 60 }),
    month: fc.integer({ min: 1_500, max: 1_510 }),
    amount: fc.integer(),
  })
  fc.assert(
    fc.property(fc.array(sumArbitrary, { maxLength: 4_000, minLength: 1 }), (lines) => {
      const table = createSumTable()
      const expected = new Map<string, readonly number[]>()
      for (const { owner, kind, month, amount } of lines) {
        table.add(owner, kind, month, amount, 1, Math.sign(amount))
        const [, , , sum = 0, postings = 0, signs = 0] = expected.get(`${owner} ${kind} ${month}`) ?? []
        expected.set(`${owner} ${kind} ${month}`, [owner, kind, month, sum + amount, postings + 1, signs + Math.sign(amount)])
      }
      const read: number[][] = []
      for (const owner of table.owners()) {
        const bytes = openBytes()
        let last = 0
        for (const place of table.placesOf(owner)) last = writeSum(bytes, table.sumAt(place), last)
        eachSum(bytes.bytes(), (...sum) => void read.push([owner, ...sum]))
      }
      const inOrder = [...expected.values()].toSorted(
        (a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0),
      )
      assert.deepEqual(read, inOrder)
      table.clear()
      assert.equal(table.size(), 0)
    }),
    { seed: SEED, numRuns: 20 },
  )
})

test('written keys keep their numbers as they become many, and a key that only looks like another has none', () => {
  const keys = createWrittenKeys()
  const names = Array.from({ length: 100_000 }, (_, nth) => `action:at://did:plc:${nth.toString(36).padStart(24, '0')}/org.waki.action/3k`)
  const numbers = new Map(names.map((name) => [keys.add(name), name]))
  for (const [number, name] of numbers)
    assert.equal(
      keys.find(name, (one) => numbers.get(one) === name),
      number,
    )
  assert.equal(
    keys.find('giver:nobody', () => true),
    0,
  )
  assert.equal(
    keys.find(names[5] ?? '', () => false),
    0,
  )
})

test('a file whose entries an older version has written is folded anew', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-pages-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'appview.sqlite')
  const older = openDatabase(file, MIGRATIONS.slice(0, MIGRATIONS.indexOf(foldedSql)))
  older.exec('CREATE TABLE tx (position INTEGER PRIMARY KEY); CREATE TABLE posting (position INTEGER); UPDATE state SET rules = 5')
  older.close()
  const store = openSqliteStore(file)
  assert.equal((await store.books.state()).rules, 0)
  assert.deepEqual(await store.books.transactions({ limit: 1 }), [])
  await store.close()
})
