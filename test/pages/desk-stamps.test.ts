// A stamp sheet of forty in pages: typed, mended, checked, passed on, approved by another person, and its figures; what is wrong with it stands at its
// field or its line, with what was typed kept.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { nsid } from '../../lexicons/authority.ts'
import { atDesk, openDeskWorld } from '../desk/desk-world.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { listRecords } from './repo-reader.ts'
import { seen, Visitor } from './visitor.ts'

const { world, town, host, clerk, approver, auditor } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
const [aoi, ren, yui, sora] = (await residents(town, ['aoi', 'ren', 'yui', 'sora'])) as [Member, Member, Member, Member]
await aoi.act(KANAZAWA, { minutes: 120, category: 'environment' })
await ren.act(KANAZAWA, { minutes: 90, category: 'environment' })
await yui.act(KANAZAWA, { minutes: 120, category: 'environment' })
await atDesk(clerk, 'importRegister', {
  apply: true,
  csv: `id,name,did,from,protected\r\n1024,青井花子,${aoi.did},2026-04-01,\r\n1025,蓮沼次郎,${ren.did},2026-04-01,\r\n1027,空野月子,,2026-04-01,1\r\n`,
})
await world.settled()

const STAMPS = `/desk/${KANAZAWA}/stamps`
const MOST_HTML_BYTES = 60_000

const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(session.handle)
  return visitor
}
const [first, second] = [await visitorOf(clerk), await visitorOf(approver)]

const cards = Array.from({ length: 35 }, (_unused, i) => `card:A-${i + 1}`)
const list = ['1024', `${ren.did},60`, `@${yui.session.handle},欠席`, sora.did, '1027', ...cards].join('\n')
const event = {
  title: '中央公園の清掃',
  performedOn: '2026-05-10',
  minutes: '120',
  category: 'environment',
  receiver: 'public',
  hostBody: host.did,
  eventId: '',
  lines: list,
}

/** What the list's form would send when nothing was touched. */
const formOf = (text: string): Record<string, string> => {
  const inputs = [...text.matchAll(/<input [^>]*name="([^"]+)"[^>]*>/g)]
  const valueOf = (tag: string): string => /value="([^"]*)"/.exec(tag)?.[1] ?? ''
  const sent = inputs.filter(([tag]) => !tag.includes('type="checkbox"') || tag.includes(' checked'))
  return Object.fromEntries(sent.map(([tag, name = '']) => [name, valueOf(tag)]))
}

const started = async (more: Partial<typeof event> = {}): Promise<string> => {
  const saved = await first.post(STAMPS, { ...event, ...more })
  assert.equal(saved.status, 303, saved.text)
  return (saved.headers.get('location') ?? '').split('?')[0] ?? ''
}

test('a sheet with something wrong stays as typed, and says it at the field', async () => {
  const wrong = await first.post(STAMPS, { ...event, title: '', performedOn: '2026-12-01' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /href="#title"/)
  const later = await first.post(STAMPS, { ...event, performedOn: '2026-12-01' })
  assert.match(later.text, /id="performedOn-e".*行った日が、存在しないか、今日より後です/s)
  assert.ok(later.text.includes('value="中央公園の清掃"') && later.text.includes('card:A-35'))
  const reader = await visitorOf(auditor)
  assert.equal((await reader.get(`${STAMPS}/new`)).status, 403, 'somebody of the desk is told why')
  const refused = await first.post(STAMPS, { ...event, lines: Array.from({ length: 201 }, (_unused, i) => `card:${i}`).join('\n') })
  assert.deepEqual([refused.status, /sheet\.too-many/.test(refused.text)], [422, true])
})

test('forty on a list: saved, mended by row, checked, passed on, approved by another, and the figures', async () => {
  const path = await started()
  const page = await first.get(path)
  assert.ok(page.text.length <= MOST_HTML_BYTES, `${page.text.length}`)
  assert.match(seen(page), /確かめてください（3件）3\. yui\.pds1\.test：.*stamp\.absent-with-action 4\. sora/)
  assert.match(seen(page), /青井花子/)
  assert.match(seen(page), /37人4,380分（73時間）/)

  // One more stays away, one did less, the rest as it stands; then all get ninety but who is of another number of minutes.
  const form = formOf(page.text)
  const { on6: _away, ...present } = form
  const saved = await first.post(path, { ...present, m7: '60', do: 'save' })
  assert.equal(saved.headers.get('location'), `${path}?done=saved`)
  assert.match(seen(await first.get(path)), /36人4,200分/)
  const stale = await first.post(path, { ...form, m7: '45', do: 'save' })
  assert.deepEqual([stale.status, /draft\.changed/.test(stale.text), /name="m7"[^>]*value="45"/.test(stale.text)], [422, true, true])
  await first.post(path, { ...formOf((await first.get(path)).text), all: '90', do: 'fill' })
  assert.match(seen(await first.get(path)), /36人3,240分/)

  const passedOn = await first.post(path, { ...formOf((await first.get(path)).text), do: 'check' })
  assert.equal(passedOn.headers.get('location'), `${path}/check`)
  const check = await first.get(`${path}/check`)
  assert.match(seen(check), /36人3,240分（54時間）/)
  assert.equal((await first.post(`${path}/propose`, formOf(check.text))).headers.get('location'), `${path}?done=proposed`)

  const own = await first.get(path)
  assert.match(seen(own), /あなたが一人目です/)
  assert.match((await first.post(`${path}/approve`, formOf(own.text))).text, /desk\.role-insufficient/)
  const offered = await second.get(path)
  assert.match(seen(offered), /36人3,240分.*一人目：the-clerk\.pds1\.test.*承認して公開する/)
  const approved = await second.post(`${path}/approve`, formOf(offered.text))
  assert.equal(approved.headers.get('location'), `${path}?done=approved`)
  const done = await second.get(`${path}?done=approved`)
  assert.match(seen(done), /公開した行36人公開した時間3,240分帳簿に入った時間3,240分地域全体（令和8年度）3,240分/)
  assert.match(seen(done), /送らなかった2人で新しい台帳をつくる/)
  assert.match((await first.get(`${STAMPS}/new?from=${path.split('/').at(-1)}`)).text, /<textarea[^>]*>\s*did:plc:\w+\s+1027</)

  const published = JSON.stringify([
    ...(await listRecords(town.session, nsid.confirmation)),
    ...(await listRecords(host.session, nsid.action)),
  ])
  assert.equal(published.match(/"verdict"/g)?.length, 36)
  for (const word of ['青井', '空野', '1027', '支援', '清掃']) assert.ok(!published.includes(word), word)
})

test('one and the same person never approves what they passed on; a sheet taken back publishes nothing', async () => {
  await atDesk(town, 'addRole', { did: clerk.did, role: 'approver' })
  const path = await started({ lines: 'card:B-1', performedOn: '2026-05-09' })
  await first.post(`${path}/propose`, { version: '1' })
  const page = await first.get(path)
  assert.match(seen(page), /あなたが一人目です/)
  assert.doesNotMatch(page.text, /承認して公開する/)
  const refused = await first.post(`${path}/approve`, { version: '2' })
  assert.deepEqual([refused.status, /approval\.same-person/.test(refused.text)], [422, true])
  assert.equal((await first.post(`${path}/withdraw`, { version: '2' })).status, 303)
  assert.match(seen(await first.get(STAMPS)), /取り下げ/)
  assert.match((await second.post(`${path}/approve`, { version: '3' })).text, /draft\.closed/)
  await atDesk(town, 'removeRole', { did: clerk.did, role: 'approver' })
})

test('who may not save a sheet reads it, and is offered nothing that would be refused', async () => {
  const path = await started({ lines: 'card:D-1' })
  const page = await second.get(path)
  assert.match(seen(page), /名簿（1人）.*カードD-1/)
  for (const at of [path, `/desk/${KANAZAWA}`]) assert.doesNotMatch((await second.get(at)).text, /name="do"|スタンプ台帳をつくる/, at)
})

test('the list on paper has room for names, and the event can be changed until it is published', async () => {
  const path = await started({ lines: '1024\ncard:C-1,,山田' })
  assert.match(seen(await first.get(`${path}/paper`)), /青井花子1024.*山田card:C-1/)
  const edit = await first.get(`${path}/edit`)
  assert.match(edit.text, /card:C-1,,山田/)
  const version = formOf(edit.text)['version'] ?? ''
  assert.equal((await first.post(`${path}/edit`, { ...event, title: '夜の見回り', lines: 'card:C-1', version })).status, 303)
  assert.match(seen(await first.get(path)), /夜の見回り.*名簿（1人）/)
  assert.equal((await first.get(`${STAMPS}/nothing`)).status, 404)
})

test('who is removed is a stranger at the next request', async () => {
  await atDesk(town, 'removeRole', { did: clerk.did, role: 'clerk' })
  for (const path of [STAMPS, `${STAMPS}/new`]) assert.equal((await first.get(path)).status, 404, path)
  assert.equal((await first.post(STAMPS, event)).status, 404)
  await atDesk(town, 'addRole', { did: clerk.did, role: 'clerk' })
})

test('who saves no sheets is told so, where they ask and where they send', async () => {
  for (const page of [await second.get(`${STAMPS}/new`), await second.post(STAMPS, { title: '清掃' })])
    assert.deepEqual([page.status, /desk\.role-insufficient/.test(page.text)], [403, true])
})
