// The form of a tree's node between its bytes and its place in the tree.

import type { CidBytes } from './cid.ts'

/** Keys with their values; links[i] leads to what lies before keys[i], the last link to what lies behind all. */
export type NodeForm = {
  readonly keys: readonly string[]
  readonly values: readonly CidBytes[]
  readonly links: readonly (CidBytes | null)[]
}

/** CBOR of a link up to its CID: tag 42 around 37 bytes, the first of them zero. */
export const LINK_HEAD = Buffer.from([0xd8, 0x2a, 0x58, 0x25, 0x00])
/** CBOR of no link. */
export const LINK_NULL = 0xf6
