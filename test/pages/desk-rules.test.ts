// Rules, host bodies and notices in pages: tried on last year's books before they are published, and nothing but what was tried; a mode that does not
// exist yet is refused with its sentence. And no address of a desk is there for anybody else.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { openDeskWorld } from '../desk/desk-world.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { listRecords } from './repo-reader.ts'
import { seen, Visitor } from './visitor.ts'

const { world, town, clerk, admin } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
const [aoi, ren] = (await residents(town, ['aoi', 'ren'])) as [Member, Member]
const garden = await world.member('garden')
await ren.confirm(await aoi.act(KANAZAWA, { minutes: 600, category: 'elderly' }))
await world.settled()
// One year on, so that there is a last year to try rules on.
world.step('2027-04-10T03:00:00.000Z')

const DESK = `/desk/${KANAZAWA}`
const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(session.handle)
  return visitor
}
const [boss, helper] = [await visitorOf(admin), await visitorOf(clerk)]
/** What the form sends back of what was tried. */
const sealOf = (text: string): string => (/name="seen" value="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&quot;', '"')

const policy = {
  mode: 'none',
  effectiveFrom: '2027-05-01',
  timeLevel: '1',
  claimDays: '30',
  actDays: '30',
  minutesPerAct: '480',
  minutesPerDay: '960',
}

test('a policy is tried on last year’s books and published as it was tried', async () => {
  const earn = await boss.post(`${DESK}/rules/policy`, { ...policy, mode: 'earn', do: 'try' })
  assert.deepEqual([earn.status, /id="mode-e"/.test(earn.text), /value="earn" selected/.test(earn.text)], [422, true, true])
  assert.match(seen(earn), /和貨の機能がまだないため、方式「none」だけを公開できます/)
  const wrong = await boss.post(`${DESK}/rules/policy`, { ...policy, claimDays: 'thirty', do: 'try' })
  assert.deepEqual([wrong.status, /id="claimDays-e"/.test(wrong.text), /value="thirty"/.test(wrong.text)], [422, true, true])
  const few = await boss.post(`${DESK}/rules/policy`, { ...policy, earnersPerThousand: '0', do: 'try' })
  assert.deepEqual([few.status, /id="earnersPerThousand-e"/.test(few.text)], [422, true])
  assert.match((await boss.get(`${DESK}/rules/policy`)).text, /name="earnersPerThousand" type="number" value="10"/)
  const tried = await boss.post(`${DESK}/rules/policy`, { ...policy, do: 'try' })
  assert.match(
    seen(tried),
    /令和8年度がこのきまりだったら記帳した行動1件600分数えられなくなる0件0分期限が過ぎる0件0分一回の上限を超える1件/,
  )
  const form = { ...policy, seen: sealOf(tried.text), do: 'publish' }
  const other = await boss.post(`${DESK}/rules/policy`, { ...form, minutesPerAct: '700' })
  assert.match(seen(other), /一回の上限を超える0件/, 'tried again, not published')
  assert.match(seen(await helper.post(`${DESK}/rules/policy`, { ...policy, do: 'try' })), /公開するのは、管理の担当者です/)
  assert.match((await helper.post(`${DESK}/rules/policy`, form)).text, /desk\.role-insufficient/)
  const before = (await listRecords(town.session, nsid.policy)).length
  assert.equal((await boss.post(`${DESK}/rules/policy`, form)).headers.get('location'), `${DESK}/rules?done=policy`)
  assert.equal((await listRecords(town.session, nsid.policy)).length, before + 1)
  assert.match(seen(await helper.get(`${DESK}/rules`)), /これから始まるもの：2027年5月1日/)
})

test('rates likewise, with their source', async () => {
  const rates = { validFrom: '2027-04-01', source: '', lines: 'elderly,1650\r\n*,x' }
  assert.match((await boss.post(`${DESK}/rules/rates`, { ...rates, do: 'try' })).text, /id="source-e"/)
  assert.match((await boss.post(`${DESK}/rules/rates`, { ...rates, source: '見本', do: 'try' })).text, /id="lines-e"/)
  const misspelt = await boss.post(`${DESK}/rules/rates`, { ...rates, source: '見本', lines: 'eldery,1650\r\n*,1500', do: 'publish' })
  assert.deepEqual([misspelt.status, /id="lines-e"/.test(misspelt.text), /1行目.*eldery→elderly\?/.test(seen(misspelt))], [422, true, true])
  const good = { ...rates, source: '見本', lines: 'elderly,1650\r\n*,1500' }
  const tried = await boss.post(`${DESK}/rules/rates`, { ...good, do: 'try' })
  assert.match(seen(tried), /高齢者の支え600 [\d,]+ 16,500合計/)
  assert.equal((await boss.post(`${DESK}/rules/rates`, { ...good, seen: sealOf(tried.text), do: 'publish' })).status, 303)
  assert.match(seen(await helper.get(`${DESK}/rules`)), /高齢者の支え1,650ほかのすべて1,500出典：見本/)
})

test('a host body is registered and ended, a notice published', async () => {
  const form = { who: garden.session.handle, ja: '庭の会', en: '', validFrom: '2027-04-01', 'c-environment': '1' }
  const nobody = await boss.post(`${DESK}/hosts`, { ...form, who: '@nobody.pds1.test' })
  assert.deepEqual(
    [nobody.status, /id="who-e"/.test(nobody.text), /name="c-environment" value="1" checked/.test(nobody.text)],
    [422, true, true],
  )
  assert.match((await boss.post(`${DESK}/hosts`, { ...form, ja: '' })).text, /id="ja-e"/)
  assert.equal((await boss.post(`${DESK}/hosts`, form)).headers.get('location'), `${DESK}/hosts?done=registered`)
  assert.match(seen(await helper.get(`${DESK}/hosts`)), /庭の会登録中.*garden\.pds1\.test/)
  assert.match((await boss.post(`${DESK}/hosts`, form)).text, /hostBody\.already-registered/)
  const key = garden.did.replaceAll(/[^\w-]/g, '-')
  const early = await boss.post(`${DESK}/hosts/end`, { who: garden.did, key, [`until-${key}`]: '2027-03-01' })
  assert.deepEqual([early.status, early.text.includes(`id="until-${key}-e"`), early.text.includes('value="2027-03-01"')], [422, true, true])
  assert.equal((await boss.post(`${DESK}/hosts/end`, { who: garden.did, key, [`until-${key}`]: '2027-04-05' })).status, 303)
  assert.match(seen(await helper.get(`${DESK}/hosts`)), /庭の会登録終了.*2027年4月1日〜2027年4月5日/)
  assert.match((await boss.post(`${DESK}/hosts/notices`, { title: '停止のお知らせ', body: '' })).text, /id="title-e"/)
  assert.equal((await boss.post(`${DESK}/hosts/notices`, { title: '停止のお知らせ', body: '日曜は休みます' })).status, 303)
  assert.match(seen(await boss.get(`${DESK}/hosts`)), /停止のお知らせ.*日曜は休みます/)
})

test('no address of the desk is there for residents, and strangers are led to sign in', async () => {
  const [resident, stranger] = [await visitorOf(aoi), new Visitor(world.appview.url)]
  const pages = [
    '',
    '/stamps',
    '/stamps/new',
    '/stamps/x',
    '/stamps/x/edit',
    '/stamps/x/check',
    '/stamps/x/paper',
    '/register',
    '/register/person?id=1',
  ]
  const more = [
    '/register/import',
    '/register/opening',
    '/disputes',
    '/trace?uri=x',
    '/close',
    '/jobs',
    '/rules',
    '/rules/policy',
    '/rules/rates',
    '/hosts',
    '/staff',
  ]
  for (const path of [...pages, ...more]) {
    assert.equal((await resident.get(`${DESK}${path}`)).status, 404, path)
    assert.match((await stranger.get(`${DESK}${path}`)).headers.get('location') ?? '', /^\/sign-in/, path)
  }
  const posts = [
    '/stamps',
    '/stamps/x',
    '/stamps/x/edit',
    '/stamps/x/propose',
    '/stamps/x/approve',
    '/stamps/x/withdraw',
    '/register/import',
    '/register/admit',
  ]
  const others = [
    '/register/end',
    '/register/household',
    '/register/death',
    '/register/opening',
    '/register/opening/x/approve',
    '/disputes',
    '/trace',
  ]
  const last = [
    '/disputes/flags',
    '/disputes/rulings',
    '/disputes/rulings/x/approve',
    '/disputes/appeals',
    '/disputes/appeals/decisions',
    '/disputes/suspensions',
    '/disputes/suspensions/ends',
    '/disputes/follow-ups/x/approve',
    '/disputes/follow-ups/x/withdraw',
    '/close',
    '/jobs',
    '/close/restate',
    '/rules/policy',
    '/rules/rates',
    '/hosts',
  ]
  for (const path of [...posts, ...others, ...last, '/hosts/end', '/hosts/notices', '/staff', '/staff/remove']) {
    assert.equal((await resident.post(`${DESK}${path}`, { csv: 'x' })).status, 404, path)
    assert.equal((await stranger.post(`${DESK}${path}`, { csv: 'x' })).status, 303, path)
  }
})
