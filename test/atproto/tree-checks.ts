// What must hold of a tree and of a step from one tree to another, checked against the twin. Tests call these after every step.

import assert from 'node:assert/strict'
import { cborCidBytes, cidKey, sameCidBytes } from '../../atproto/cid.ts'
import type { CidBytes } from '../../atproto/cid.ts'
import { emptyTree, loadTree } from '../../atproto/mst.ts'
import type { NodeSource, Sealed, Tree } from '../../atproto/mst.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import { twinOf } from './mst-twin.ts'
import type { Entries } from './mst-twin.ts'

export type Op = { readonly path: RecordPath; readonly before: CidBytes | undefined; readonly after: CidBytes | undefined }

export const value = (text: string | number): CidBytes => cborCidBytes(Buffer.from(String(text)))

export const treeOf = (entries: Iterable<readonly [string, CidBytes]>): Tree => {
  let tree = emptyTree()
  for (const [path, cid] of entries) tree = tree.put(path as RecordPath, cid)
  return tree
}

export const sourceOf = (nodes: Iterable<Sealed>): NodeSource => {
  const blocks = new Map(Array.from(nodes, ({ cid, bytes }) => [cidKey(cid), bytes]))
  return (cid) => blocks.get(cidKey(cid))
}

/** The tree as far as these nodes reach. */
export const partial = (tree: Tree, nodes: Iterable<Sealed>): Tree => loadTree(sourceOf(nodes), tree.root(), () => true)

export const sameTree = (a: Tree, b: Tree): boolean => sameCidBytes(a.root(), b.root())

/** What leads from one content to another. */
export function opsBetween(before: Entries, after: Entries): Op[] {
  const paths = new Set([...before.keys(), ...after.keys()]) as Set<RecordPath>
  return Array.from(paths, (path) => ({ path, before: before.get(path), after: after.get(path) })).filter(
    ({ before: from, after: to }) => from === undefined || to === undefined || !sameCidBytes(from, to),
  )
}

/** Undoes `ops` in the order given, each checked against what the tree says. */
export function invert(tree: Tree, ops: readonly Op[]): Tree {
  let inverted = tree
  for (const { path, before, after } of ops) {
    const standing = inverted.get(path)
    assert.equal(standing && cidKey(standing), after && cidKey(after), `what stands at ${path}`)
    inverted = before === undefined ? inverted.remove(path) : inverted.put(path, before)
  }
  return inverted
}

/** Same root, same nodes, same entries as the twin; read back from its nodes it is the same again. */
export function checkTree(tree: Tree, entries: Entries): void {
  const twin = twinOf(entries)
  assert.ok(sameCidBytes(tree.root(), twin.root), 'the root')
  const nodes = [...tree.nodes()]
  assert.equal(nodes.length, twin.nodes.size, 'the number of nodes')
  for (const { cid, bytes } of nodes) assert.deepEqual(Buffer.from(bytes), Buffer.from(twin.nodes.get(cidKey(cid)) ?? []), 'a node')
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
  assert.deepEqual(
    plain(tree),
    sorted.map(([path, cid]) => [path, cidKey(cid)]),
    'the entries',
  )
  assert.deepEqual(plain(partial(tree, nodes)), plain(tree), 'the entries read back')
}

/** The diff is exactly the difference of the twins' nodes, and the proof alone carries the way back. */
export function checkStep(from: Tree, to: Tree, before: Entries, after: Entries, shuffle: <T>(list: readonly T[]) => T[]): void {
  const [old, young] = [twinOf(before).nodes, twinOf(after).nodes]
  const { created, removed } = to.diffNodes(from)
  const createdKeys = created.map(({ cid }) => cidKey(cid)).sort()
  assert.deepEqual(createdKeys, [...young.keys()].filter((key) => !old.has(key)).sort(), 'nodes created')
  assert.deepEqual(removed.map(cidKey).sort(), [...old.keys()].filter((key) => !young.has(key)).sort(), 'nodes removed')
  const ops = opsBetween(before, after)
  const proof = to.proof(ops.map(({ path }) => path))
  const proven = new Set(proof.map(({ cid }) => cidKey(cid)))
  assert.ok(ops.length === 0 || createdKeys.every((key) => proven.has(key)), 'the proof holds every new node')
  for (const order of [ops, ops.toReversed(), shuffle(ops)]) {
    assert.ok(sameTree(invert(partial(to, proof), order), from), 'the proof inverts')
  }
}

const plain = (tree: Tree): [string, string][] => Array.from(tree.entries(), ({ path, cid }) => [path, cidKey(cid)])
