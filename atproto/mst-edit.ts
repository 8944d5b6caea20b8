// Putting a key into a tree and taking one out. Each gives a new root that shares every node the key did not touch.
// In a partial tree they go as far as nodes are there, and throw MissingNode beyond.

import type { CidBytes } from './cid.ts'
import { sameCidBytes } from './cid.ts'
import { layerOf } from './mst-layer.ts'
import { Node } from './mst-node.ts'
import type { Content } from './mst-node.ts'

type Leaf = { readonly key: string; readonly value: CidBytes; readonly layer: number }

/** The tree without keys. */
export const emptyRoot = (): Node => Node.of(0, { keys: [], values: [], children: [null] })

/** The root with `key` at `value`, new or in place of what stood there. */
export function putKey(root: Node, key: string, value: CidBytes): Node {
  const leaf = { key, value, layer: layerOf(key) }
  if (root.content.keys.length === 0) return single(leaf, leaf.layer)
  return leaf.layer > root.layer ? crown(root, leaf) : insert(root, leaf)
}

/** The root without `key`; the same root if it is not in the tree. */
export function removeKey(root: Node, key: string): Node {
  let top = remove(root, key, layerOf(key))
  // A root without keys of its own is not needed: the subtree below it becomes the root.
  while (top !== null && top.content.keys.length === 0) top = top.content.children[0] ?? null
  return top ?? emptyRoot()
}

/** Where `key` stands among sorted keys, or would stand. */
export function positionOf(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

function insert(node: Node, leaf: Leaf): Node {
  const { keys, values, children } = node.content
  const index = positionOf(keys, leaf.key)
  const child = children[index] ?? null
  if (leaf.layer < node.layer) {
    const below = child === null ? single(leaf, node.layer - 1) : insert(child, leaf)
    return below === child ? node : Node.of(node.layer, { keys, values, children: children.with(index, below) })
  }
  if (keys[index] === leaf.key) {
    if (sameCidBytes(values[index] as CidBytes, leaf.value)) return node
    return Node.of(node.layer, { keys, values: values.with(index, leaf.value), children })
  }
  const [left, right] = split(child, leaf.key)
  return Node.of(node.layer, {
    keys: keys.toSpliced(index, 0, leaf.key),
    values: values.toSpliced(index, 0, leaf.value),
    children: children.toSpliced(index, 1, left, right),
  })
}

/** A tree that holds one key, as high as `layer`. */
const single = ({ key, value, layer: keyLayer }: Leaf, layer: number): Node =>
  raise(Node.of(keyLayer, { keys: [key], values: [value], children: [null, null] }), layer)

/** A new root above the old one, for a key that stands higher than every other. */
function crown(root: Node, { key, value, layer }: Leaf): Node {
  const [left, right] = split(root, key)
  return Node.of(layer, { keys: [key], values: [value], children: [left && raise(left, layer - 1), right && raise(right, layer - 1)] })
}

/** Nodes without keys on top of `node`, up to `layer`. */
function raise(node: Node, layer: number): Node {
  let top = node
  while (top.layer < layer) top = Node.of(top.layer + 1, { keys: [], values: [], children: [top] })
  return top
}

/** What lies before `key` and what lies behind it; `key` itself is not below `node`. */
function split(node: Node | null, key: string): [Node | null, Node | null] {
  if (node === null) return [null, null]
  const { keys, values, children } = node.content
  const index = positionOf(keys, key)
  const child = children[index] ?? null
  const [left, right] = split(child, key)
  if (index === keys.length && right === null) return [node, null]
  if (index === 0 && left === null) return [null, node]
  return [
    orNothing(node.layer, { keys: keys.slice(0, index), values: values.slice(0, index), children: [...children.slice(0, index), left] }),
    orNothing(node.layer, { keys: keys.slice(index), values: values.slice(index), children: [right, ...children.slice(index + 1)] }),
  ]
}

function remove(node: Node, key: string, keyLayer: number): Node | null {
  const { keys, values, children } = node.content
  if (keyLayer > node.layer) return node
  const index = positionOf(keys, key)
  const child = children[index] ?? null
  if (keyLayer < node.layer) {
    const below = child && remove(child, key, keyLayer)
    return below === child ? node : orNothing(node.layer, { keys, values, children: children.with(index, below) })
  }
  if (keys[index] !== key) return node
  const merged = merge(child, children[index + 1] ?? null)
  return orNothing(node.layer, {
    keys: keys.toSpliced(index, 1),
    values: values.toSpliced(index, 1),
    children: children.toSpliced(index, 2, merged),
  })
}

/** Two neighbours of one layer as one node. */
function merge(left: Node | null, right: Node | null): Node | null {
  if (left === null) return right
  if (right === null) return left
  const [a, b] = [left.content, right.content]
  const middle = merge(a.children.at(-1) ?? null, b.children[0] ?? null)
  return Node.of(left.layer, {
    keys: [...a.keys, ...b.keys],
    values: [...a.values, ...b.values],
    children: [...a.children.slice(0, -1), middle, ...b.children.slice(1)],
  })
}

const orNothing = (layer: number, content: Content): Node | null =>
  content.keys.length === 0 && content.children[0] === null ? null : Node.of(layer, content)
