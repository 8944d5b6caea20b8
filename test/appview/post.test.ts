// A post is held by one at a time, whatever the store says of what it stored, however long it is silent, and whoever writes past the lease.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { FENCED_PAUSE_TIMES } from '../../appview/roles/limits.ts'
import { openPost } from '../../appview/roles/post.ts'
import type { Duty, Post } from '../../appview/roles/post.ts'
import { takeSeat } from '../../appview/roles/seat.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Leases } from '../../appview/store/leases.ts'
import { systemClock } from '../../server/clock.ts'
import type { Log } from '../../server/log.ts'
import { silentLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics.ts'
import { eventually } from '../support/asking.ts'

const TTL_MS = 500
const NAME = 'ingest'
const clock = systemClock()

type Process = {
  readonly leases: Leases
  readonly events: string[]
  /** The figure of who holds it. */
  readonly figure: () => Promise<number | undefined>
  readonly open: (more?: { readonly fenced?: Promise<void>; readonly begin?: () => void }) => Promise<Post<Duty>>
}

/** Processes of one folder or of one each, over one store. */
const processesOf = (t: TestContext): { leases: Leases; process: (leases?: Leases) => Process } => {
  const store = openSqliteStore(':memory:')
  const folder = mkdtempSync(join(tmpdir(), 'waki-post-'))
  const closing: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closing) await close()
    await store.close()
    rmSync(folder, { recursive: true })
  })
  const process = (leases = store.leases): Process => {
    const events: string[] = []
    const note = (event: string): void => void events.push(event)
    const log: Log = { ...silentLog, info: note, warn: note, error: note }
    const seat = takeSeat(folder)
    const held = createMetrics('test').gauge('lease_held', 'held', ['lease'])
    closing.push(async () => seat[Symbol.dispose]())
    return {
      leases,
      events,
      figure: async () => (await held.get()).values[0]?.value,
      open: async ({ fenced = new Promise<void>(() => {}), begin = () => {} } = {}) => {
        const start = async (): Promise<Duty> => {
          begin()
          events.push('begun')
          return { told: () => 'well', fenced, close: async () => note('closed') }
        }
        const post = await openPost({ leases, seat, clock, log, ttlMs: TTL_MS, name: NAME, held, begin: start })
        closing.unshift(() => post.close())
        return post
      },
    }
  }
  return { leases: store.leases, process }
}

const isHeld = (post: Post<Duty>): boolean => post.duty() !== null

const untilHeld = (post: Post<Duty>, what: string): Promise<boolean> => eventually(async () => isHeld(post), Boolean, what)

/** Every second change fails: before or after it is stored. */
const faulty = (leases: Leases, when: 'before' | 'after', faults: { fired: number }): Leases => {
  let calls = 0
  const around =
    <Given extends unknown[], Answer>(change: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const fails = calls++ % 2 === 0
      if (fails) faults.fired += 1
      if (fails && when === 'before') throw new Error('not stored')
      const answer = await change(...given)
      if (fails) throw new Error('stored, but nobody knows')
      return answer
    }
  return {
    read: (name) => leases.read(name),
    take: around((...given) => leases.take(...given)),
    renew: around((...given) => leases.renew(...given)),
    release: around((...given) => leases.release(...given)),
  }
}

for (const when of ['before', 'after'] as const)
  test(`leases that fail ${when} storing: one begins, the other stands by, and begins once the first has ended`, async (t) => {
    const { leases, process } = processesOf(t)
    const faults = { fired: 0 }
    const [first, second] = [process(faulty(leases, when, faults)), process(faulty(leases, when, faults))]
    const one = await first.open().catch(() => first.open())
    await untilHeld(one, 'the first has begun')
    const other = await second.open()
    await clock.sleep(2 * TTL_MS)
    assert.deepEqual([isHeld(one), isHeld(other)], [true, false])
    await one.close()
    await untilHeld(other, 'the second has begun')
    assert.equal(first.events.filter((event) => event === 'begun').length, 1)
    assert.ok(faults.fired > 2)
  })

test('given back in order it is had at once, and what was told last stays', async (t) => {
  const { leases, process } = processesOf(t)
  const [one, other] = [await process().open(), await process().open()]
  assert.deepEqual([isHeld(one), isHeld(other)], [true, false])
  const startMs = performance.now()
  await one.close()
  await untilHeld(other, 'the other has begun')
  assert.ok(performance.now() - startMs < TTL_MS, 'no waiting for the lease to run out')
  assert.equal((await leases.read(NAME))?.told, 'well')
})

test('while the store is silent nobody takes over; when it answers again who had it goes on', async (t) => {
  const { leases, process } = processesOf(t)
  let isSilent = false
  const answering = <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) => {
    return async (...given: Given): Promise<Answer> => {
      if (isSilent) throw new Error('no primary')
      return ask(...given)
    }
  }
  const cut: Leases = {
    read: answering((...given) => leases.read(...given)),
    take: answering((...given) => leases.take(...given)),
    renew: answering((...given) => leases.renew(...given)),
    release: answering((...given) => leases.release(...given)),
  }
  const [first, second] = [process(cut), process(cut)]
  const [one, other] = [await first.open(), await second.open()]
  assert.deepEqual([await first.figure(), await second.figure()], [1, 0])
  isSilent = true
  await clock.sleep(4 * TTL_MS)
  assert.equal(await first.figure(), 0, 'a lease of a store that is silent is held by nobody')
  isSilent = false
  await clock.sleep(2 * TTL_MS)
  assert.deepEqual([isHeld(one), isHeld(other)], [true, false])
  assert.deepEqual([await first.figure(), await second.figure()], [1, 0])
  assert.ok(first.events.includes('lease.late') && second.events.includes('lease.unseen'))
})

test('who lost the lease puts the duty down, says so, and stands by', async (t) => {
  const { leases, process } = processesOf(t)
  const first = process()
  const one = await first.open()
  assert.equal(await leases.take(NAME, 'another machine', await leases.read(NAME)), true)
  await eventually(
    async () => first.events,
    (events) => events.includes('lease.waiting'),
    'it stands by',
  )
  assert.equal(isHeld(one), false)
  assert.deepEqual(first.events.slice(-3), ['lease.lost', 'closed', 'lease.waiting'])
  await leases.release(NAME, 'another machine')
  await untilHeld(one, 'it has begun again')
})

test('refused by the store although the lease is its own it leaves a tool its time, and begins anew', async (t) => {
  const { leases, process } = processesOf(t)
  const first = process()
  const fenced = Promise.withResolvers<void>()
  await first.open({ fenced: fenced.promise })
  fenced.resolve()
  await eventually(
    async () => first.events,
    (events) => events.includes('post.fenced'),
    'it says so',
  )
  await clock.sleep(2 * TTL_MS)
  assert.equal(first.events.filter((event) => event === 'begun').length, 1)
  const seen = await leases.read(NAME)
  assert.ok(seen?.holder !== null, 'it keeps the others from beginning, too')
  await eventually(
    async () => first.events.filter((event) => event === 'begun').length,
    (times) => times >= 2,
    'it has begun anew',
    FENCED_PAUSE_TIMES * TTL_MS * 3,
  )
})

test('what cannot begin at once is thrown and gives the lease back; what cannot begin later is tried again', async (t) => {
  const { leases, process } = processesOf(t)
  const fail = (): never => {
    throw new Error('the roster is not to be had')
  }
  await assert.rejects(process().open({ begin: fail }), /roster/)
  assert.equal((await leases.read(NAME))?.holder, null)
  const one = await process().open()
  const second = process()
  let tries = 0
  const other = await second.open({ begin: () => (tries++ === 0 ? fail() : undefined) })
  await one.close()
  await untilHeld(other, 'it has begun at the second try')
  assert.ok(second.events.includes('post.failed'))
})
