// Faults of the database while writes are stored: a statement that fails takes back its own write only, a disk that is full takes back what it must,
// and a COMMIT that fails leaves nothing. What was answered stands, what was not does not, and the chain of commits is never broken.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { sameCid, sameCidBytes } from '../../atproto/cid.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import { commitsOf, create, localRepos, openLocalRepos, pathOf, recordOf, temporaryFolder } from './local-repos.ts'
import type { LocalRepos } from './local-repos.ts'

const settled = async (local: LocalRepos, asked: readonly (readonly [string, string])[], large = false) => {
  const record = (text: string) => recordOf({ $type: 'org.example.note', text: large ? text.padEnd(200_000, 'x') : text })
  const outcomes = await Promise.allSettled(
    asked.map(([name, rkey]) => local.repos.write(didOf(local, name), [{ action: 'create', path: pathOf(rkey), record: record(rkey) }])),
  )
  return outcomes.map((one) => (one.status === 'rejected' ? 'failed' : one.value.ok ? 'ok' : one.value.refusal.name))
}

const dids = new WeakMap<LocalRepos, Map<string, ReturnType<LocalRepos['join']>>>()
const didOf = (local: LocalRepos, name: string) => {
  const known = dids.get(local) ?? new Map()
  dids.set(local, known)
  const did = known.get(name) ?? local.join(name)
  known.set(name, did)
  return did
}

const check = (local: LocalRepos, names: readonly string[]): string[] => {
  for (const name of names) {
    const did = didOf(local, name)
    let data: Parameters<typeof sameCid>[0] | undefined
    for (const event of commitsOf(local, did)) {
      const verified = verifyCommit(event, local.keypair.didKey, local.clock.civilMs())
      assert(verified.ok)
      assert(data === undefined ? event.prevData === null : event.prevData !== null && sameCid(event.prevData, data))
      data = verified.dataCid
    }
    assert(data !== undefined && sameCidBytes(local.repos.head(did)?.dataCid ?? new Uint8Array(), data.bytes))
  }
  const seqs = local.events.read(0, { maxCount: 10_000, maxBytes: 100_000_000 }).map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    seqs.map((_, place) => (seqs[0] ?? 0) + place),
    'no seq is left out where a write was taken back',
  )
  return names.flatMap((name) =>
    commitsOf(local, didOf(local, name)).flatMap(({ ops }) => ops.map(({ path }) => `${name} ${path.split('/')[1]}`)),
  )
}

test('a write whose statement fails fails alone; later writes to its repo stand upon what is durable', async (t) => {
  const local = localRepos(t)
  didOf(local, 'a')
  didOf(local, 'b')
  local.db.exec(`CREATE TRIGGER fault BEFORE INSERT ON record WHEN NEW.rkey = 'bad' BEGIN SELECT raise(ABORT, 'injected'); END`)
  const outcomes = await settled(local, [
    ['a', '1'],
    ['b', '1'],
    ['a', 'bad'],
    ['a', '2'],
    ['b', '2'],
    ['a', '1'],
    ['a', '3'],
  ])
  assert.deepEqual(outcomes, ['ok', 'ok', 'failed', 'ok', 'ok', 'RecordAlreadyExists', 'ok'])
  assert.deepEqual(check(local, ['a', 'b']), ['a 1', 'a 2', 'a 3', 'b 1', 'b 2'])
})

test('a refusal that rested on a write that failed is not given', async (t) => {
  const local = localRepos(t)
  didOf(local, 'a')
  local.db.exec(
    `CREATE TRIGGER fault BEFORE INSERT ON event WHEN (SELECT count(*) FROM event) = 1 AND NOT EXISTS (SELECT 1 FROM fired) BEGIN SELECT raise(ABORT, 'injected'); END`.replace(
      'CREATE TRIGGER',
      'CREATE TABLE fired (x); CREATE TRIGGER',
    ),
  )
  const first = local.repos.write(didOf(local, 'a'), [create('same')])
  const second = local.repos.write(didOf(local, 'a'), [create('same')])
  await assert.rejects(first, /injected/)
  local.db.exec('INSERT INTO fired VALUES (1)')
  assert((await second).ok, 'the second create finds nothing at the path')
  assert.deepEqual(check(local, ['a']), ['a same'])
})

test('where tree nodes cannot be stored, the group falls apart into single writes, and only the faulty one fails', async (t) => {
  const local = localRepos(t)
  for (const name of ['a', 'b', 'c']) didOf(local, name)
  const repo = local.repos.head(didOf(local, 'b'))?.id
  local.db.exec(`CREATE TRIGGER fault BEFORE INSERT ON node WHEN NEW.repo = ${repo} BEGIN SELECT raise(ABORT, 'injected'); END`)
  assert.deepEqual(
    await settled(local, [
      ['a', '1'],
      ['b', '1'],
      ['c', '1'],
      ['a', '2'],
      ['b', '2'],
    ]),
    ['ok', 'failed', 'ok', 'ok', 'failed'],
  )
  local.db.exec('DROP TRIGGER fault')
  assert.deepEqual(
    await settled(local, [
      ['b', '1'],
      ['a', '3'],
    ]),
    ['ok', 'ok'],
  )
  assert.deepEqual(check(local, ['a', 'b', 'c']), ['a 1', 'a 2', 'a 3', 'b 1', 'c 1'])
})

test('a COMMIT that fails leaves nothing, and the writes are tried again one by one', async (t) => {
  const local = localRepos(t)
  didOf(local, 'a')
  local.db.exec(`CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER fault AFTER INSERT ON record WHEN NEW.rkey = 'bad' BEGIN INSERT INTO child VALUES (1); END`)
  assert.deepEqual(
    await settled(local, [
      ['a', '1'],
      ['a', 'bad'],
      ['a', '2'],
    ]),
    ['ok', 'failed', 'ok'],
  )
  assert.deepEqual(check(local, ['a']), ['a 1', 'a 2'])
})

test('a full disk fails what does not fit and nothing else; with room again, writing goes on', async (t) => {
  const local = localRepos(t)
  didOf(local, 'a')
  didOf(local, 'b')
  await settled(local, [
    ['a', '0'],
    ['b', '0'],
  ])
  const pages = Number(local.db.pragma('page_count', { simple: true }))
  local.db.pragma(`max_page_count = ${pages + 150}`)
  const outcomes = await settled(
    local,
    [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['b', '2'],
      ['a', '3'],
    ],
    true,
  )
  assert(outcomes.includes('ok') && outcomes.includes('failed'), outcomes.join(' '))
  const answered = ['a 1', 'b 1', 'a 2', 'b 2', 'a 3'].filter((_, place) => outcomes[place] === 'ok')
  assert.deepEqual(check(local, ['a', 'b']), ['a 0', 'b 0', ...answered].toSorted())
  local.db.pragma('max_page_count = 1000000')
  assert.deepEqual(
    await settled(
      local,
      [
        ['a', '9'],
        ['b', '9'],
      ],
      true,
    ),
    ['ok', 'ok'],
  )
  check(local, ['a', 'b'])
})

test('a write that waits while the database is closed fails, and is not there afterwards', async () => {
  const folder = temporaryFolder()
  const local = openLocalRepos(folder)
  const did = local.join('a')
  const waiting = local.repos.write(did, [create('1')])
  local.close()
  await assert.rejects(waiting, /closed/)
  const again = openLocalRepos(folder)
  assert.equal(commitsOf(again, did).length, 1)
  again.close()
  rmSync(folder, { recursive: true })
})
