// A repository's tree, the Merkle search tree: record paths → CIDs, one shape and one root for one content. https://atproto.com/specs/repository#mst-structure
// Persistent and synchronous: put and remove give a new tree that shares what did not change. A stored tree is read node by node, as asked for,
// and keeps what it has read; drop the tree to drop that. Every node read is checked: see mst-decode and mst-node.

import assert from 'node:assert/strict'
import type { CidBytes } from './cid.ts'
import type { KeyRule } from './mst-decode.ts'
import { emptyRoot, putKey, removeKey } from './mst-edit.ts'
import { Node } from './mst-node.ts'
import type { NodeSource, Sealed } from './mst-node.ts'
import { diffOf, entriesOf, findKey, nodesOf, proofOf } from './mst-walk.ts'
import type { TreeDiff } from './mst-walk.ts'
import { isRecordPath } from './record-path.ts'
import type { RecordPath } from './record-path.ts'

export { InvalidTree, MissingNode } from './invalid-tree.ts'
export { layerOf } from './mst-layer.ts'
export type { NodeSource, Sealed } from './mst-node.ts'
export type { TreeDiff } from './mst-walk.ts'

/** Everything but `root` may throw MissingNode or InvalidTree where the tree is read from a source. */
export type Tree = {
  get(path: RecordPath): CidBytes | undefined
  put(path: RecordPath, cid: CidBytes): Tree
  /** The same tree if `path` is not in it. */
  remove(path: RecordPath): Tree
  root(): CidBytes
  /** In ascending order, beginning behind `afterPath`, which need not be in the tree. */
  entries(afterPath?: RecordPath): Iterable<{ path: RecordPath; cid: CidBytes }>
  /** Every node, the root first, each before those below it. */
  nodes(): Iterable<Sealed>
  /** What to store and what to drop when this tree takes the place of `base`. */
  diffNodes(base: Tree): TreeDiff
  /** The root, and the nodes of this tree with which each of `paths` can be looked up, put, replaced and removed, also one after another. */
  proof(paths: Iterable<RecordPath>): Sealed[]
}

export const emptyTree = (): Tree => new MerkleTree(emptyRoot())

/** The tree under `root`. Reads its root at once: throws MissingNode, InvalidTree. `isKey` is for test vectors whose keys are no record paths. */
export const loadTree = (source: NodeSource, root: CidBytes, isKey: KeyRule = isRecordPath): Tree =>
  new MerkleTree(Node.readRoot(root, { source, isKey }))

class MerkleTree implements Tree {
  readonly #root: Node

  constructor(root: Node) {
    this.#root = root
  }

  get(path: RecordPath): CidBytes | undefined {
    return findKey(this.#root, path)
  }

  put(path: RecordPath, cid: CidBytes): Tree {
    return this.#with(putKey(this.#root, path, cid))
  }

  remove(path: RecordPath): Tree {
    return this.#with(removeKey(this.#root, path))
  }

  root(): CidBytes {
    return this.#root.cid
  }

  entries(afterPath?: RecordPath): Iterable<{ path: RecordPath; cid: CidBytes }> {
    return entriesOf(this.#root, afterPath) as Iterable<{ path: RecordPath; cid: CidBytes }>
  }

  nodes(): Iterable<Sealed> {
    return nodesOf(this.#root)
  }

  diffNodes(base: Tree): TreeDiff {
    return diffOf(this.#root, MerkleTree.#rootOf(base))
  }

  proof(paths: Iterable<RecordPath>): Sealed[] {
    return proofOf(this.#root, paths)
  }

  #with(root: Node): Tree {
    return root === this.#root ? this : new MerkleTree(root)
  }

  static #rootOf(tree: Tree): Node {
    assert(tree instanceof MerkleTree, 'there is one kind of tree')
    return tree.#root
  }
}
