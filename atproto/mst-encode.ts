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

let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
let at = 0

/** Canonical bytes of a node, in memory of their own. Keys must be ASCII and ascend. */
export function encodeNode({ keys, values, links }: NodeForm): Uint8Array {
  reserve(keys)
  at = 0
  write(NODE_START)
  writeHead(0x80, keys.length)
  let previous = ''
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    writeEntry(key, commonPrefix(previous, key), values[index] as CidBytes, links[index + 1] as CidBytes | null)
    previous = key
  }
  write(LEFT)
  writeLink(links[0] as CidBytes | null)
  const bytes = Buffer.allocUnsafe(at)
  scratch.copy(bytes, 0, 0, at)
  return bytes
}

/** How many characters two keys begin with in common. */
export function commonPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let common = 0
  while (common < length && a.charCodeAt(common) === b.charCodeAt(common)) common++
  return common
}

function writeEntry(key: string, prefix: number, value: CidBytes, right: CidBytes | null): void {
  write(ENTRY_START)
  writeHead(0x40, key.length - prefix)
  for (let index = prefix; index < key.length; index++) scratch[at++] = key.charCodeAt(index)
  write(PREFIX)
  writeHead(0x00, prefix)
  write(RIGHT)
  writeLink(right)
  write(VALUE)
  writeLink(value)
}

function writeLink(cid: CidBytes | null): void {
  if (cid === null) {
    scratch[at++] = LINK_NULL
    return
  }
  write(LINK_HEAD)
  write(cid)
}

function writeHead(type: number, argument: number): void {
  if (argument < 24) {
    scratch[at++] = type | argument
  } else if (argument < 0x100) {
    scratch[at++] = type | 24
    scratch[at++] = argument
  } else if (argument < 0x1_0000) {
    scratch[at++] = type | 25
    at = scratch.writeUInt16BE(argument, at)
  } else {
    scratch[at++] = type | 26
    at = scratch.writeUInt32BE(argument, at)
  }
}

function write(bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) scratch[at++] = bytes[index] as number
}

function reserve(keys: readonly string[]): void {
  let needed = FRAME_MAX_BYTES
  for (const key of keys) needed += ENTRY_MAX_BYTES + key.length
  if (needed > scratch.length) scratch = Buffer.allocUnsafeSlow(needed)
  else if (scratch.length > SCRATCH_BYTES && needed <= SCRATCH_BYTES) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
}
