// Sign-in at the appview and what becomes of the account: deactivated, active again, deleted. Real servers, no browser.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Database from 'better-sqlite3'
import { procedure } from '../../cli/xrpc-client.ts'
import { actForm, seen, Visitor } from '../pages/visitor.ts'
import { eventually } from '../support/asking.ts'
import type { Member } from '../support/member.ts'
import { KANAZAWA, openTown, residents, type TownWorld } from '../support/town.ts'
import { ADMIN_PASSWORD } from '../support/world.ts'

let town: TownWorld
let ben: Member
let eri: Member
const url = (): string => town.world.appview.url

before(async () => {
  town = await openTown()
  const [first, second] = await residents(town.town, ['ben', 'eri'])
  ben = first ?? assert.fail('there is somebody')
  eri = second ?? assert.fail('there are two')
  await town.world.settled()
})
after(() => town.world[Symbol.asyncDispose]())

test('who writes while their account is deactivated is told so, and goes on when it is active again', async () => {
  const visitor = new Visitor(url())
  await visitor.signIn('ben.pds1.test')
  await ben.deactivate()
  assert.match(seen(await visitor.post('/me/record', actForm)), /何も書き込まれていません。（AccountDeactivated）/)
  await ben.activate()
  const written = await visitor.post('/me/record', actForm)
  assert.match(written.headers.get('location') ?? '', /^\/me\/(?:acts|record)\//, seen(written))
})

test('whoever’s account is deleted is signed out; nothing of their sign-in stays', async () => {
  const visitor = new Visitor(url())
  await visitor.signIn('eri.pds1.test')
  await eri.act(KANAZAWA, { minutes: 20 })
  const db = new Database(join(town.world.folder('appview'), 'appview.sqlite'), { readonly: true })
  const kept = (): number => Number(db.prepare('SELECT count(*) FROM kept').pluck().get())
  const before = kept()
  await procedure(eri.session.service, 'com.atproto.admin.deleteAccount', { did: eri.did }, { basic: `admin:${ADMIN_PASSWORD}` })
  town.world.stopped(eri.did)
  await eventually(
    async () => (await visitor.get('/me')).status,
    (status) => status === 303,
    'signed out',
  )
  assert.equal(kept(), before - 2, 'the session and the grant')
  db.close()
})
