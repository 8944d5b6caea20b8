// Jobs are done once, one of a town at a time, whoever dies meanwhile and however the store fails; what was begun before is found, not done again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeYear } from '../../appview/close/close-year.ts'
import { refused, done } from '../../appview/desk/outcome.ts'
import { closeJob } from '../../appview/jobs/close-job.ts'
import { reasonsOf } from '../../appview/jobs/job-view.ts'
import { JOB_ATTEMPTS } from '../../appview/jobs/limits.ts'
import { openRunner } from '../../appview/jobs/runner.ts'
import type { JobKinds } from '../../appview/jobs/kinds.ts'
import { isOpen } from '../../appview/store/jobs.ts'
import type { Job } from '../../appview/store/jobs.ts'
import { openSqliteStore } from '../../appview/store/sqlite-store.ts'
import type { Store } from '../../appview/store/store.ts'
import { settableClock } from '../../server/clock.ts'
import { createLog } from '../../server/log.ts'
import { CODE, TOWN } from '../appview/books-town.ts'
import { DESK, closableTown, valueOf } from '../close/closing-town.ts'
import { eventually } from '../support/asking.ts'
import { failingWork } from './faulty-work.ts'
import { job } from './job-store-contract.ts'

const clock = settableClock(Date.parse('2027-06-02T00:00:00.000Z'))
const log = createLog('jobs', 'silent')
const FY = 2026

const runnerOver = (store: Store, kinds: JobKinds) => {
  const runner = openRunner({ work: store.work, kinds, clock, log, leaseMs: 50 })
  return { runner, [Symbol.asyncDispose]: () => runner.close() }
}

const untilEnded = (store: Store, id: string, town = CODE): Promise<Job> =>
  eventually(
    async () => (await store.work.job(town, id)) ?? assert.fail('no job'),
    (one) => !isOpen(one),
    `job ${id} has ended`,
  )

const closing = (more: Partial<Job> = {}): Job => job('1', { town: CODE, by: TOWN, ask: { fiscalYear: FY, despite: [] }, ...more })

test('a close is done as a job, and what is refused says why', async () => {
  await using town = await closableTown()
  const { store } = town
  await using _ = runnerOver(store, { close: closeJob({ ...town.deps, desk: store.desk }) })
  await store.work.addJob(closing())
  await store.work.addJob(closing({ id: '2' }))
  const [first, second] = [await untilEnded(store, '1'), await untilEnded(store, '2')]
  assert.deepEqual([first.state, first.attempts, first.holder], ['done', 1, null])
  assert.match(JSON.stringify(first.result), /"version":1,"hash":"[0-9a-f]{64}"/)
  assert.deepEqual([second.state, reasonsOf(second.reasons).map(({ code }) => code)], ['failed', ['close.already-closed']])
})

test('killed after its deed was stored, another process finds it done: the set goes out once', async () => {
  await using town = await closableTown()
  const { store } = town
  await store.work.addJob(closing())
  const taken = closing({ state: 'running', version: 2, attempts: 1, holder: 'dead', startedAt: '2027-06-02T00:00:00.000Z' })
  assert.equal(await store.work.changeJob(taken), 'kept')
  const { hash, statements, record } = valueOf(await closeYear(town.deps, DESK, { fiscalYear: FY, job: '1' }))
  const before = await store.work.outbox(TOWN, 100)
  await using _ = runnerOver(store, { close: closeJob({ ...town.deps, desk: store.desk }) })
  const ended = await untilEnded(store, '1')
  assert.deepEqual([ended.state, ended.attempts], ['done', 2])
  assert.deepEqual(ended.result, { version: 1, hash, record, statements: [...statements], gaps: 0 })
  assert.deepEqual(await store.work.outbox(TOWN, 100), before)
})

test('of two processes one does a job; of one town one runs; a store that fails every second change changes nothing of that', async () => {
  const open = openSqliteStore(':memory:')
  const faults = { fired: 0 }
  const stores = [failingWork(open, 'after', faults), failingWork(open, 'before', faults)]
  const begun: string[] = []
  let [running, most] = [new Map<string, number>(), 0]
  const kinds: JobKinds = {
    export: async ({ town, id }) => {
      begun.push(id)
      running.set(town, (running.get(town) ?? 0) + 1)
      most = Math.max(most, running.get(town) ?? 0)
      for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => void setImmediate(resolve))
      running.set(town, (running.get(town) ?? 0) - 1)
      return done({ id })
    },
  }
  const names = Array.from({ length: 8 }, (_, n) => `${n}`)
  for (const id of names) await open.work.addJob(job(id, { kind: 'export', town: Number(id) % 2 === 0 ? CODE : '172031' }))
  const [first, second] = stores.map((store) => runnerOver(store, kinds))
  await using _first = first ?? assert.fail()
  await using _second = second ?? assert.fail()
  await eventually(
    () => open.work.openJobs(9),
    (left) => left.length === 0,
    'all have ended',
  )
  assert.deepEqual(begun.toSorted(), names)
  assert.equal(most, 1)
  assert.ok(faults.fired > 8, String(faults.fired))
  for (const id of names) assert.equal((await open.work.job(Number(id) % 2 === 0 ? CODE : '172031', id))?.state, 'done')
  await open.close()
})

test('what breaks off is tried again, and given up in the end; what nobody here can do is left', async () => {
  const store = openSqliteStore(':memory:')
  let times = 0
  const kinds: JobKinds = {
    export: async () => {
      times += 1
      throw new Error('no space')
    },
    auditSample: async () => refused('job.month-invalid'),
  }
  await store.work.addJob(job('1', { kind: 'export', attempts: JOB_ATTEMPTS - 1 }))
  await store.work.addJob(job('2', { kind: 'auditSample' }))
  await store.work.addJob(job('3', { kind: 'rebuild' }))
  // Begun as often as is allowed by processes that died over it.
  await store.work.addJob(job('4', { kind: 'export', town: CODE, attempts: JOB_ATTEMPTS }))
  await using _ = runnerOver(store, kinds)
  const town = '172014'
  assert.deepEqual(
    reasonsOf((await untilEnded(store, '1', town)).reasons).map(({ code }) => code),
    ['job.broken-off'],
  )
  assert.deepEqual(
    reasonsOf((await untilEnded(store, '2', town)).reasons).map(({ code }) => code),
    ['job.month-invalid'],
  )
  assert.equal((await untilEnded(store, '4')).state, 'failed')
  assert.deepEqual([times, (await store.work.job(town, '3'))?.state], [1, 'waiting'])
})

test('a process that ends puts its job back, and the next one has it at once', async () => {
  const store = openSqliteStore(':memory:')
  await store.work.addJob(job('1', { kind: 'export' }))
  const waits: JobKinds = {
    export: (_job, { tell, signal }) => {
      tell({ done: 3, total: 9, what: 'rows' })
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))))
    },
  }
  const first = openRunner({ work: store.work, kinds: waits, clock, log })
  const shown = await eventually(
    () => store.work.job('172014', '1'),
    (one) => one?.progress.done === 3,
    'it says how far it is',
  )
  assert.deepEqual([shown?.state, shown?.progress], ['running', { done: 3, total: 9, what: 'rows' }])
  await first.close()
  const back = await store.work.job('172014', '1')
  assert.deepEqual([back?.state, back?.attempts, back?.holder], ['waiting', 0, null])
  await using _ = runnerOver(store, { export: async () => done(null) })
  assert.equal((await untilEnded(store, '1', '172014')).attempts, 1)
})

test('nothing is begun while the books are not to be read', async () => {
  const store = openSqliteStore(':memory:')
  const begun: string[] = []
  const looks: (() => void)[] = []
  let areFit = false
  const runner = openRunner({
    work: store.work,
    kinds: {
      export: async ({ id }) => {
        begun.push(id)
        return done({ id })
      },
    },
    clock,
    log,
    areBooksFit: async () => {
      for (const look of looks.splice(0)) look()
      return areFit
    },
  })
  const looked = (): Promise<void> => new Promise((resolve) => void looks.push(resolve))
  const next = looked()
  await store.work.addJob(job('1', { kind: 'export' }))
  runner.wake()
  await next
  await looked()
  assert.deepEqual(begun, [])
  areFit = true
  assert.equal((await untilEnded(store, '1', '172014')).state, 'done')
  await runner.close()
  await store.close()
})
