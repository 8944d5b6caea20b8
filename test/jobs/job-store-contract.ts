// What every engine must do for jobs and notices, as one suite: changes by version, one running job a town, nothing told twice, and what is told moves with
// how far it was told.

import assert from 'node:assert/strict'
import type { Job } from '../../appview/store/jobs.ts'
import type { Notice, Word } from '../../appview/store/notices.ts'
import type { Hook } from '../../appview/store/hooks.ts'
import type { Store } from '../../appview/store/store.ts'
import { onFreshStore } from '../appview/on-fresh-store.ts'
import type { On } from '../appview/on-fresh-store.ts'

const KANAZAWA = '172014'
const KOMATSU = '172031'
const AT = '2027-06-02T00:00:00.000Z'
const AOI = 'did:plc:aoiaoiaoiaoiaoiaoiaoiaoi'
const REN = 'did:plc:renrenrenrenrenrenrenren'

export const job = (id: string, more: Partial<Job> = {}): Job => ({
  town: KANAZAWA,
  id,
  kind: 'close',
  ask: { fiscalYear: 2026 },
  state: 'waiting',
  version: 1,
  progress: { done: 0, total: 0, what: '' },
  by: AOI,
  askedAt: AT,
  startedAt: null,
  endedAt: null,
  attempts: 0,
  result: null,
  reasons: [],
  holder: null,
  beatMs: 0,
  ...more,
})

export const word = (to: string, id: string, more: Partial<Word> = {}): Word => ({
  to,
  id,
  kind: 'confirmed',
  at: AT,
  town: KANAZAWA,
  subject: `at://${AOI}/org.waki.action/${id}`,
  author: AOI,
  detail: { minutes: 60 },
  ...more,
})

/** Runs the suite; `open` gives a fresh, empty store each time. */
export const jobStoreContract = (name: string, open: () => Store | Promise<Store>): void => {
  const on = onFreshStore(name, open)
  jobs(on)
  notices(on)
  hooks(on)
}

const begun = (one: Job): Job => ({ ...one, state: 'running', version: one.version + 1, attempts: one.attempts + 1, holder: 'a' })

const jobs = (on: On): void => {
  on('a job is kept once, listed newest first by its own town, and stands open until it ended', async ({ work }) => {
    assert.equal(await work.addJob(job('1')), true)
    assert.equal(await work.addJob(job('1', { kind: 'export' })), false)
    assert.equal(await work.addJob(job('2')), true)
    assert.equal(await work.addJob(job('3', { town: KOMATSU })), true)
    assert.deepEqual(await work.job(KANAZAWA, '1'), job('1'))
    assert.equal(await work.job(KOMATSU, '1'), null)
    const ids = (all: readonly Job[]): string[] => all.map(({ id }) => id)
    assert.deepEqual(ids(await work.jobs(KANAZAWA, { limit: 9 })), ['2', '1'])
    assert.deepEqual(ids(await work.jobs(KANAZAWA, { limit: 9, before: '2' })), ['1'])
    assert.deepEqual(ids(await work.jobs(KANAZAWA, { limit: 1 })), ['2'])
    assert.deepEqual(ids(await work.openJobs(9)), ['1', '2', '3'])
    assert.equal(await work.changeJob(job('1', { version: 2, state: 'cancelled' })), 'kept')
    assert.deepEqual(ids(await work.openJobs(9)), ['2', '3'])
    assert.deepEqual(ids(await work.openJobs(1)), ['2'])
  })
  on('of two that change a job at one version, one does; a job nobody has is not changed', async ({ work }) => {
    await work.addJob(job('1'))
    const outcomes = await Promise.all(['a', 'b', 'c'].map((holder) => work.changeJob({ ...begun(job('1')), holder })))
    assert.deepEqual(outcomes.toSorted(), ['changed', 'changed', 'kept'])
    assert.equal(await work.changeJob(job('9', { version: 2 })), 'changed')
    assert.equal((await work.job(KANAZAWA, '1'))?.version, 2)
  })
  on('one runs in a town, and nothing beside a rebuild', async ({ work }) => {
    for (const one of [job('1'), job('2'), job('3', { town: KOMATSU }), job('4', { town: KOMATSU, kind: 'rebuild' })])
      await work.addJob(one)
    const both = await Promise.all([work.changeJob(begun(job('1'))), work.changeJob(begun(job('2')))])
    assert.deepEqual(both.toSorted(), ['busy', 'kept'])
    const [first, second] = both[0] === 'kept' ? [job('1'), job('2')] : [job('2'), job('1')]
    assert.equal(await work.changeJob(begun(job('3', { town: KOMATSU }))), 'kept')
    assert.equal(await work.changeJob(begun(job('4', { town: KOMATSU, kind: 'rebuild' }))), 'busy')
    // Who is at it already goes on, and somebody else may take it over.
    assert.equal(await work.changeJob({ ...begun(begun(first)), holder: 'b' }), 'kept')
    assert.equal(await work.changeJob({ ...first, version: 4, state: 'done' }), 'kept')
    assert.equal(await work.changeJob({ ...begun(job('3', { town: KOMATSU })), version: 3, state: 'failed' }), 'kept')
    assert.equal(await work.changeJob(begun(job('4', { town: KOMATSU, kind: 'rebuild' }))), 'kept')
    assert.equal(await work.changeJob(begun(second)), 'busy')
  })
}

const ids = (all: readonly Notice[]): string[] => all.map(({ id }) => id)

const notices = (on: On): void => {
  on('what is told stands with how far it was told; the same is not told twice', async ({ work }) => {
    assert.equal(await work.told('books'), null)
    await work.tell({ words: [word(AOI, '1'), word(AOI, '2'), word(REN, '1')], name: 'books', cursor: { leaf: 5 }, most: 9 })
    await work.tell({ words: [word(AOI, '2', { kind: 'lapsed' }), word(AOI, '0')], name: 'books', cursor: { leaf: 6 }, most: 9 })
    assert.deepEqual(await work.told('books'), { leaf: 6 })
    assert.equal(await work.told('desk'), null)
    const all = await work.notices(AOI, { limit: 9 })
    assert.deepEqual(ids(all), ['0', '2', '1'])
    const { place, ...second } = all[1] ?? assert.fail('no notice')
    assert.deepEqual(second, word(AOI, '2'))
    assert.deepEqual(ids(await work.notices(AOI, { limit: 9, before: place })), ['1'])
    assert.deepEqual(ids(await work.notices(AOI, { limit: 1 })), ['0'])
    assert.deepEqual(ids(await work.notices(REN, { limit: 9 })), ['1'])
  })
  on('of one receiver the newest stay', async ({ work }) => {
    await work.tell({ words: ['1', '2', '3'].map((id) => word(AOI, id)), name: 'books', cursor: 1, most: 2 })
    await work.tell({ words: [word(AOI, '4'), word(REN, '1')], name: 'books', cursor: 2, most: 2 })
    assert.deepEqual(ids(await work.notices(AOI, { limit: 9 })), ['4', '3'])
    assert.deepEqual(ids(await work.notices(REN, { limit: 9 })), ['1'])
  })
  on(
    'what was seen is counted no more, and does not become unseen; what is told later is, however long ago it happened',
    async ({ work }) => {
      await work.tell({ words: ['4', '5', '6'].map((id) => word(AOI, id)), name: 'books', cursor: 1, most: 9 })
      const [third, second, first] = await work.notices(AOI, { limit: 9 })
      assert.deepEqual(
        [await work.unseen(AOI, 9), await work.unseen(AOI, 2), await work.unseen(REN, 9), await work.seen(AOI)],
        [3, 2, 0, 0],
      )
      await work.see(AOI, second?.place ?? 0)
      await work.see(AOI, first?.place ?? 0)
      assert.deepEqual([await work.seen(AOI), await work.unseen(AOI, 9)], [second?.place, 1])
      await work.see(AOI, third?.place ?? 0)
      await work.tell({ words: [word(AOI, '0', { at: '2020-01-01T00:00:00.000Z' })], name: 'books', cursor: 2, most: 9 })
      assert.equal(await work.unseen(AOI, 9), 1)
    },
  )
  on('notices about a record go, those of a person go, and those of long ago', async ({ work }) => {
    const old = word(REN, '0', { at: '2020-01-01T00:00:00.000Z', author: 'desk:172014', subject: 'desk:172014/x' })
    const words = [
      old,
      word(AOI, '1'),
      word(REN, '1', { subject: 'at://x' }),
      word(REN, '2', { author: REN }),
      word(AOI, '3', { author: REN }),
    ]
    await work.tell({ words, name: 'books', cursor: 1, most: 9 })
    assert.deepEqual(await work.subjectsBy(AOI), [`at://${AOI}/org.waki.action/1`, 'at://x'])
    await work.dropNotices({ subject: 'at://x' })
    assert.deepEqual(ids(await work.notices(REN, { limit: 9 })), ['2', '0'])
    await work.dropNotices({ before: '2021-01-01T00:00:00.000Z' })
    assert.deepEqual(ids(await work.notices(REN, { limit: 9 })), ['2'])
    await work.see(AOI, 2)
    await work.dropNotices({ person: AOI })
    assert.deepEqual([await work.notices(AOI, { limit: 9 }), await work.seen(AOI)], [[], 0])
    assert.deepEqual(ids(await work.notices(REN, { limit: 9 })), ['2'])
    await work.dropNotices({ person: REN })
    assert.deepEqual(await work.notices(REN, { limit: 9 }), [])
  })
}

const hook = (owner: string, more: Partial<Hook> = {}): Hook => ({
  owner,
  id: 'h',
  url: 'https://a.example/',
  state: 'active',
  version: 1,
  delivered: 0,
  attempts: 0,
  code: null,
  setAt: AT,
  ...more,
})

const hooks = (on: On): void => {
  on('a hook is its owner’s one, changes by versions, and is delivered to while it is active', async ({ work }) => {
    assert.equal(await work.hook(AOI), null)
    const both = await Promise.all([work.putHook(hook(AOI)), work.putHook(hook(AOI))])
    assert.equal(both.filter(Boolean).length, 1)
    assert.equal(await work.putHook(hook(REN)), true)
    assert.deepEqual(await work.hook(AOI), hook(AOI))
    assert.equal(await work.putHook(hook(AOI, { version: 3 })), false)
    const owners = (all: readonly Hook[]): string[] => all.map(({ owner }) => owner)
    assert.deepEqual(owners(await work.activeHooks('', 9)), [AOI, REN])
    assert.deepEqual(owners(await work.activeHooks('', 1)), [AOI])
    assert.deepEqual(owners(await work.activeHooks(AOI, 9)), [REN])
    assert.deepEqual(await work.activeHooks(REN, 9), [])
    assert.equal(await work.putHook(hook(AOI, { version: 2, state: 'stopped', code: 'hook.gone' })), true)
    assert.deepEqual(owners(await work.activeHooks('', 9)), [REN])
    assert.deepEqual(
      [owners(await work.hooks('', 9)), owners(await work.hooks('', 1)), owners(await work.hooks(AOI, 9))],
      [[AOI, REN], [AOI], [REN]],
    )
    await work.dropHook(REN)
    assert.deepEqual([await work.hook(REN), await work.activeHooks('', 9)], [null, []])
  })
  on('notices are read on from a place, the oldest first', async ({ work }) => {
    await work.tell({ words: ['1', '2', '3'].map((id) => word(AOI, id)), name: 'books', cursor: 1, most: 9 })
    const [first] = await work.noticesAfter(AOI, 0, 9)
    assert.deepEqual(ids(await work.noticesAfter(AOI, 0, 2)), ['1', '2'])
    assert.deepEqual(ids(await work.noticesAfter(AOI, first?.place ?? 0, 9)), ['2', '3'])
  })
}
