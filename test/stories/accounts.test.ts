// What happens to accounts while their records are in the books: a new signing key, a stop and a start. Older entries still verify, and the appview
// that comes later reaches the same books.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { procedure } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, eventually, getJson } from '../support/asking.ts'
import { fickleDirectory } from '../support/fickle-directory.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'
import { ADMIN_PASSWORD, realClock } from '../support/world.ts'

const signingKeyOf = async (member: Member, uri: string): Promise<unknown> =>
  at(await member.ask(method.traceWrite, { uri }), 'steps', 'commit')['signingKey']

const revenue = async (member: Member, appview?: string): Promise<unknown> => {
  const asked = { scope: KANAZAWA, entity: member.did, fiscalYear: '2026' }
  const { statement } = await member.ask(method.getStatement, asked, ...(appview === undefined ? [] : [appview]))
  return at({ statement }, 'statement', 'units', 'MIN', 'PL')['revenue']
}

const rotateKey = async ({ session, did }: Member): Promise<string> => {
  const { signingKey } = await procedure(session.service, 'com.atproto.server.reserveSigningKey', { did })
  const admin = { basic: `admin:${ADMIN_PASSWORD}` }
  await procedure(session.service, 'com.atproto.admin.updateAccountSigningKey', { did, signingKey }, admin)
  return String(signingKey)
}

test('a new signing key: what the old key signed still verifies, what the new one signs is booked', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const first = await aoi.act(KANAZAWA, { minutes: 20 })
  await ren.confirm(first)
  await world.settled()
  const oldKey = await signingKeyOf(aoi, first.uri)
  const newKey = await rotateKey(aoi)
  assert.notEqual(newKey, oldKey)
  const second = await aoi.act(KANAZAWA, { minutes: 25 })
  await ren.confirm(second)
  await world.settled()
  assert.equal(await revenue(aoi), 45)
  assert.equal(await signingKeyOf(aoi, first.uri), oldKey)
  assert.equal(await signingKeyOf(aoi, second.uri), newKey)

  // An appview that comes after the rotation meets old frames under a document that names the new key.
  const late = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'late')
  await world.settled()
  assert.equal(await revenue(aoi, late.url), 45)

  // So does one whose directory answers only now and then: it waits for the answer and never takes silence for a wrong signature.
  const directory = await fickleDirectory(world)
  let requests = 0
  directory.loses = (path) => path.endsWith('/log/audit') && ++requests <= 2
  const patient = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'patient', { plcUrl: directory.url })
  await world.settled()
  assert(requests > 2, 'the directory was asked again')
  assert.equal(await revenue(aoi, patient.url), 45)
  await closeAndAudit(world, ['appview', 'late', 'patient'])
})

test('an appview that starts while the directory is away reads on as soon as it is back', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  await ren.confirm(await aoi.act(KANAZAWA, { minutes: 20 }))
  await world.settled()
  const directory = await fickleDirectory(world)
  let isAway = true
  const asked = new Set<string>()
  directory.loses = (path) => isAway && asked.add(path) !== undefined
  const beganMs = realClock.monotonicMs()
  const appview = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'early', { plcUrl: directory.url })
  await eventually(
    async () => asked.size,
    (paths) => paths > 0,
    'the directory is asked',
  )
  isAway = false
  await world.settled()
  assert.equal(await revenue(aoi, appview.url), 20)
  const tookMs = realClock.monotonicMs() - beganMs
  assert(tookMs < 10_000, `it took ${Math.round(tookMs)} ms`)
  await closeAndAudit(world, ['appview', 'early'])
})

test('deactivated: no more writes, statement and profile no longer public, the books keep what stands; activated: all goes on', async () => {
  const { world, town } = await openTown()
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  await aoi.put(nsid.profile, 'self', { displayName: '葵', statementVisibility: 'public' })
  const act = await aoi.act(KANAZAWA, { minutes: 20 })
  await ren.confirm(act)
  await world.settled()
  const shown = () => getJson(`${world.appview.url}/xrpc/${method.getStatement}?scope=${KANAZAWA}&entity=${aoi.did}&fiscalYear=2026`)
  const inTown = async (): Promise<unknown> =>
    at(await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')['revenue']
  assert.equal((await shown())['error'], undefined, 'chosen to be public')
  assert.equal(await inTown(), 20)

  await aoi.deactivate()
  const relayStatus = () => getJson(`${world.relay.url}/xrpc/com.atproto.sync.getRepoStatus?did=${aoi.did}`)
  await eventually(relayStatus, ({ active }) => active === false, 'the relay knows of the stop')
  await world.settled()
  assert.equal((await relayStatus())['status'], 'deactivated')
  await assert.rejects(aoi.act(KANAZAWA), { code: 'AccountDeactivated' })
  await eventually(shown, ({ error }) => error === 'NotFound', 'the statement is no longer shown')
  assert.equal(await inTown(), 20, 'what was confirmed stays in the town’s books')

  await aoi.activate()
  await eventually(relayStatus, ({ active }) => active === true, 'the relay knows of the start')
  const more = await aoi.act(KANAZAWA, { minutes: 5 })
  await ren.confirm(more)
  await world.settled()
  assert.equal(await revenue(aoi), 25)
  assert.equal((await shown())['error'], undefined, 'public again')
  await closeAndAudit(world)
})
