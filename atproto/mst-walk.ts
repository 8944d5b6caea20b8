// Reading a tree: one key, all entries in order, all nodes, the nodes that differ from another tree's, the nodes that prove some keys.

import type { CidBytes } from './cid.ts'
import { cidKey, sameCidBytes } from './cid.ts'
import { positionOf } from './mst-edit.ts'
import { layerOf } from './mst-layer.ts'
import type { Node, Sealed } from './mst-node.ts'

export type TreeDiff = { readonly created: readonly Sealed[]; readonly removed: readonly CidBytes[] }

/** Nodes of one layer of both trees, in key order. */
type Level = { readonly ours: readonly Node[]; readonly theirs: readonly Node[] }

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
  let level: Level = { ours: [], theirs: [] }
  // Layer by layer: a node that both have stands in the same layer of both, and nothing below it differs.
  for (let layer = Math.max(root.layer, base.layer); layer >= 0; layer--) {
    const { ours, theirs } = withoutShared(root.layer === layer ? [root] : level.ours, base.layer === layer ? [base] : level.theirs)
    for (const node of ours) created.push(node.sealed)
    for (const node of theirs) removed.push(node.cid)
    level = { ours: childrenOf(ours), theirs: childrenOf(theirs) }
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

function childrenOf(nodes: readonly Node[]): Node[] {
  const children: Node[] = []
  for (const node of nodes) for (const child of node.content.children) if (child !== null) children.push(child)
  return children
}

/** Both lists, which are in key order, without the nodes that are in both. */
function withoutShared(ours: readonly Node[], theirs: readonly Node[]): Level {
  let start = 0
  while (start < ours.length && start < theirs.length && isSame(ours[start], theirs[start])) start++
  let ourEnd = ours.length
  let theirEnd = theirs.length
  while (ourEnd > start && theirEnd > start && isSame(ours[ourEnd - 1], theirs[theirEnd - 1])) {
    ourEnd--
    theirEnd--
  }
  const middle = { ours: ours.slice(start, ourEnd), theirs: theirs.slice(start, theirEnd) }
  const { length: ourCount } = middle.ours
  const { length: theirCount } = middle.theirs
  // Of three nodes or fewer, each of ours has been compared with each of theirs by now: the usual case of one write.
  return ourCount === 0 || theirCount === 0 || ourCount + theirCount <= 3 ? middle : withoutCommon(middle)
}

function withoutCommon({ ours, theirs }: Level): Level {
  const ourCids = new Set(ours.map((node) => cidKey(node.cid)))
  const theirCids = new Set(theirs.map((node) => cidKey(node.cid)))
  return { ours: ours.filter((node) => !theirCids.has(cidKey(node.cid))), theirs: theirs.filter((node) => !ourCids.has(cidKey(node.cid))) }
}

/** Trees made from one another share nodes, which is seen without hashing. */
const isSame = (ours: Node | undefined, theirs: Node | undefined): boolean =>
  ours === theirs || (ours !== undefined && theirs !== undefined && sameCidBytes(ours.cid, theirs.cid))
