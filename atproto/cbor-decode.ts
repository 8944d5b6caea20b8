// DRISL-CBOR → Data, for bytes from strangers. https://dasl.ing/drisl.html
// Checks: one item and nothing behind it; shortest heads; definite lengths, each within the bytes that are left; keys text, ascending, none
// twice; no floats, no undefined, no tag but 42 around a blessed CID; integers within 2^53; valid UTF-8; bounded depth.

import { isUtf8 } from 'node:buffer'
import { cidFromBytes, isCidBytes } from './cid.ts'
import { DATA_MAX_DEPTH, FORBIDDEN_NAME } from './data.ts'
import type { Data } from './data.ts'
import { InvalidData } from './invalid-data.ts'
import { compareNames } from './name-order.ts'

const LINK_TAG = 42
/** Up to here a loop finds out sooner than a call out of JavaScript. */
const SHORT_TEXT_BYTES = 64

/** The value `bytes` encode. Byte strings are views into `bytes`. Throws InvalidData. */
export function decodeData(bytes: Uint8Array): Data {
  const reader = new Reader(bytes)
  const data = reader.item(0)
  reader.end()
  return data
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new InvalidData(`${this.#bytes.length - this.#at} bytes behind the end`)
  }

  item(depth: number): Data {
    if (depth > DATA_MAX_DEPTH) throw new InvalidData(`nested deeper than ${DATA_MAX_DEPTH}`)
    const head = this.#byte()
    const info = head & 31
    switch (head >> 5) {
      case 0:
        return this.#argument(info)
      case 1:
        return this.#negative(info)
      case 2:
        return this.#span(info)
      case 3:
        return this.#text(this.#length(info))
      case 4:
        return this.#list(info, depth)
      case 5:
        return this.#map(info, depth)
      case 6:
        return this.#link(info)
      default:
        return simple(head)
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new InvalidData('the bytes end within an item')
    this.#at++
    return byte
  }

  /** The number a head carries, refused unless it is written in the fewest bytes. */
  #argument(info: number): number {
    if (info < 24) return info
    if (info > 27) throw new InvalidData('an indefinite or reserved length')
    const width = 1 << (info - 24)
    let value = 0
    for (let index = 0; index < width; index++) value = value * 256 + this.#byte()
    const least = width === 1 ? 24 : 256 ** (width / 2)
    if (value < least) throw new InvalidData('a head longer than it need be')
    if (value > Number.MAX_SAFE_INTEGER) throw new InvalidData('an integer beyond 2^53')
    return value
  }

  /** Down to −(2^53 − 1): the one below is no safe integer. */
  #negative(info: number): number {
    const value = -1 - this.#argument(info)
    if (!Number.isSafeInteger(value)) throw new InvalidData('an integer beyond 2^53')
    return value
  }

  /** A length or count; each thing counted takes a byte at least, so it never exceeds what is left. */
  #length(info: number): number {
    const length = this.#argument(info)
    if (length > this.#bytes.length - this.#at) throw new InvalidData('a length beyond the end')
    return length
  }

  #span(info: number): Uint8Array {
    const length = this.#length(info)
    const start = this.#at
    this.#at += length
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length)
  }

  #text(length: number): string {
    const start = this.#at
    const end = start + length
    this.#at = end
    if (this.#isAscii(start, end)) return this.#bytes.toString('latin1', start, end)
    if (!isUtf8(this.#bytes.subarray(start, end))) throw new InvalidData('text that is not UTF-8')
    return this.#bytes.toString('utf8', start, end)
  }

  #isAscii(start: number, end: number): boolean {
    if (end - start > SHORT_TEXT_BYTES) return false
    for (let at = start; at < end; at++) if ((this.#bytes[at] as number) > 0x7f) return false
    return true
  }

  #list(info: number, depth: number): Data[] {
    const length = this.#length(info)
    const list: Data[] = []
    for (let index = 0; index < length; index++) list.push(this.item(depth + 1))
    return list
  }

  #map(info: number, depth: number): Data {
    const length = this.#length(info)
    const map: { [name: string]: Data } = {}
    let previous = ''
    for (let index = 0; index < length; index++) {
      const name = this.#name()
      if (index > 0 && compareNames(previous, name) >= 0) throw new InvalidData('keys out of order, or one twice')
      if (name === FORBIDDEN_NAME) throw new InvalidData(`a property may not be called ${FORBIDDEN_NAME}`)
      map[name] = this.item(depth + 1)
      previous = name
    }
    return map
  }

  #name(): string {
    const head = this.#byte()
    if (head >> 5 !== 3) throw new InvalidData('a key that is not text')
    return this.#text(this.#length(head & 31))
  }

  #link(info: number): Data {
    if (this.#argument(info) !== LINK_TAG) throw new InvalidData('a tag other than 42')
    const head = this.#byte()
    if (head >> 5 !== 2) throw new InvalidData('a link that is not bytes')
    const bytes = this.#span(head & 31)
    const cid = bytes.subarray(1)
    if (bytes[0] !== 0 || !isCidBytes(cid)) throw new InvalidData('a link to no CID of the blessed form')
    return cidFromBytes(cid)
  }
}

function simple(head: number): Data {
  if (head === 0xf4) return false
  if (head === 0xf5) return true
  if (head === 0xf6) return null
  throw new InvalidData('a float, undefined or another simple value')
}
