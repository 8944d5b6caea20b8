// What follows rulings, all the way: an act taken back and booked again on appeal, a word that did not count while its author was suspended, an outage told
// and its notice withdrawn. The year is closed, the books are folded anew and audited, and an auditor's file alone makes the signed figures again.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { test } from 'node:test'
import { besideAt, verifyIntakeFile } from '../../appview/intake.ts'
import { fetchPackedFile } from '../../cli/network/fetch-file.ts'
import { query } from '../../cli/xrpc-client.ts'
import { method } from '../../lexicons/authority.ts'
import { atDesk, openDeskWorld, untilBooked, type DeskName } from '../desk/desk-world.ts'
import { at, eventually, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, residents } from '../support/town.ts'

test('an auditor makes the figures of a year again in which a ruling fell on appeal, a word was suspended, and an outage was told', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const { world, town, clerk, approver, admin, auditor } = desk
  const names = ['aoi', 'ren', 'sora', 'chie', 'yui', 'hina', 'mei']
  const people = await residents(town, names)
  const [aoi = assert.fail(), ren = assert.fail(), sora = assert.fail(), chie = assert.fail()] = people
  const [third, fourth] = [await world.member('third'), await world.member('fourth')]
  for (const { did } of [third, fourth]) for (const role of ['clerk', 'approver']) await atDesk(town, 'addRole', { did, role })
  for (const [index, giver] of people.entries()) await (people[(index + 1) % people.length] ?? giver).confirm(await giver.act(KANAZAWA))
  const [first, second] = [await aoi.act(KANAZAWA, { minutes: 90 }), await aoi.act(KANAZAWA, { minutes: 30 })]
  await ren.confirm(first)
  await ren.confirm(second)
  const [waiting, late] = [await sora.act(KANAZAWA, { minutes: 45 }), await chie.act(KANAZAWA, { minutes: 15 })]
  await world.settled()

  const twice = async (one: Member, other: Member, name: DeskName, input: Json): Promise<void> => {
    const draft = await atDesk(one, name, input)
    await atDesk(other, 'approve', { id: draft['id'], version: draft['version'] })
    const rows = listIn(await atDesk(auditor, 'listTrail', { on: String(draft['id']) }), 'rows')
    await untilBooked(desk, String(at(rows[0] ?? {}, 'detail')['uri']))
  }
  for (const { uri } of [first, second]) {
    const dispute = String((await atDesk(clerk, 'openDispute', { uri, reason: '覚えがない' }))['uri'])
    await untilBooked(desk, dispute)
    await twice(clerk, approver, 'proposeRuling', { dispute, outcome: 'upheld', reason: '双方の話による' })
  }
  const [of2, of1] = listIn(await atDesk(auditor, 'listUpheldRulings'), 'rulings').map(({ uri }) => String(uri))
  await untilBooked(desk, String((await atDesk(clerk, 'openAppeal', { ruling: of1, reason: '写真がある' }))['uri']))
  await twice(third, fourth, 'proposeAppealRuling', { ruling: of1, outcome: 'restored', reason: '写真による' })
  const suspension = { ruling: of2, did: ren.did, until: '2026-06-30', reason: '行われていない行動を確認した' }
  await twice(third, fourth, 'proposeSuspension', suspension)
  await ren.confirm(waiting)
  const outage = { from: '2026-05-10', until: '2026-05-10' }
  const told = String((await atDesk(admin, 'publishNotice', { title: '障害', body: '止まっていました。', outage }))['uri'])
  await untilBooked(desk, told)
  await town.remove(told)
  await world.settled()
  const { action } = await chie.ask(method.getAction, { uri: late.uri })
  assert.equal(at({ action }, 'action')['lapsesAt'], '2026-08-08T15:00:00.000Z', 'one day later than without the outage')
  // The ninety-first day: within the time that the outage has put off.
  world.step('2026-08-08T01:00:00.000Z')
  await aoi.confirm(late)
  await world.settled()

  world.step('2027-06-01T03:00:00.000Z')
  await eventually(
    () => atDesk(town, 'close', { fiscalYear: 2026 }).catch((error: unknown): Json => ({ refused: String(error) })),
    (answer) => !('refused' in answer),
    'the year is closed',
  )
  const closed = await eventually(
    () => query(world.appview.url, method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' }),
    (answer) => 'closing' in answer,
    'the close is in the books',
  )
  assert.equal(at(closed, 'statement', 'units', 'MIN', 'PL')['4110'], 7 * 60 + 90 + 15)
  await world.settled()
  const file = join(world.dir, 'own.jsonl.gz')
  const token = await auditor.tokenFor(method.exportIntake, world.appview.url)
  await fetchPackedFile(`${world.appview.url}/xrpc/${method.exportIntake}?town=${KANAZAWA}`, token, file)
  const beside = besideAt({ relayUrl: world.relay.url, plcUrl: world.plc.url })
  const { report, verified } = await verifyIntakeFile(file, {}, undefined, beside)
  assert.deepEqual(report.problems, [])
  assert.deepEqual(
    verified.map(({ verdict }) => verdict),
    ['same', 'same', 'same'],
  )
  const open = join(world.dir, 'open.jsonl.gz')
  await fetchPackedFile(`${world.appview.url}/xrpc/${method.exportIntake}`, null, open)
  const text = gunzipSync(readFileSync(open)).toString()
  assert(text.includes('"from":"2026-05-10"') && !text.includes('止まっていました'), 'the days stay, the words are gone')
  const shown = await verifyIntakeFile(open, {}, undefined, beside)
  assert.deepEqual(shown.report.problems, [])
  const verdicts = shown.verified.map(({ verdict }) => verdict)
  assert(verdicts.includes('lacking') && !verdicts.includes('differs'), 'without what entries stand for')
  await closeAndAudit(world)
})
