// Word after the fact over a real network: who is told what, once; what is taken back is told no more; a rebuild tells nothing twice; others see nothing of it.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { method } from '../../lexicons/authority.ts'
import { atDesk, openDeskWorld } from '../desk/desk-world.ts'
import { eventually, listIn, type Json } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { seen, Visitor, type Page } from '../pages/visitor.ts'

const { world, town, clerk, approver, admin } = await openDeskWorld()
after(() => world[Symbol.asyncDispose]())
const [aoi, ren, chie] = (await residents(town, ['aoi', 'ren', 'chie'])) as [Member, Member, Member]
await world.settled()
const forRen = { beneficiaries: [{ class: 'person', did: ren.did }] }

const menu = ({ text }: Page): string => /お知らせ[\s\S]{0,40}/.exec(text)?.[0] ?? ''
const listOf = (who: Member): Promise<Json> => who.ask(method.listNotifications, {})
const kindsOf = (answer: Json): string[] => listIn(answer, 'notifications').map(({ kind }) => String(kind))
const untilTold = (who: Member, kinds: readonly string[]): Promise<Json> =>
  eventually(
    () => listOf(who),
    (answer) => kindsOf(answer).join(' ') === kinds.join(' '),
    `${who.session.handle} is told ${kinds.join(' ')}`,
  )

test('whoever takes part is told: admitted, asked, confirmed, in part, disputed; nobody else is, and nobody is named', async () => {
  await untilTold(aoi, ['admitted'])
  const act = await aoi.act(KANAZAWA, { minutes: 60, ...forRen })
  const asked = await untilTold(ren, ['asked', 'admitted'])
  assert.match(JSON.stringify(asked), /確認をお願いします/)
  await world.settled()
  await ren.confirm(act)
  const told = await untilTold(aoi, ['confirmed', 'admitted'])
  const part = await aoi.act(KANAZAWA, { minutes: 50, category: 'culture', ...forRen })
  await untilTold(ren, ['asked', 'asked', 'admitted'])
  await ren.confirm(part, { minutes: 30 })
  const twice = await untilTold(aoi, ['partly', 'confirmed', 'admitted'])
  assert.match(JSON.stringify(twice), /30分が確認され/)
  for (const answer of [told, twice]) assert.doesNotMatch(JSON.stringify(answer), new RegExp(ren.did))
  assert.deepEqual(kindsOf(await listOf(chie)), ['admitted'])
  await world.settled()
  await atDesk(clerk, 'openDispute', { uri: act.uri, reason: '来ていない' })
  await untilTold(aoi, ['disputed', 'partly', 'confirmed', 'admitted'])
  assert.deepEqual([(await listOf(aoi))['unread'], (await listOf(chie))['unread']], [4, 1])
})

test('seen is seen: by method, and by opening the page; the mark in the menu says how many are not', async () => {
  const visitor = new Visitor(world.appview.url)
  await visitor.signIn(aoi.session.handle)
  assert.match(menu(await visitor.get('/me')), /お知らせ<span class="n">4/)
  const [newest, second] = listIn(await listOf(aoi), 'notifications')
  await aoi.tell(method.updateSeen, { id: String(second?.['id']) })
  const after = await listOf(aoi)
  assert.deepEqual([after['unread'], after['seenUntil']], [1, second?.['id']])
  const page = await visitor.get('/me/notices')
  assert.match(seen(page), /新着.*申し立てがありました/)
  assert.doesNotMatch(seen(page), /新着.*新着/)
  assert.deepEqual([(await listOf(aoi))['unread'], (await listOf(aoi))['seenUntil']], [0, newest?.['id']])
  assert.doesNotMatch(menu(await visitor.get('/me')), /お知らせ<span class="n">/)
  assert.match(seen(await visitor.get('/me/notices?lang=en')), /30 min of\s?“Sport, culture, arts, learning”\s?\(50 min/)
})

test('at the desk: a draft that waits is told to the other person, until it waits no more', async () => {
  const [open] = listIn(await atDesk(clerk, 'listDisputes'), 'disputes')
  const draft = await atDesk(clerk, 'proposeRuling', { dispute: String(open?.['uri']), outcome: 'dismissed', reason: '双方の話による' })
  await untilTold(approver, ['draftWaiting'])
  assert.deepEqual(kindsOf(await listOf(clerk)), [])
  await atDesk(approver, 'approve', { id: String(draft['id']), version: Number(draft['version']) })
  await untilTold(approver, [])
  await untilTold(aoi, ['dismissed', 'disputed', 'partly', 'confirmed', 'admitted'])
  await untilTold(ren, ['dismissed', 'asked', 'asked', 'admitted'])
})

test('a rebuild tells nothing twice, and an act that is taken back is told no more', async () => {
  const before = listIn(await listOf(aoi), 'notifications')
  const { id } = await atDesk(admin, 'startJob', { kind: 'rebuild' })
  await eventually(
    () => atDesk(admin, 'getJob', { id: String(id) }).catch((error: unknown): Json => ({ state: String(error) })),
    ({ state }) => state === 'done',
    'the books are rebuilt',
  )
  const gone = await aoi.act(KANAZAWA, { minutes: 20, category: 'safety', ...forRen })
  await untilTold(ren, ['asked', 'dismissed', 'asked', 'asked', 'admitted'])
  await aoi.remove(gone.uri)
  await untilTold(ren, ['dismissed', 'asked', 'asked', 'admitted'])
  assert.deepEqual(listIn(await listOf(aoi), 'notifications'), before)
})

test('nobody in particular has no notices', async () => {
  const answer = await fetch(`${world.appview.url}/xrpc/${method.listNotifications}`)
  assert.equal(answer.status, 401)
})
