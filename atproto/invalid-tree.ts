// What reading a tree throws: one error for nodes that lie, one for nodes that are not there.

import type { CidBytes } from './cid.ts'
import { cidFromBytes } from './cid.ts'

/** A node that breaks the form every node must have. */
export type TreeFault =
  | 'not-a-node' // other CBOR than a node's, not canonical, or cut off
  | 'link' // a link to something else than a block of CBOR
  | 'prefix' // shares more with the previous key than there is, or less than it could
  | 'key' // not a record path
  | 'order' // keys that do not ascend, or lie outside the place the node has in the tree
  | 'layer' // a key whose hash puts it into another layer, or a node below the lowest
  | 'empty' // a node without keys that need not be

export class InvalidTree extends Error {
  override readonly name = 'InvalidTree'
  readonly reason: TreeFault
  constructor(reason: TreeFault, detail: string) {
    super(`${reason}: ${detail}`)
    this.reason = reason
  }
}

/** The source does not have this node: in a partial tree, the deed asked for cannot be done. */
export class MissingNode extends Error {
  override readonly name = 'MissingNode'
  readonly cid: CidBytes
  constructor(cid: CidBytes) {
    super(`the node ${cidFromBytes(cid).toString()} is not here`)
    this.cid = cid
  }
}
