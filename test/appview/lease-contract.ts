// What every engine of the store contract must do with leases.

import assert from 'node:assert/strict'
import { leaseLock } from '../../appview/roles/lease-lock.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import type { On } from './on-fresh-store.ts'

export const leases = (on: On): void => {
  on('a lease is taken by one of many, and told of by its holder alone', async ({ leases }) => {
    assert.equal(await leases.read('ingest'), null)
    const takers = ['a', 'b', 'c', 'd']
    const taken = await Promise.all(takers.map((one) => leases.take('ingest', one, null)))
    assert.equal(taken.filter(Boolean).length, 1)
    const holder = takers[taken.indexOf(true)] ?? assert.fail('nobody')
    assert.deepEqual(await leases.read('ingest'), { name: 'ingest', holder, beat: 1, told: '' })
    assert.equal(await leases.renew('ingest', 'somebody else', 'mine'), false)
    assert.equal(await leases.renew('ingest', holder, 'all is well'), true)
    assert.deepEqual(await leases.read('ingest'), { name: 'ingest', holder, beat: 2, told: 'all is well' })
    assert.equal(await leases.read('jobs'), null)
  })

  on('a lease goes over only as it was seen: of those who saw it stand still one gets it, and none after a beat', async ({ leases }) => {
    assert.equal(await leases.take('ingest', 'a', null), true)
    const seen = await leases.read('ingest')
    assert.equal(await leases.renew('ingest', 'a', 'still here'), true)
    assert.equal(await leases.take('ingest', 'b', seen), false)
    const still = await leases.read('ingest')
    const taken = await Promise.all(['b', 'c'].map((one) => leases.take('ingest', one, still)))
    assert.equal(taken.filter(Boolean).length, 1)
    assert.equal(await leases.renew('ingest', 'a', 'I was stopped'), false)
    assert.equal((await leases.read('ingest'))?.told, 'still here')
  })

  on('a lease given back is free, keeps what was told, and its beat never goes back', async ({ leases }) => {
    assert.equal(await leases.take('ingest', 'a', null), true)
    assert.equal(await leases.renew('ingest', 'a', 'the end'), true)
    await leases.release('ingest', 'b')
    assert.equal((await leases.read('ingest'))?.holder, 'a')
    await leases.release('ingest', 'a')
    const free = await leases.read('ingest')
    assert.deepEqual(free, { name: 'ingest', holder: null, beat: 3, told: 'the end' })
    assert.equal(await leases.take('ingest', 'b', null), false)
    assert.equal(await leases.take('ingest', 'b', free), true)
    assert.equal((await leases.read('ingest'))?.beat, 4)
  })

  on(
    'what has one name is done one at a time over all processes; who died over it is waited for no longer than a lease',
    async ({ leases }) => {
      const clock = systemClock()
      const processOf = (holder: string) =>
        leaseLock(
          { leases, seat: { holder, stateOf: () => 'unseen', [Symbol.dispose]: () => {} }, clock, log: silentLog, ttlMs: 300 },
          'sign-in',
        )
      assert.equal(await leases.take('sign-in/1023', 'died', null), true)
      let [done, most, now] = [0, 0, 0]
      const work = async (): Promise<void> => {
        most = Math.max(most, ++now)
        await clock.sleep(5)
        now--
        done++
      }
      const processes = [processOf('a'), processOf('b'), processOf('c')] as const
      const asked = processes.flatMap((one) => Array.from({ length: 4 }, () => one('did:plc:aoi', work)))
      await Promise.all(asked)
      assert.deepEqual([done, most], [12, 1])
      // A name of that lease: who holds it never beats.
      await processes[0]('name 910', work)
      const failing = processes[1]('did:plc:aoi', () => Promise.reject(new Error('its server is away')))
      await assert.rejects(failing, /away/)
      await processes[2]('did:plc:aoi', work)
      assert.equal(done, 14)
    },
  )
}
