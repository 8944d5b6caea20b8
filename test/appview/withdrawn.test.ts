// A record taken back over real servers: its writer sees that it was, nobody sees what it said, and the bytes are in no file of the appview.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { auditAppview } from '../../appview/audit.ts'
import { hashOfFolded, rebuildStore } from '../../appview/rebuild.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { XrpcRefused, deleteRecord, putRecord } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, listIn } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { CODE, SmallNetwork } from './small-network.ts'

const CANARY = 'kanaria-ga-utau'
const NONCE = Buffer.from('canary of a day!')
const nonce = { $bytes: NONCE.toString('base64').replaceAll('=', '') }

const rkeyOf = (uri: string): string => uri.split('/').at(-1) ?? ''

const isRefused = async (ask: Promise<Json>): Promise<boolean> =>
  ask.then(
    () => false,
    (error: unknown) => error instanceof XrpcRefused && error.code === 'NotFound',
  )

const filesHave = (network: SmallNetwork, bytes: Buffer | string): boolean => {
  const folder = join(network.dir, 'appview')
  return readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(bytes))
}

test('what was taken back, or said otherwise, is gone; the books stay, and a rebuild says the same', { timeout: 180_000 }, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const [aoi, ben] = [await network.join('aoi'), await network.join('ben')]
  await network.openAppview()
  for (const one of [aoi, ben]) await network.admit(town, one)
  const kept = await network.act(aoi, { minutes: 30, note: 'kept as it is' })
  const act = await network.act(aoi, { minutes: 45, note: `withdrawn ${CANARY}`, nonce })
  const edited = await network.act(aoi, { minutes: 20, note: `edited ${CANARY}`, nonce })
  for (const one of [kept, act]) await network.confirm(ben, one)
  await network.settled(town, aoi, ben)
  const { leaf: claimedAt } = at(await network.ask(aoi, method.traceWrite, { uri: act.uri }), 'steps', 'log')
  assert.ok(filesHave(network, CANARY) && filesHave(network, NONCE))

  const { value } = at(await network.ask(aoi, method.traceWrite, { uri: edited.uri }), 'steps', 'record')
  assert.equal(at({ value }, 'value')['minutes'], 20)
  await putRecord(aoi, nsid.action, rkeyOf(edited.uri), {
    ...at({ value }, 'value'),
    note: 'said otherwise',
    nonce: { $bytes: 'AAAAAAAAAAAAAAAAAAAAAA' },
  })
  await deleteRecord(aoi, nsid.action, rkeyOf(act.uri))
  await network.settled(town, aoi, ben)

  const trace = await network.ask(aoi, method.traceWrite, { uri: act.uri })
  assert.deepEqual(Object.keys(at(trace, 'steps')), ['record', 'log'])
  assert.deepEqual(at(trace, 'steps', 'record'), { uri: act.uri })
  assert.notEqual(at(trace, 'steps', 'log')['leaf'], claimedAt)
  const older = await network.ask(aoi, method.traceWrite, { uri: edited.uri, cid: edited.cid })
  assert.deepEqual(at(older, 'steps', 'record'), { uri: edited.uri, cid: edited.cid })
  assert.ok(await isRefused(network.ask(aoi, method.getAction, { uri: act.uri })))
  assert.ok(await isRefused(network.ask(ben, method.traceWrite, { uri: act.uri })))
  assert.ok(await isRefused(network.ask(town, method.traceWrite, { uri: act.uri })))
  const actions = listIn(await network.ask(aoi, method.listActions, {}), 'actions').map(({ uri }) => uri)
  assert.deepEqual(new Set(actions), new Set([kept.uri, edited.uri]))
  assert.equal(actions.length, 2)
  for (const [who, params] of [
    [aoi, {}],
    [town, { scope: CODE }],
  ] as const) {
    const shown = listIn(await network.ask(who, method.listJournal, { ...params, limit: '100' }), 'transactions')
    const bare = shown.filter(({ kind }) => kind === 'retract' || kind === 'recognise')
    assert.deepEqual(
      bare.map((one) => listIn(one, 'lines').length > 0),
      [true, false, false],
    )
    assert.ok(!JSON.stringify(shown).includes(rkeyOf(act.uri)))
  }
  const { statement } = await network.ask(aoi, method.getStatement, { scope: CODE, entity: aoi.did })
  assert.equal(at({ statement }, 'statement', 'units', 'MIN', 'PL')['4110'], 30)

  await network.closeAppview()
  for (const gone of [CANARY, NONCE]) assert.ok(!filesHave(network, gone), String(gone))
  const audit = await auditAppview(network.storeFile)
  assert.deepEqual(audit.problems, [])
  assert.equal(audit.checked['residues'], 3)
  const store = openSqliteStore(network.storeFile)
  const before = await hashOfFolded(store.books)
  await store.close()
  assert.equal((await rebuildStore({ store: network.storeFile })).statementsHash, before)
})
