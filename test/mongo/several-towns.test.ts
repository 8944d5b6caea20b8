// Two municipalities and their prefecture, each with an appview of its own, in one database: none sees another's books; the prefecture finds and names a
// figure that one of them signed falsely; taking one out leaves the others as they were, to the byte.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from 'node:test'
import { publicationsOf } from '../../appview/close/publish-set.ts'
import { statementSet } from '../../appview/close/statement-set.ts'
import type { Json } from '../../appview/journal/model.ts'
import { dropUnused } from '../../appview/drop-book.ts'
import { openStore } from '../../appview/store/open-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { procedure, query } from '../../cli/xrpc-client.ts'
import { method } from '../../lexicons/authority.ts'
import { recordsWith } from '../close/altered-records.ts'
import { dumped } from '../appview/store-rows.ts'
import { at, eventually, listIn } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { sharedReplicaSet } from '../support/mongo.ts'
import { mongodPath, skipUnless } from '../support/needs.ts'
import { AN_EVENING_IN_MAY, KANAZAWA, KOMATSU, residents } from '../support/town.ts'
import { World } from '../support/world.ts'

const skip = skipUnless(mongodPath, 'a mongod (npm run mongod)')
const run = promisify(execFile)
const YEAR = 2026
const JUNE = '2027-06-01T03:00:00.000Z'
const WAKI = join(import.meta.dirname, '..', '..', 'cli', 'waki.js')

/** Six people who each give an hour to the next, in one town. */
const livesIn = async (town: Member, code: string, names: readonly string[]): Promise<void> => {
  const people = await residents(town, names)
  for (const [index, giver] of people.entries())
    await (people[(index + 1) % people.length] ?? giver).confirm(await giver.act(code, { minutes: 60 }))
}

/** The close of a year as the town's books make it, or as `alter` says, written by the town itself. */
const close = async (town: Member, code: string, { books }: Store, alter: (record: Json) => Json = (record) => record): Promise<void> => {
  const { roster } = await books.state()
  const set = await statementSet(books, roster, {
    scope: code,
    fiscalYear: YEAR,
    version: 1,
    revaluedBy: [],
    alreadyMerged: [],
    leftOutBefore: [],
  })
  const repo = town.did
  for (const { collection, rkey, record } of publicationsOf({
    repo,
    scope: code,
    fiscalYear: YEAR,
    version: 1,
    set,
    gaps: 0,
    createdAt: JUNE,
  })) {
    const input = { repo, collection, rkey, record: alter(JSON.parse(JSON.stringify(record))) }
    const written = await procedure(town.session.service, 'com.atproto.repo.createRecord', input, town.session.accessJwt)
    town.world.wrote(repo, String(at(written, 'commit')['rev']))
  }
}

const checked = (appview: string) => query(appview, method.checkConsolidation, { scope: '17', fiscalYear: String(YEAR) })

test('several municipalities and their prefecture in one database', { skip, timeout: 180_000 }, async () => {
  const store = (await sharedReplicaSet()).uri('several')
  await using world = await World.start({ from: AN_EVENING_IN_MAY })
  const [kanazawa, komatsu] = [await world.member('kanazawa'), await world.member('komatsu')]
  const towns = [
    { code: KANAZAWA, did: kanazawa.did },
    { code: KOMATSU, did: komatsu.did },
  ]
  await kanazawa.openBooks(KANAZAWA, '2026-04-01')
  await komatsu.openBooks(KOMATSU, '2026-04-01')
  const [first, second] = [
    await world.openAppview(towns.slice(0, 1), 'kanazawa', { store, storeBook: 'kanazawa' }),
    await world.openAppview(towns.slice(1), 'komatsu', { store, storeBook: 'komatsu' }),
  ]
  const prefecture = await world.openAppview(towns, 'ishikawa', { store, storeBook: 'ishikawa' })
  await livesIn(kanazawa, KANAZAWA, ['aoi', 'ren', 'yui', 'sora', 'hina', 'riku'])
  await livesIn(komatsu, KOMATSU, ['mei', 'dai', 'eri', 'fumi', 'gen', 'haru'])
  await world.settled()

  const codesAt = async ({ url }: { url: string }) =>
    listIn(await query(url, method.listMunicipalities, {}), 'municipalities').map(({ code }) => code)
  assert.deepEqual(await codesAt(first), [KANAZAWA])
  assert.deepEqual(await codesAt(second), [KOMATSU])
  assert.deepEqual(await codesAt(prefecture), [KANAZAWA, KOMATSU])
  const elsewhere = query(first.url, method.getStatement, { scope: KOMATSU, fiscalYear: String(YEAR) })
  await assert.rejects(elsewhere, /nothing here/)

  world.step(JUNE)
  await kanazawa.put('org.waki.municipality', 'self', { code: KANAZAWA, names: { ja: '金沢市', en: 'Kanazawa' }, tier: 'municipality' })
  await world.settled()
  assert.deepEqual(
    listIn(await checked(prefecture.url), 'members').map(({ verdict }) => verdict),
    ['absent', 'absent'],
  )
  const opened = (book: string): Promise<Store> => openStore({ address: store, folder: world.folder(book), book })
  await using stack = new AsyncDisposableStack()
  const [ofKanazawa, ofKomatsu, ofPrefecture] = [await opened('kanazawa'), await opened('komatsu'), await opened('ishikawa')]
  for (const one of [ofKanazawa, ofKomatsu, ofPrefecture]) stack.defer(() => one.close())
  await close(komatsu, KOMATSU, ofKomatsu)
  await close(kanazawa, KANAZAWA, ofKanazawa, recordsWith({ moreGiven: 60 }))
  await world.settled()
  const members = await eventually(
    async () => listIn(await checked(prefecture.url), 'members'),
    (found) => found.every(({ version }) => version === 1),
    'both closes are in the books',
  )
  assert.deepEqual(
    members.map(({ code, verdict }) => [code, verdict]),
    [
      [KANAZAWA, 'differs'],
      [KOMATSU, 'other-roster'],
    ],
  )
  const [wrong] = listIn(members[0] ?? {}, 'otherwise')
  assert.equal(wrong?.['entity'], null)
  const line = listIn(wrong ?? {}, 'differences').find((one) => one['line'] === 'units.MIN.PL.4110')
  assert.deepEqual([line?.['signed'], line?.['made']], [String(6 * 60 + 60), String(6 * 60)])
  const told = await run(process.execPath, [
    WAKI,
    'prefecture',
    'check',
    '--scope',
    '17',
    '--year',
    String(YEAR),
    '--appview',
    prefecture.url,
  ]).then(
    () => assert.fail('a difference ends the command'),
    (error: { stdout: string; stderr: string }) => error,
  )
  assert.match(told.stdout, /172014 第1版 .*differs[\s\S]*units\.MIN\.PL\.4110: 署名 \/ signed 420, 記録から \/ from the records 360/)
  assert.match(told.stdout, /172031 第1版 .*the same figures, under another roster/)
  assert.match(told.stderr, /not those of the records: 172014/)

  await assert.rejects(dropUnused(store, 'komatsu'), /at work on this store.*drop it again/)
  await world.closeAppview(second)
  const before = [await dumped(ofKanazawa), await dumped(ofPrefecture)]
  assert.ok((await dropUnused(store, 'komatsu')) > 100)
  assert.deepEqual([await dumped(ofKanazawa), await dumped(ofPrefecture)], before)
  assert.equal(await dropUnused(store, 'komatsu'), 0)
  assert.deepEqual(await codesAt(prefecture), [KANAZAWA, KOMATSU])
})
