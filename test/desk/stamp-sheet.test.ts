// A stamp sheet of forty over real sockets: from a paper list to the figures of the town, by two persons; doubts stay, a second time changes nothing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method } from '../../lexicons/authority.ts'
import { at, eventually, listIn, type Json } from '../support/asking.ts'
import { closeAndAudit, KANAZAWA, residents } from '../support/town.ts'
import { atDesk, holdBack, openDeskWorld, refusalAt, untilBooked } from './desk-world.ts'

const EVENT = 'park-cleaning-2026-05-10'
const sheetOf = (rows: readonly Json[], more: Json = {}): Json => ({
  title: '中央公園の清掃',
  eventId: EVENT,
  performedOn: '2026-05-10',
  category: 'environment',
  minutes: 120,
  receiver: 'public',
  rows,
  ...more,
})
const card = (number: number, more: Json = {}): Json => ({ who: { card: `card-${String(number).padStart(2, '0')}` }, ...more })
const drafted = (view: Json): Json => ({ id: at(view, 'draft')['id'], version: at(view, 'draft')['version'] })
const states = (view: Json): unknown[] => listIn(view, 'lines').map(({ state }) => state)
const codes = (view: Json, line: number): unknown[] => listIn(listIn(view, 'lines')[line - 1] ?? {}, 'doubts').map(({ code }) => code)

test('forty on a list, cards and accounts: two persons, then the figures of the town', async () => {
  const { world, town, host, clerk, approver } = await openDeskWorld()
  await using _ = world
  const people = await residents(town, ['aoi', 'ren', 'yui', 'sora'])
  const [aoi = assert.fail(), ren = assert.fail(), yui = assert.fail(), sora = assert.fail()] = people
  await aoi.act(KANAZAWA, { minutes: 120, eventId: EVENT })
  await ren.act(KANAZAWA, { minutes: 90 })
  await yui.act(KANAZAWA, { minutes: 120, eventId: EVENT })
  await world.settled()

  const rows = [
    { who: { did: aoi.did }, label: '参加者01' },
    { who: { did: ren.did } },
    { who: { did: yui.did }, isAbsent: true },
    { who: { did: sora.did } },
    { who: { card: 'card-05' }, minutes: 1000 },
    ...Array.from({ length: 35 }, (_unused, index) => card(index + 6, index < 2 ? { minutes: 60 } : {})),
  ]
  const saved = await atDesk(clerk, 'saveSheet', { sheet: sheetOf(rows, { hostBody: host.did }) })
  assert.deepEqual(states(saved).slice(0, 6), ['ready', 'ready', 'absent', 'doubt', 'doubt', 'ready'])
  assert.deepEqual(codes(saved, 3), ['stamp.absent-with-action'])
  assert.deepEqual(codes(saved, 4), ['stamp.no-action'])
  assert.deepEqual(codes(saved, 5).slice(0, 1), ['stamp.minutes-out-of-range'])
  assert.deepEqual([saved['people'], saved['minutes']], [37, 120 + 90 + 2 * 60 + 33 * 120])

  const proposed = await atDesk(clerk, 'propose', drafted(saved))
  assert.equal(await refusalAt(clerk, 'approve', { id: proposed['id'], version: proposed['version'] }), 'desk.role-insufficient')
  const done = await atDesk(approver, 'approve', { id: proposed['id'], version: proposed['version'] })
  assert.equal(done['state'], 'done')
  const view = await atDesk(clerk, 'getSheet', { id: proposed['id'] })
  assert.equal(states(view).filter((state) => state === 'sent').length, 37)

  const given = async (): Promise<unknown> =>
    at(await clerk.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')['4110']
  await eventually(given, (minutes) => minutes === 4290, 'the stamps are in the figures')
  const own = at(await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' }), 'statement')
  assert.equal(at(own, 'units', 'MIN', 'PL')['4110'], 120)

  // The same click again, and the same list again.
  const again = await atDesk(approver, 'approve', { id: proposed['id'], version: proposed['version'] })
  assert.deepEqual(again, done)
  const second = await atDesk(clerk, 'saveSheet', { sheet: sheetOf(rows, { hostBody: host.did }) })
  assert.deepEqual([second['people'], codes(second, 1), codes(second, 40)], [0, ['stamp.already-confirmed'], ['stamp.already-confirmed']])
  assert.equal(await refusalAt(clerk, 'propose', drafted(second)), 'sheet.empty')
  await world.settled()
  assert.equal(await given(), 4290)
  await closeAndAudit(world)
})

test('a record of another day, category or town is in doubt, and what is longer than one act may be; a corrected line is ready', async () => {
  const { world, town, host, clerk, admin } = await openDeskWorld()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail(), yui = assert.fail()] = await residents(town, ['aoi', 'ren', 'yui'])
  await aoi.act(KANAZAWA, { minutes: 120, eventId: EVENT, performedOn: '2026-03-20', category: 'disaster' })
  await ren.act(KANAZAWA, { minutes: 480, category: 'culture' })
  await yui.act(KANAZAWA, { minutes: 120, eventId: EVENT })
  const limits = { mode: 'none', effectiveFrom: '2026-05-10', minutesPerAct: 90 }
  await untilBooked({ world, town }, String((await atDesk(admin, 'publishPolicy', { policy: limits }))['uri']))
  const rows = [{ who: { did: aoi.did } }, { who: { did: ren.did } }, { who: { did: yui.did } }, { who: { card: 'a' } }]
  const view = await atDesk(clerk, 'saveSheet', { sheet: sheetOf(rows, { hostBody: host.did }) })
  const doubts = listIn(view, 'lines').map((line) => listIn(line, 'doubts').map(({ code, about }) => [code, about]))
  assert.deepEqual(doubts, [
    [
      ['stamp.other-day', '2026-03-20'],
      ['stamp.other-category', 'disaster'],
    ],
    [['stamp.other-category', 'culture']],
    [],
    [['stamp.over-act-cap', '90']],
  ])
  const corrected = [
    { who: { did: ren.did }, category: 'culture' },
    { who: { card: 'a' }, minutes: 90 },
  ]
  assert.deepEqual(states(await atDesk(clerk, 'saveSheet', { sheet: sheetOf(corrected, { hostBody: host.did }) })), ['ready', 'ready'])
  await closeAndAudit(world)
})

test('each doubt is marked at its line, and the others can be sent', async () => {
  const { world, town, host, clerk, approver, admin } = await openDeskWorld()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const stranger = await world.member('stranger')
  await stranger.act(KANAZAWA, { minutes: 60 })
  await town.admit(clerk)
  await clerk.act(KANAZAWA, { minutes: 60 })
  await town.admit(approver)
  await approver.act(KANAZAWA, { minutes: 60 })
  const confirmed = await ren.act(KANAZAWA, { minutes: 60, eventId: EVENT })
  await aoi.confirm(confirmed)
  await atDesk(clerk, 'importRegister', { csv: `id,name,did,from\r\n7,青井,${aoi.did},2026-04-01\r\n8,蓮,,2026-04-01\r\n`, apply: true })
  await world.settled()
  const rows = [
    { who: { resident: '' } },
    { who: { resident: '9' } },
    { who: { resident: '8' } },
    { who: { resident: '7' } },
    { who: { card: 'a' }, category: 'nonsense' },
    { who: { card: 'b' } },
    { who: { card: 'b' } },
    { who: { did: clerk.did } },
    { who: { did: host.did } },
    { who: { did: stranger.did } },
    { who: { did: ren.did } },
    { who: { did: approver.did } },
    { who: { card: 'c' }, minutes: 700 },
  ]
  const hosted = await atDesk(clerk, 'saveSheet', { sheet: sheetOf(rows, { hostBody: host.did }) })
  assert.deepEqual(
    listIn(hosted, 'lines').map(({ line }) => codes(hosted, Number(line))[0] ?? 'ready'),
    [
      'stamp.who-missing',
      'stamp.who-unknown',
      'stamp.who-unknown',
      'stamp.no-action',
      'stamp.category-unknown',
      'stamp.repeated',
      'stamp.repeated',
      'stamp.own-act',
      'stamp.own-benefit',
      'stamp.not-registered',
      'stamp.already-confirmed',
      'ready',
      'ready',
    ],
  )
  const nonsense = listIn(listIn(hosted, 'lines').find(({ category }) => category === 'nonsense') ?? {}, 'doubts')
  assert.deepEqual(
    nonsense.map(({ about }) => about),
    ['nonsense'],
  )
  const nobody = await atDesk(clerk, 'saveSheet', { sheet: sheetOf([{ who: { did: 'did:plc:xyz' } }]) })
  assert.deepEqual(
    listIn(listIn(nobody, 'lines')[0] ?? {}, 'doubts').map(({ code, about }) => [code, about]),
    [['stamp.who-unknown', 'did:plc:xyz']],
  )
  const slip = await atDesk(clerk, 'saveSheet', { sheet: sheetOf([{ who: { card: 'a' }, category: 'eldery' }], { hostBody: host.did }) })
  assert.deepEqual(
    listIn(listIn(slip, 'lines')[0] ?? {}, 'doubts').map(({ about }) => about),
    ['eldery → elderly?'],
  )
  const none = await atDesk(clerk, 'saveSheet', { sheet: sheetOf([{ who: { card: 'd' } }]) })
  assert.deepEqual(codes(none, 1), ['stamp.card-without-host-body'])

  // The second person's own act is not sent by them.
  const { id, version } = await atDesk(clerk, 'propose', drafted(hosted))
  await atDesk(approver, 'approve', { id, version })
  const sent = await atDesk(clerk, 'getSheet', { id })
  assert.deepEqual(states(sent).slice(11), ['ready', 'sent'])
  const [first] = listIn(sent, 'lines').filter(({ state }) => state === 'sent')
  await untilBooked({ world, town }, String(first?.['action']))
  const evening = sheetOf([{ who: { card: 'c' } }], { eventId: 'evening', minutes: 300, hostBody: host.did })
  const [over] = listIn(listIn(await atDesk(clerk, 'saveSheet', { sheet: evening }), 'lines')[0] ?? {}, 'doubts')
  assert.deepEqual([over?.['code'], over?.['about']], ['stamp.over-day-cap', '700'])

  await atDesk(admin, 'endHostBody', { did: host.did, validTo: '2026-04-30' })
  await eventually(
    async () => codes(await atDesk(clerk, 'saveSheet', { sheet: sheetOf([{ who: { card: 'e' } }], { hostBody: host.did }) }), 1)[0],
    (code) => code === 'stamp.card-without-host-body',
    'not registered that day',
  )
  await closeAndAudit(world)
})

test('a card is the same however it was typed; a number that no record takes is refused at its line', async () => {
  const { world, host, clerk } = await openDeskWorld()
  await using _ = world
  const typed = ['K-1', 'Ｋ-1', 'k-1', ' K-1 ', 'M-1', '町'.repeat(22), 'x'.repeat(65), 'a\u0000b', '町'.repeat(21)]
  const saved = await atDesk(clerk, 'saveSheet', {
    sheet: sheetOf(
      typed.map((one) => ({ who: { card: one } })),
      { hostBody: host.did },
    ),
  })
  assert.deepEqual(
    typed.map((_one, index) => codes(saved, index + 1)[0] ?? 'ready'),
    [...Array.from({ length: 4 }, () => 'stamp.repeated'), 'ready', ...Array.from({ length: 3 }, () => 'stamp.card-invalid'), 'ready'],
  )
  assert.equal(at(listIn(saved, 'lines')[1] ?? {}, 'who')['card'], 'K-1', 'it is kept as it will be written')
  await closeAndAudit(world)
})

test('two sheets of one event with the same card, one after the other: the second does not send it again', async () => {
  const { world, town, host, clerk, approver } = await openDeskWorld()
  await using _ = world
  const proposed: Json[] = []
  for (const rows of [[card(1)], [card(1), card(2)], [card(1)]]) {
    const { id, version } = await atDesk(
      clerk,
      'propose',
      drafted(await atDesk(clerk, 'saveSheet', { sheet: sheetOf(rows, { hostBody: host.did }) })),
    )
    proposed.push({ id, version })
  }
  const [first = {}, second = {}, third = {}] = proposed
  const release = await holdBack({ world, town })
  await atDesk(approver, 'approve', first)
  await atDesk(approver, 'approve', second)
  assert.equal(await refusalAt(approver, 'approve', third), 'sheet.empty')
  await release()
  const view = await atDesk(clerk, 'getSheet', { id: second['id'] })
  assert.deepEqual(
    [states(view), codes(view, 1), view['people'], view['minutes']],
    [['doubt', 'sent'], ['stamp.already-confirmed'], 1, 120],
  )
  for (const { action, state } of listIn(view, 'lines')) if (state === 'sent') await untilBooked({ world, town }, String(action))
  await closeAndAudit(world)
})

test('what was sent and the books refused is told at its line and counts in no total', async () => {
  const { world, town, host, clerk, approver } = await openDeskWorld()
  await using _ = world
  const saved = await atDesk(clerk, 'saveSheet', { sheet: sheetOf([card(1), card(2)], { hostBody: host.did }) })
  const { id, version } = await atDesk(clerk, 'propose', drafted(saved))
  // What is approved waits while the PDS is not reached; meanwhile the body's own app writes the act of one card.
  const release = await holdBack({ world, town })
  await atDesk(approver, 'approve', { id, version })
  await host.act(KANAZAWA, { giver: { card: 'card-01' }, eventId: EVENT, minutes: 15 })
  await world.settled()
  await release()
  const view = await eventually(
    () => atDesk(clerk, 'getSheet', { id }),
    (now) => codes(now, 1).length > 0,
    'the line says that the books refused it',
  )
  const [doubt] = listIn(listIn(view, 'lines')[0] ?? {}, 'doubts')
  assert.deepEqual([doubt?.['code'], doubt?.['about']], ['stamp.refused-by-books', 'action.event-repeated'])
  assert.deepEqual([states(view), view['people'], view['minutes']], [['sent', 'sent'], 1, 120])
  for (const { action } of listIn(view, 'lines')) await untilBooked({ world, town }, String(action))
  await closeAndAudit(world)
})

test('a card that another sheet wrote in other capitals is no second person: the line says how it is written', async () => {
  const { world, town, host, clerk, approver } = await openDeskWorld()
  await using _ = world
  const saved = (who: string, more: Json = {}): Promise<Json> =>
    atDesk(clerk, 'saveSheet', { sheet: sheetOf([{ who: { card: who } }], { hostBody: host.did, ...more }) })
  const proposed = await atDesk(clerk, 'propose', drafted(await saved('K-1')))
  const waiting = await atDesk(clerk, 'propose', drafted(await saved('k-1', { eventId: 'evening' })))
  await atDesk(approver, 'approve', { id: proposed['id'], version: proposed['version'] })
  const [line = {}] = listIn(await atDesk(clerk, 'getSheet', { id: proposed['id'] }), 'lines')
  await untilBooked({ world, town }, String(line['action']))
  // Also one that was put forward before.
  assert.equal(await refusalAt(approver, 'approve', { id: waiting['id'], version: waiting['version'] }), 'sheet.empty')
  const again = await saved('k-1', { eventId: 'evening' })
  const [doubt = {}] = listIn(listIn(again, 'lines')[0] ?? {}, 'doubts')
  assert.deepEqual([doubt['code'], doubt['about']], ['stamp.card-other-capitals', 'K-1'])
  assert.deepEqual(states(await saved('K-1', { eventId: 'evening' })), ['ready'])
  await closeAndAudit(world)
})
