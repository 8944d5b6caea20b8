// The one idea, end to end: a resident's write becomes a commit, an event, a leaf, a posting, a line of their statement and of their town's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, getJson, listIn } from '../support/asking.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'

test('write → commit → seq → leaf → posting → statement', async () => {
  const { world, town } = await openTown({ pdsCount: 2 })
  await using _ = world
  const [aoi = assert.fail()] = await residents(town, ['aoi'])
  const [ren = assert.fail()] = await residents(town, ['ren'], 1)
  const act = await aoi.act(KANAZAWA, { category: 'elderly', minutes: 90 })
  await world.settled()

  const claimed = await aoi.ask(method.getAction, { uri: act.uri })
  assert.equal(at(claimed, 'action')['state'], 'open')
  const confirmation = await ren.confirm(act)
  await world.settled()

  // The statements of both, as each asks for their own.
  const own = at(await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' }), 'statement')
  assert.deepEqual(at(own, 'units', 'MIN', 'PL'), { '4110': 90, revenue: 90, expense: 0, net: 90 })
  assert.deepEqual(at(own, 'units', 'MIN', 'byCategory'), { elderly: { '4110': 90 } })
  assert.deepEqual(at(own, 'units', 'JPY', 'BS'), { '1310': 2742, assets: 2742, liabilities: 0, netAssets: 2742 })
  const rens = at(await ren.ask(method.getStatement, { scope: KANAZAWA, entity: ren.did, fiscalYear: '2026' }), 'statement')
  assert.deepEqual(at(rens, 'units', 'MIN', 'PL'), { '5110': -90, revenue: 0, expense: 90, net: -90 })
  const whole = at(await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }), 'statement')
  assert.deepEqual(at(whole, 'units', 'MIN', 'PL'), { '4110': 90, '5110': -90, revenue: 90, expense: 90, net: 0 })

  // Neither sees the other's; small groups are merged or hidden for everybody else.
  await assert.rejects(ren.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did }), { code: 'NotFound' })
  const url = `${world.appview.url}/xrpc/${method.getStatement}?scope=${KANAZAWA}`
  assert.equal((await getJson(`${url}&entity=${aoi.did}`))['error'], 'NotFound')
  assert.equal(JSON.stringify(await getJson(`${url}&fiscalYear=2026`)).includes('2742'), false)

  // The trace names each step as the servers themselves tell it.
  const trace = await aoi.ask(method.traceWrite, { uri: act.uri })
  const steps = at(trace, 'steps')
  assert.equal(trace['cid'], act.cid)
  assert.equal(at(steps, 'record', 'value')['minutes'], 90)
  const pds = await getJson(`${aoi.session.service}/xrpc/com.atproto.sync.getLatestCommit?did=${aoi.did}`)
  assert.deepEqual([at(steps, 'commit')['cid'], at(steps, 'commit')['rev']], [pds['cid'], pds['rev']])
  const log = at(steps, 'log')
  const origin = await getJson(`${world.relay.url}/log/origin`)
  assert.equal(log['origin'], origin['name'])
  assert.equal(log['seq'], Number(origin['base']) + Number(log['leaf']))
  const leaf = await getJson(`${world.relay.url}/log/leaf/${String(log['leaf'])}?did=${aoi.did}`)
  assert.deepEqual([leaf['seq'], leaf['time'], leaf['kind']], [log['seq'], log['recordedAt'], 'commit'])
  assert.equal(typeof leaf['salt'], 'string')
  assert.deepEqual(
    listIn(steps, 'transactions').map(({ kind }) => kind),
    ['claim', 'memo-release', 'recognise'],
  )

  // The confirmer follows their own record; a stranger nobody's.
  const theirs = at(await ren.ask(method.traceWrite, { uri: confirmation.uri }), 'steps')
  assert.deepEqual(
    listIn(theirs, 'transactions').map(({ kind }) => kind),
    ['memo-release', 'recognise'],
  )
  const [nobody = assert.fail()] = await residents(town, ['nobody'])
  await assert.rejects(nobody.ask(method.traceWrite, { uri: act.uri }), { code: 'NotFound' })
  await assert.rejects(nobody.ask(method.getAction, { uri: act.uri }), { code: 'NotFound' })
  await closeAndAudit(world)
})

test('edited and deleted after it was confirmed: taken back, booked anew by a new confirmation, gone', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const minutes = async (): Promise<unknown> =>
    at(await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')[
      'revenue'
    ]
  const act = await aoi.act(KANAZAWA, { minutes: 60 })
  await ren.confirm(act)
  await world.settled()
  assert.equal(await minutes(), 60)

  const edited = await aoi.put(nsid.action, act.uri.split('/').at(-1) ?? '', aoi.action(KANAZAWA, { minutes: 45 }))
  await world.settled()
  assert.equal(await minutes(), 0, 'another version waits for a confirmation of its own')
  await ren.confirm(edited)
  await world.settled()
  assert.equal(await minutes(), 45)

  await aoi.remove(act.uri)
  await world.settled()
  assert.equal(await minutes(), 0)
  const kinds = listIn(await aoi.ask(method.listJournal, { entity: aoi.did, limit: '100' }), 'transactions').map(({ kind }) => kind)
  assert(kinds.length >= 7, kinds.join(' '))
  const trial = listIn(await aoi.ask(method.getTrialBalance, { scope: KANAZAWA, entity: aoi.did }), 'rows')
  for (const { debit, credit, account } of trial) if (Number(account) < 9000) assert.equal(debit, credit, `account ${String(account)}`)
  await closeAndAudit(world)
})
