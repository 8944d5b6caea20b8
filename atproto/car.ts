// CAR version 1: a header that names roots, then blocks, each behind its length. https://atproto.com/specs/repository#car-file-serialization
// Reading checks: every length within the bytes that are left, the limits given, CIDs of the blessed form, every block's hash.
// Does not check: that the root is among the blocks, that blocks are reachable, their content.

import { BlockMap } from './block-map.ts'
import type { Block } from './block-map.ts'
import { asCid, CID_BYTES_LENGTH, cidBytes, cidHashes, isCidBytes } from './cid.ts'
import type { Cid } from './cid.ts'
import { decodeData, encodeData, InvalidData, isDataMap } from './data-model.ts'
import type { Data } from './data-model.ts'

export type { Block } from './block-map.ts'
export type CarLimits = { readonly maxBytes: number; readonly maxBlocks: number }
export type Car = { readonly roots: readonly Cid[]; readonly blocks: BlockMap }

const VERSION = 1
const HEADER_MAX_BYTES = 4096
const ROOTS_MAX = 16
/** Seven bits a byte: enough for 2^49, and exact in a double. */
const VARINT_MAX_BYTES = 7
/** Streams gather small blocks into pieces of about this size. */
const CHUNK_BYTES = 64 * 1024

/** `hash`: a block lies about its content; `limit`: more than was allowed; `form`: everything else. */
export type CarFault = 'form' | 'hash' | 'limit'

/** Bytes that are no CAR, or one that lies or exceeds a limit. */
export class InvalidCar extends Error {
  override readonly name = 'InvalidCar'
  readonly reason: CarFault
  constructor(reason: CarFault, detail: string) {
    super(detail)
    this.reason = reason
  }
}

/** Root and blocks → CAR. */
export function writeCar(root: Cid, blocks: Iterable<Block>): Uint8Array {
  const parts = [...header(root)]
  for (const block of blocks) parts.push(...section(block))
  return Buffer.concat(parts)
}

/** The same as a stream, for repositories too large to hold. */
export async function* carChunks(root: Cid, blocks: Iterable<Block> | AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
  let parts = [...header(root)]
  let size = 0
  for await (const block of blocks) {
    parts.push(...section(block))
    size += block.bytes.length
    if (size < CHUNK_BYTES) continue
    yield Buffer.concat(parts)
    parts = []
    size = 0
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

/** CAR → roots and blocks, which are views into `bytes`. A block that comes twice is kept once. Throws InvalidCar. */
export function readCar(bytes: Uint8Array, limits: CarLimits): Car {
  if (bytes.length > limits.maxBytes) throw new InvalidCar('limit', `${bytes.length} bytes, more than ${limits.maxBytes}`)
  const headerSpan = readSpan(bytes, 0)
  if (headerSpan.end - headerSpan.start > HEADER_MAX_BYTES) throw new InvalidCar('form', 'the header is too long')
  const roots = parseHeader(bytes.subarray(headerSpan.start, headerSpan.end))
  const blocks = new BlockMap()
  for (let at = headerSpan.end, count = 0; at < bytes.length; count++) {
    if (count >= limits.maxBlocks) throw new InvalidCar('limit', `more than ${limits.maxBlocks} blocks`)
    const { start, end } = readSpan(bytes, at)
    const cid = bytes.subarray(start, Math.min(start + CID_BYTES_LENGTH, end))
    if (!isCidBytes(cid)) throw new InvalidCar('form', 'a block under no CID of the blessed form')
    const content = bytes.subarray(start + CID_BYTES_LENGTH, end)
    if (!cidHashes(cid, content)) throw new InvalidCar('hash', 'a block that does not hash to its CID')
    blocks.setBytes(cid, content)
    at = end
  }
  return { roots, blocks }
}

function header(root: Cid): [Uint8Array, Uint8Array] {
  const bytes = encodeData({ roots: [root], version: VERSION })
  return [varint(bytes.length), bytes]
}

const section = ({ cid, bytes }: Block): [Uint8Array, Uint8Array, Uint8Array] => [
  varint(CID_BYTES_LENGTH + bytes.length),
  cidBytes(cid),
  bytes,
]

function parseHeader(bytes: Uint8Array): Cid[] {
  let data: Data
  try {
    data = decodeData(bytes)
  } catch (error) {
    if (error instanceof InvalidData) throw new InvalidCar('form', `the header: ${error.message}`)
    throw error
  }
  if (!isDataMap(data) || data['version'] !== VERSION) throw new InvalidCar('form', 'the header is not of version 1')
  const roots = data['roots']
  if (!Array.isArray(roots) || roots.length > ROOTS_MAX) throw new InvalidCar('form', 'the header has no list of roots')
  return roots.map((root: Data) => {
    const cid = asCid(root)
    if (cid === undefined) throw new InvalidCar('form', 'a root that is no CID')
    return cid
  })
}

/** The span behind the length at `at`, which is believed only if it lies within the bytes. */
function readSpan(bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  let length = 0
  let start = at
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[start]
    if (byte === undefined || start - at >= VARINT_MAX_BYTES) throw new InvalidCar('form', 'a length that does not end')
    start++
    length += (byte & 127) * scale
    if (byte < 128) {
      if (byte === 0 && scale > 1) throw new InvalidCar('form', 'a length longer than it need be')
      break
    }
  }
  if (length === 0 || length > bytes.length - start) throw new InvalidCar('form', 'a length beyond the end')
  return { start, end: start + length }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
