// An auditor's file that does not make a signed statement again is excused by what other desks keep to themselves, as far as that can touch the town's
// figures, and by nothing that such a file holds itself.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { openWriter } from '../../appview/follow/writer.ts'
import { verifyGroup } from '../../appview/intake-export/verify-group.ts'
import { verifyStatements } from '../../appview/intake-export/verify-statements.ts'
import type { Source } from '../../appview/intake-export/lacking.ts'
import type { IntakeRow, Json } from '../../appview/journal/model.ts'
import { fieldsOf } from '../../appview/journal/fields.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { CODE, TOWN, actRows, partOf, personDid } from '../appview/books-town.ts'
import { KOMATSU } from '../journal/rows.ts'
import { ClosingTown, DESK, valueOf } from './closing-town.ts'

const ROSTER = [
  { code: CODE, did: TOWN, fromLeaf: 1 },
  { ...KOMATSU, fromLeaf: 1 },
]
const OWN: Source = { of: 'town', code: CODE }
const [NEIGHBOUR, OTHER_NEIGHBOUR] = [30, 31]

type Two = {
  readonly town: ClosingTown
  readonly entry: (kind: string, payload: Json, did?: string) => Promise<IntakeRow>
  readonly close: () => Promise<void>
}

/** A town whose year is filled, beside one with two residents. */
const twoTowns = async (): Promise<Two> => {
  const town = await ClosingTown.open(undefined, undefined, ROSTER)
  const createdAt = '2026-04-01T00:00:00.000Z'
  for (const index of [NEIGHBOUR, OTHER_NEIGHBOUR])
    await town.take([
      town.maker.row(KOMATSU.did, nsid.admission, { $type: nsid.admission, subject: personDid(index), from: '2020-01-01', createdAt }),
    ])
  await town.fillYear()
  return {
    town,
    entry: async (kind, payload, did = KOMATSU.did) => {
      const row = { ...town.maker.row(did, nsid.entry, { $type: nsid.entry, kind, createdAt }, 1_000), payload }
      await town.take([row])
      return row
    },
    close: async () => {
      await town.goOn('2027-06-02T00:00:00.000Z')
      valueOf(await closeYear(town.deps, DESK, { fiscalYear: 2026 }))
      await town.publish()
    },
  }
}

/** What an auditor of the town has of these rows, altered or not; and what comes of it. */
const verdictsOf = async (town: ClosingTown, alter: (row: IntakeRow) => IntakeRow = (row) => row, source: Source = OWN) => {
  const store = openSqliteStore(':memory:')
  const { books } = store
  try {
    await books.bind({ name: 'test/1', key: 'key', base: 0, created: '2026-04-01T00:00:00.000Z' })
    await books.setRoster(ROSTER)
    const writer = await openWriter({ books, clock: town.clock, roster: () => ROSTER })
    for (const row of town.rows) await writer.append([partOf(alter(held(row)))])
    const [area = assert.fail()] = await verifyStatements(books, books, { town: CODE }, source)
    const group = await verifyGroup(books, books, '17', 2026, source)
    return { verdict: area.verdict, excuse: area.excuse, member: group?.members.find(({ code }) => code === CODE)?.verdict }
  } finally {
    await store.close()
  }
}

const held = (row: IntakeRow): IntakeRow => {
  const { payload: _, ...bare } = row
  return row.repo === KOMATSU.did ? bare : row
}

/** As what is left of a withdrawn record may be altered: nothing in the file proves its minutes. */
const withMinutes =
  (minutes: number) =>
  (row: IntakeRow): IntakeRow =>
    row.collection === nsid.action && row.repo === personDid(2) ? { ...row, value: { ...fieldsOf(row.value), minutes } } : row

const lessOfOne = withMinutes(1)

test('households of a neighbour that can touch no act of the town excuse nothing in its auditor’s file', async () => {
  const { town, entry, close } = await twoTowns()
  await using _ = town
  await entry('household', { members: [personDid(NEIGHBOUR), personDid(OTHER_NEIGHBOUR)] })
  await close()
  assert.equal((await verdictsOf(town)).verdict, 'same')
  const { verdict, excuse, member } = await verdictsOf(town, lessOfOne)
  assert.deepEqual([verdict, member, excuse?.reach?.acts], ['differs', 'differs', 0])
  assert.deepEqual(excuse?.lacking.entries, [{ town: KOMATSU.code, kind: 'household', count: 1 }])
  assert.equal((await verdictsOf(town, lessOfOne, { of: 'file' })).verdict, 'differs', 'nor in what everybody may have')
})

test('what the file has to hold excuses nothing, and is named', async () => {
  const { town, entry, close } = await twoTowns()
  await using _ = town
  await entry('household', { members: [personDid(4), personDid(5)] }, TOWN)
  await town.act(4, { afterMs: 1_000, confirmer: 5 })
  await close()
  const without = ({ payload: _left, ...row }: IntakeRow): IntakeRow => row
  const { verdict, excuse } = await verdictsOf(town, without)
  assert.equal(verdict, 'differs')
  assert.deepEqual(excuse?.missing.entries, [{ town: CODE, kind: 'household', count: 1 }])
  const kept = (row: IntakeRow): IntakeRow => (row.collection === nsid.action && row.repo === personDid(2) ? withheld(row) : row)
  const nulled = await verdictsOf(town, kept)
  assert.deepEqual([nulled.verdict, nulled.excuse?.missing.withdrawn], ['differs', 2], 'nor a record of a resident kept back')
})

const withheld = (row: IntakeRow): IntakeRow => ({ ...row, value: null, residue: 'withdrawn' })

test('a ruling of a neighbour on an act of both excuses as much as that act, and no more', async () => {
  const { town, entry, close } = await twoTowns()
  await using _ = town
  const rows = actRows(town.maker, { giver: 3, confirmer: NEIGHBOUR, minutes: 45, category: 'environment', afterMs: 1_000 })
  await town.take(rows)
  const [act = assert.fail()] = rows
  const dispute = await entry('dispute', { subject: { uri: act.uri, cid: act.cid } })
  await entry('ruling', { subject: { uri: dispute.uri, cid: dispute.cid }, outcome: 'upheld' })
  await close()
  const honest = await verdictsOf(town)
  assert.deepEqual([honest.verdict, honest.member], ['lacking', 'lacking'])
  assert.deepEqual([honest.excuse?.reach?.acts, honest.excuse?.reach?.minutes], [1, 45])
  assert.equal((await verdictsOf(town, withMinutes(50))).verdict, 'lacking', 'ten minutes of sixty, within the forty-five')
  assert.equal((await verdictsOf(town, lessOfOne)).verdict, 'differs')
})

test('a balance brought in by a neighbour excuses a balance that came along, and no activity', async () => {
  const { town, entry, close } = await twoTowns()
  await using _ = town
  await entry('opening', {})
  await town.take([
    town.maker.row(TOWN, nsid.admission, {
      $type: nsid.admission,
      subject: personDid(NEIGHBOUR),
      from: '2026-06-01',
      createdAt: '2026-04-01T00:00:00.000Z',
    }),
  ])
  await close()
  const { verdict, excuse } = await verdictsOf(town, lessOfOne)
  assert.deepEqual([verdict, excuse?.reach?.balances, excuse?.reach?.acts], ['differs', true, 0])
})

const LOG: Source = { of: 'log' }

test('books that follow the log: an entry of a desk excuses what its kind can touch, a stranger’s nothing', async () => {
  const { town, entry, close } = await twoTowns()
  await using _ = town
  const subject = { uri: 'at://did:plc:nobody/org.waki.action/3k', cid: 'bafyreib' }
  await entry('dispute', { subject })
  await entry('dispute', { subject }, personDid(NEIGHBOUR))
  await close()
  const bare = await verdictsOf(town, withMinutes(50), LOG)
  assert.deepEqual([bare.verdict, bare.member], ['differs', 'differs'], 'no act of both')
  assert.deepEqual(bare.excuse?.lacking.entries, [{ town: KOMATSU.code, kind: 'dispute', count: 1 }])
})

test('books that follow the log: so many of a town’s own disputes excuse so many acts, and no more', async () => {
  const { town, entry, close } = await twoTowns()
  await using _ = town
  const row = await entry('dispute', { subject: { uri: 'at://did:plc:nobody/org.waki.action/3k', cid: 'bafyreib' } }, TOWN)
  await close()
  const bare = ({ payload: _left, ...without }: IntakeRow): IntakeRow => without
  const alter =
    (minutes: number) =>
    (one: IntakeRow): IntakeRow =>
      one.uri === row.uri ? bare(one) : withMinutes(minutes)(one)
  assert.equal((await verdictsOf(town, (one) => (one.uri === row.uri ? bare(one) : one), LOG)).verdict, 'same')
  const within = await verdictsOf(town, alter(50), LOG)
  assert.deepEqual([within.verdict, within.member, within.excuse?.reach?.acts], ['lacking', 'lacking', 1])
  const beyond = await verdictsOf(town, alter(500), LOG)
  assert.deepEqual([beyond.verdict, beyond.member], ['differs', 'differs'])
})
