// Inversion on trees of every making: the published proofs, long random histories of our tree, and of @atproto/repo.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Secp256k1Keypair } from '@atproto/crypto'
import { blocksToCarFile, MemoryBlockstore, Repo, WriteOpAction } from '@atproto/repo'
import type { CommitData, RecordWriteOp } from '@atproto/repo'
import { BlockMap } from '../../atproto/block-map.ts'
import { cidBytes, cidFromBytes, parseCid, sameCidBytes } from '../../atproto/cid.ts'
import { parseDid } from '../../atproto/did.ts'
import type { CommitEvent, RepoOp } from '../../atproto/event.ts'
import { invertOps } from '../../atproto/invert-ops.ts'
import { createKeypair } from '../../atproto/keys.ts'
import { emptyTree } from '../../atproto/mst.ts'
import { isTreeKey } from '../../atproto/mst-decode.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { parseRecordPath } from '../../atproto/record-path.ts'
import { parseTid } from '../../atproto/tid.ts'
import { verifyCommit } from '../../atproto/verify-commit.ts'
import { walkPartialTree } from '../../atproto/walk-partial-tree.ts'
import { createTestRepo } from '../support/frames.ts'
import type { TestWrite } from '../support/frames.ts'
import { interopDir, skipUnless } from '../support/needs.ts'
import { seededRandom } from '../support/random.ts'
import type { Random } from '../support/random.ts'

type ProofFixture = {
  comment: string
  leafValue: string
  keys: string[]
  adds: string[]
  dels: string[]
  rootBeforeCommit: string
  rootAfterCommit: string
  blocksInProof: string[]
}

test('published commit proofs', { skip: skipUnless(interopDir, 'atproto-interop-tests') }, () => {
  const file = join(interopDir ?? '', 'firehose', 'commit-proof-fixtures.json')
  const fixtures = JSON.parse(readFileSync(file, 'utf8')) as ProofFixture[]
  assert.ok(fixtures.length >= 6)
  for (const { comment, leafValue, keys, adds, dels, rootBeforeCommit, rootAfterCommit, blocksInProof } of fixtures) {
    const leaf = parseCid(leafValue)
    const path = (key: string): RecordPath => key as RecordPath
    const before = keys.reduce((tree, key) => tree.put(path(key), cidBytes(leaf)), emptyTree())
    const added = adds.reduce((tree, key) => tree.put(path(key), cidBytes(leaf)), before)
    const after = dels.reduce((tree, key) => tree.remove(path(key)), added)
    assert.equal(cidFromBytes(before.root()).toString(), rootBeforeCommit, comment)
    assert.equal(cidFromBytes(after.root()).toString(), rootAfterCommit, comment)
    const proof = new Set(blocksInProof)
    const blocks = new BlockMap()
    for (const node of after.nodes()) if (proof.has(cidFromBytes(node.cid).toString())) blocks.setBytes(node.cid, node.bytes)
    assert.equal(blocks.size, proof.size, comment)
    const ops: RepoOp[] = [
      ...adds.map((key) => ({ action: 'create', path: path(key), cid: leaf, prev: null }) as const),
      ...dels.map((key) => ({ action: 'delete', path: path(key), cid: null, prev: leaf }) as const),
    ]
    const { root, reached } = walkPartialTree(after.root(), (cid) => blocks.bytesOf(cid), isTreeKey)
    assert.equal(reached.size, proof.size, comment)
    const inverted = invertOps(root, ops)
    assert.ok(inverted.ok && sameCidBytes(inverted.before, before.root()), comment)
  }
})

const did = parseDid('did:plc:ewvi7nxzyoun6zhxrhs64oiz')

/** A batch of writes over paths that are few enough to meet again; changes `standing` along. */
function randomWrites(random: Random, standing: Map<string, number>, paths: number, most: number, serial: () => number): TestWrite[] {
  const writes = new Map<string, TestWrite>()
  for (let left = 1 + random.below(most); left > 0; left--) {
    const path = `${random.pick(['org.waki.action', 'org.waki.confirmation', 'app.bsky.feed.like'])}/${random.below(paths).toString(36)}`
    if (writes.has(path)) continue
    const number = serial()
    const value = { $type: 'x', number }
    const known = standing.has(path)
    if (known && random.below(2) === 0) {
      standing.delete(path)
      writes.set(path, { action: 'delete', path })
    } else {
      standing.set(path, number)
      writes.set(path, { action: known ? 'update' : 'create', path, value })
    }
  }
  return [...writes.values()]
}

function counter(): () => number {
  let count = 0
  return () => ++count
}

for (const [seed, paths, most, rounds] of [
  [1, 8, 1, 400],
  [2, 30, 4, 400],
  [3, 300, 20, 200],
  [4, 3000, 200, 40],
  [5, 3000, 1, 600],
] as const)
  test(`random history of our tree, seed ${seed}: each commit verifies, and none with an op left out`, () => {
    const random = seededRandom(seed)
    const keypair = createKeypair()
    const repo = createTestRepo(did, keypair)
    const standing = new Map<string, number>()
    const serial = counter()
    for (let round = 0; round < rounds; round++) {
      const { event } = repo.write(randomWrites(random, standing, paths, most, serial))
      const answer = verifyCommit(event, keypair.didKey, Date.now())
      assert.ok(answer.ok, `seed ${seed}, round ${round}: ${JSON.stringify(answer)}`)
      const dropped = random.below(event.ops.length)
      const liar: CommitEvent = { ...event, ops: event.ops.filter((_, index) => index !== dropped) }
      assert.equal(verifyCommit(liar, keypair.didKey, Date.now()).ok, false, `seed ${seed}, round ${round}`)
    }
  })

/** What the reference PDS sends for a commit its repository library has made. */
async function eventOf(commit: CommitData, ops: RepoOp[], prevData: string | null): Promise<CommitEvent> {
  const blocks = new Uint8Array(await blocksToCarFile(commit.cid, commit.relevantBlocks))
  return {
    kind: 'commit',
    seq: 1,
    repo: did,
    time: new Date().toISOString(),
    rev: parseTid(commit.rev),
    since: commit.since === null ? null : parseTid(commit.since),
    commit: parseCid(commit.cid.toString()),
    blocks,
    ops,
    prevData: prevData === null ? null : parseCid(prevData),
  }
}

const toWriteOp = ({ action, path, value }: TestWrite): RecordWriteOp => {
  const [collection, rkey] = path.split('/')
  assert.ok(collection && rkey)
  if (action === 'delete') return { action: WriteOpAction.Delete, collection, rkey } as RecordWriteOp
  const record = value as Record<string, string | number>
  return { action: action === 'create' ? WriteOpAction.Create : WriteOpAction.Update, collection, rkey, record } as RecordWriteOp
}

for (const [seed, paths, most, rounds] of [
  [11, 8, 1, 100],
  [12, 40, 6, 100],
  [13, 500, 60, 30],
] as const)
  test(`random history of @atproto/repo, seed ${seed}: each of its commits verifies`, async () => {
    const random = seededRandom(seed)
    const keypair = await Secp256k1Keypair.create()
    const storage = new MemoryBlockstore()
    const standing = new Map<string, number>()
    const serial = counter()
    const first = await Repo.formatInitCommit(storage, did, keypair)
    const firstEvent = await eventOf({ ...first, since: null }, [], null)
    assert.deepEqual(verifyCommit(firstEvent, keypair.did(), Date.now()).ok, true)
    let repo = await Repo.createFromCommit(storage, first)
    for (let round = 0; round < rounds; round++) {
      const writes = randomWrites(random, standing, paths, most, serial)
      const before = repo.data
      const prevData = (await before.getPointer()).toString()
      const commit = await repo.formatCommit(writes.map(toWriteOp), keypair)
      repo = await repo.applyCommit(commit)
      const ops = await Promise.all(
        writes.map(async ({ action, path: text }): Promise<RepoOp> => {
          const path = parseRecordPath(text)
          const [cid, prev] = await Promise.all([repo.data.get(path), before.get(path)])
          return {
            action,
            path,
            cid: cid === null ? null : parseCid(cid.toString()),
            prev: prev === null ? null : parseCid(prev.toString()),
          }
        }),
      )
      const answer = verifyCommit(await eventOf(commit, ops, prevData), keypair.did(), Date.now())
      assert.ok(answer.ok, `seed ${seed}, round ${round}: ${JSON.stringify(answer)} ${JSON.stringify(writes)}`)
    }
  })
