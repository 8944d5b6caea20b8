// An account deleted at its PDS, through all servers to the erasure a month later: what the town's books say stays, the person is in none of it, and every
// folder is sound.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { procedure } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { refusalAt } from '../desk/desk-world.ts'
import { at, eventually, getJson, parseJson } from '../support/asking.ts'
import { closeAndAudit, KANAZAWA, openTown, publishFileOf, residents } from '../support/town.ts'
import { ADMIN_PASSWORD } from '../support/world.ts'

test('deleted, erased after thirty days, and every folder is sound', async () => {
  const { world, town } = await openTown()
  await using _world = world
  await world.closeAppview(world.appview)
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile: publishFileOf(town) })
  const [aoi, ben, chie] = await residents(town, ['aoi', 'ben', 'chie'])
  assert(aoi !== undefined && ben !== undefined && chie !== undefined)
  await ben.confirm(await aoi.act(KANAZAWA, { minutes: 40 }))
  await aoi.confirm(await ben.act(KANAZAWA, { minutes: 25 }))
  await aoi.act(KANAZAWA, { minutes: 15 })
  // Chie takes part in private only: no record of hers is anywhere.
  const forChie = await ben.act(KANAZAWA, { minutes: 10, beneficiaries: [{ class: 'person', did: chie.did }] })
  await world.settled()
  await chie.tell(method.confirm, { subject: { uri: forChie.uri, cid: forChie.cid }, verdict: 'confirmed' })
  // What Ben confirms of Aoi's in private the town publishes, and so it names Aoi.
  const forBen = await aoi.act(KANAZAWA, { minutes: 5, beneficiaries: [{ class: 'person', did: ben.did }] })
  await world.settled()
  await ben.tell(method.confirm, { subject: { uri: forBen.uri, cid: forBen.cid }, verdict: 'confirmed' })
  await world.settled()
  const given = async (): Promise<unknown> => {
    const { statement } = await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' })
    return at(parseJson(statement), 'units', 'MIN', 'PL')['4110']
  }
  const journal = async (): Promise<string> => JSON.stringify(await town.ask(method.listJournal, { scope: KANAZAWA, limit: '100' }))
  await eventually(given, (minutes) => minutes === 80, 'what Chie confirmed is booked')
  assert.match(await journal(), new RegExp(aoi.did))

  const [pds] = world.pds
  for (const { did } of [aoi, chie]) {
    await procedure(pds?.url ?? '', 'com.atproto.admin.deleteAccount', { did }, { basic: `admin:${ADMIN_PASSWORD}` })
    world.stopped(did)
    await eventually(
      () => getJson(`${world.relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${did}`),
      ({ status }) => status === 'deleted',
      'the relay has heard of it',
    )
  }
  await world.settled()
  world.step('2026-06-20T09:00:00.000Z')
  await eventually(journal, (entries) => !entries.includes(aoi.did) && !entries.includes(chie.did), 'the journal names nobody')
  assert.match(await journal(), /X:172014#1/)
  assert.equal(await given(), 80)
  // The town itself names nobody any more who is gone.
  const published = async (collection: string): Promise<string> =>
    JSON.stringify(
      await getJson(`${town.session.service}/xrpc/com.atproto.repo.listRecords?repo=${town.did}&collection=${collection}&limit=100`),
    )
  const before = await world.leaves()
  await eventually(
    () => published(nsid.admission),
    (records) => !records.includes(aoi.did) && !records.includes(chie.did) && records.includes(ben.did),
    'the admissions are out of the public repo',
  )
  await eventually(
    () => published(nsid.confirmation),
    (records) => !records.includes(aoi.did) && records.includes(ben.did),
    'so is the confirmation',
  )
  const { rev } = await getJson(`${town.session.service}/xrpc/com.atproto.sync.getLatestCommit?did=${town.did}`)
  world.wrote(town.did, String(rev))
  await world.settled()
  assert.ok((await world.leaves()) >= before)
  assert.equal(await given(), 80)
  // The books do not know any more who was erased; the relay does, and nobody is named anew.
  for (const { did } of [aoi, chie]) assert.equal(await refusalAt(town, 'admit', { did, from: '2026-06-20' }), 'admission.account-inactive')
  await closeAndAudit(world)
})
