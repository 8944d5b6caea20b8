// The walk of appview/README.md over real servers: a write becomes a commit, an event, an entry, a line of a statement; traced back again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, eventually, getJson, listIn } from '../support/asking.ts'
import { World } from '../support/world.ts'

const KANAZAWA = '172014'

const townWithResidents = async (world: World, names: readonly string[]) => {
  const town = await world.member('kanazawa')
  const appview = await world.openAppview([{ code: KANAZAWA, did: town.did }])
  await town.openBooks(KANAZAWA, '2026-04-01')
  const residents = []
  for (const name of names) {
    const resident = await world.member(name)
    await town.admit(resident)
    residents.push(resident)
  }
  return { town, appview, residents }
}

test('a write becomes a line of a statement, and the line is traced back to the write', { timeout: 120_000 }, async () => {
  await using world = await World.start()
  const { town, residents } = await townWithResidents(world, ['aoi', 'ben'])
  const [aoi, ben] = residents
  assert.ok(aoi !== undefined && ben !== undefined)
  const act = await aoi.act(KANAZAWA, { minutes: 90, category: 'culture' })
  await world.settled()
  assert.equal(at(await aoi.ask(method.getAction, { uri: act.uri }), 'action')['state'], 'open')
  await ben.confirm(act)
  await world.settled()

  const { statement, proof } = await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' })
  assert.equal(at({ statement }, 'statement', 'units', 'MIN', 'PL')['4110'], 90)
  assert.equal(at({ statement }, 'statement', 'units', 'JPY', 'PL')['4110'], 2742)
  assert.equal(typeof at({ proof }, 'proof')['hash'], 'string')

  const trace = await aoi.ask(method.traceWrite, { uri: act.uri })
  assert.equal(at(trace, 'steps', 'commit')['rev'], act.rev)
  assert.equal(at(trace, 'steps', 'record')['cid'], act.cid)
  const kinds = listIn(at(trace, 'steps'), 'transactions').map(({ kind }) => kind)
  assert.deepEqual(kinds, ['claim', 'memo-release', 'recognise'])
  const { leaf, seq } = at(trace, 'steps', 'log')
  const { base } = await getJson(`${world.relay.url}/log/origin`)
  assert.equal(seq, Number(base) + Number(leaf))

  const whole = await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' })
  assert.equal(at(whole, 'statement', 'units', 'MIN', 'PL')['4110'], 90)
  assert.equal(listIn(await aoi.ask(method.listActions, {}), 'actions')[0]?.['state'], 'recognised')
  const journal = listIn(await ben.ask(method.listJournal, {}), 'transactions')
  assert.deepEqual(
    journal.flatMap((entry) => listIn(entry, 'lines').map(({ entity }) => entity)),
    Array(4).fill(`P:${ben.did}`),
  )
})

test('what does not satisfy the books is refused with a code its author sees, and nothing is lost', { timeout: 120_000 }, async () => {
  await using world = await World.start()
  const { residents } = await townWithResidents(world, ['aoi'])
  const [aoi] = residents
  assert.ok(aoi !== undefined)
  const future = await aoi.act(KANAZAWA, { performedOn: '2027-01-01' })
  const own = await aoi.act(KANAZAWA)
  const confirmation = await aoi.confirm(own)
  await world.settled()
  const seen = at(await aoi.ask(method.getAction, { uri: future.uri }), 'action')
  assert.equal(seen['state'], 'refused')
  assert.equal(at(seen, 'refusal')['code'], 'action.performed-in-future')
  const trace = await aoi.ask(method.traceWrite, { uri: confirmation.uri })
  assert.deepEqual(
    listIn(at(trace, 'steps'), 'refusals').map(({ code }) => code),
    ['confirmation.own-action'],
  )
  assert.equal(nsid.confirmation, confirmation.uri.split('/')[3])
})

test('time alone lets a claim lapse on a quiet log', { timeout: 120_000 }, async () => {
  await using world = await World.start()
  const { residents } = await townWithResidents(world, ['aoi'])
  const [aoi] = residents
  assert.ok(aoi !== undefined)
  const act = await aoi.act(KANAZAWA)
  await world.settled()
  world.step('2026-08-01T00:00:00.000Z')
  await eventually(
    async () => at(await aoi.ask(method.getAction, { uri: act.uri }), 'action')['state'],
    (state) => state === 'lapsed',
    'the claim lapses',
    10_000,
  )
})
