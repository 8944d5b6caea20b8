// What one call of writes does, and what it refuses: a table of swaps, existence, net changes and limits, and what stands on the log after each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cidFromBytes, sameCidBytes } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import type { Write, WriteOutcome } from '../../pds/repo/write.ts'
import { QUEUE_MAX_BYTES } from '../../pds/repo/limits.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import { commitsOf, create, localRepos, noteOf, pathOf, put, recordOf, remove, update } from './local-repos.ts'

type Row = {
  readonly name: string
  readonly writes: readonly Write[]
  readonly swapCommit?: Cid
  /** Ops of the one new commit, an empty list for no commit, or the refusal's name. */
  readonly gives: readonly string[] | string
}

const stands = noteOf('stands')
const other = noteOf('other')

// Before each row, the repo holds `old` with the text "stands".
const ROWS: readonly Row[] = [
  { name: 'create', writes: [create('new')], gives: ['create new'] },
  { name: 'create over a record', writes: [create('old')], gives: 'RecordAlreadyExists' },
  { name: 'create over the same record', writes: [create('old', 'stands')], gives: 'RecordAlreadyExists' },
  { name: 'update', writes: [update('old', 'v')], gives: ['update old'] },
  { name: 'update of nothing', writes: [update('new', 'v')], gives: 'RecordNotFound' },
  { name: 'update that changes nothing', writes: [update('old', 'stands')], gives: [] },
  { name: 'put on nothing', writes: [put('new', 'v')], gives: ['create new'] },
  { name: 'put on a record', writes: [put('old', 'v')], gives: ['update old'] },
  { name: 'put that changes nothing', writes: [put('old', 'stands')], gives: [] },
  { name: 'delete', writes: [remove('old')], gives: ['delete old'] },
  { name: 'delete of nothing', writes: [remove('new')], gives: [] },
  { name: 'create and delete', writes: [create('new'), remove('new')], gives: [] },
  { name: 'create, update', writes: [create('new'), update('new', 'v')], gives: ['create new'] },
  { name: 'delete and create', writes: [remove('old'), create('old', 'v')], gives: ['update old'] },
  { name: 'delete and create the same', writes: [remove('old'), create('old', 'stands')], gives: [] },
  { name: 'update there and back', writes: [update('old', 'v'), update('old', 'stands')], gives: [] },
  { name: 'update and delete', writes: [update('old', 'v'), remove('old')], gives: ['delete old'] },
  { name: 'create twice', writes: [create('new'), create('new')], gives: 'RecordAlreadyExists' },
  { name: 'delete, then update', writes: [remove('old'), update('old', 'v')], gives: 'RecordNotFound' },
  { name: 'ops in order of path', writes: [create('z'), remove('old'), create('a')], gives: ['create a', 'delete old', 'create z'] },
  { name: 'one of several refused refuses all', writes: [create('new'), create('old')], gives: 'RecordAlreadyExists' },
  {
    name: 'swap as it stands',
    writes: [{ action: 'put', path: pathOf('old'), record: other, swapRecord: stands.cid }],
    gives: ['update old'],
  },
  {
    name: 'swap as it does not stand',
    writes: [{ action: 'put', path: pathOf('old'), record: other, swapRecord: other.cid }],
    gives: 'InvalidSwap',
  },
  { name: 'swap for none', writes: [{ action: 'put', path: pathOf('new'), record: other, swapRecord: null }], gives: ['create new'] },
  {
    name: 'swap for none where one stands',
    writes: [{ action: 'put', path: pathOf('old'), record: other, swapRecord: null }],
    gives: 'InvalidSwap',
  },
  {
    name: 'swap where none stands',
    writes: [{ action: 'put', path: pathOf('new'), record: other, swapRecord: stands.cid }],
    gives: 'InvalidSwap',
  },
  { name: 'delete swapped', writes: [{ action: 'delete', path: pathOf('old'), swapRecord: stands.cid }], gives: ['delete old'] },
  { name: 'delete swapped wrongly', writes: [{ action: 'delete', path: pathOf('old'), swapRecord: other.cid }], gives: 'InvalidSwap' },
  { name: 'delete of nothing, swapped', writes: [{ action: 'delete', path: pathOf('new'), swapRecord: other.cid }], gives: [] },
  { name: 'another head', writes: [create('new')], swapCommit: stands.cid, gives: 'InvalidSwap' },
  { name: 'a swap is asked even where nothing changes', writes: [remove('new')], swapCommit: stands.cid, gives: 'InvalidSwap' },
  {
    name: '200 writes',
    writes: Array.from({ length: 200 }, (_, n) => create(`n${1000 + n}`)),
    gives: Array.from({ length: 200 }, (_, n) => `create n${1000 + n}`),
  },
  { name: '201 writes', writes: Array.from({ length: 201 }, (_, n) => create(`n${n}`)), gives: 'CommitTooLarge' },
  {
    name: 'a blob that nobody uploaded',
    writes: [
      { action: 'create', path: pathOf('new'), record: { ...other, blobs: [{ cid: other.cid, mimeType: 'image/png', sizeBytes: 1 }] } },
    ],
    gives: 'BlobNotFound',
  },
]

for (const { name, writes, swapCommit, gives } of ROWS) {
  test(`writes: ${name}`, async (t) => {
    const local = localRepos(t)
    const did = local.join('a')
    assert((await local.repos.write(did, [create('old', 'stands')])).ok)
    const before = commitsOf(local).length
    const headBefore = local.repos.head(did)
    const outcome = await local.repos.write(did, writes, { swapCommit })
    const fresh = commitsOf(local).slice(before)
    if (typeof gives === 'string') {
      assert.equal(outcome.ok ? 'ok' : outcome.refusal.name, gives)
      assert.deepEqual(fresh, [])
      assert.deepEqual(local.repos.head(did), headBefore)
      return
    }
    assert(outcome.ok, outcome.ok ? '' : outcome.refusal.message)
    assert.deepEqual(
      fresh.flatMap(({ ops }) => ops.map(({ action, path }) => `${action} ${path.split('/')[1]}`)),
      gives,
    )
    assert.equal(fresh.length, gives.length === 0 ? 0 : 1)
    assert.equal(outcome.commit?.rev, fresh[0]?.rev)
    for (const event of fresh) assert(verifyCommit(event, local.keypair.didKey, local.clock.civilMs()).ok)
  })
}

test('a commit beyond what may travel is refused, and nothing of it is stored', async (t) => {
  const local = localRepos(t)
  const did = local.join('a')
  const large = (n: number) => recordOf({ $type: 'org.example.note', text: `${n}`.padEnd(900_000, 'x') })
  const writes = (count: number): Write[] =>
    Array.from({ length: count }, (_, n) => ({ action: 'create', path: pathOf(`n${n}`), record: large(n) }))
  const tooLarge = await local.repos.write(did, writes(3))
  assert.equal(tooLarge.ok ? '' : tooLarge.refusal.name, 'CommitTooLarge')
  assert.equal(local.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM record').get()?.n, 0)
  assert((await local.repos.write(did, writes(2))).ok)
  const last = commitsOf(local).at(-1)
  assert(last !== undefined && verifyCommit(last, local.keypair.didKey, local.clock.civilMs()).ok)
})

test('one of many that swap for the same head wins', async (t) => {
  const local = localRepos(t)
  const did = local.join('a')
  const head = local.repos.head(did)
  assert(head !== undefined)
  const swapCommit = cidFromBytes(head.commitCid)
  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => local.repos.write(did, [create(`n${n}`)], { swapCommit })))
  const names = outcomes.map((outcome: WriteOutcome) => (outcome.ok ? 'ok' : outcome.refusal.name))
  assert.deepEqual(names, ['ok', ...Array(9).fill('InvalidSwap')])
})

test('a write to no repo, and to one that is not active, is refused', async (t) => {
  const local = localRepos(t)
  const did = local.join('a')
  local.inactive.add(did)
  const asleep = await local.repos.write(did, [create('new')])
  assert.equal(asleep.ok ? '' : asleep.refusal.name, 'AccountInactive')
  local.db.transaction(() => local.repos.remove(did))()
  const gone = await local.repos.write(did, [create('new')])
  assert.equal(gone.ok ? '' : gone.refusal.name, 'RepoNotFound')
  for (const table of ['repo', 'node', 'record'])
    assert.equal(local.db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n, 0, table)
})

test('a repo signed anew keeps its data, and the next commit stands on it', async (t) => {
  const local = localRepos(t)
  const did = local.join('a')
  assert((await local.repos.write(did, [create('one')])).ok)
  const before = local.repos.head(did)
  const signed = local.db.transaction(() => local.repos.resign(did, local.keypair))()
  const after = local.repos.head(did)
  assert(before !== undefined && after !== undefined)
  assert(sameCidBytes(after.dataCid, before.dataCid))
  assert(sameCidBytes(after.commitCid, signed.commitCid.bytes))
  assert(after.rev > before.rev)
  assert((await local.repos.write(did, [create('two')])).ok)
  const last = commitsOf(local).at(-1)
  assert.equal(last?.since, signed.rev)
  assert.equal(last.prevData?.toString(), cidFromBytes(before.dataCid).toString())
})

test('a standing civil clock still gives rising revs', async (t) => {
  const { settableClock } = await import('../../server/clock.ts')
  const local = localRepos(t, { clock: settableClock(Date.parse('2026-04-01T00:00:00Z')) })
  const did = local.join('a')
  for (const key of ['a', 'b', 'c']) assert((await local.repos.write(did, [create(key)])).ok)
  const commits = commitsOf(local)
  assert.equal(new Set(commits.map(({ rev }) => rev)).size, 4)
  assert(commits.every(({ time }) => time === '2026-04-01T00:00:00.000Z'))
})

test('bytes that wait to be written are bounded; when they are written there is room again', async (t) => {
  const local = localRepos(t)
  const did = local.join('a')
  const record = noteOf('x'.repeat(900_000))
  const calls = Math.ceil(QUEUE_MAX_BYTES / record.bytes.length) + 2
  const write = (rkey: string) => local.repos.write(did, [{ action: 'create', path: pathOf(rkey), record }])
  const outcomes = await Promise.all(Array.from({ length: calls }, (_, n) => write(`r${n}`)))
  const refused = outcomes.filter((one) => !one.ok)
  assert.deepEqual(new Set(refused.map((one) => !one.ok && one.refusal.name)), new Set(['Overloaded']))
  assert.deepEqual([refused.length > 0, outcomes.at(0)?.ok], [true, true])
  assert((await write('again')).ok)
})
