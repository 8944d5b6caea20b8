// The auditor finds what is broken: one stored thing is altered in turn, and the report names it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditDatabase } from '../../pds/audit.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { create, localRepos, remove, update } from './local-repos.ts'
import type { LocalRepos } from './local-repos.ts'

const audited = ({ db, keypair }: LocalRepos, didKey = keypair.didKey) => auditDatabase(db, { didKeyAt: () => didKey, blobDir: '/nowhere' })

const written = async (t: { after(fn: () => void): void }): Promise<LocalRepos> => {
  const local = localRepos(t)
  const did = local.join('a')
  for (let n = 0; n < 30; n++) assert((await local.repos.write(did, [create(`k${n}`)])).ok)
  assert((await local.repos.write(did, [update('k3', 'other'), remove('k4')])).ok)
  return local
}

test('a sound folder gives no problem, and the counts of what was checked', async (t) => {
  const { checked, problems } = await audited(await written(t))
  assert.deepEqual(problems, [])
  assert.equal(checked['records'], 29)
  assert.equal(checked['event commits'], 32)
  assert.equal(checked['chains'], 1)
})

const FAULTS: readonly (readonly [string, string, RegExp])[] = [
  ['a record’s bytes', "UPDATE record SET bytes = CAST('other' AS BLOB) WHERE rkey = 'k7'", /record at:.*k7/],
  ['a record’s CID', "UPDATE record SET cid = (SELECT cid FROM record WHERE rkey = 'k8') WHERE rkey = 'k7'", /repo did:web:a/],
  ['a record gone', "DELETE FROM record WHERE rkey = 'k7'", /repo did:web:a/],
  [
    'a record too many',
    "INSERT INTO record SELECT repo, collection, 'new', rev, cid, bytes FROM record WHERE rkey = 'k7'",
    /repo did:web:a/,
  ],
  ['a node’s bytes', "UPDATE node SET bytes = CAST(bytes || 'x' AS BLOB) WHERE id = (SELECT max(id) FROM node)", /repo did:web:a/],
  ['a node gone', 'DELETE FROM node WHERE id = (SELECT min(id) FROM node)', /repo did:web:a/],
  ['a node too many', 'INSERT INTO node SELECT id + 1000, repo, rev, cid, links, bytes FROM node LIMIT 1', /repo did:web:a/],
  ['the head’s rev', "UPDATE repo SET rev = '3zzzzzzzzzzzz'", /repo did:web:a/],
  ['the head’s commit', "UPDATE repo SET commit_bytes = CAST(commit_bytes || 'x' AS BLOB)", /repo did:web:a/],
  ['an event gone', 'DELETE FROM event WHERE seq = 1010', /event 1011/],
  ['the newest event gone', 'DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)', /repo did:web:a/],
  ['a frame’s bytes', "UPDATE event SET frame = CAST(frame || 'x' AS BLOB) WHERE seq = 1010", /event 1010/],
  ['an event under another number', 'UPDATE event SET seq = seq + 100 WHERE seq = (SELECT max(seq) FROM event)', /event 1131/],
  ['a blob without its file', "INSERT INTO blob SELECT repo, cid, 'text/plain', 1, NULL FROM record LIMIT 1", /blob/],
]

for (const [name, sql, where] of FAULTS) {
  test(`the auditor finds ${name}`, async (t) => {
    const local = await written(t)
    assert.equal(local.db.prepare(sql).run().changes, 1)
    const { problems } = await audited(local)
    assert(
      problems.some((problem) => where.test(problem.where)),
      JSON.stringify(problems),
    )
  })
}

test('the auditor finds signatures by another key', async (t) => {
  const { problems } = await audited(await written(t), createKeypair().didKey)
  assert.equal(problems.length, 1 + 32, 'the head, and every commit on the log')
})
