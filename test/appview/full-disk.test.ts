// The disk of an appview on SQLite fills up: nothing more is read in, which is told, pages go on answering; with room it goes on by itself, and nothing is lost.
// Started on a full disk it says that.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '../../server/start-error.ts'
import { method } from '../../lexicons/authority.ts'
import { at, eventually, parseJson } from '../support/asking.ts'
import { skipUnless } from '../support/needs.ts'
import { mountsHere, mountSmallDisk } from '../support/small-disk.ts'
import { closeAndAudit, KANAZAWA, openTown, residents } from '../support/town.ts'

const DISK_MB = 48

test(
  'ingest waits for room on a full disk, and pages answer',
  { skip: skipUnless(mountsHere(), 'leave to mount a small disk (root on Linux)') },
  async () => {
    const { world, town } = await openTown()
    await using _ = world
    await world.closeAppview(world.appview)
    const disk = mountSmallDisk(world.folder('small'), DISK_MB)
    using _mounted = { [Symbol.dispose]: () => disk.unmount() }
    const towns = [{ code: KANAZAWA, did: town.did }]
    let appview = await world.openAppview(towns, 'small')
    const [aoi = assert.fail(), ben = assert.fail()] = await residents(town, ['aoi', 'ben'])
    await ben.confirm(await aoi.act(KANAZAWA, { minutes: 40 }))
    await world.settled()
    const ready = async () => {
      const response = await fetch(`${appview.url}/ready`)
      return { status: response.status, roles: parseJson(parseJson(await response.json())['roles']) }
    }
    const given = async (): Promise<unknown> => {
      const { statement } = await town.ask(method.getStatement, { scope: KANAZAWA, fiscalYear: '2026' })
      return at(parseJson(statement), 'units', 'MIN', 'PL')['4110']
    }
    assert.deepEqual([(await ready()).status, await given()], [200, 40])

    disk.fill()
    await ben.confirm(await aoi.act(KANAZAWA, { minutes: 25 }))
    const waiting = await eventually(ready, ({ status }) => status === 503, 'it says that it cannot go on')
    assert.equal(waiting.roles['ingest'], 'no-room')
    assert.equal(await given(), 40)
    assert.equal((await fetch(`${appview.url}/m/${KANAZAWA}`)).status, 200)

    disk.clear()
    await eventually(ready, ({ status }) => status === 200, 'it goes on by itself')
    await world.settled()
    assert.equal(await given(), 65)

    await world.closeAppview(appview)
    disk.fill()
    await assert.rejects(
      world.openAppview(towns, 'small'),
      (error) => error instanceof StartError && /is full: make room/.test(error.message),
    )
    disk.clear()
    appview = await world.openAppview(towns, 'small')
    await world.settled()
    assert.equal(await given(), 65)
    await closeAndAudit(world, ['small'])
  },
)
