// Reading a tree: one key, all entries in order, all nodes, the nodes that differ from another tree's, the nodes that prove some keys.

import type { CidBytes } from './cid.ts'
import { cidKey } from './cid.ts'
import { positionOf } from './mst-edit.ts'
import { layerOf } from './mst-layer.ts'
import type { Node, Sealed } from './mst-node.ts'

export type TreeDiff = { readonly created: readonly Sealed[]; readonly removed: readonly CidBytes[] }

/** The value at `key`. Reads no node below the key's layer, so a partial tree can also say that a key is not there. */
export function findKey(root: Node, key: string): CidBytes | undefined {
  const keyLayer = layerOf(key)
  for (let node: Node | null = root; node !== null && node.layer >= keyLayer;) {
    const { keys, values, children }: Node['content'] = node.content
    const index = positionOf(keys, key)
    if (keys[index] === key) return values[index]
    node = children[index] ?? null
  }
  return undefined
}

/** Entries in ascending order, beginning behind `after`. */
export function* entriesOf(node: Node, after: string | undefined): Generator<{ path: string; cid: CidBytes }> {
  const { keys, values, children } = node.content
  const first = after === undefined ? 0 : positionOf(keys, after)
  for (let index = first; index < children.length; index++) {
    const child = children[index]
    if (child) yield* entriesOf(child, index === first ? after : undefined)
    const path = keys[index]
    if (path !== undefined && path !== after) yield { path, cid: values[index] as CidBytes }
  }
}

/** Every node before those below it, in the order of their keys. */
export function* nodesOf(node: Node): Generator<Sealed> {
  yield node.sealed
  for (const child of node.content.children) if (child) yield* nodesOf(child)
}

/** The nodes of `root` that `base` does not have, and those of `base` that `root` does not have. */
export function diffOf(root: Node, base: Node): TreeDiff {
  const created: Sealed[] = []
  const removed: CidBytes[] = []
  let ours: Node[] = []
  let theirs: Node[] = []
  // Layer by layer: a node that both have stands in the same layer of both, and nothing below it differs.
  for (let layer = Math.max(root.layer, base.layer); layer >= 0; layer--) {
    if (root.layer === layer) ours.push(root)
    if (base.layer === layer) theirs.push(base)
    ;[ours, theirs] = withoutShared(ours, theirs)
    for (const node of ours) created.push(node.sealed)
    for (const node of theirs) removed.push(node.cid)
    ours = ours.flatMap(childrenOf)
    theirs = theirs.flatMap(childrenOf)
  }
  return { created, removed }
}

/**
 * The root, and the nodes on the way to each of `paths` and to the places right before and right behind it. With these alone, each path can be put,
 * replaced or removed: what that splits or merges lies on these ways.
 */
export function proofOf(root: Node, paths: Iterable<string>): Sealed[] {
  const visited = new Set<Node>([root])
  for (const path of paths) visitAround(root, path, visited)
  return Array.from(visited, (node) => node.sealed)
}

function visitAround(node: Node, path: string, visited: Set<Node>): void {
  visited.add(node)
  const { keys, children } = node.content
  const index = positionOf(keys, path)
  const before = children[index]
  if (before) visitAround(before, path, visited)
  const behind = keys[index] === path ? children[index + 1] : undefined
  if (behind) visitAround(behind, path, visited)
}

const childrenOf = (node: Node): Node[] => node.content.children.filter((child) => child !== null)

/** Both lists without the nodes that are in both. Trees made from one another share nodes, which is seen without hashing. */
function withoutShared(ours: readonly Node[], theirs: readonly Node[]): [Node[], Node[]] {
  const shared = new Set<Node>(theirs)
  const ourOwn = ours.filter((node) => !shared.has(node))
  const sharedByUs = new Set<Node>(ours)
  const theirOwn = theirs.filter((node) => !sharedByUs.has(node))
  if (ourOwn.length === 0 || theirOwn.length === 0) return [ourOwn, theirOwn]
  const theirCids = new Set(theirOwn.map((node) => cidKey(node.cid)))
  const ourCids = new Set(ourOwn.map((node) => cidKey(node.cid)))
  return [ourOwn.filter((node) => !theirCids.has(cidKey(node.cid))), theirOwn.filter((node) => !ourCids.has(cidKey(node.cid)))]
}
