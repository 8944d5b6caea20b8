// A backup is made while the desk's word waits to be published; then that word goes out, and a newer one corrects it. Restored, the backup still has the
// older word in its outbox: it follows the log first, finds it there, and leaves what stands.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyStore } from '../../appview/copy-store.ts'
import { openStore } from '../../appview/store/open-store.ts'
import { query } from '../../cli/xrpc-client.ts'
import { eventually, parseJson } from '../support/asking.ts'
import { KANAZAWA, residents } from '../support/town.ts'
import { atDesk, openDeskWorld, untilBooked } from './desk-world.ts'

test('a restored backup publishes no word that was published before it, nor one that another has corrected', async () => {
  const { world, town, clerk } = await openDeskWorld()
  await using _ = world
  const [aoi] = await residents(town, ['aoi'])
  assert(aoi)
  await world.settled()
  const publishFile = join(world.dir, 'publish.json')
  const whole = readFileSync(publishFile, 'utf8')
  const reach = (isThere: boolean): void =>
    writeFileSync(publishFile, isThere ? whole : world.pds.reduce((text, { url }) => text.replaceAll(url, 'http://127.0.0.1:9'), whole))
  const end = async (until: string): Promise<string> => String((await atDesk(clerk, 'endAdmission', { did: aoi.did, until }))['uri'])
  const untilAt = async (uri: string): Promise<unknown> => {
    const [, , repo = '', collection = '', rkey = ''] = uri.split('/')
    const found = await query(town.session.service, 'com.atproto.repo.getRecord', { repo, collection, rkey })
    return parseJson(found['value'] ?? {})['until']
  }
  const untilSaid = async (uri: string, until: string): Promise<void> => {
    await eventually(
      () => untilAt(uri),
      (said) => said === until,
      `${uri} says ${until}`,
    )
    await untilBooked({ world, town }, uri)
  }

  const uri = await end('2026-12-31')
  await untilSaid(uri, '2026-12-31')
  reach(false)
  await end('2027-03-31')
  const [from, to] = ['appview', 'backup'].map((name) => ({
    address: join(world.folder(name), 'appview.sqlite'),
    folder: world.folder(name),
  }))
  assert(from && to)
  await copyStore(from, to)
  reach(true)
  await world.closeAppview(world.appview)
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'appview', { publishFile })
  await untilSaid(uri, '2027-03-31')
  // Word for word what it said before the backup: what stands there alone does not tell.
  await end('2026-12-31')
  await untilSaid(uri, '2026-12-31')
  await world.closeAppview(world.appview)

  const leaves = await world.leaves()
  await world.openAppview([{ code: KANAZAWA, did: town.did }], 'backup', { publishFile })
  const restored = await openStore(to)
  await eventually(
    () => restored.work.unsent(),
    (left) => left.length === 0,
    'nothing waits any more',
  )
  const [row] = await restored.work.outbox(town.did, 1)
  assert.deepEqual([row?.verb, row?.state, row?.error], ['put', 'done', null])
  assert.equal(await untilAt(uri), '2026-12-31')
  await restored.close()
  await world.settled()
  assert.equal(await world.leaves(), leaves, 'nothing was published')
})
