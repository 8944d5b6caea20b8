// Blocks by CID, in the order they were put in.

import { cidBytes, cidFromBytes, cidKey } from './cid.ts'
import type { Cid, CidBytes } from './cid.ts'

export type Block = { readonly cid: Cid; readonly bytes: Uint8Array }

export class BlockMap {
  readonly #blocks = new Map<string, Uint8Array>()

  get size(): number {
    return this.#blocks.size
  }

  get(cid: Cid): Uint8Array | undefined {
    return this.bytesOf(cidBytes(cid))
  }

  has(cid: Cid): boolean {
    return this.#blocks.has(cidKey(cidBytes(cid)))
  }

  set(cid: Cid, bytes: Uint8Array): this {
    return this.setBytes(cidBytes(cid), bytes)
  }

  /** The block under a binary CID: a node source for trees. */
  bytesOf(cid: CidBytes): Uint8Array | undefined {
    return this.#blocks.get(cidKey(cid))
  }

  setBytes(cid: CidBytes, bytes: Uint8Array): this {
    this.#blocks.set(cidKey(cid), bytes)
    return this
  }

  *[Symbol.iterator](): Generator<Block> {
    for (const [key, bytes] of this.#blocks) yield { cid: cidFromBytes(Buffer.from(key, 'latin1')), bytes }
  }
}
