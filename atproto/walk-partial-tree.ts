// The part of a tree that a commit's CAR shows: every node the source has and the root leads to, each checked as it is read.

import { cidKey } from './cid.ts'
import type { CidBytes } from './cid.ts'
import { InvalidTree } from './invalid-tree.ts'
import { Node } from './mst-node.ts'
import type { NodeSource } from './mst-node.ts'
import { isRecordPath } from './record-path.ts'
import type { KeyRule } from './mst-decode.ts'

export type PartialTree = {
  /** Keeps what the walk has read, so that nothing is read twice. */
  readonly root: Node
  /** Keys (cidKey) of the nodes that are there. */
  readonly reached: Set<string>
}

/** Throws InvalidTree, and MissingNode when the root itself is not there. */
export function walkPartialTree(root: CidBytes, source: NodeSource, isKey: KeyRule = isRecordPath): PartialTree {
  const reached = new Set<string>()
  const top = Node.readRoot(root, { source, isKey })
  const waiting = [top]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const key = cidKey(node.cid)
    if (reached.has(key)) throw new InvalidTree('order', 'a node that stands in two places')
    reached.add(key)
    for (const child of node.content.children) {
      if (child !== null && source(child.cid) !== undefined) waiting.push(child)
    }
  }
  return { root: top, reached }
}
