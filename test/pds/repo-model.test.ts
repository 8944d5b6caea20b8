// Random writes against a plain map: what is stored, what the tree says, and every #commit on the log, verified as a relay would.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cidFromBytes, sameCid, sameCidBytes } from '../../atproto/cid.ts'
import type { Did } from '../../atproto/did.ts'
import { emptyTree, loadTree } from '../../atproto/mst.ts'
import type { Tree } from '../../atproto/mst.ts'
import { splitPath } from '../../atproto/record-path.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import type { Write } from '../../pds/repo/write.ts'
import { seededRandom } from '../support/random.ts'
import { commitsOf, localRepos, noteOf, pathOf } from './local-repos.ts'
import type { LocalRepos } from './local-repos.ts'

type Model = Map<string, string>

const COLLECTIONS = ['org.example.note', 'org.example.aid', 'com.example.app.longName']

const randomWrites = (random: ReturnType<typeof seededRandom>, model: Model, count: number): Write[] => {
  const now = new Map(model)
  return Array.from({ length: count }, () => {
    const path = pathOf(`k${random.below(40)}`, random.pick(COLLECTIONS))
    const exists = now.has(path)
    const text = `v${random.below(5)}`
    const roll = random.below(10)
    if (exists && roll < 4) {
      now.delete(path)
      return { action: 'delete', path }
    }
    now.set(path, noteOf(text).cid.toString())
    return { action: exists ? random.pick(['update', 'put']) : random.pick(['create', 'put']), path, record: noteOf(text) }
  })
}

const apply = (model: Model, writes: readonly Write[]): void => {
  for (const write of writes) {
    if (write.action === 'delete') model.delete(write.path)
    else model.set(write.path, write.record.cid.toString())
  }
}

const storedOf = ({ db }: LocalRepos, repo: number): Model =>
  new Map(
    db
      .prepare<[number], { path: string; cid: Uint8Array }>("SELECT collection || '/' || rkey AS path, cid FROM record WHERE repo = ?")
      .all(repo)
      .map(({ path, cid }) => [path, cidFromBytes(cid).toString()]),
  )

/** The slow, obvious way. */
const treeOf = (model: Model): Tree =>
  [...model].reduce((tree, [path, cid]) => {
    const { collection, rkey } = splitPath(pathOf(path.split('/')[1] ?? '', path.split('/')[0]))
    return tree.put(pathOf(rkey, collection), cidOf(cid))
  }, emptyTree())

const texts = new Map(Array.from({ length: 5 }, (_, n) => [noteOf(`v${n}`).cid.toString(), noteOf(`v${n}`).cid.bytes]))
const cidOf = (cid: string): Uint8Array => {
  const bytes = texts.get(cid)
  assert(bytes !== undefined)
  return bytes
}

const checkChain = (local: LocalRepos, did: Did): number => {
  let since: string | null = null
  let data: ReturnType<typeof cidFromBytes> | undefined
  let previousSeq = 0
  const commits = commitsOf(local, did)
  for (const event of commits) {
    const verified = verifyCommit(event, local.keypair.didKey, local.clock.civilMs())
    assert(verified.ok, verified.ok ? '' : `${verified.reason}: ${verified.detail}`)
    assert.equal(event.since, since)
    assert(event.seq > previousSeq)
    if (data === undefined) assert.equal(event.prevData, null)
    else assert(event.prevData !== null && sameCid(event.prevData, data))
    since = event.rev
    data = verified.dataCid
    previousSeq = event.seq
  }
  const head = local.repos.head(did)
  assert(head !== undefined && data !== undefined)
  assert(sameCidBytes(head.dataCid, data.bytes))
  assert.equal(head.rev, since)
  return commits.length
}

for (const seed of [1, 2, 3]) {
  test(`random writes in random groups agree with a plain map (seed ${seed})`, async (t) => {
    const random = seededRandom(seed)
    // So small a cache that most nodes come from SQLite each time.
    const local = localRepos(t, { nodeCacheBytes: seed === 1 ? 0 : 5_000 })
    const dids = ['a', 'b', 'c'].map((name) => local.join(name))
    const models = new Map(dids.map((did) => [did, new Map<string, string>()]))
    for (let round = 0; round < 60; round++) {
      const asked = Array.from({ length: 1 + random.below(12) }, () => {
        const did = random.pick(dids)
        const model = models.get(did)
        assert(model !== undefined)
        const writes = randomWrites(random, model, 1 + random.below(random.below(8) === 0 ? 60 : 3))
        apply(model, writes)
        return local.repos.write(did, writes)
      })
      for (const outcome of await Promise.all(asked)) assert(outcome.ok, outcome.ok ? '' : outcome.refusal.message)
    }
    for (const did of dids) {
      const model = models.get(did) ?? new Map()
      const head = local.repos.head(did)
      assert(head !== undefined)
      assert.deepEqual(storedOf(local, head.id), model)
      assert(sameCidBytes(head.dataCid, treeOf(model).root()))
      const tree = loadTree(local.repos.nodes.view(head).source, head.dataCid)
      assert.deepEqual(
        new Map([...tree.entries()].map(({ path, cid }) => [path, cidFromBytes(cid).toString()])),
        model.size === 0 ? new Map() : new Map([...model].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      )
      const { nodes } = local.db.prepare<[number], { nodes: number }>('SELECT count(*) AS nodes FROM node WHERE repo = ?').get(head.id) ?? {
        nodes: 0,
      }
      assert.equal(nodes, [...tree.nodes()].length, 'no node is stored that the tree does not have')
      assert(checkChain(local, did) > 60)
    }
  })
}

test('a repo emptied again has the empty tree, and goes on', async (t) => {
  const local = localRepos(t)
  const did = local.join('a')
  const path = pathOf('one')
  for (let round = 0; round < 3; round++) {
    assert((await local.repos.write(did, [{ action: 'create', path, record: noteOf('v1') }])).ok)
    assert((await local.repos.write(did, [{ action: 'delete', path }])).ok)
    assert(sameCidBytes(local.repos.head(did)?.dataCid ?? new Uint8Array(), emptyTree().root()))
  }
  assert.equal(checkChain(local, did), 7)
})
