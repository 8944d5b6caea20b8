// A household follows the register as it changes: somebody joins, leaves, and it is again what it was; each time the newest word holds, and the same
// word twice is said once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { method } from '../../lexicons/authority.ts'
import { at } from '../support/asking.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { atDesk, openDeskWorld, untilBooked } from './desk-world.ts'

test('who leaves a household may confirm again, also when it is what it was before', async () => {
  const desk = await openDeskWorld()
  const { town, clerk, world } = desk
  await using _ = world
  const [aoi = assert.fail(), ren = assert.fail(), mei = assert.fail()] = await residents(town, ['aoi', 'ren', 'mei'])
  const lines: Record<string, string> = { 1: aoi.did, 2: ren.did, 3: mei.did }
  const live = async (households: Record<string, string>): Promise<string[]> => {
    const rows = Object.entries(lines).map(([id, did]) => `${id},名${id},${did},2026-04-01,${households[id] ?? ''}\r\n`)
    await atDesk(clerk, 'importRegister', { csv: `id,name,did,from,household\r\n${rows.join('')}`, apply: true })
    const uris: string[] = []
    for (const household of new Set(Object.values(households))) {
      const { uri } = await atDesk(clerk, 'publishHousehold', { household })
      await untilBooked(desk, String(uri))
      uris.push(String(uri))
    }
    return uris
  }
  const isTaken = async (): Promise<boolean> => {
    const act = await aoi.act(KANAZAWA)
    await mei.confirm(act, { role: 'witness' })
    await world.settled()
    return at(await aoi.ask(method.getAction, { uri: act.uri }), 'action')['state'] === 'recognised'
  }
  const first = await live({ 1: 'H', 2: 'H' })
  assert.equal(await isTaken(), true)
  await live({ 1: 'H', 2: 'H', 3: 'H' })
  assert.equal(await isTaken(), false)
  const again = await live({ 1: 'H', 2: 'H', 3: 'M' })
  assert.ok(!again.includes(first[0] ?? ''), 'said anew')
  assert.equal(await isTaken(), true)
  assert.deepEqual(await live({ 1: 'H', 2: 'H', 3: 'M' }), again, 'nothing changed, nothing said')
})
