// Documents that cannot be there are told without asking the file, and none that is there is ever told to be missing: whoever wrote it, in whatever
// order, under keys that look like TIDs or not.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Doc } from '../../appview/journal/model.ts'
import { openAbsentDocs } from '../../appview/store/absent-docs.ts'
import { openAppviewFile } from '../../appview/store/migrations.ts'
import { openTables } from '../../appview/store/sqlite-tables.ts'
import { tidFromMicros } from '../../atproto/tid.ts'
import { seededRandom } from '../support/random.ts'

const folder = mkdtempSync(join(tmpdir(), 'waki-absent-'))
after(() => rmSync(folder, { recursive: true }))

const SEED = 20261121
const STEPS = 6_000
const MANY = 2_100
const didAt = (nth: number): string => `did:plc:${String(nth).padStart(24, 'a')}`
const docAt = (nth: number): Doc => ({ kind: 'waiting', actions: [`${nth}`] })

const partsOf = (key: string): [string, string] => [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]

const openBoth = (name: string) =>
  [0, 1].map(() => openTables(openAppviewFile(join(folder, name)))) as [ReturnType<typeof openTables>, ReturnType<typeof openTables>]

test('what is there is found, whoever wrote or dropped it, also after what was not stored after all', () => {
  const random = seededRandom(SEED)
  const [own, other] = openBoth('random.sqlite')
  for (const { db } of [own, other]) db.pragma('synchronous = OFF')
  const absent = openAbsentDocs(own.db, own.dids)
  const there = new Map<string, number>()
  let told = 0
  const rkeys = ['self', didAt(3), '~~~~~~~~~~~~~', '', '２３４５６７８９０１２３４']
  const keyAt = (step: number): string => {
    const kind = random.pick(['action', 'confirmation', 'gone', 'parked'])
    if (kind === 'gone') return `gone:bafy${random.below(400)}`
    const rkey = random.below(8) === 0 ? random.pick(rkeys) : tidFromMicros(1_000_000 + step + random.below(300), 0)
    return `${kind}:at://${random.pick([didAt(1), didAt(2), 'did:web:town.example'])}/org.waki.${kind}/${rkey}`
  }
  for (let step = 0; step < STEPS; step += 1) {
    const key = keyAt(step)
    const writer = random.below(40) === 0 ? other : own
    const isDropped = random.below(4) === 0
    const write = writer.db.transaction((isUndone: boolean) => {
      writer.docs.put(key, isDropped ? null : docAt(step))
      if (isUndone) throw new Error('undone')
    })
    if (random.below(50) === 0) {
      assert.throws(() => write.immediate(true), /undone/)
      writer.forget()
      absent.forget()
    } else {
      write.immediate(false)
      if (writer === other) absent.forget()
      else if (!isDropped) absent.put(...partsOf(key))
      if (isDropped) there.delete(key)
      else there.set(key, step)
    }
    own.docs.refresh()
    const asked = keyAt(step)
    for (const one of [key, asked]) {
      const doc = own.docs.get(one)
      if (absent.isAbsent(...partsOf(one))) {
        assert.equal(there.has(one), false, one)
        told += 1
      }
      assert.equal(
        doc?.kind === 'waiting' ? doc.actions[0] : undefined,
        there.get(one)?.toString(),
        `${one} at step ${step} of seed ${SEED}`,
      )
    }
  }
  assert.ok(there.size > 200 && told > 50, `${there.size} there, ${told} told`)
  for (const { db } of [own, other]) db.close()
})

test('a later record of a folder, and one of a kind of few, are told without asking; of a kind of many the file is asked', () => {
  const [{ db, dids, docs }, reader] = openBoth('told.sqlite')
  const recordAt = (nth: number): string => `at://${didAt(1)}/org.waki.action/${tidFromMicros(nth, 0)}`
  db.transaction(() => {
    for (let nth = 0; nth < MANY; nth += 1) docs.put(`event:P:${didAt(nth)}/x`, docAt(nth))
    docs.put(`action:${recordAt(5)}`, docAt(5))
    docs.put('gone:bafy1', docAt(1))
  }).immediate()
  const absent = openAbsentDocs(reader.db, reader.dids)
  assert.deepEqual(
    [4, 5, 6].map((nth) => absent.isAbsent('action', recordAt(nth))),
    [false, false, true],
  )
  absent.put('action', recordAt(7))
  assert.deepEqual(
    [6, 7, 8].map((nth) => absent.isAbsent('action', recordAt(nth))),
    [false, false, true],
  )
  const told = (kind: string, id: string): boolean[] => Array.from({ length: 100 }, () => absent.isAbsent(kind, id))
  assert.equal(told('gone', 'bafy2').at(0), false, 'a lone question does not read them all')
  assert.equal(told('gone', 'bafy2').at(-1), true)
  assert.equal(told('gone', 'bafy1').at(-1), false)
  absent.put('gone', 'bafy2')
  assert.equal(told('gone', 'bafy2').at(-1), false)
  assert.equal(told('event', 'none').at(-1), false)
  assert.equal(dids.find(didAt(1)) > 0, true)
  for (const one of [db, reader.db]) one.close()
})

test('what was written is found again when it is in memory no longer', () => {
  const [{ db, docs }] = openBoth('gone.sqlite')
  const recordAt = (nth: number): string => `action:at://${didAt(1)}/org.waki.action/${tidFromMicros(nth, 0)}`
  const longest = 'x'.repeat(500_000)
  assert.equal(docs.get(recordAt(1)), null)
  db.transaction(() => {
    docs.put(recordAt(1), docAt(1))
    for (let nth = 2; nth < 30; nth += 1) docs.put(recordAt(nth), { kind: 'waiting', actions: [longest] })
  }).immediate()
  assert.deepEqual(docs.get(recordAt(1)), docAt(1))
  db.close()
})
