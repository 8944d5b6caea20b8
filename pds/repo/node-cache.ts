// The tree nodes most recently used, bounded in bytes; the one used longest ago goes first.

import type { StoredNode } from './node-store.ts'

// What a node takes beside its bytes: its CID, its links, the objects around them. Measured on trees of 100,000 records.
const NODE_OVERHEAD_BYTES = 400
const LINK_OVERHEAD_BYTES = 120

export class NodeCache {
  readonly #maxBytes: number
  readonly #nodes = new Map<number, StoredNode>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get(id: number): StoredNode | undefined {
    const node = this.#nodes.get(id)
    if (node === undefined) return undefined
    this.#nodes.delete(id)
    this.#nodes.set(id, node)
    return node
  }

  set(id: number, node: StoredNode): void {
    this.delete(id)
    this.#nodes.set(id, node)
    this.#bytes += weightOf(node)
    for (const oldest of this.#nodes.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.delete(oldest)
    }
  }

  delete(id: number): void {
    const node = this.#nodes.get(id)
    if (node === undefined) return
    this.#nodes.delete(id)
    this.#bytes -= weightOf(node)
  }
}

const weightOf = ({ bytes, children }: StoredNode): number => bytes.length + NODE_OVERHEAD_BYTES + children.length * LINK_OVERHEAD_BYTES
