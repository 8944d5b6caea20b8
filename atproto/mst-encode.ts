// A node → its bytes, in the one form they can have: {e: [{k, p, t, v}], l}. https://atproto.com/specs/repository#mst-structure
// Written for this fixed shape, since every write encodes a node for each layer of the tree.

import type { CidBytes } from './cid.ts'
import { LINK_HEAD, LINK_NULL } from './mst-form.ts'
import type { NodeForm } from './mst-form.ts'

/** An entry's bytes beside its key, and the node's beside its entries, at the most. */
const ENTRY_MAX_BYTES = 110
const FRAME_MAX_BYTES = 64
const SCRATCH_BYTES = 64 * 1024

const NODE_START = Buffer.from([0xa2, 0x61, 0x65])
const ENTRY_START = Buffer.from([0xa4, 0x61, 0x6b])
const PREFIX = Buffer.from([0x61, 0x70])
const RIGHT = Buffer.from([0x61, 0x74])
const VALUE = Buffer.from([0x61, 0x76])
const LEFT = Buffer.from([0x61, 0x6c])

const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)

/** Canonical bytes of a node, in memory of their own. Keys must be ASCII and ascend. */
export function encodeNode({ keys, values, links }: NodeForm): Uint8Array {
  const out = scratchFor(keys)
  let at = write(out, 0, NODE_START)
  at = writeHead(out, at, 0x80, keys.length)
  let previous = ''
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    at = writeKey(out, at, key, commonPrefix(previous, key))
    at = writeLink(out, write(out, at, RIGHT), links[index + 1] as CidBytes | null)
    at = writeLink(out, write(out, at, VALUE), values[index] as CidBytes)
    previous = key
  }
  at = writeLink(out, write(out, at, LEFT), links[0] as CidBytes | null)
  const bytes = Buffer.allocUnsafe(at)
  out.copy(bytes, 0, 0, at)
  return bytes
}

/** How many characters two keys begin with in common. */
export function commonPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let common = 0
  while (common < length && a.charCodeAt(common) === b.charCodeAt(common)) common++
  return common
}

// Each of these writes at a place and gives the place behind: positions stay in registers, which makes the whole twice as fast.

function writeKey(out: Buffer, start: number, key: string, prefix: number): number {
  let at = writeHead(out, write(out, start, ENTRY_START), 0x40, key.length - prefix)
  for (let index = prefix; index < key.length; index++) out[at++] = key.charCodeAt(index)
  return writeHead(out, write(out, at, PREFIX), 0x00, prefix)
}

function writeLink(out: Buffer, at: number, cid: CidBytes | null): number {
  if (cid !== null) return write(out, write(out, at, LINK_HEAD), cid)
  out[at] = LINK_NULL
  return at + 1
}

function writeHead(out: Buffer, at: number, type: number, argument: number): number {
  if (argument < 24) {
    out[at] = type | argument
    return at + 1
  }
  if (argument < 0x100) {
    out[at] = type | 24
    out[at + 1] = argument
    return at + 2
  }
  out[at] = type | (argument < 0x1_0000 ? 25 : 26)
  return argument < 0x1_0000 ? out.writeUInt16BE(argument, at + 1) : out.writeUInt32BE(argument, at + 1)
}

function write(out: Buffer, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) out[at + index] = bytes[index] as number
  return at + bytes.length
}

function scratchFor(keys: readonly string[]): Buffer {
  let needed = FRAME_MAX_BYTES
  for (const key of keys) needed += ENTRY_MAX_BYTES + key.length
  return needed > SCRATCH_BYTES ? Buffer.allocUnsafeSlow(needed) : scratch
}
