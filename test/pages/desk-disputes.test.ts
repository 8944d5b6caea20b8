// Disputes in pages: one opened, a ruling proposed by one person and approved by another, the figures after it; a flag set aside; a record traced by
// the desk, and who stands behind a receiver without a name.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { atDesk, openDeskWorld } from '../desk/desk-world.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { listRecords } from './repo-reader.ts'
import { seen, Visitor } from './visitor.ts'

const { world, town, clerk, approver, auditor } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
const [aoi, ren, yui] = (await residents(town, ['aoi', 'ren', 'yui'])) as [Member, Member, Member]
const one = await aoi.act(KANAZAWA, { minutes: 60, category: 'elderly' })
await ren.confirm(one)
const two = await aoi.act(KANAZAWA, { minutes: 45, category: 'elderly' })
await ren.confirm(two)
const pooled = await yui.act(KANAZAWA, { minutes: 30, category: 'community' })
await atDesk(clerk, 'importRegister', {
  apply: true,
  csv: `id,name,did,from\r\n7,蓮沼,${ren.did},2026-04-01\r\n8,結城,${yui.did},2026-04-01\r\n`,
})
await world.settled()

const DISPUTES = `/desk/${KANAZAWA}/disputes`
const trace = (uri: string): string => `/desk/${KANAZAWA}/trace?uri=${encodeURIComponent(uri)}`
const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(session.handle)
  return visitor
}
const [first, second, reader] = [await visitorOf(clerk), await visitorOf(approver), await visitorOf(auditor)]

test('a dispute is opened, ruled on by two persons, and the entry reversed; the reasons stay at the desk', async () => {
  const wrong = await first.post(DISPUTES, { uri: 'at://nobody', why: '来ていない', by: '' })
  assert.deepEqual([wrong.status, /id="uri-e"/.test(wrong.text), wrong.text.includes('来ていない')], [422, true, true])
  const stranger = await first.post(DISPUTES, { uri: one.uri, why: '来ていない', by: 'no one' })
  assert.match(stranger.text, /id="by-e"/)
  const opened = await first.post(DISPUTES, { uri: one.uri, why: 'その日は家にいなかった', by: ren.session.handle })
  assert.equal(opened.headers.get('location'), `${DISPUTES}?done=opened`)
  await world.settled()
  const page = await first.get(DISPUTES)
  assert.match(seen(page), /開いている申し立て（1件）2026年5月10日高齢者の支え1時間した人aoi\.pds1\.test申し立てその日は家にいなかった/)
  assert.match(seen(await first.get(trace(one.uri))), /記帳済み申し立て中/)

  const dispute = /name="dispute" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const rkey = dispute.split('/').at(-1) ?? ''
  const silent = await first.post(`${DISPUTES}/rulings`, { dispute, rkey, outcome: 'upheld' })
  assert.deepEqual(
    [silent.status, silent.text.includes(`id="why-${rkey}-e"`), /value="upheld" checked/.test(silent.text)],
    [422, true, true],
  )
  const ruling = { dispute, rkey, outcome: 'upheld', [`why-${rkey}`]: '双方に聞き取りをした' }
  assert.equal((await first.post(`${DISPUTES}/rulings`, ruling)).status, 303)
  assert.match((await first.post(`${DISPUTES}/rulings`, ruling)).text, /ruling\.already-proposed/)

  await atDesk(town, 'addRole', { did: clerk.did, role: 'approver' })
  const own = await first.get(DISPUTES)
  assert.match(seen(own), /裁定案：申し立てを認める.*双方に聞き取りをした.*あなたが一人目です/)
  const path = /action="([^"]+rulings\/\w+)\/approve"/.exec(own.text)?.[1] ?? ''
  const same = await first.post(`${path}/approve`, { version: '1' })
  assert.deepEqual([same.status, /approval\.same-person/.test(same.text)], [422, true])
  await atDesk(town, 'removeRole', { did: clerk.did, role: 'approver' })

  assert.match(seen(await second.get(DISPUTES)), /この裁定を承認する/)
  assert.equal((await second.post(`${path}/approve`, { version: '1' })).headers.get('location'), `${DISPUTES}?done=approve`)
  await world.settled()
  assert.match(seen(await second.get(`${DISPUTES}?done=approve`)), /裁定を承認して公開しました.*開いている申し立てはありません/)
  assert.match(seen(await reader.get(trace(one.uri))), /裁定により取消/)
  const published = JSON.stringify(await listRecords(town.session, nsid.entry))
  for (const word of ['家にいなかった', '聞き取り', ren.did]) assert.ok(!published.includes(word), word)
})

test('what follows a ruling: an appeal that two others decide, and whose confirming is suspended, until it is ended', async () => {
  const members = [await world.member('third'), await world.member('fourth')] as const
  for (const { did } of members) for (const role of ['clerk', 'approver']) await atDesk(town, 'addRole', { did, role })
  const [third, fourth] = [await visitorOf(members[0]), await visitorOf(members[1])]
  const page = await first.get(DISPUTES)
  assert.match(seen(page), /記帳を取消し.*裁定の理由双方に聞き取りをした不服2026年6月9日まで受け付けます/)
  const ruling = /name="ruling" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const rkey = ruling.split('/').at(-1) ?? ''
  const send = (who: Visitor, path: string, form: string, fields: Readonly<Record<string, string>>) =>
    who.post(`${DISPUTES}/${path}`, { form, rkey, ruling, ...fields })
  const idOf = ({ text }: { readonly text: string }): string => /follow-ups\/(\w+)\/approve/.exec(text)?.[1] ?? ''
  const decide = async (who: Visitor, name: 'approve' | 'withdraw'): Promise<string> => {
    const path = `${DISPUTES}/follow-ups/${idOf(await who.get(DISPUTES))}/${name}`
    return (await who.post(path, { version: '1' })).headers.get('location') ?? ''
  }

  const silent = await send(first, 'appeals', 'appeal', { [`appeal-why-${rkey}`]: '', [`appeal-by-${rkey}`]: '' })
  assert.deepEqual([silent.status, silent.text.includes(`id="appeal-why-${rkey}-e"`)], [422, true])
  const said = { [`appeal-why-${rkey}`]: '写真があります', [`appeal-by-${rkey}`]: aoi.session.handle }
  assert.equal((await send(first, 'appeals', 'appeal', said)).headers.get('location'), `${DISPUTES}?done=appealed#rulings`)
  assert.match(seen(await first.get(`${DISPUTES}?done=appealed`)), /不服の申し立てを受け付けました.*決定を待っています.*写真があります/)
  const decision = { outcome: 'restored', [`decide-why-${rkey}`]: '写真のとおり' }
  const same = await send(first, 'appeals/decisions', 'decide', decision)
  assert.deepEqual([same.status, /appeal\.same-persons/.test(same.text), /value="restored" checked/.test(same.text)], [422, true, true])

  const suspension = (who: string, until: string) => ({
    [`suspend-who-${rkey}`]: who,
    [`suspend-until-${rkey}`]: until,
    [`suspend-why-${rkey}`]: '覚えのない行動を確認した',
  })
  const wrong = await send(first, 'suspensions', 'suspend', suspension(yui.session.handle, '2026-06-30'))
  assert.deepEqual([wrong.status, wrong.text.includes(`id="suspend-who-${rkey}-e"`)], [422, true])
  const long = await send(first, 'suspensions', 'suspend', suspension(ren.session.handle, '2027-06-30'))
  assert.deepEqual([long.status, long.text.includes(`id="suspend-until-${rkey}-e"`)], [422, true])
  assert.equal((await send(first, 'suspensions', 'suspend', suspension(ren.session.handle, '2026-06-30'))).status, 303)
  assert.equal(await decide(first, 'withdraw'), `${DISPUTES}?done=withdrawn#rulings`)
  assert.equal((await send(first, 'suspensions', 'suspend', suspension(ren.session.handle, '2026-06-30'))).status, 303)
  assert.equal(await decide(second, 'approve'), `${DISPUTES}?done=approved#rulings`)
  const running = await third.get(DISPUTES)
  assert.match(seen(running), /停止中ren\.pds1\.test\s?の確認は、2026年6月30日まで数えられません/)
  const of = /name="suspension" value="([^"]+)"/.exec(running.text)?.[1] ?? ''
  const end = { form: 'end', rkey: of.split('/').at(-1) ?? '', suspension: of, did: ren.did }
  assert.match((await third.post(`${DISPUTES}/suspensions/ends`, end)).text, /id="end-why-\w+-e"/)
  assert.equal((await third.post(`${DISPUTES}/suspensions/ends`, { ...end, [`end-why-${end.rkey}`]: '事情がわかった' })).status, 303)
  assert.equal(await decide(fourth, 'approve'), `${DISPUTES}?done=approved#rulings`)
  assert.match(seen(await third.get(DISPUTES)), /終了ren\.pds1\.test\s?の確認は/)

  assert.equal((await send(third, 'appeals/decisions', 'decide', decision)).status, 303)
  assert.match(seen(await fourth.get(DISPUTES)), /決定案：不服を認める（もう一度記帳する）写真のとおり/)
  assert.equal(await decide(fourth, 'approve'), `${DISPUTES}?done=approved#rulings`)
  assert.match(seen(await reader.get(DISPUTES)), /不服を認め、もう一度記帳.*決定ずみ/)
  assert.match(seen(await reader.get(`${DISPUTES}?lang=en`)), /Appeal upheld, booked again/)
  assert.match(seen(await first.get(trace(one.uri))), /記帳済み/)
})

test('a flag is looked at and set aside with a reason by who may', async () => {
  const page = await second.get(DISPUTES)
  const flag = /name="flag" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const why = `why-${flag.replaceAll(/[^\w-]/g, '-')}`
  assert.match(seen(page), /同じ日・同じ分類/)
  const silent = await second.post(`${DISPUTES}/flags`, { flag, [why]: '' })
  assert.deepEqual([silent.status, silent.text.includes(`id="${why}-e"`)], [422, true])
  assert.match((await first.post(`${DISPUTES}/flags`, { flag, [why]: '別の時間' })).text, /desk\.role-insufficient/)
  assert.equal((await second.post(`${DISPUTES}/flags`, { flag, [why]: '午前と午後' })).status, 303)
  assert.match(seen(await second.get(DISPUTES)), /確かめたもの：1件/)
  assert.doesNotMatch((await reader.get(DISPUTES)).text, /name="flag"|裁定案をつくる|受け付ける/)
})

test('the desk traces a record of its town, and says who an unnamed receiver is', async () => {
  const subject = { uri: pooled.uri, cid: pooled.cid }
  await town.create(nsid.confirmation, {
    subject,
    role: 'municipality',
    verdict: 'confirmed',
    receivers: [{ class: 'unnamed', weight: 1 }],
  })
  await world.settled()
  assert.match(
    seen(await first.get(trace(pooled.uri))),
    /した人yui\.pds1\.test.*名前を出さない受け手1.*本人のリポジトリに、本人が書いた記録です/,
  )
  assert.doesNotMatch(seen(await first.get(trace(pooled.uri))), /あなた/)
  const mapping = { uri: pooled.uri, index: '0', resident0: '8' }
  const wrong = await first.post(`/desk/${KANAZAWA}/trace`, mapping)
  assert.deepEqual([wrong.status, /id="resident0-e"/.test(wrong.text), /receiver\.is-giver/.test(wrong.text)], [422, true, true])
  assert.equal((await first.post(`/desk/${KANAZAWA}/trace`, { ...mapping, resident0: '7' })).status, 303)
  await world.settled()
  assert.match(seen(await first.get(trace(pooled.uri))), /名前を出さない受け手1（記録済み）.*別の方だったときだけ/)
  assert.equal((await first.post(`/desk/${KANAZAWA}/trace`, { ...mapping, resident0: '7' })).status, 422, 'the same once more')
  assert.equal((await first.get(trace('at://did:plc:nobody/org.waki.action/x'))).status, 404)
})

test('who gave most in a month that is over is named with the acts behind it, and set aside like every flag', async () => {
  assert.doesNotMatch((await second.get(DISPUTES)).text, /audit\.top-earner/)
  world.step('2026-06-03T03:00:00.000Z')
  const page = await second.get(DISPUTES)
  assert.match(seen(page), /2026年5月記帳された時間が、もっとも多い方の一人です。.*した人aoi\.pds1\.test.*45分.*記録1/)
  const flag = /name="flag" value="([^"]+top-earner[^"]+)"/.exec(page.text)?.[1] ?? ''
  const why = `why-${flag.replaceAll(/[^\w-]/g, '-')}`
  assert.equal((await second.post(`${DISPUTES}/flags`, { flag, [why]: '受け手に電話で確かめた' })).status, 303)
  assert.doesNotMatch((await second.get(DISPUTES)).text, /top-earner/)
})
