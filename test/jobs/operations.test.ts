// What a desk does with jobs while nobody works: the same wish waits once, who asked or an admin takes it back, what failed is tried again; and the deed
// itself when a process without the role runs the desk.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { jobRefusals } from '../../appview/desk/job-refusals.ts'
import type { Roster } from '../../appview/journal/model.ts'
import { openJobFiles } from '../../appview/jobs/files.ts'
import { openJobDesk } from '../../appview/jobs/open-jobs.ts'
import { JOBS_WAITING } from '../../appview/jobs/limits.ts'
import { askForRebuild, newJobOf, OPERATOR } from '../../appview/jobs/operators-rebuild.ts'
import { rebuildJob } from '../../appview/jobs/rebuild-job.ts'
import type { DeskRole } from '../../appview/store/desk.ts'
import type { Job } from '../../appview/store/jobs.ts'
import { systemClock } from '../../server/clock.ts'
import { CODE, ROSTER, TOWN } from '../appview/books-town.ts'
import { ClosingTown, OPENED, codesOf, valueOf } from '../close/closing-town.ts'

const APPROVER = { did: 'did:plc:approver', town: CODE }
const OTHER = { did: 'did:plc:other', town: CODE }
const ADMIN = { did: TOWN, town: CODE }
const SAMPLE = { kind: 'auditSample', month: '2026-05' }

const open = async (t: TestContext, roster: Roster = ROSTER) => {
  const town = await ClosingTown.open()
  const dataDir = mkdtempSync(join(tmpdir(), 'waki-jobs-'))
  t.after(async () => {
    rmSync(dataDir, { recursive: true })
    await town[Symbol.asyncDispose]()
  })
  const { store, clock } = town
  const grant = (did: string, role: DeskRole) => ({ did, role, from: OPENED, until: null, grantedBy: TOWN, endedBy: null })
  await store.desk.persist({ town: CODE, audit: [], roles: [grant(APPROVER.did, 'approver'), grant(OTHER.did, 'approver')] })
  const accounts = new Map([[TOWN, { pds: 'http://localhost:1', identifier: TOWN, appPassword: 'x' }]])
  const jobs = openJobDesk({ store, dataDir, roster: () => roster, accounts, clock })
  const change = async (id: string, fields: Partial<Job>): Promise<void> => {
    const job = (await store.work.job(CODE, id)) ?? assert.fail('no job')
    assert.equal(await store.work.changeJob({ ...job, ...fields, version: job.version + 1 }), 'kept')
  }
  return { store, jobs, change, dataDir }
}

test('the same wish waits once, and so many at a time', async (t) => {
  const { jobs, store } = await open(t)
  const first = valueOf(await jobs.start(APPROVER, SAMPLE))
  assert.deepEqual([first.state, first.by, first.attempts], ['waiting', APPROVER.did, 0])
  assert.equal(codesOf(await jobs.start(OTHER, SAMPLE)), 'job.already-waiting')
  valueOf(await jobs.start(OTHER, { ...SAMPLE, month: '2026-06' }))
  for (let n = 2; n < JOBS_WAITING; n++) valueOf(await jobs.start(ADMIN, { kind: 'close', fiscalYear: 2000 + n }))
  assert.equal(codesOf(await jobs.start(ADMIN, { kind: 'rebuild' })), 'job.too-many')
  const trail = await store.desk.trail(CODE, { limit: 100 })
  assert.deepEqual(
    trail.slice(-3).map(({ deed, on, outcome, code }) => [deed, on, outcome, code]),
    [
      ['job.auditSample', '2026-06', 'done', null],
      ['job.auditSample', '2026-05', 'refused', 'job.already-waiting'],
      ['job.auditSample', '2026-05', 'done', null],
    ],
  )
})

test('what waits is taken back by who asked, or an admin; what runs or has ended is not', async (t) => {
  const { jobs, change } = await open(t)
  const { id } = valueOf(await jobs.start(APPROVER, SAMPLE))
  assert.equal(codesOf(await jobs.cancel(OTHER, id)), 'job.not-yours')
  assert.equal(valueOf(await jobs.cancel(APPROVER, id)).state, 'cancelled')
  assert.equal(codesOf(await jobs.cancel(APPROVER, id)), 'job.ended')
  const next = valueOf(await jobs.start(APPROVER, SAMPLE))
  assert.equal(valueOf(await jobs.cancel(ADMIN, next.id)).state, 'cancelled')
  const running = valueOf(await jobs.start(APPROVER, SAMPLE))
  await change(running.id, { state: 'running', holder: 'a' })
  assert.equal(codesOf(await jobs.cancel(APPROVER, running.id)), 'job.running')
  assert.deepEqual(
    valueOf(await jobs.list(OTHER, { limit: 9 })).items.map(({ state }) => state),
    ['running', 'cancelled', 'cancelled'],
  )
  const page = valueOf(await jobs.list(OTHER, { limit: 2 }))
  assert.deepEqual(
    valueOf(await jobs.list(OTHER, { limit: 2, cursor: page.cursor ?? '' })).items.map((job) => job.id),
    [id],
  )
})

test('what failed is tried again by who might ask for it, from the beginning', async (t) => {
  const { jobs, change, store } = await open(t)
  const { id } = valueOf(await jobs.start(APPROVER, { kind: 'close', fiscalYear: 2026 }))
  assert.equal(codesOf(await jobs.retry(OTHER, id)), 'job.already-waiting')
  await change(id, { state: 'running', attempts: 3, holder: 'a' })
  await change(id, { state: 'failed', reasons: [{ code: 'job.broken-off', line: null, about: null }], holder: null })
  assert.equal(codesOf(await jobs.retry({ did: 'did:plc:nobody', town: CODE }, id)), 'desk.no-role')
  const again = valueOf(await jobs.retry(OTHER, id))
  assert.deepEqual([again.state, again.attempts, again.reasons, again.by], ['waiting', 0, [], OTHER.did])
  await change(id, { state: 'done' })
  assert.equal(codesOf(await jobs.retry(APPROVER, id)), 'job.ended')
  assert.equal((await store.desk.trail(CODE, { limit: 1 }))[0]?.code, 'job.ended')
})

test('a file is whole or not there; without it the desk says so; it has its time', async (t) => {
  const { jobs, change, dataDir } = await open(t)
  const { id } = valueOf(await jobs.start(ADMIN, SAMPLE))
  assert.equal(codesOf(await jobs.take(ADMIN, id)), 'job.file-missing')
  const files = openJobFiles(join(dataDir, 'jobs'))
  const chunks = async function* () {
    yield Buffer.from('half')
    throw new Error('no space')
  }
  await assert.rejects(files.write(CODE, id, chunks(), new AbortController().signal), /no space/)
  assert.equal(await files.read(CODE, id), null)
  const whole = async function* () {
    yield Buffer.from('all ')
    yield Buffer.from('of it')
  }
  await assert.rejects(files.write(CODE, id, whole(), AbortSignal.abort(new Error('lost'))), /lost/)
  const made = await files.write(CODE, id, whole(), new AbortController().signal)
  await change(id, { state: 'done', result: { file: { name: 'x.csv', type: 'text/csv', until: OPENED, ...made } } })
  const { file, body } = valueOf(await jobs.take(ADMIN, id))
  assert.deepEqual([Buffer.concat(await Array.fromAsync(body)).toString(), file.bytes], ['all of it', 9])
  assert.equal(await files.read(CODE, '../secret'), null)
  writeFileSync(join(dataDir, 'jobs', 'left.part'), 'x')
  await files.sweep(Date.now() + 1_000)
  assert.equal(codesOf(await jobs.take(ADMIN, id)), 'job.file-missing')
})

test('a rebuild of the books of several municipalities is no desk’s: it is the operator’s, who has the store at hand', async (t) => {
  const { jobs, store, change } = await open(t, [...ROSTER, { code: '172031', did: 'did:web:other.example', fromLeaf: 1 }])
  assert.equal(codesOf(await jobs.start(ADMIN, { kind: 'rebuild' })), 'job.operators')
  assert.equal(codesOf(await jobs.start(APPROVER, { kind: 'rebuild' })), 'desk.role-insufficient')
  const { town, id } = await askForRebuild(store, systemClock())
  assert.equal(town, CODE)
  await assert.rejects(askForRebuild(store, systemClock()), /waiting or under way already/)
  const [job = assert.fail()] = valueOf(await jobs.list(APPROVER, { limit: 1 })).items
  assert.deepEqual([job.id, job.kind, job.state, job.by], [id, 'rebuild', 'waiting', OPERATOR])
  assert.equal(codesOf(await jobs.cancel(ADMIN, id)), 'job.operators')
  await change(id, { state: 'running', holder: 'a' })
  await change(id, { state: 'failed', holder: null })
  assert.equal(codesOf(await jobs.retry(ADMIN, id)), 'job.operators')
})

test('a job of a rebuild under another roster than that of whoever would do it is refused, and rebuilds nothing', async () => {
  const going = { tell: () => {}, signal: new AbortController().signal }
  const job = newJobOf({ town: CODE, id: '1', kind: 'rebuild', ask: { hash: 'of another' }, by: OPERATOR, askedAt: OPENED })
  const asked: (string | null)[] = []
  const doing = (made: { rows: number; transactions: number } | null) => rebuildJob(async ({ roster }) => (asked.push(roster), made))
  assert.equal(codesOf(await doing(null)(job, going)), 'job.other-roster')
  const made = { rows: 1, transactions: 2 }
  assert.deepEqual(valueOf(await doing(made)({ ...job, ask: {} }, going)), made)
  assert.deepEqual(asked, ['of another', null])
})

test('each code of a job stands in a test of this folder', async () => {
  const codes = jobRefusals.map(([code]) => code)
  const { readFile } = await import('node:fs/promises')
  const texts = await Promise.all(
    ['operations', 'desk-jobs', 'runner'].map((name) => readFile(join(import.meta.dirname, `${name}.test.ts`), 'utf8')),
  )
  assert.deepEqual(
    codes.filter((code) => !texts.some((text) => text.includes(`'${code}'`))),
    [],
  )
})
