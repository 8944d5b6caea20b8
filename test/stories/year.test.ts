// A year of a town on the settable clock: a claim lapses at its window, a confirmation on that day is refused and says so, the books close on 1 June and
// what is confirmed after that goes to the prior-year accounts. Two appviews over one log give the same bytes; so does a rebuild from intake alone.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { rebuildStore } from '../../appview/rebuild.ts'
import { sentenceOf } from '../../appview/journal/refusals.ts'
import { method } from '../../lexicons/authority.ts'
import { openForReading } from '../../server/sqlite.ts'
import { at, eventually, listIn } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'

const atTokyo = (date: string, time = '12:00'): string => `${date}T${time}:00+09:00`

const kindsOf = async (member: Member, uri: string): Promise<string> =>
  listIn(await member.ask(method.getAction, { uri }), 'transactions')
    .map(({ kind }) => kind)
    .join(' ')

const statementOf = async (member: Member, fiscalYear: number, more: Record<string, string> = {}): Promise<Json> =>
  at(await member.ask(method.getStatement, { scope: KANAZAWA, entity: member.did, fiscalYear: String(fiscalYear), ...more }), 'statement')

test('a claim that nobody confirms lapses at 00:00 of its 90th day; a confirmation from then on is refused, in words its author can read', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const [early, late] = [await aoi.act(KANAZAWA), await aoi.act(KANAZAWA, { minutes: 30 })]
  await world.settled()
  const action = at(await aoi.ask(method.getAction, { uri: late.uri }), 'action')
  assert.equal(action['lapsesAt'], new Date(atTokyo('2026-08-08', '00:00')).toISOString())

  world.step(atTokyo('2026-08-07', '23:59'))
  await ren.confirm(early)
  await world.settled()
  assert.equal(await kindsOf(aoi, early.uri), 'claim memo-release recognise')
  assert.equal(await kindsOf(aoi, late.uri), 'claim')

  // Nothing is written any more: time alone makes the claim lapse.
  world.step(atTokyo('2026-08-08', '00:00'))
  await eventually(
    () => kindsOf(aoi, late.uri),
    (kinds) => kinds === 'claim claim-lapse',
    'the claim lapses without an event',
  )
  const tooLate = await ren.confirm(late)
  await world.settled()
  assert.equal(await kindsOf(aoi, late.uri), 'claim claim-lapse')
  const [refusal] = listIn(at(await ren.ask(method.traceWrite, { uri: tooLate.uri }), 'steps'), 'refusals')
  assert.equal(refusal?.['code'], 'confirmation.claim-lapsed')
  assert.deepEqual(refusal?.['sentence'], sentenceOf('confirmation.claim-lapsed'))
  assert.equal(at(await aoi.ask(method.getAction, { uri: late.uri }), 'action')['state'], 'lapsed')
  assert.equal(at(await statementOf(aoi, 2026), 'units', 'MIN', 'PL')['revenue'], 60)
  await closeAndAudit(world)
})

test('what is confirmed from 1 June on belongs to the next year’s statement as prior-year income; two appviews and a rebuild agree byte for byte', async () => {
  const { world, town } = await openTown({ pdsCount: 2, from: '2027-03-30T03:00:00.000Z' })
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = [...(await residents(town, ['aoi'])), ...(await residents(town, ['ren'], 1))]
  const acts = [
    await aoi.act(KANAZAWA, { minutes: 60 }),
    await aoi.act(KANAZAWA, { minutes: 30 }),
    await ren.act(KANAZAWA, { minutes: 15 }),
  ]
  await world.settled()
  const [inYear = assert.fail(), before = assert.fail(), after = assert.fail()] = acts
  await ren.confirm(inYear)
  await world.settled()

  world.step(atTokyo('2027-05-31', '23:59'))
  await ren.confirm(before)
  await world.settled()
  const closed = await statementOf(aoi, 2026)
  assert.deepEqual(at(closed, 'units', 'MIN', 'PL'), { '4110': 90, revenue: 90, expense: 0, net: 90 })

  world.step(atTokyo('2027-06-01', '00:00'))
  await aoi.confirm(after)
  await world.settled()
  assert.equal(at(await statementOf(ren, 2026), 'units', 'MIN', 'PL')['revenue'], 0)
  assert.deepEqual(at(await statementOf(ren, 2027), 'units', 'MIN', 'PL'), { '4190': 15, revenue: 15, expense: 0, net: 15 })
  assert.deepEqual(at(await statementOf(aoi, 2027), 'units', 'MIN', 'PL'), { '5190': -15, revenue: 0, expense: 15, net: -15 })
  const aoiNow = await statementOf(aoi, 2026)
  assert.deepEqual(at(aoiNow, 'units'), at(closed, 'units'), 'the year that was closed stays as it was')

  const asKnown = await statementOf(aoi, 2026, { instant: atTokyo('2027-04-15') })
  assert.equal(at(asKnown, 'units', 'MIN', 'PL')['revenue'], 60, 'as known in April')

  // A second appview that comes a year late reads the same log.
  const second = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'late')
  await world.settled()
  const answers = async (appview: string): Promise<string> => {
    const found = [await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }, appview)]
    for (const fiscalYear of ['2026', '2027'])
      for (const member of [aoi, ren])
        found.push(await member.ask(method.getStatement, { scope: KANAZAWA, entity: member.did, fiscalYear }, appview))
    return JSON.stringify(found)
  }
  const first = await answers(world.appview.url)
  assert.equal(await answers(second.url), first)
  await closeAndAudit(world, ['appview', 'late'])

  // What is made from intake is deleted and made again.
  const store = join(world.folder('appview'), 'appview.sqlite')
  const dumped = dumpOf(store)
  const rebuilt = await rebuildStore({ store })
  assert(rebuilt.rows > 10)
  for (const [table, rows] of dumpOf(store)) assert.equal(rows, dumped.get(table), table)
  const other = await rebuildStore({ store: join(world.folder('late'), 'appview.sqlite') })
  assert.equal(other.statementsHash, rebuilt.statementsHash)
})

/** Every row of every table as text, but for the counters of commits and writers. */
const dumpOf = (file: string): ReadonlyMap<string, string> => {
  const db = openForReading(file)
  try {
    const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all()
    assert(tables.includes('page') && tables.includes('bucket') && tables.includes('intake'), tables.join(' '))
    return new Map(
      tables.map((table) => {
        const rows = db.prepare<[], Json>(`SELECT * FROM "${table}"`).all()
        return [
          table,
          rows
            .map((row) => JSON.stringify(withoutCounters(row)))
            .toSorted()
            .join('\n'),
        ]
      }),
    )
  } finally {
    db.close()
  }
}

const withoutCounters = (row: Json): Json =>
  Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'epoch' && column !== 'step'))
