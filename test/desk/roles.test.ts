// Roles of a desk over real sockets: who may, who may no more, and what stays of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method } from '../../lexicons/authority.ts'
import { listIn } from '../support/asking.ts'
import { KANAZAWA } from '../support/town.ts'
import { atDesk, openDeskWorld, refusalAt } from './desk-world.ts'

test('a member is removed: refused at the next request, the books closed to them, what they did keeps their name', async () => {
  const { world, town, admin, clerk, auditor } = await openDeskWorld()
  await using _ = world
  const csv = 'id,name,from\r\n1,青井,2026-04-01\r\n'
  await atDesk(clerk, 'importRegister', { csv, apply: true })
  const asked = { scope: KANAZAWA, limit: '5' }
  await clerk.ask(method.listJournal, asked)
  const { roles } = await atDesk(clerk, 'getRoles')
  assert.deepEqual(roles, ['clerk'])

  await atDesk(admin, 'removeRole', { did: clerk.did, role: 'clerk' })
  assert.equal(await refusalAt(clerk, 'importRegister', { csv, apply: true }), 'desk.no-role')
  assert.deepEqual((await atDesk(clerk, 'getRoles'))['roles'], [])
  await assert.rejects(clerk.ask(method.listJournal, asked), { code: 'NotFound' })
  await assert.rejects(clerk.ask(method.getTrialBalance, { scope: KANAZAWA }), { code: 'NotFound' })

  const trail = listIn(await atDesk(auditor, 'listTrail'), 'rows').map(({ by, deed, on, outcome, code }) => ({
    by,
    deed,
    on,
    outcome,
    code,
  }))
  assert.deepEqual(trail.slice(0, 3), [
    { by: clerk.did, deed: 'register.import', on: null, outcome: 'refused', code: 'desk.no-role' },
    { by: admin.did, deed: 'role.remove', on: clerk.did, outcome: 'done', code: null },
    { by: clerk.did, deed: 'register.import', on: null, outcome: 'done', code: null },
  ])
  const [grant] = listIn(await atDesk(auditor, 'listRoles'), 'roles').filter(({ did }) => did === clerk.did)
  assert.deepEqual([grant?.['grantedBy'], grant?.['endedBy']], [town.did, admin.did])
  assert.equal(typeof grant?.['until'], 'string')
})

test('a stranger learns nothing and leaves no line; the auditor sees the books and changes nothing', async () => {
  const { world, auditor } = await openDeskWorld()
  await using _ = world
  const before = listIn(await atDesk(auditor, 'listTrail'), 'rows').length
  const stranger = await world.member('stranger')
  assert.equal(await refusalAt(stranger, 'listRegister'), 'desk.no-role')
  assert.equal(await refusalAt(stranger, 'addRole', { did: stranger.did, role: 'admin' }), 'desk.no-role')
  assert.equal(listIn(await atDesk(auditor, 'listTrail'), 'rows').length, before)
  await auditor.ask(method.getTrialBalance, { scope: KANAZAWA })
  assert.equal(await refusalAt(auditor, 'listRegister'), 'desk.role-insufficient')
  assert.equal(await refusalAt(auditor, 'admit', { did: stranger.did, from: '2026-05-01' }), 'desk.role-insufficient')
})
