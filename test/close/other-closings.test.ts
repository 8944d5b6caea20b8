// Records under the keys of a close that are no close: written before the cut-off, known at another leaf, edited or deleted later; and a close with figures
// these books do not make, which a restatement corrects.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { closedYear, sealedWorksheet } from '../../appview/close/closings.ts'
import { remake } from '../../appview/close/remake.ts'
import { restateYear } from '../../appview/close/restate-year.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { parseJson } from '../support/asking.ts'
import { recordsWith } from './altered-records.ts'
import { ClosingTown, DESK, closableTown, codesOf, valueOf } from './closing-town.ts'

const FY = { fiscalYear: 2026 }

const yearOf = ({ store }: ClosingTown) => closedYear(store.books, ROSTER, CODE, 2026)

type Written = { readonly collection: string; readonly rkey: string; readonly record: Json }

/** What a close of such a town publishes. */
const recordsOfAClose = async (): Promise<readonly Written[]> => {
  await using town = await closableTown()
  valueOf(await closeYear(town.deps, DESK, FY))
  const rows = (await town.store.work.outbox(TOWN, 10)).toReversed()
  return rows.map(({ collection, rkey, record }) => ({ collection, rkey, record: JSON.parse(JSON.stringify(record)) }))
}

const rowOf = (town: ClosingTown, { collection, rkey, record }: Written, action: IntakeRow['action'] = 'create'): IntakeRow => {
  const bare = town.maker.row(TOWN, collection, action === 'delete' ? null : record, 1_000)
  return { ...bare, action, rkey, uri: `at://${TOWN}/${collection}/${rkey}`, cid: action === 'delete' ? null : bare.cid }
}

test('what is written before the cut-off is no close: it is counted, closed over at its time, and freezes nothing', async () => {
  const records = await recordsOfAClose()
  await using town = await ClosingTown.open()
  await town.fillYear()
  for (const record of records) await town.take([rowOf(town, record)])
  await town.act(15)
  await town.goOn('2027-06-02T00:00:00.000Z')
  assert.equal(await yearOf(town), null)
  valueOf(await closeYear(town.deps, DESK, FY))
  const sent = await town.store.work.outbox(TOWN, 10)
  assert.deepEqual(new Set(sent.map(({ verb }) => verb)), new Set(['put']), 'the records that stand there give way')
  await town.publish()
  const year = (await yearOf(town)) ?? assert.fail('closed')
  const [version = assert.fail()] = year.versions
  assert.deepEqual([year.versions.length, year.ignored], [1, 1])
  assert.equal((await remake(town.store.books, ROSTER, year, version)).verdict, 'same')
  assert.notEqual(await sealedWorksheet(town.store.books, version), null)
  assert.equal(codesOf(await closeYear(town.deps, DESK, FY)), 'close.already-closed')
})

test('a close known at another leaf, instant or log than the cut-off’s does not count', async () => {
  const records = await recordsOfAClose()
  for (const other of [{ leaf: 3 }, { instant: '2027-06-01T00:00:00.000Z' }, { origin: 'test/2' }]) {
    await using town = await closableTown()
    for (const record of records) {
      const fields = parseJson(record.record)
      const knownAt = { ...parseJson(fields['knownAt']), ...other }
      const altered = 'statements' in fields ? JSON.parse(JSON.stringify({ ...fields, knownAt })) : record.record
      await town.take([rowOf(town, { ...record, record: altered })])
    }
    assert.equal(await yearOf(town), null)
    assert.equal(codesOf(await closeYear(town.deps, DESK, FY)), 'done')
  }
})

test('a close and its statements that are edited or deleted later stay what they were', async () => {
  await using town = await closableTown()
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish()
  const before = (await yearOf(town)) ?? assert.fail('closed')
  const records = (await town.store.work.outbox(TOWN, 10)).map(({ collection, rkey, record }) => ({
    collection,
    rkey,
    record: JSON.parse(JSON.stringify({ ...record, createdAt: '2027-07-01T00:00:00.000Z' })),
  }))
  for (const record of records) await town.take([rowOf(town, record, 'update')])
  for (const record of records) await town.take([rowOf(town, record, 'delete')])
  assert.deepEqual(await yearOf(town), before)
  const [version = assert.fail()] = before.versions
  assert.notEqual(await sealedWorksheet(town.store.books, version), null)
})

test('a close whose figures these books do not make is restated as a correction, not otherwise', async () => {
  await using town = await closableTown()
  valueOf(await closeYear(town.deps, DESK, FY))
  await town.publish(recordsWith({ moreGiven: 30 }))
  const ask = { ...FY, reason: '集計の誤りの訂正' }
  assert.equal(codesOf(await restateYear(town.deps, DESK, ask)), 'restate.differs')
  valueOf(await restateYear(town.deps, DESK, { ...ask, correct: true }))
  await town.publish()
  const year = (await yearOf(town)) ?? assert.fail('closed')
  const verdicts = []
  for (const version of year.versions) verdicts.push((await remake(town.store.books, ROSTER, year, version)).verdict)
  assert.deepEqual(verdicts, ['differs', 'same'])
  assert.equal(codesOf(await restateYear(town.deps, DESK, { ...ask, correct: true })), 'restate.unchanged')
})
