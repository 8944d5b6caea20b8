// The desk's door and its staff: strangers and residents meet nothing, who is added works at the next request, who is removed does not; the trail says.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { KANAZAWA, openTown, residents } from '../support/town.ts'
import { seen, Visitor } from './visitor.ts'

const { world, town } = await openTown()
after(() => world[Symbol.asyncDispose]())
const [aoi = assert.fail(), ben = assert.fail()] = await residents(town, ['aoi', 'ben'])
await world.settled()
const url = world.appview.url
const HOME = `/desk/${KANAZAWA}`

const visitorOf = async (handle: string): Promise<Visitor> => {
  const visitor = new Visitor(url)
  await visitor.signIn(handle)
  return visitor
}

test('nobody but staff learns that there is a desk', async () => {
  assert.equal((await new Visitor(url).get(HOME)).headers.get('location'), `/sign-in?next=${encodeURIComponent(HOME)}`)
  const resident = await visitorOf(aoi.session.handle)
  const nowhere = seen(await resident.get('/nowhere'))
  for (const path of ['/desk', HOME, `${HOME}/staff`, '/desk/172031', '/desk/nothing']) {
    const page = await resident.get(path)
    assert.equal(page.status, 404, path)
    assert.equal(seen(page).replace(/\w{4}-\w{4}/, ''), nowhere.replace(/\w{4}-\w{4}/, ''), path)
  }
  assert.equal((await resident.post(`${HOME}/staff`, { who: aoi.did, role: 'admin' })).status, 404)
  assert.doesNotMatch((await resident.get('/me')).text, /href="\/desk/)
})

test('the town adds staff by handle; roles allow what they say, and end at the next request', async () => {
  const office = await visitorOf(town.session.handle)
  assert.equal((await office.get('/desk')).headers.get('location'), HOME)
  assert.match(seen(await office.get(HOME)), /二人目の承認を待つもの/)
  const wrong = await office.post(`${HOME}/staff`, { who: 'no handle', role: 'clerk' })
  assert.deepEqual([wrong.status, /role\.did-invalid/.test(wrong.text), /value="no handle"/.test(wrong.text)], [422, true, true])
  assert.equal((await office.post(`${HOME}/staff`, { who: aoi.session.handle, role: 'clerk' })).status, 303)
  assert.match((await office.post(`${HOME}/staff`, { who: aoi.did, role: 'clerk' })).text, /role\.already-held/)
  const clerk = await visitorOf(aoi.session.handle)
  assert.match((await clerk.get('/me')).text, new RegExp(`href="${HOME}"`))
  assert.match(seen(await clerk.get(HOME)), /受付/)
  const refused = await clerk.post(`${HOME}/staff`, { who: ben.did, role: 'admin' })
  assert.deepEqual([refused.status, /desk\.role-insufficient/.test(refused.text)], [422, true])
  assert.doesNotMatch(seen(await clerk.get(`${HOME}/staff`)), /窓口の記録/)
  assert.equal((await office.post(`${HOME}/staff/remove`, { who: aoi.did, role: 'clerk' })).status, 303)
  assert.equal((await clerk.get(HOME)).status, 404)
  const trail = seen(await office.get(`${HOME}/staff`))
  for (const words of ['role.add', 'role.remove', 'role.already-held', 'aoi.pds1.test']) assert.ok(trail.includes(words), words)
})
