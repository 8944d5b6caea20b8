// What follows an upheld ruling at the desk, over real sockets: appeals within thirty days that two others decide, suspensions of confirming and their
// ends, notices of outages; every reason why not; and what those concerned are told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskRefusals } from '../../appview/desk/refusals.ts'
import { method } from '../../lexicons/authority.ts'
import { at, eventually, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { closeAndAudit, KANAZAWA, residents } from '../support/town.ts'
import { atDesk, openDeskWorld, refusalAt, untilBooked, type DeskName, type DeskWorld } from './desk-world.ts'

const minutesOf = async (member: Member): Promise<unknown> =>
  at(await member.ask(method.getStatement, { scope: KANAZAWA, entity: member.did, fiscalYear: '2026' }), 'statement', 'units', 'MIN', 'PL')[
    'net'
  ]

/** Two more who hold every role but the auditor's, so that whoever ruled has others beside them. */
const others = async ({ world, town }: DeskWorld): Promise<readonly [Member, Member]> => {
  const two = [await world.member('third'), await world.member('fourth')] as const
  for (const { did } of two) for (const role of ['clerk', 'approver']) await atDesk(town, 'addRole', { did, role })
  return two
}

const approve = async (desk: DeskWorld, who: Member, draft: Json): Promise<string> => {
  await atDesk(who, 'approve', { id: draft['id'], version: draft['version'] })
  const trail = listIn(await atDesk(desk.auditor, 'listTrail', { on: String(draft['id']) }), 'rows')
  const uri = String(at(trail[0] ?? {}, 'detail')['uri'])
  await untilBooked(desk, uri)
  return uri
}

/** A ruling by clerk and approver that takes an act of the giver back. */
const ruledOn = async (desk: DeskWorld, uri: string): Promise<string> => {
  const dispute = await atDesk(desk.clerk, 'openDispute', { uri, reason: 'not-performed' })
  await untilBooked(desk, String(dispute['uri']))
  const draft = await atDesk(desk.clerk, 'proposeRuling', { dispute: String(dispute['uri']), outcome: 'upheld', reason: '覚えがない' })
  return approve(desk, desk.approver, draft)
}

test('what follows an upheld ruling: every refusal, an appeal that books the act again, a suspension and its end', async () => {
  const desk = await openDeskWorld()
  await using _ = desk.world
  const { world, town, clerk, approver, admin, auditor } = desk
  const [aoi = assert.fail(), ren = assert.fail(), sora = assert.fail()] = await residents(town, ['aoi', 'ren', 'sora'])
  const [third, fourth] = await others(desk)
  const acts = [await aoi.act(KANAZAWA, { minutes: 90 }), await aoi.act(KANAZAWA, { minutes: 30 }), await sora.act(KANAZAWA)]
  const [first = assert.fail(), second = assert.fail(), waiting = assert.fail()] = acts
  await ren.confirm(first)
  await ren.confirm(second)
  await world.settled()
  const ruling = await ruledOn(desk, first.uri)
  const later = await ruledOn(desk, second.uri)
  assert.equal(await minutesOf(aoi), 0)
  const [, view] = listIn(await atDesk(auditor, 'listUpheldRulings'), 'rulings')
  assert.deepEqual(
    [view?.['uri'], view?.['action'], view?.['minutes'], view?.['day'], view?.['lastDayOfAppeal'], view?.['state'], view?.['reason']],
    [ruling, first.uri, 90, '2026-05-10', '2026-06-09', 'upheld', '覚えがない'],
  )

  const tested = new Set<string>()
  const refuses = async (code: string, who: Member, deed: DeskName, input: Json): Promise<void> => {
    assert.equal(await refusalAt(who, deed, input), code)
    tested.add(code)
  }
  await refuses('appeal.reason-missing', clerk, 'openAppeal', { ruling, reason: '' })
  await refuses('appeal.no-upheld-ruling', clerk, 'openAppeal', { ruling: `${ruling}x`, reason: 'x' })
  await refuses('appeal.none-open', third, 'proposeAppealRuling', { ruling, outcome: 'restored', reason: 'x' })
  const appeal = await atDesk(clerk, 'openAppeal', { ruling, reason: '来ていただきました', by: aoi.did })
  await refuses('appeal.already-open', clerk, 'openAppeal', { ruling, reason: 'x' })
  await untilBooked(desk, String(appeal['uri']))
  await refuses('appeal.already-open', clerk, 'openAppeal', { ruling, reason: 'x' })
  await refuses('appeal.outcome-unknown', third, 'proposeAppealRuling', { ruling, outcome: 'dismissed', reason: 'x' })
  await refuses('appeal.same-persons', clerk, 'proposeAppealRuling', { ruling, outcome: 'restored', reason: 'x' })
  for (const role of ['clerk', 'approver']) await atDesk(town, 'addRole', { did: ren.did, role })
  await refuses('appeal.own-act', ren, 'proposeAppealRuling', { ruling, outcome: 'restored', reason: 'x' })
  const proposed = await atDesk(third, 'proposeAppealRuling', { ruling, outcome: 'restored', reason: '写真がある' })
  await refuses('appeal.already-proposed', fourth, 'proposeAppealRuling', { ruling, outcome: 'restored', reason: 'x' })
  await refuses('appeal.same-persons', approver, 'approve', { id: proposed['id'], version: proposed['version'] })

  // What rests on the other ruling.
  const suspension = { ruling: later, did: ren.did, until: '2026-06-30', reason: '行われていない行動を確認した' }
  await refuses('suspension.reason-missing', third, 'proposeSuspension', { ...suspension, reason: '' })
  await refuses('suspension.did-invalid', third, 'proposeSuspension', { ...suspension, did: `${ren.did}0` })
  await refuses('suspension.date-impossible', third, 'proposeSuspension', { ...suspension, until: '2026-06-31' })
  await refuses('suspension.over-already', third, 'proposeSuspension', { ...suspension, until: '2026-05-09' })
  await refuses('suspension.too-long', third, 'proposeSuspension', { ...suspension, until: '2026-11-06' })
  await refuses('suspension.no-upheld-ruling', third, 'proposeSuspension', { ...suspension, ruling: `${later}x` })
  await refuses('suspension.not-a-party', third, 'proposeSuspension', { ...suspension, did: sora.did })
  await refuses('suspension.own-matter', ren, 'proposeSuspension', { ...suspension, did: aoi.did })
  const suspending = await atDesk(clerk, 'proposeSuspension', suspension)
  await refuses('suspension.already-proposed', third, 'proposeSuspension', suspension)
  await refuses('suspension.own-matter', ren, 'approve', { id: suspending['id'], version: suspending['version'] })
  const entry = await approve(desk, third, suspending)
  await refuses('suspension.repeated', third, 'proposeSuspension', suspension)
  const word = await ren.confirm(waiting)
  await world.settled()
  assert.match(JSON.stringify(await ren.ask(method.traceWrite, { uri: word.uri })), /confirmation\.suspended/)
  assert.equal(await minutesOf(sora), 0)

  await approve(desk, fourth, proposed)
  await eventually(
    () => minutesOf(aoi),
    (minutes) => minutes === 90,
    'the act is booked again',
  )
  await refuses('appeal.decided', clerk, 'openAppeal', { ruling, reason: 'x' })
  await refuses('suspension.none-running', third, 'proposeSuspensionEnd', { did: ren.did, suspension: ruling, reason: 'x' })
  const ending = await atDesk(third, 'proposeSuspensionEnd', { did: ren.did, suspension: entry, reason: '事情がわかった' })
  await approve(desk, fourth, ending)
  await ren.confirm(waiting)
  await eventually(
    () => minutesOf(sora),
    (minutes) => minutes === 60,
    'the person confirms again',
  )
  const toldTo = async (who: Member, kinds: readonly string[]): Promise<string> => {
    const all = await eventually(
      async () => listIn(await who.ask(method.listNotifications, {}), 'notifications'),
      (notices) => kinds.every((kind) => notices.some((one) => one['kind'] === kind)),
      `${who.session.handle} is told ${kinds.join(' ')}`,
    )
    return JSON.stringify(all)
  }
  const ofGiver = await toldTo(aoi, ['upheld', 'appealed', 'restored'])
  assert.match(ofGiver, /不服は、2026年6月9日まで/)
  const ofConfirmer = await toldTo(ren, ['suspended', 'suspensionEnded'])
  assert.match(ofConfirmer, /2026年6月30日まで、あなたの確認は数えられません。[^"]*不服は、2026年6月9日まで、自治体の窓口に/)
  for (const one of [ofGiver, ofConfirmer]) assert.doesNotMatch(one, /行われていない行動|覚えがない|写真/, 'reasons are the desk’s to tell')
  await atDesk(town, 'endAdmission', { did: ren.did, until: '2026-05-10' })
  await world.settled()
  world.step('2026-06-10T00:00:00.000Z')
  await refuses('appeal.too-late', clerk, 'openAppeal', { ruling: later, reason: 'x' })
  const third1 = await refusalAt(third, 'proposeSuspension', { ...suspension, until: '2026-07-30' })
  assert.equal(third1, 'suspension.not-resident')
  tested.add(third1)

  const notice = { title: '障害', body: '止まっていました。' }
  await refuses('outage.date-impossible', admin, 'publishNotice', { ...notice, outage: { from: '2026-06-02', until: '2026-06-01' } })
  await refuses('outage.too-long', admin, 'publishNotice', { ...notice, outage: { from: '2026-05-01', until: '2026-06-01' } })
  await refuses('outage.not-begun', admin, 'publishNotice', { ...notice, outage: { from: '2026-06-11', until: '2026-06-12' } })
  await refuses('outage.too-late', admin, 'publishNotice', { ...notice, outage: { from: '2026-05-01', until: '2026-05-10' } })
  const told = await atDesk(admin, 'publishNotice', { ...notice, outage: { from: '2026-06-01', until: '2026-06-05' } })
  await untilBooked(desk, String(told['uri']))
  assert.deepEqual(
    deskRefusals.filter((code) => /^(?:appeal|suspension|outage)\./.test(code) && !tested.has(code)),
    [],
  )
  await closeAndAudit(world)
})
