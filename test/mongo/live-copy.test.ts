// A backup and its restoring, while people go on writing: the store is copied as it is at one moment, on either engine; an appview started on the copy takes
// in from the relay what came since, and has the books of the other, to the byte.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyStore } from '../../appview/copy-store.ts'
import { openStore } from '../../appview/store/open-store.ts'
import type { StoreAddress } from '../../appview/store/open-store.ts'
import { dumped } from '../appview/store-rows.ts'
import type { Member } from '../support/member.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { KANAZAWA, openTown, residents } from '../support/town.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
let databases = 0

const inMongo = async (): Promise<string> => (await sharedReplicaSet()).uri(`live${(databases += 1)}`)

/** Acts, confirmations and withdrawals, one after the other, until `until` resolves; gives how many. */
const goOnWriting = async (people: readonly Member[], until: Promise<unknown>): Promise<number> => {
  const state = { isOver: false }
  const end = (): void => void (state.isOver = true)
  until.then(end, end)
  let acts = 0
  for (; !state.isOver; acts++) {
    const [giver, receiver] = [people[acts % people.length], people[(acts + 1) % people.length]]
    const act = await giver?.act(KANAZAWA, { minutes: 15 })
    if (act === undefined) break
    if (acts % 5 === 4) await giver?.remove(act.uri)
    else await receiver?.confirm(act)
  }
  return acts
}

const dumpOf = async (where: StoreAddress): Promise<readonly string[]> => {
  const store = await openStore(where)
  try {
    return await dumped(store)
  } finally {
    await store.close()
  }
}

const drill = async (storeOf: (folder: string) => Promise<string>, copyOf: (folder: string) => Promise<string>): Promise<void> => {
  const { world, town } = await openTown()
  await using _ = world
  await world.closeAppview(world.appview)
  const roster = [{ code: KANAZAWA, did: town.did }]
  const [folder, backup] = [world.folder('running'), world.folder('backup')]
  const from = { address: await storeOf(folder), folder }
  const to = { address: await copyOf(backup), folder: backup }
  const running = await world.openAppview(roster, 'running', { store: from.address })
  const people = await residents(town, ['aoi', 'ren', 'yui'])
  await goOnWriting(people, new Promise((resolve) => void setTimeout(resolve, 1_500)))
  await world.settled()
  const before = await world.leaves()

  const seen: string[] = []
  const copying = copyStore(from, to, (what, done, total) => seen.push(`${what} ${done}/${total}`))
  const written = await goOnWriting(people, copying)
  const { leaf, rows, statementsHash } = await copying
  assert.ok(written > 0 && leaf >= before && rows > 0, `${written} acts written meanwhile, copied up to leaf ${leaf}`)
  assert.match(seen[0] ?? '', /^rows \d+\/\d+$/)
  assert.match(statementsHash, /^[0-9a-f]{64}$/)
  await world.settled()
  assert.ok((await world.leaves()) > leaf, 'the source went on')
  assert.ok(!readdirSync(backup).some((name) => name.startsWith('moment-')), 'nothing is left of the copying')
  assert.ok(existsSync(join(folder, 'appview.lock')))

  const restored = await world.openAppview(roster, 'restored', { store: to.address, dataDir: backup })
  await goOnWriting(people, new Promise((resolve) => void setTimeout(resolve, 300)))
  await world.settled()
  await world.closeAppview(running)
  await world.closeAppview(restored)
  const [source, copy] = [await dumpOf(from), await dumpOf(to)]
  assert.ok(source.length > 100)
  assert.deepEqual(copy, source)
  await assert.rejects(copyStore(from, to), /holds books already/)
}

test('a store on SQLite is copied while its appview runs, and restored', { timeout: 120_000 }, () =>
  drill(
    async (folder) => join(folder, 'appview.sqlite'),
    async (folder) => join(folder, 'appview.sqlite'),
  ),
)

test('a store on MongoDB is copied to another database while its appview runs, and restored', { skip, timeout: 120_000 }, () =>
  drill(inMongo, inMongo),
)

test('a store on MongoDB is copied into a file while its appview runs, and restored', { skip, timeout: 120_000 }, () =>
  drill(inMongo, async (folder) => join(folder, 'appview.sqlite')),
)
