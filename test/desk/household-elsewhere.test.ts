// A desk says who lives together only of its own: a stale line in a neighbour's register stops nobody's confirmations.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KOMATSU, residents } from '../support/town.ts'
import { atDesk, refusalAt } from './desk-world.ts'
import { openTwoDesks } from './two-desks.ts'

test('a household of residents of another municipality is refused at the desk', async () => {
  const desks = await openTwoDesks()
  await using _ = desks.world
  const [aoi = assert.fail(), ren = assert.fail()] = await residents(desks.town, ['aoi', 'ren'])
  await desks.world.settled()
  const csv = `id,name,did,from,household\n1,青井,${aoi.did},2020-04-01,H\n2,蓮,${ren.did},2020-04-01,H\n`
  await atDesk(desks.there.clerk, 'importRegister', { csv, apply: true }, KOMATSU)
  assert.equal(await refusalAt(desks.there.clerk, 'publishHousehold', { household: 'H' }, KOMATSU), 'household.resident-elsewhere')
  await atDesk(desks.here.clerk, 'importRegister', { csv, apply: true })
  assert.ok((await atDesk(desks.here.clerk, 'publishHousehold', { household: 'H' }))['uri'])
})
