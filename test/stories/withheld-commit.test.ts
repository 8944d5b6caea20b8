// A PDS that keeps a commit back: the relay passes the next one on as discontinuous, the appview fetches the repository and books what it missed, and
// nobody else notices. A PDS that gives no repository either loses its own users' record, and that alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, eventually, getJson, listIn } from '../support/asking.ts'
import { liarAccount, liarResident } from '../support/liar-account.ts'
import type { LiarAccount } from '../support/liar-account.ts'
import type { Member, Record } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'
import type { World } from '../support/world.ts'

const action = (town: Member, minutes: number): Record => ({
  $type: nsid.action,
  ...town.action(KANAZAWA, { minutes, performedOn: '2026-05-10' }),
})

const setUp = async () => {
  const { world, town } = await openTown()
  const { host, account } = await liarResident(town)
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  return { world, town, host, account, aoi, ren }
}

const inBooks = async (world: World, town: Member, uri: string): Promise<number> => {
  await world.settled()
  return listIn(await town.ask(method.listJournal, { action: uri, limit: '100' }).catch(() => ({})), 'transactions').length
}

const receivedBy = async (member: Member): Promise<unknown> =>
  at(await member.ask(method.getStatement, { scope: KANAZAWA, entity: member.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')[
    'expense'
  ]

const send = async (town: Member, account: LiarAccount, host: { send(frame: Uint8Array): void }, rkey: string, minutes: number) => {
  const made = account.create(nsid.action, rkey, action(town, minutes))
  host.send(made.written.frame)
  town.world.wrote(account.did, made.written.event.rev)
  await town.world.settled()
  return made
}

test('a commit that was kept back is found by fetching the repository; neighbours go on', async () => {
  const { world, town, host, account, aoi, ren } = await setUp()
  await using _ = world
  host.repos.set(account.did, () => account.repo.car())
  const first = await send(town, account, host, '3mlifhhkt2r22', 10)
  const kept = account.create(nsid.action, '3mlifhhkt2s22', action(town, 15))
  const neighbour = await aoi.act(KANAZAWA, { minutes: 40 })
  await world.settled()
  assert.equal(await inBooks(world, town, kept.uri), 0, 'nobody has heard of it')
  const third = await send(town, account, host, '3mlifhhkt2t22', 20)
  await eventually(
    () => inBooks(world, town, kept.uri),
    (entries) => entries === 1,
    'what was kept back is in the books',
  )
  for (const act of [first, kept, third, neighbour]) await ren.confirm(act)
  await world.settled()
  assert.equal(await receivedBy(ren), 10 + 15 + 20 + 40)
  const hostState = await getJson(`${world.relay.url}/xrpc/com.atproto.sync.getHostStatus?hostname=${host.hostname}`)
  assert.equal(hostState['status'], 'active')

  // And on: the next commit stands on the one before.
  const fourth = await send(town, account, host, '3mlifhhkt2u22', 5)
  await ren.confirm(fourth)
  await world.settled()
  assert.equal(await receivedBy(ren), 90)
  await closeAndAudit(world)
})

test('a host that gives no repository: the commits it sends are booked, the one it kept back is not, and the books do not wait for it', async () => {
  const { world, town, host, account, aoi, ren } = await setUp()
  await using _ = world
  await send(town, account, host, '3mlifhhkt2r22', 10)
  const kept = account.create(nsid.action, '3mlifhhkt2s22', action(town, 15))
  const third = await send(town, account, host, '3mlifhhkt2t22', 20)
  const neighbour = await aoi.act(KANAZAWA, { minutes: 40 })
  for (const act of [third, neighbour]) await ren.confirm(act)
  await world.settled()
  assert.equal(await inBooks(world, town, kept.uri), 0)
  assert.equal(await receivedBy(ren), 60)
  await closeAndAudit(world)
})

test('a stranger whose host never answers has one short try; the books go on', async () => {
  const { world, town, host, aoi, ren } = await setUp()
  await using _ = world
  const stranger = await liarAccount(world, host, 'hanako.liar.test')
  host.silent.dids.add(stranger.did)
  await send(town, stranger, host, '3mlifhhkt2r22', 10)
  stranger.create(nsid.action, '3mlifhhkt2s22', action(town, 15))
  const third = stranger.create(nsid.action, '3mlifhhkt2t22', action(town, 20))
  host.send(third.written.frame)
  world.wrote(stranger.did, third.written.event.rev)
  const neighbour = await aoi.act(KANAZAWA, { minutes: 40 })
  await ren.confirm(neighbour)
  await world.settled()
  assert.equal(await receivedBy(ren), 40)
  assert.deepEqual(host.silent.asked, [stranger.did], 'asked once, not three times')
  assert.equal(await inBooks(world, town, third.uri), 1, 'what was sent is noted as a claim')
  await closeAndAudit(world)
})
