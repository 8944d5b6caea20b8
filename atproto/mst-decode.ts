// Bytes from strangers → the form of a node. https://atproto.com/specs/repository#mst-structure
// Checks: the canonical form and nothing behind it; links to blocks of CBOR; prefixes within the previous key and as long as they can be;
// keys ascending and acceptable. Does not check what depends on the node's place in the tree: mst-node does.

import { CID_BYTES_LENGTH, isCidBytes } from './cid.ts'
import type { CidBytes } from './cid.ts'
import { InvalidTree } from './invalid-tree.ts'
import { LINK_HEAD, LINK_NULL } from './mst-form.ts'
import type { NodeForm } from './mst-form.ts'

/** What a tree takes as a key: record paths, unless a test says otherwise. */
export type KeyRule = (key: string) => boolean

/** The rule of published test vectors: two segments of the characters that paths may have. */
export const isTreeKey: KeyRule = (key) => key.length <= KEY_MAX_BYTES && /^[A-Za-z0-9_~\-:.]+\/[A-Za-z0-9_~\-:.]+$/.test(key)

const KEY_MAX_BYTES = 1024
const CBOR_CODEC = 0x71
const NODE_START = [0xa2, 0x61, 0x65]
const ENTRY_START = [0xa4, 0x61, 0x6b]
const PREFIX = [0x61, 0x70]
const RIGHT = [0x61, 0x74]
const VALUE = [0x61, 0x76]
const LEFT = [0x61, 0x6c]
const INTEGER = 0
const BYTES = 2
const LIST = 4

/** The previous key's bytes, of which the next one takes its prefix. */
const keyBytes = Buffer.alloc(KEY_MAX_BYTES)

/** Values and links are views into `bytes`. Throws InvalidTree. */
export function decodeNode(bytes: Uint8Array, isKey: KeyRule): NodeForm {
  const reader = new Reader(bytes)
  reader.expect(NODE_START)
  const count = reader.head(LIST)
  const keys: string[] = []
  const values: CidBytes[] = []
  const links: (CidBytes | null)[] = [null]
  for (let index = 0, keyLength = 0; index < count; index++) {
    reader.expect(ENTRY_START)
    const suffix = reader.span(reader.head(BYTES))
    reader.expect(PREFIX)
    keyLength = joinKey(reader.head(INTEGER), suffix, keyLength)
    const key = keyBytes.toString('latin1', 0, keyLength)
    if (index > 0 && key <= (keys[index - 1] as string)) throw new InvalidTree('order', `${key} is not behind the key before it`)
    if (!isKey(key)) throw new InvalidTree('key', `${JSON.stringify(key)} is no record path`)
    keys.push(key)
    reader.expect(RIGHT)
    links.push(reader.link())
    reader.expect(VALUE)
    values.push(reader.value())
  }
  reader.expect(LEFT)
  links[0] = reader.link()
  reader.end()
  return { keys, values, links }
}

/** Puts `suffix` behind the first `prefix` bytes of the previous key; gives the new key's length. */
function joinKey(prefix: number, suffix: Buffer, previousLength: number): number {
  if (prefix > previousLength) throw new InvalidTree('prefix', 'longer than the key before it')
  if (prefix + suffix.length > KEY_MAX_BYTES) throw new InvalidTree('key', `longer than ${KEY_MAX_BYTES} bytes`)
  if (prefix < previousLength && keyBytes[prefix] === suffix[0]) throw new InvalidTree('prefix', 'shorter than it could be')
  suffix.copy(keyBytes, prefix)
  return prefix + suffix.length
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw notANode('bytes behind the end')
  }

  expect(expected: readonly number[]): void {
    for (const byte of expected) {
      if (this.#bytes[this.#at] !== byte) throw notANode(`an unexpected byte at ${this.#at}`)
      this.#at++
    }
  }

  /** The argument of a head of this major type, in the fewest bytes, no larger than what is left or than a key may be long. */
  head(major: number): number {
    const info = this.#byte() - (major << 5)
    let argument = info
    if (info === 24) argument = this.#atLeast(this.#byte(), 24)
    else if (info === 25) argument = this.#atLeast(this.#byte() * 0x100 + this.#byte(), 0x100)
    else if (info === 26)
      argument = this.#atLeast(((this.#byte() * 0x100 + this.#byte()) * 0x100 + this.#byte()) * 0x100 + this.#byte(), 0x1_0000)
    else if (info < 0 || info > 26) throw notANode('a head of another type or size')
    if (argument > Math.max(this.#bytes.length - this.#at, KEY_MAX_BYTES)) throw notANode('a count beyond the end')
    return argument
  }

  span(length: number): Buffer {
    const start = this.#at
    this.#at += length
    if (this.#at > this.#bytes.length) throw notANode('a length beyond the end')
    return this.#bytes.subarray(start, this.#at)
  }

  link(): CidBytes | null {
    if (this.#bytes[this.#at] !== LINK_NULL) return this.value()
    this.#at++
    return null
  }

  value(): CidBytes {
    for (const byte of LINK_HEAD) {
      if (this.#byte() !== byte) throw notANode(`no link at ${this.#at - 1}`)
    }
    const cid = this.span(CID_BYTES_LENGTH)
    if (!isCidBytes(cid) || cid[1] !== CBOR_CODEC) throw new InvalidTree('link', 'to something else than a block of CBOR')
    return cid
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw notANode('the bytes end within it')
    this.#at++
    return byte
  }

  #atLeast(argument: number, least: number): number {
    if (argument < least) throw notANode('a head longer than it need be')
    return argument
  }
}

const notANode = (detail: string): InvalidTree => new InvalidTree('not-a-node', detail)
