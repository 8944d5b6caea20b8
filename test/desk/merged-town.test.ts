// After a merger the successor's desk deals with all that has become its own; the desk of the municipality that is no more is told where to go.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { verifyIntakeFile } from '../../appview/intake.ts'
import { fetchPackedFile } from '../../cli/network/fetch-file.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import type { Member } from '../support/member.ts'
import { at, eventually, getJson, listIn, type Json } from '../support/asking.ts'
import { closeAndAudit, KANAZAWA, KOMATSU, residents } from '../support/town.ts'
import { atDesk, refusalAt, untilBooked } from './desk-world.ts'
import { openTwoDesks, refusedOf, type TwoDesks } from './two-desks.ts'

const merged = async ({ world, town, neighbour }: TwoDesks): Promise<void> => {
  const names = { ja: '金沢市', en: 'Kanazawa' }
  await town.put(nsid.municipality, 'self', { code: KANAZAWA, names, tier: 'municipality', successor: KOMATSU })
  const own = { code: KOMATSU, names: { ja: '小松市', en: 'Komatsu' }, tier: 'municipality' }
  await neighbour.put(nsid.municipality, 'self', { ...own, predecessors: [KANAZAWA], validFrom: '2026-06-01' })
  await world.settled()
  world.step('2026-06-03T00:00:00.000Z')
  await neighbour.admit(await world.member('somebody'))
  await world.settled()
}

test('disputes, receivers, deaths, admissions, host bodies and openings of a merged town are its successor’s', async () => {
  const desks = await openTwoDesks()
  await using _ = desks.world
  const { world, town, host, neighbour, here, there } = desks
  const people = await residents(town, ['aoi', 'ren', 'sora', 'umi', 'kai'])
  const [aoi = assert.fail(), ren = assert.fail(), sora = assert.fail(), umi = assert.fail(), kai = assert.fail()] = people
  const [first, second] = [await aoi.act(KANAZAWA, { minutes: 45 }), await aoi.act(KANAZAWA, { minutes: 30 })]
  for (const act of [first, second]) await ren.confirm(act, { receivers: [{ class: 'unnamed', weight: 1 }] })
  await world.settled()
  const dispute = String((await atDesk(here.clerk, 'openDispute', { uri: first.uri, reason: 'not-performed' }))['uri'])
  await untilBooked({ world, town }, dispute)
  const waiting = await atDesk(here.clerk, 'proposeRuling', { dispute, outcome: 'upheld', reason: '確認できない' })
  await merged(desks)
  const atHome = (name: Parameters<typeof atDesk>[1], input: Json = {}): Promise<Json> => atDesk(there.clerk, name, input, KOMATSU)
  const booked = (answer: Json): Promise<void> => untilBooked({ world, town: neighbour }, String(answer['uri']))

  // The dispute that was open, with its reason, and one that is opened now.
  const [open] = listIn(await atHome('listDisputes'), 'disputes')
  assert.deepEqual([open?.['action'], open?.['reason'], open?.['ruling']], [first.uri, 'not-performed', null])
  const ruling = await atHome('proposeRuling', { dispute, outcome: 'upheld', reason: '聞き取りをした' })
  await atDesk(there.approver, 'approve', { id: ruling['id'], version: ruling['version'] }, KOMATSU)
  const given = async (): Promise<unknown> =>
    at(await aoi.ask(method.getStatement, { scope: KANAZAWA, entity: aoi.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')[
      'net'
    ]
  await eventually(given, (minutes) => minutes === 30, 'the successor’s ruling is booked')
  await booked(await atHome('openDispute', { uri: second.uri, reason: 'other-minutes' }))

  // Who stands behind the pool, who died, who leaves.
  await atHome('importRegister', { csv: `id,name,did,from\nK1,空,${sora.did},2026-04-01\n`, apply: true })
  await booked(await atHome('mapReceiver', { action: second.uri, index: 0, resident: 'K1' }))
  await booked(await atHome('recordDeath', { did: umi.did, on: '2026-06-02' }))
  assert.equal(await refusalAt(there.clerk, 'admit', { did: kai.did, from: '2026-06-01' }, KOMATSU), 'admission.already-admitted')
  const control = { rows: 1, points: 0, minutes: 12 }
  await atHome('proposeOpening', { csv: `holder,minutes\n${kai.did},12\n`, control })
  await untilBooked({ world, town }, String((await atHome('endAdmission', { did: kai.did, until: '2026-06-03' }))['uri']))
  const ended = await atDesk(there.admin, 'endHostBody', { did: host.did, validTo: '2026-06-03' }, KOMATSU)
  await untilBooked({ world, town }, String(ended['uri']))

  // What waits at the old desk can be withdrawn there, and nothing more.
  const gone = (name: Parameters<typeof atDesk>[1], input: Json): Promise<string> => refusalAt(here.clerk, name, input)
  assert.equal(await refusalAt(here.approver, 'approve', { id: waiting['id'], version: waiting['version'] }), 'desk.town-merged')
  assert.equal(await gone('recordDeath', { did: sora.did, on: '2026-06-02' }), 'desk.town-merged')
  assert.equal(await gone('admit', { did: sora.did, from: '2026-06-01' }), 'desk.town-merged')
  assert.equal(await refusalAt(here.admin, 'publishPolicy', { policy: { mode: 'none', effectiveFrom: '2026-06-03' } }), 'desk.town-merged')
  assert.equal((await atDesk(here.clerk, 'withdraw', { id: waiting['id'], version: waiting['version'] }))['state'], 'withdrawn')
  // In public, too, it is said that it is part of another; a year in which it no longer was is none of its own.
  const listed = listIn(await getJson(`${world.appview.url}/xrpc/${method.listMunicipalities}`), 'municipalities')
  assert.deepEqual(
    listed.map(({ code, becamePartOf }) => [code, becamePartOf]),
    [
      [KANAZAWA, { code: KOMATSU, names: { ja: '小松市', en: 'Komatsu' }, on: '2026-06-01' }],
      [KOMATSU, undefined],
    ],
  )
  world.step('2027-05-01T00:00:00.000Z')
  const page = async (path: string): Promise<readonly [number, string]> => {
    const res = await fetch(`${world.appview.url}${path}`)
    return [res.status, (await res.text()).replaceAll(/<[^>]*>/g, '')]
  }
  for (const path of ['/m/172014', '/m/172014/2026']) assert.match((await page(path))[1], /2026年6月1日に小松市の一部になりました/)
  assert.match((await page('/m/17/2026'))[1], /金沢市（2026年6月1日から小松市）/)
  assert.deepEqual([(await page('/m/172014/2027'))[0], (await page('/m/172031/2027'))[0]], [404, 200])
  await closeAndAudit(world)
  const refused = await refusedOf(world.folder('appview'), [town.did, neighbour.did])
  assert.deepEqual(refused, [], 'the books took all that the desks published')
})

const flagDaysOf = async (who: Member): Promise<readonly unknown[]> =>
  listIn(await who.ask(method.listNotifications, {}), 'notifications')
    .filter(({ kind }) => kind === 'flags')
    .map(({ at: when }) => String(when).slice(0, 'YYYY-MM-DD'.length))

test('the successor’s auditor has what entries of the merged town stand for, and its approvers are told of what is flagged there since', async () => {
  const desks = await openTwoDesks()
  await using _ = desks.world
  const { world, town, neighbour, here, there } = desks
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(town, ['aoi', 'ren'])
  const act = await aoi.act(KANAZAWA, { minutes: 45 })
  await aoi.act(KANAZAWA, { minutes: 15 })
  await ren.confirm(act, { receivers: [{ class: 'unnamed', weight: 1 }] })
  await world.settled()
  const reason = '聞き取りのとおり'
  await untilBooked({ world, town }, String((await atDesk(here.clerk, 'openDispute', { uri: act.uri, reason }))['uri']))
  const told = (who: Member, days: readonly string[]): Promise<unknown> =>
    eventually(
      () => flagDaysOf(who),
      (found) => JSON.stringify(found) === JSON.stringify(days),
      `${who.session.handle} is told of flags of ${days.join()}`,
    )
  const fileOf = async (who: Member, code: string): Promise<string> => {
    const file = join(world.dir, `${code}.jsonl.gz`)
    const token = await who.tokenFor(method.exportIntake, world.appview.url)
    await fetchPackedFile(`${world.appview.url}/xrpc/${method.exportIntake}?town=${code}`, token, file)
    return file
  }
  const textOf = (file: string): string => gunzipSync(readFileSync(file)).toString()
  assert.doesNotMatch(textOf(await fileOf(neighbour, KOMATSU)), new RegExp(reason), 'not before it is one town')
  world.step('2026-05-11T03:00:00.000Z')
  await told(here.approver, ['2026-05-10'])
  await merged(desks)
  const file = await fileOf(neighbour, KOMATSU)
  assert.match(textOf(file), new RegExp(reason))
  const { report } = await verifyIntakeFile(file, {})
  assert.deepEqual([report.problems, report.checked['entries without content'] ?? 0], [[], 0])

  await aoi.act(KANAZAWA, { minutes: 20, performedOn: '2026-05-10' })
  await world.settled()
  world.step('2026-06-04T03:00:00.000Z')
  await neighbour.admit(await world.member('another'))
  await world.settled()
  await told(there.approver, ['2026-06-03'])
  await told(here.approver, ['2026-05-10'])
  // As bodies they are one by the end of the year.
  const page = await (await fetch(`${world.appview.url}/m/17/2026`)).text()
  assert.match(page, /加わる1市町を/)
  const home = async (code: string): Promise<string> => (await fetch(`${world.appview.url}/m/${code}`)).text()
  assert.match(await home(KOMATSU), /はじめかた/)
  assert.doesNotMatch(await home(KANAZAWA), /はじめかた/, 'nobody begins where a municipality is no more')
  await closeAndAudit(world)
})
