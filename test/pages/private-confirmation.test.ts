// One shows, another confirms: the QR and its code, the answer that names nobody in public, the same by XRPC; and codes that lead nowhere.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createAppPassword, procedure, query } from '../../cli/xrpc-client.ts'
import { MOST_WRONG_CODES } from '../../appview/confirm/limits.ts'
import { method, nsid } from '../../lexicons/authority.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { World } from '../support/world.ts'
import { listRecords } from './repo-reader.ts'
import { seen, Visitor } from './visitor.ts'

const world = await World.start({ from: '2026-05-10T09:00:00.000Z' })
after(() => world[Symbol.asyncDispose]())
const town = await world.member('kanazawa')
await town.openBooks(KANAZAWA, '2026-04-01')
const publishFile = join(world.dir, 'publish.json')
const account = { pds: town.session.service, identifier: town.did, appPassword: await createAppPassword(town.session, 'appview') }
writeFileSync(publishFile, JSON.stringify({ [town.did]: account }), { mode: 0o600 })
const appview = await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile })
const [aoi, ben, chie, dai] = (await residents(town, ['aoi', 'ben', 'chie', 'dai'])) as [Member, Member, Member, Member]
await world.settled()

const visitorOf = async ({ session }: Member): Promise<Visitor> => {
  const visitor = new Visitor(appview.url)
  await visitor.signIn(session.handle)
  return visitor
}

const form = {
  category: 'elderly',
  minutes: '60',
  otherMinutes: '',
  performedOn: '2026-05-10',
  municipality: KANAZAWA,
  hostBody: '',
  beneficiary: '',
  note: '',
}

/** Records an act in the page and gives the address that its QR holds. */
const recorded = async (giver: Visitor): Promise<{ show: string; code: string; rkey: string }> => {
  const done = await giver.post('/me/record', form)
  const show = done.headers.get('location') ?? ''
  const page = await giver.get(show)
  assert.match(page.text, /<svg viewBox="0 0 \d+ \d+" role="img"/)
  const [, first = '', second = ''] = /class="short">(\w{4})-(\w{4})</.exec(page.text) ?? []
  return { show, code: first + second, rkey: /record\/(\w+)\/qr/.exec(show)?.[1] ?? '' }
}

test('the other person reads the code, confirms, and is named nowhere in public', async () => {
  const [giver, receiver] = [await visitorOf(aoi), await visitorOf(ben)]
  const { show, code, rkey } = await recorded(giver)
  const typed = await receiver.post('/c', { code: `${code.slice(0, 4).toLowerCase()} ー ${code.slice(4)}`.replace('ー', '-') })
  assert.equal(typed.headers.get('location'), `/c/${code}`)
  const page = await receiver.get(`/c/${code}`)
  assert.match(seen(page), /aoi\.pds1\.testさんの記録5月10日高齢者の支え1時間/)
  const [uri = '', cid = ''] = ['uri', 'cid'].map((name) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.text)?.[1])
  const done = await receiver.post(`/c/${code}`, { uri, cid, minutes: '50' })
  assert.equal(done.headers.get('location'), '/me?done=confirmed-privately')
  await world.settled()
  assert.match(seen(await receiver.get('/me?done=confirmed-privately')), /確かめました。.*していただいた50分/)
  assert.match(seen(await giver.get(`/me/acts/${rkey}`)), /この50分は、決算書に入っています/)
  assert.equal((await giver.get(show)).headers.get('location'), `/me/acts/${rkey}`, 'nothing is left to show')
  assert.equal((await listRecords(ben.session, nsid.confirmation)).length, 0)
  const published = JSON.stringify(await listRecords(town.session, nsid.confirmation))
  assert.ok(published.includes(uri) && !published.includes(ben.did))
  assert.equal((await receiver.post(`/c/${code}`, { uri, cid, minutes: '50' })).status, 422, 'once')
})

test('codes that are none lead back to where they are typed; who guesses is stopped, and nobody confirms alone', async () => {
  const [giver, other] = [await visitorOf(aoi), await visitorOf(dai)]
  const { code } = await recorded(giver)
  assert.equal((await giver.get(`/c/${code}`)).status, 404, 'one’s own act')
  assert.equal((await other.post('/c', { code: 'O0I1' })).status, 422)
  assert.equal((await other.get('/c/ABCDEFGH')).status, 404)
  const page = await other.get(`/c/${code}`)
  const cid = /name="cid" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const uri = /name="uri" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  assert.equal((await other.post(`/c/${code}`, { uri, cid, minutes: '61' })).status, 422)
  assert.equal((await other.post(`/c/${code}`, { uri, cid: `${cid}x`, minutes: '60' })).status, 422)
  for (let i = 0; i < MOST_WRONG_CODES; i++) await other.get(`/c/${'23456789'.replace('2', 'ABCDEFGHJKMNPQRSTUVW'[i] ?? 'A')}`)
  assert.match(seen(await other.get(`/c/${code}`)), /ちがう番号が続きました/)
})

test('the same by XRPC, for those an act names and those who were shown its code', async () => {
  const ask = async (member: Member, input: Record<string, unknown>) => {
    const aud = `did:web:${encodeURIComponent(new URL(appview.url).host)}#waki_appview`
    const { token } = await query(
      member.session.service,
      'com.atproto.server.getServiceAuth',
      { aud, lxm: method.confirm },
      member.session.accessJwt,
    )
    return procedure(appview.url, method.confirm, input, String(token))
  }
  const named = await aoi.act(KANAZAWA, { beneficiaries: [{ class: 'person', did: ben.did }], minutes: 20 })
  await world.settled()
  const subject = { uri: named.uri, cid: named.cid }
  await assert.rejects(ask(chie, { subject, verdict: 'confirmed' }), { code: 'NotEntitled' })
  await assert.rejects(ask(ben, { verdict: 'confirmed' }), { code: 'InvalidRequest' })
  await assert.rejects(ask(ben, { code: '2345-6789', verdict: 'confirmed' }), { code: 'CodeExpired' })
  await assert.rejects(procedure(appview.url, method.confirm, { subject, verdict: 'confirmed' }), { code: 'AuthMissing' })
  assert.match(String((await ask(ben, { subject, verdict: 'confirmed' }))['uri']), new RegExp(`^at://${town.did}/`))
  await assert.rejects(ask(ben, { subject, verdict: 'confirmed' }), { status: 409 })
  const { code } = await recorded(await visitorOf(aoi))
  assert.match(String((await ask(chie, { code, verdict: 'confirmed' }))['uri']), new RegExp(`^at://${town.did}/`))
})

test('who is named answers on their own page: privately, or as a public record where they tick it', async () => {
  const one = await aoi.act(KANAZAWA, { beneficiaries: [{ class: 'person', did: chie.did }], minutes: 15 })
  const two = await aoi.act(KANAZAWA, { beneficiaries: [{ class: 'person', did: chie.did }], minutes: 25 })
  await world.settled()
  const visitor = await visitorOf(chie)
  const done = await visitor.post('/me/asks', { uri: one.uri, cid: one.cid, verdict: 'confirmed' })
  assert.equal(done.headers.get('location'), '/me?done=confirmed-privately#asks')
  assert.equal((await listRecords(chie.session, nsid.confirmation)).length, 0)
  const open = await visitor.post('/me/asks', { uri: two.uri, cid: two.cid, verdict: 'confirmed', public: 'yes' })
  assert.equal(open.headers.get('location'), '/me?done=confirmed#asks')
  assert.equal((await listRecords(chie.session, nsid.confirmation)).length, 1)
})
