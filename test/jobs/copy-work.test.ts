// What a copy of a store takes along of jobs, notices and hooks.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { copyWork } from '../../appview/copy-desk.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import { CODE, ROSTER } from '../appview/books-town.ts'
import { job, word } from './job-store-contract.ts'

const AOI = 'did:plc:aoiaoiaoiaoiaoiaoiaoiaoi'
const REN = 'did:plc:renrenrenrenrenrenrenren'

test('what was told is not told again, what was seen is seen, and what was under way waits', async () => {
  const [source, target] = [openSqliteStore(':memory:'), openSqliteStore(':memory:')]
  await source.books.setRoster(ROSTER)
  const { work } = source
  await work.addJob(job('1', { town: CODE, state: 'done' }))
  await work.addJob(job('2', { town: CODE, state: 'running', holder: 'dead', version: 4, attempts: 1 }))
  await work.tell({ words: [word(AOI, '0'), word(AOI, '1'), word(REN, '1')], name: 'books', cursor: { leaf: 7 }, most: 9 })
  // A gap in the places.
  await work.dropNotices({ subject: word(AOI, '0').subject })
  await work.tell({ words: [word(AOI, '2'), word(AOI, '3')], name: 'books', cursor: { leaf: 9 }, most: 9 })
  const [, second] = await work.notices(AOI, { limit: 9 })
  await work.see(AOI, second?.place ?? 0)
  const hook = { owner: AOI, id: 'h', url: 'https://a.example/', state: 'active', version: 1, attempts: 0, code: null } as const
  await work.putHook({ ...hook, delivered: second?.place ?? 0, setAt: '2027-06-02T00:00:00.000Z' })
  const stopped = {
    ...hook,
    owner: REN,
    delivered: 0,
    setAt: '2027-06-02T00:00:00.000Z',
    state: 'stopped',
    code: 'hook.unreachable',
  } as const
  await work.putHook(stopped)

  await copyWork(source, target)
  const copy = target.work
  assert.deepEqual(
    (await copy.jobs(CODE, { limit: 9 })).map(({ id, state, holder }) => [id, state, holder]),
    [
      ['2', 'waiting', null],
      ['1', 'done', null],
    ],
  )
  assert.deepEqual(await copy.told('books'), { leaf: 9 })
  assert.deepEqual(
    (await copy.notices(AOI, { limit: 9 })).map(({ id }) => id),
    ['3', '2', '1'],
  )
  assert.deepEqual([await copy.unseen(AOI, 9), await copy.unseen(REN, 9), await copy.seen(REN)], [1, 1, 0])
  const delivered = (await copy.hook(AOI))?.delivered ?? 0
  assert.deepEqual(
    (await copy.noticesAfter(AOI, delivered, 9)).map(({ id }) => id),
    ['3'],
  )
  assert.deepEqual(await copy.hook(REN), stopped, 'its owner still sees why')
  await source.close()
  await target.close()
})
