// The tree against the published vectors: key heights, shared prefixes, a known key list, and the proofs of commits.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { cidBytes, cidFromBytes, parseCid } from '../../atproto/cid.ts'
import { layerOf, loadTree } from '../../atproto/mst.ts'
import { isTreeKey } from '../../atproto/mst-decode.ts'
import { commonPrefix } from '../../atproto/mst-encode.ts'
import { isRecordPath } from '../../atproto/record-path.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { interopDir, skipUnless } from '../support/needs.ts'
import { checkTree, invert, opsBetween, sourceOf, treeOf, value } from './tree-checks.ts'

const text = (...path: string[]): string => readFileSync(join(interopDir ?? '', ...path), 'utf8')

describe('published vectors', { skip: skipUnless(interopDir, 'the interop vectors') }, () => {
  test('key heights', () => {
    for (const { key, height } of JSON.parse(text('mst', 'key_heights.json')) as { key: string; height: number }[])
      assert.equal(layerOf(key), height, key)
  })

  test('common prefixes', () => {
    for (const { left, right, len } of JSON.parse(text('mst', 'common_prefix.json')) as { left: string; right: string; len: number }[]) {
      assert.equal(commonPrefix(left, right), len, `${left} ${right}`)
    }
  })

  test('example keys: one key for each letter and layer, and the tree over them all', () => {
    const keys = text('mst', 'example_keys.txt')
      .split('\n')
      .filter((key) => key !== '')
    for (const key of keys) assert.equal(layerOf(key), Number(key[1]), key)
    checkTree(treeOf(keys.map((key) => [key, value(key)])), new Map(keys.map((key) => [key, value(key)])))
  })

  type Fixture = {
    comment: string
    leafValue: string
    keys: string[]
    adds: string[]
    dels: string[]
    rootBeforeCommit: string
    rootAfterCommit: string
    blocksInProof: string[]
  }
  for (const fixture of interopDir === undefined ? [] : (JSON.parse(text('firehose', 'commit-proof-fixtures.json')) as Fixture[])) {
    test(`commit proof: ${fixture.comment}`, () => {
      const leaf = cidBytes(parseCid(fixture.leafValue))
      const before = new Map(fixture.keys.map((key) => [key, leaf]))
      const after = new Map(before)
      for (const key of fixture.adds) after.set(key, leaf)
      for (const key of fixture.dels) after.delete(key)
      const tree = treeOf(after)
      assert.equal(cidFromBytes(treeOf(before).root()).toString(), fixture.rootBeforeCommit)
      assert.equal(cidFromBytes(tree.root()).toString(), fixture.rootAfterCommit)

      const ops = opsBetween(before, after)
      const proof = tree.proof(ops.map(({ path }) => path))
      assert.deepEqual(proof.map(({ cid }) => cidFromBytes(cid).toString()).sort(), fixture.blocksInProof.toSorted())
      const inverted = invert(loadTree(sourceOf(proof), tree.root(), isTreeKey), ops)
      assert.equal(cidFromBytes(inverted.root()).toString(), fixture.rootBeforeCommit)
    })
  }
})

test('the vectors have keys that are no record paths, so trees are told to take them', () => {
  const tree = treeOf([['A0/374913', value(1)]])
  const read = (isKey: (key: string) => boolean): unknown =>
    loadTree(sourceOf(tree.nodes()), tree.root(), isKey).get('A0/374913' as RecordPath)
  assert.deepEqual(read(isTreeKey), value(1))
  assert.throws(() => read(isRecordPath), /no record path/)
})
