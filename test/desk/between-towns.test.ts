// People who live in one town and act in another, or who move while a desk is at work: what each desk and each person is told holds in the books.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { method } from '../../lexicons/authority.ts'
import { at, eventually, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, KOMATSU, residents } from '../support/town.ts'
import { atDesk, refusalAt, untilBooked } from './desk-world.ts'
import { openTwoDesks, refusedOf } from './two-desks.ts'

const sheetOf = async (member: Member, scope: string, page: 'PL' | 'BS'): Promise<Json> =>
  at(await member.ask(method.getStatement, { scope, entity: member.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', page)

test('who confirms privately as resident of another town has the minutes in their own statement', async () => {
  const { world, town, neighbour } = await openTwoDesks()
  await using _ = world
  const [aoi = assert.fail()] = await residents(town, ['aoi'])
  const [kei = assert.fail()] = await residents(neighbour, ['kei'])
  const act = await aoi.act(KANAZAWA, { minutes: 40, category: 'community', beneficiaries: [{ class: 'person', did: kei.did }] })
  await world.settled()
  await kei.tell(method.confirm, { subject: { uri: act.uri, cid: act.cid }, verdict: 'confirmed' })
  const received = await eventually(
    () => sheetOf(kei, KOMATSU, 'PL'),
    (lines) => lines['5110'] !== undefined,
    'their own statement has it',
  )
  assert.deepEqual([received['5110'], (await sheetOf(kei, KOMATSU, 'BS'))['1310']], [-40, -40])
  assert.equal((await sheetOf(aoi, KANAZAWA, 'PL'))['4110'], 40)
  await closeAndAudit(world)
  assert.deepEqual(await refusedOf(world.folder('appview'), [town.did, neighbour.did]), [])
})

test('whom another town has admitted becomes a host body there first', async () => {
  const { world, town, neighbour, here, there } = await openTwoDesks()
  await using _ = world
  const [kei = assert.fail()] = await residents(neighbour, ['kei'])
  await world.settled()
  const body = { did: kei.did, names: { ja: '会' }, validFrom: '2026-05-01' }
  assert.equal(await refusalAt(here.admin, 'registerHostBody', body), 'hostBody.resident-elsewhere')
  for (const [admin, code] of [
    [there.admin, KOMATSU],
    [here.admin, KANAZAWA],
  ] as const) {
    const { uri } = await atDesk(admin, 'registerHostBody', body, code)
    await untilBooked({ world, town }, String(uri))
  }
})

test('an opening whose holder has moved meanwhile is not approved, and says whose line; without them it is booked', async () => {
  const { world, town, neighbour, here } = await openTwoDesks()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  await world.settled()
  const csv = `holder,minutes\n${aoi.did},100\n${ren.did},50\n`
  const draft = await atDesk(here.clerk, 'proposeOpening', { csv, control: { rows: 2, points: 0, minutes: 150 } })
  await neighbour.admit(ren, { from: '2026-05-10' })
  await world.settled()
  const approval = { id: draft['id'], version: draft['version'] }
  await assert.rejects(
    atDesk(here.approver, 'approve', approval),
    (error: Error) => error.message.startsWith('line 3: opening.holder-not-resident') && error.message.includes(ren.did),
  )
  assert.equal(listIn(await atDesk(here.clerk, 'listDrafts', { kind: 'opening', state: 'proposed' }), 'drafts').length, 1)
  assert.deepEqual(listIn(await atDesk(town, 'listEntries'), 'entries'), [], 'no half of it was published')
  await atDesk(here.clerk, 'withdraw', approval)
  const alone = { csv: `holder,minutes\n${aoi.did},100\n`, control: { rows: 1, points: 0, minutes: 100 } }
  const second = await atDesk(here.clerk, 'proposeOpening', alone)
  await atDesk(here.approver, 'approve', { id: second['id'], version: second['version'] })
  await eventually(
    () => sheetOf(aoi, KANAZAWA, 'BS'),
    (lines) => lines['1310'] === 100,
    'the balance is opened',
  )
  assert.equal(await refusalAt(here.clerk, 'proposeOpening', alone), 'opening.already-imported')
  await closeAndAudit(world)
})

test('an opening that the books refused, a holder having moved while it was on its way, is put forward again once they are back', async () => {
  const { world, town, neighbour, here } = await openTwoDesks()
  await using _ = world
  const [aoi = assert.fail()] = await residents(town, ['aoi'])
  await world.settled()
  const opening = { csv: `holder,minutes\n${aoi.did},100\n`, control: { rows: 1, points: 0, minutes: 100 } }
  const propose = async (): Promise<Json> => {
    const { id, version } = await atDesk(here.clerk, 'proposeOpening', opening)
    return { id, version }
  }
  // The appview cannot reach the PDS: what is approved waits, and the move comes before it.
  const roster = [
    { code: KANAZAWA, did: town.did },
    { code: KOMATSU, did: neighbour.did },
  ]
  const [pds = assert.fail()] = world.pds
  const publishFile = `${world.dir}/publish.json`
  const whole = readFileSync(publishFile, 'utf8')
  const restart = async (accounts: string): Promise<void> => {
    await world.closeAppview(world.appview)
    writeFileSync(publishFile, accounts, { mode: 0o600 })
    await world.openAppview(roster, 'appview', { publishFile })
  }
  await restart(whole.replaceAll(pds.url, 'http://127.0.0.1:9'))
  await atDesk(here.approver, 'approve', await propose())
  assert.equal(await refusalAt(here.clerk, 'proposeOpening', opening), 'opening.already-imported', 'it is on its way')
  await neighbour.admit(aoi, { from: '2026-05-10' })
  await world.settled()
  await restart(whole)
  for (const { uri } of listIn(await atDesk(town, 'listEntries'), 'entries')) await untilBooked({ world, town }, String(uri))
  assert.deepEqual(await sheetOf(aoi, KOMATSU, 'BS'), { assets: 0, liabilities: 0, netAssets: 0 }, 'the books refused it')
  assert.equal(await refusalAt(here.clerk, 'proposeOpening', opening), 'opening.holder-not-resident')
  await town.admit(aoi, { from: '2026-05-10' })
  await world.settled()
  await atDesk(here.approver, 'approve', await propose())
  await eventually(
    () => sheetOf(aoi, KANAZAWA, 'BS'),
    (lines) => lines['1310'] === 100,
    'the balance is opened at last',
  )
  await closeAndAudit(world)
})

test('a death before an announced move is recorded where the person lives, and an admission ended there; the other town is told no', async () => {
  const { world, town, neighbour, here, there } = await openTwoDesks()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  for (const one of [aoi, ren]) await neighbour.admit(one, { from: '2027-04-01' })
  await world.settled()
  assert.equal(await refusalAt(there.clerk, 'recordDeath', { did: aoi.did, on: '2026-05-09' }, KOMATSU), 'death.not-resident')
  const death = await atDesk(here.clerk, 'recordDeath', { did: aoi.did, on: '2026-05-09' })
  const ended = await atDesk(here.clerk, 'endAdmission', { did: ren.did, until: '2026-06-01' })
  for (const { uri } of [death, ended]) await untilBooked({ world, town }, String(uri))
  await closeAndAudit(world)
  assert.deepEqual(await refusedOf(world.folder('appview'), [town.did, neighbour.did]), [])
})
