// A host keeps a commit back, and whoever follows asks for the repository when it suits them: at once, or after more was written. Both book the same
// rows at the same leaves; where the repository cannot say any more what it held, the row says that.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { hashOfFolded } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { nsid } from '../../lexicons/authority.ts'
import { liarResident } from '../support/liar-account.ts'
import type { Member, Record } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, openTown } from '../support/town.ts'
import type { TestWrite } from '../support/frames.ts'
import type { World } from '../support/world.ts'

const path = (index: number): string => `${nsid.action}/3mlifhhkt2${'rstuvwx'[index] ?? 'y'}22`

const act = (town: Member, minutes: number): Record => ({
  $type: nsid.action,
  ...town.action(KANAZAWA, { minutes, performedOn: '2026-05-10' }),
})

const setUp = async () => {
  const { world, town } = await openTown()
  const { host, account } = await liarResident(town)
  host.repos.set(account.did, () => account.repo.car())
  const write = (...writes: TestWrite[]) => account.repo.write(writes)
  const send = async (...writes: TestWrite[]) => {
    const { frame, event } = write(...writes)
    host.send(frame)
    world.wrote(account.did, event.rev)
    await world.settled()
  }
  return { world, town, did: account.did, write, send }
}

const heldBy = async (world: World, name: string): Promise<{ rows: readonly IntakeRow[]; hash: string }> => {
  const store = openSqliteStore(join(world.folder(name), 'appview.sqlite'))
  try {
    return { rows: await store.books.intake({ leaf: 0, op: 0 }, 10_000), hash: await hashOfFolded(store.books) }
  } finally {
    await store.close()
  }
}

test('asked at once or later, a repository gives the same rows at the same leaves', { timeout: 120_000 }, async () => {
  const { world, town, did, write, send } = await setUp()
  await using _ = world
  await send({ action: 'create', path: path(0), value: act(town, 10) }, { action: 'create', path: path(1), value: act(town, 11) })
  write({ action: 'create', path: path(2), value: act(town, 12) }, { action: 'delete', path: path(0) })
  await send({ action: 'create', path: path(3), value: act(town, 13) })
  await send({ action: 'update', path: path(1), value: act(town, 21) })
  await send({ action: 'delete', path: path(3) }, { action: 'create', path: 'com.example.other/one', value: { note: 'not ours' } })
  await send({ action: 'create', path: path(4), value: act(town, 14) })
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'late')
  await world.settled()
  await closeAndAudit(world, ['appview', 'late'])
  const [early, late] = [await heldBy(world, 'appview'), await heldBy(world, 'late')]
  assert.deepEqual(late.rows, early.rows)
  assert.equal(late.hash, early.hash)
  const ours = early.rows.filter(({ repo }) => repo === did)
  assert.equal(ours.filter(({ source }) => source === 'resync').length, 3)
  assert.equal(new Set(ours.map(({ leaf }) => leaf)).size, 5, 'the first, the discontinuity, three behind it')
})

test(
  'what was changed before anybody asked is not to be had: that stands at the leaf, and the later version at its own',
  { timeout: 120_000 },
  async () => {
    const { world, town, did, write, send } = await setUp()
    await using _ = world
    await send({ action: 'create', path: path(0), value: act(town, 10) })
    write({ action: 'create', path: path(1), value: act(town, 11) })
    await send({ action: 'create', path: path(2), value: act(town, 12) })
    await send({ action: 'update', path: path(1), value: act(town, 21) })
    await world.openAppview([{ code: KANAZAWA, did: town.did }], 'late')
    await world.settled()
    await closeAndAudit(world, ['appview', 'late'])
    const [early, late] = [await heldBy(world, 'appview'), await heldBy(world, 'late')]
    const of = ({ rows }: { rows: readonly IntakeRow[] }) => rows.filter(({ repo }) => repo === did)
    const [atLeaf, lost] = [of(early)[1]?.leaf, of(late).find(({ collection }) => collection === '')]
    assert.equal(lost?.leaf, atLeaf)
    assert.match(JSON.stringify(lost?.value), /changed before the repo was fetched: 1/)
    assert.deepEqual(of(late).at(-1), of(early).at(-1))
  },
)
