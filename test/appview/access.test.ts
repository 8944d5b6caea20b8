// Who sees what: each caller against each answer, as one table; refused and missing look the same. And who a caller is taken for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { XrpcRefused, procedure, putRecord, query } from '../../cli/xrpc-client.ts'
import type { Session } from '../../cli/xrpc-client.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import { at, eventually, getJson, listIn } from '../support/asking.ts'
import type { Json } from '../support/asking.ts'
import { CODE, SmallNetwork } from './small-network.ts'

const TIMEOUT = { timeout: 180_000 }

const outcomeOf = async (ask: () => Promise<Json>): Promise<string> => {
  try {
    await ask()
    return 'shown'
  } catch (error) {
    if (error instanceof XrpcRefused) return `${error.status} ${error.code}`
    throw error
  }
}

test('each caller sees what the table says, and nothing else', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const people: Record<string, Session> = { desk: town }
  for (const name of ['aoi', 'ben', 'wit', 'open', 'stranger']) people[name] = await network.join(name)
  const { aoi, ben, wit, open, stranger } = people
  assert.ok(aoi && ben && wit && open && stranger)
  await network.openAppview()
  for (const one of [aoi, ben, wit, open]) await network.admit(town, one)
  const profile = { statementVisibility: 'public', createdAt: new Date().toISOString() }
  await putRecord(open, nsid.profile, 'self', profile)
  const act = await network.act(aoi)
  const idle = await network.confirm(stranger, act, { role: 'witness' })
  await network.settled(town, aoi, stranger)
  const word = await network.confirm(ben, act)
  const second = await network.confirm(wit, act, { role: 'witness' })
  await network.settled(town, aoi, ben, wit, open)

  const seen = 'shown'
  const not = '404 NotFound'
  const ours = { scope: CODE }
  const nobody = 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/org.waki.action/3mlifhhkt2r22'
  type Callers = Readonly<Record<'anyone' | 'aoi' | 'ben' | 'wit' | 'open' | 'stranger' | 'desk', string>>
  const all = (answer: string, but: Partial<Callers> = {}): Callers => ({
    anyone: answer,
    aoi: answer,
    ben: answer,
    wit: answer,
    open: answer,
    stranger: answer,
    desk: answer,
    ...but,
  })
  const days = { from: '2026-04-10', through: '2028-02-29' }
  const table: readonly (readonly [string, string, Readonly<Record<string, string>>, Callers])[] = [
    ['the scope', method.getStatement, ours, all(seen)],
    ['the municipality', method.getStatement, { ...ours, kind: 'municipality' }, all(seen)],
    ['a past month of the town', method.getStatement, { ...ours, month: '2026-04' }, all(seen)],
    ['the scope at a leaf', method.getStatement, { ...ours, leaf: '9' }, all(not, { desk: seen })],
    ['the scope at an instant', method.getStatement, { ...ours, instant: new Date().toISOString() }, all(not, { desk: seen })],
    ['the scope over some days', method.getStatement, { ...ours, ...days }, all(not, { desk: seen })],
    ['a private person over some days', method.getStatement, { ...ours, ...days, entity: aoi.did }, all(not, { aoi: seen })],
    ['who chose to be public, over some days', method.getStatement, { ...ours, ...days, entity: open.did }, all(not, { open: seen })],
    ['a town that is not here', method.getStatement, { scope: '131016' }, all(not)],
    ['a private person', method.getStatement, { ...ours, entity: aoi.did }, all(not, { aoi: seen })],
    ['a private person at a leaf', method.getStatement, { ...ours, entity: aoi.did, leaf: '9' }, all(not, { aoi: seen })],
    ['who chose to be public', method.getStatement, { ...ours, entity: open.did }, all(seen)],
    ['who chose to be public, at a leaf', method.getStatement, { ...ours, entity: open.did, leaf: '9' }, all(not, { open: seen })],
    ['the pool', method.getStatement, { ...ours, entity: `X:${CODE}` }, all(not)],
    ['an erased person', method.getStatement, { ...ours, entity: `X:${CODE}#1` }, all(not)],
    ['a card', method.getStatement, { ...ours, entity: 'C:token' }, all(not)],
    ['consolidation of the town', method.getConsolidation, ours, all(seen)],
    ['consolidation of the town at a leaf', method.getConsolidation, { ...ours, leaf: '9' }, all(not, { desk: seen })],
    ['consolidation of a month', method.getConsolidation, { ...ours, month: '2026-04' }, all('400 InvalidPeriod', { desk: seen })],
    ['consolidation of the prefecture', method.getConsolidation, { scope: '17' }, all(seen)],
    ['consolidation of the federation', method.getConsolidation, { scope: 'network' }, all(seen)],
    ['consolidation of all at a leaf', method.getConsolidation, { scope: 'network', leaf: '9' }, all(not)],
    ['consolidation of a prefecture that is not here', method.getConsolidation, { scope: '13' }, all(not)],
    ['consolidation of what is no scope', method.getConsolidation, { scope: 'x17' }, all(not)],
    ['trial balance of the town', method.getTrialBalance, ours, all(not, { desk: seen })],
    ['trial balance of a person', method.getTrialBalance, { ...ours, entity: aoi.did }, all(not, { aoi: seen })],
    ['trial balance of who is public', method.getTrialBalance, { ...ours, entity: open.did }, all(not, { open: seen })],
    ['a trial balance on no day', method.getTrialBalance, { ...ours, on: '2026-13-45' }, all(not, { desk: '400 InvalidRequest' })],
    ['journal of the town', method.listJournal, ours, all(not, { desk: seen })],
    ['journal of a person', method.listJournal, { entity: aoi.did }, all(not, { aoi: seen })],
    ['journal of who is public', method.listJournal, { entity: open.did }, all(not, { open: seen })],
    ['own journal', method.listJournal, {}, all(seen, { anyone: not })],
    ['actions of a person', method.listActions, { actor: aoi.did }, all(not, { aoi: seen })],
    ['own actions', method.listActions, {}, all(seen, { anyone: not })],
    ['an action', method.getAction, { uri: act.uri }, all(not, { aoi: seen, ben: seen, wit: seen, desk: seen })],
    ['entries of an action', method.listJournal, { action: act.uri }, all(not, { aoi: seen, ben: seen, wit: seen, desk: seen })],
    ['trace of an action', method.traceWrite, { uri: act.uri }, all(not, { aoi: seen, ben: seen, wit: seen, desk: seen })],
    ['trace of a word without a level', method.traceWrite, { uri: idle.uri }, all(not, { aoi: seen, stranger: seen, desk: seen })],
    ['trace of a second word', method.traceWrite, { uri: second.uri }, all(not, { aoi: seen, wit: seen, desk: seen })],
    ['trace of a confirmation', method.traceWrite, { uri: word.uri }, all(not, { aoi: seen, ben: seen, desk: seen })],
    ['an action nobody wrote', method.getAction, { uri: nobody }, all(not)],
    ['trace of what nobody wrote', method.traceWrite, { uri: nobody }, all(not)],
    ['a town', method.getMunicipality, { code: CODE }, all(seen)],
    ['its policy', method.getPolicy, { code: CODE }, all(seen)],
    ['policy of a town that is not here', method.getPolicy, { code: '131016' }, all(not)],
    ['all towns', method.listMunicipalities, {}, all(seen)],
  ]
  for (const [title, name, params, expected] of table)
    for (const [caller, answer] of Object.entries(expected)) {
      const who = caller === 'anyone' ? null : (people[caller] ?? assert.fail(caller))
      assert.equal(await outcomeOf(() => network.ask(who, name, params)), answer, `${title}, asked by ${caller}`)
    }

  // Of an act they attested, confirmers are told of nobody but its giver and themselves; its giver and the desk, of everybody.
  const answers = async (who: Session): Promise<string> =>
    JSON.stringify([
      await network.ask(who, method.getAction, { uri: act.uri }),
      await network.ask(who, method.listJournal, { action: act.uri }),
      await network.ask(who, method.traceWrite, { uri: act.uri }),
    ])
  const confirmers = [ben, wit, stranger]
  for (const who of [aoi, ben, wit, town]) {
    const told = await answers(who)
    for (const other of confirmers)
      assert.equal(told.includes(other.did), who === aoi || who === town || who === other, `${who.handle} is told of ${other.handle}`)
    if (who === ben || who === wit) assert.doesNotMatch(told, new RegExp(`[PO]:${aoi.did}`))
  }
  assert.match(await answers(ben), new RegExp(`"entity":"P:${ben.did}"`))
  const own = JSON.stringify(await network.ask(stranger, method.traceWrite, { uri: idle.uri }))
  for (const { did } of [ben, wit]) assert.ok(!own.includes(did))
})

test('what the owner of an account that is not active wrote is shown to nobody else', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const [aoi, ben] = [await network.join('aoi'), await network.join('ben')]
  await network.openAppview()
  for (const one of [aoi, ben]) await network.admit(town, one)
  const act = await network.act(aoi, { note: 'SECRET' })
  const word = await network.confirm(ben, act)
  await network.settled(town, aoi, ben)
  const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [method.getAction, { uri: act.uri }],
    [method.traceWrite, { uri: act.uri }],
    [method.traceWrite, { uri: act.uri, cid: act.cid }],
    [method.listJournal, { action: act.uri }],
  ]
  const outcomes = (who: Session) => Promise.all(ways.map(([name, params]) => outcomeOf(() => network.ask(who, name, params))))
  assert.deepEqual(await outcomes(ben), ['shown', 'shown', 'shown', 'shown'])

  const account = (who: Session, name: 'deactivateAccount' | 'activateAccount') =>
    procedure(who.service, `com.atproto.server.${name}`, {}, who.accessJwt)
  const becomes = (who: Session, uri: string, expected: string) =>
    eventually(
      () => outcomeOf(() => network.ask(who, method.traceWrite, { uri })),
      (outcome) => outcome === expected,
      `${uri} is ${expected}`,
    )
  await account(ben, 'deactivateAccount')
  await becomes(aoi, word.uri, '404 NotFound')
  assert.deepEqual(at(await network.ask(aoi, method.getAction, { uri: act.uri }), 'action')['confirmations'], [])
  await account(ben, 'activateAccount')
  await becomes(aoi, word.uri, 'shown')
  await account(aoi, 'deactivateAccount')
  await becomes(town, act.uri, '404 NotFound')
  const hidden = ['404 NotFound', '404 NotFound', '404 NotFound', '404 NotFound']
  assert.deepEqual(await outcomes(ben), hidden)
  assert.deepEqual(await outcomes(town), hidden)
})

test('small groups are hidden from the public and shown to the desk', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const [aoi, ben] = [await network.join('aoi'), await network.join('ben')]
  await network.openAppview()
  for (const one of [aoi, ben]) await network.admit(town, one)
  await network.confirm(ben, await network.act(aoi))
  await network.settled(town, aoi, ben)
  const year = { scope: CODE }
  const full = at(await network.ask(town, method.getStatement, year), 'statement')
  assert.equal(at(full, 'units', 'MIN', 'PL')['4110'], 60)
  assert.equal(at(full, 'notes')['persons'], 2)
  const known = at(full, 'knownAt')
  const shown = at(await network.ask(null, method.getStatement, year), 'statement')
  // The public sees the books as they stood at the last 00:00: before anything was written, or with too few people to say anything.
  assert.ok(Number(at(shown, 'knownAt')['leaf']) < Number(known['leaf']))
  assert.equal(shown['hidden'] ?? at(shown, 'units', 'MIN', 'PL')['net'], 0)
})

test('a caller is who their token says, for this appview and this method, once', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  await network.openTown()
  const aoi = await network.join('aoi')
  const { url } = await network.openAppview()
  const did = `did:web:${encodeURIComponent(new URL(url).host)}`
  const tokenFor = async (aud: string, lxm: string) =>
    String((await query(aoi.service, 'com.atproto.server.getServiceAuth', { aud, lxm }, aoi.accessJwt))['token'])
  const ask = (token: string) => outcomeOf(() => query(url, method.listActions, {}, token))
  const token = await tokenFor(did, method.listActions)
  assert.equal(await ask(token), 'shown')
  assert.equal(await ask(token), '401 BadJwt', 'a second use')
  assert.equal(await ask(await tokenFor(`${did}#waki_appview`, method.listActions)), 'shown')
  assert.equal(await ask(await tokenFor(`${did}#other`, method.listActions)), '401 BadJwtAudience')
  assert.equal(await ask(await tokenFor(did, method.getAction)), '401 BadJwtLexiconMethod')
  assert.equal(await ask(`${await tokenFor(did, method.listActions)}x`), '401 BadJwt')
  assert.equal(await ask('nonsense'), '401 BadJwt')
  const document = await getJson(`${url}/.well-known/did.json`)
  assert.deepEqual(document['service'], [{ id: '#waki_appview', type: 'WakiAppView', serviceEndpoint: url }])
})

test('a town added to the roster counts from the next leaf; any other change is refused with a sentence', TIMEOUT, async () => {
  await using network = await SmallNetwork.start()
  const town = await network.openTown()
  const other = await network.join('komatsu')
  const running = await network.openAppview()
  await network.settled(town)
  const { writeFile } = await import('node:fs/promises')
  const { rosterFile } = network.config()
  const list = (towns: readonly object[]) => writeFile(rosterFile, JSON.stringify({ towns }))
  const kanazawa = { code: CODE, did: town.did }
  assert.match(await running.reloadRoster(), /unchanged/)
  await list([kanazawa, { code: '172031', did: other.did }])
  assert.match(await running.reloadRoster(), /Added 172031/)
  const towns = listIn(await network.ask(null, method.listMunicipalities, {}), 'municipalities')
  assert.deepEqual(
    towns.map(({ code }) => code),
    [CODE, '172031'],
  )
  assert.ok(Number(towns[1]?.['fromLeaf']) > 1)
  await putRecord(other, nsid.municipality, 'self', {
    code: '172031',
    names: { ja: '小松市' },
    tier: 'municipality',
    createdAt: new Date().toISOString(),
  })
  await network.settled(other)
  await eventually(
    () => network.ask(null, method.getMunicipality, { code: '172031' }),
    (answer) => at(answer, 'names')['ja'] === '小松市',
    'the new town has its name',
  )
  await list([{ code: CODE, did: other.did }])
  assert.match(await running.reloadRoster(), /no longer lists 172014 .* `npx waki rebuild --roster FILE`/)
  await list([kanazawa, { code: '172031', did: other.did }, { code: '123', did: other.did }])
  assert.match(await running.reloadRoster(), /no valid municipality code/)
})
