// The close in pages: too early says from when; whose records are missing is named; closed once, with hash and version; restated with a reason and rates.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { openDeskWorld } from '../desk/desk-world.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { seen, Visitor } from './visitor.ts'

const { world, town, clerk, approver } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
/** So many that the public sees figures. */
const people = await residents(
  town,
  Array.from({ length: 12 }, (_unused, i) => `resident${i}`),
)
for (const [i, giver] of people.entries()) await people[(i + 1) % people.length]?.confirm(await giver.act(KANAZAWA, { minutes: 60 }))
await world.settled()

const CLOSE = `/desk/${KANAZAWA}/close`
const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(session.handle)
  return visitor
}

test('before its time a year cannot be closed, and the page says from when', async () => {
  const desk = await visitorOf(approver)
  assert.match(seen(await desk.get(CLOSE)), /令和8年度まだ締め切れません2027年6月1日の0時から締め切れます/)
  const early = await desk.post(CLOSE, { year: '2026' })
  assert.deepEqual([early.status, /close\.too-early/.test(early.text), /href="#y2026"/.test(early.text)], [422, true, true])
  assert.match((await desk.post(CLOSE, { year: 'x' })).text, /close\.year-invalid/)
})

test('entries whose content is not here are counted at the close and in /network.json, and are closed over knowingly alone', async () => {
  await town.create(nsid.entry, { kind: 'dispute', commitment: { $bytes: Buffer.alloc(32).toString('base64').replaceAll('=', '') } })
  await world.settled()
  const status = (await (await fetch(`${world.appview.url}/network.json`)).json()) as { readonly entriesLacking: unknown }
  assert.deepEqual(status.entriesLacking, [{ code: KANAZAWA, count: 1 }])
  for (const path of [`/m/${KANAZAWA}`, `/m/${KANAZAWA}/2026`, '/m/17/2026'])
    assert.match(seen(await new Visitor(world.appview.url).get(path)), /この帳簿にない記入.*記入1件の中身が、この帳簿にはありません/, path)
  world.step('2027-07-01T03:00:00.000Z')
  const desk = await visitorOf(approver)
  const page = await desk.get(CLOSE)
  assert.match(seen(page), /窓口の記入1件の中身が、この帳簿にありません/)
  assert.match(page.text, new RegExp(`name="without-${town.did}"`))
  assert.match((await desk.post(CLOSE, { year: '2026' })).text, /close\.entries-lacking/)
})

test('in its time it is closed once by who may, and restated with a reason', async () => {
  world.step('2027-07-01T03:00:00.000Z')
  const [desk, other] = [await visitorOf(approver), await visitorOf(clerk)]
  assert.match((await other.post(CLOSE, { year: '2026' })).text, /desk\.role-insufficient/)
  assert.match(seen(await other.get(CLOSE)), /承認か管理の担当者が締め切ります/)
  assert.match(seen(await desk.get(CLOSE)), /令和8年度締め切れます.*令和8年度を締め切る/)
  const knowingly = { year: '2026', [`without-${town.did}`]: '1' }
  assert.equal((await desk.post(CLOSE, knowingly)).headers.get('location'), `${CLOSE}?done=closed`)
  await world.settled()
  const closed = await desk.get(`${CLOSE}?done=closed`)
  assert.match(seen(closed), /締切済み.*第1版2027年7月1日12時00分照合済み–（1人の記録を除く）[0-9a-f]{64}/)
  assert.match(closed.text, new RegExp(`href="/m/${KANAZAWA}/2026/v1"`))
  assert.match((await desk.post(CLOSE, { year: '2026' })).text, /close\.already-closed/)

  const silent = await desk.post(`${CLOSE}/restate`, { year: '2026', 'why-2026': ' ' })
  assert.deepEqual([silent.status, /id="why-2026-e"/.test(silent.text)], [422, true])
  const rates = await town.create(nsid.rateTable, {
    rates: [{ category: '*', yenPerHour: 1500, method: 'RC-S' }],
    source: '内閣府 2027',
    validFrom: '2026-04-01',
  })
  await world.settled()
  assert.match(seen(await desk.get(CLOSE)), /2026年4月1日から：内閣府2027/)
  const unknown = await desk.post(`${CLOSE}/restate`, { year: '2026', 'why-2026': '単価の改定', 'rates-2026': 'at://nobody/x/y' })
  assert.match(unknown.text, /id="rates-2026-e"[\s\S]*単価の改定|単価の改定[\s\S]*id="rates-2026-e"/)
  const again = await desk.post(`${CLOSE}/restate`, { year: '2026', 'why-2026': '単価の改定', 'rates-2026': rates.uri })
  assert.equal(again.headers.get('location'), `${CLOSE}?done=restated`, again.text)
  await world.settled()
  assert.match(seen(await desk.get(CLOSE)), /第1版.*第2版2027年7月1日12時00分照合済み単価の改定/)
})
