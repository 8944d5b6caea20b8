// Data → DRISL-CBOR: the one canonical form (shortest heads, definite lengths, keys by length, then bytes). https://dasl.ing/drisl.html
// Refuses what the data model does not have: floats, undefined, integers beyond 2^53, text that is not Unicode, foreign objects.

import { asCid } from './cid.ts'
import { DATA_MAX_DEPTH, FORBIDDEN_NAME } from './data.ts'
import type { Data } from './data.ts'
import { InvalidData } from './invalid-data.ts'
import { compareNames } from './name-order.ts'

const SCRATCH_BYTES = 64 * 1024
const SHORT_TEXT_LENGTH = 64
const HEAD_MAX_BYTES = 9

let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
let at = 0

/** Canonical bytes of `data`, in memory of their own. Throws InvalidData. */
export function encodeData(data: Data): Uint8Array {
  at = 0
  try {
    write(data, 0)
    const bytes = Buffer.allocUnsafe(at)
    scratch.copy(bytes, 0, 0, at)
    return bytes
  } finally {
    if (scratch.length > SCRATCH_BYTES) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  }
}

function write(data: Data, depth: number): void {
  if (typeof data === 'string') writeText(data)
  else if (typeof data === 'number') writeInteger(data)
  else if (typeof data === 'boolean') writeByte(data ? 0xf5 : 0xf4)
  else if (data === null) writeByte(0xf6)
  else if (typeof data === 'object') writeObject(data, depth)
  else throw new InvalidData(`a ${typeof data} has no place in data`)
}

function writeObject(data: Exclude<Data, null | boolean | number | string>, depth: number): void {
  if (depth >= DATA_MAX_DEPTH) throw new InvalidData(`nested deeper than ${DATA_MAX_DEPTH}`)
  if (Array.isArray(data)) {
    writeHead(4, data.length)
    for (const item of data) write(item, depth + 1)
  } else if (data instanceof Uint8Array) {
    writeHead(2, data.length)
    writeBytes(data)
  } else {
    const prototype: unknown = Object.getPrototypeOf(data)
    if (prototype === Object.prototype || prototype === null) writeMap(data as { readonly [name: string]: Data }, depth)
    else writeLink(data)
  }
}

function writeMap(map: { readonly [name: string]: Data }, depth: number): void {
  const names = sortedNames(Object.keys(map))
  writeHead(5, names.length)
  for (const name of names) {
    if (name === FORBIDDEN_NAME) throw new InvalidData(`a property may not be called ${FORBIDDEN_NAME}`)
    writeText(name)
    write(map[name] as Data, depth + 1)
  }
}

function writeLink(data: unknown): void {
  const cid = asCid(data)
  if (cid === undefined) throw new InvalidData('an object that is neither a map nor a link')
  reserve(HEAD_MAX_BYTES)
  writeHead(6, 42)
  writeHead(2, cid.bytes.length + 1)
  writeByte(0)
  writeBytes(cid.bytes)
}

function writeInteger(value: number): void {
  if (!Number.isSafeInteger(value)) throw new InvalidData(`${value} is not an integer within 2^53`)
  if (value < 0) writeHead(1, -1 - value)
  else writeHead(0, value)
}

function writeText(text: string): void {
  if (writeShortAscii(text)) return
  if (!text.isWellFormed()) throw new InvalidData('text with half a surrogate pair')
  const length = Buffer.byteLength(text)
  writeHead(3, length)
  reserve(length)
  at += scratch.write(text, at)
}

/** Most texts are short and ASCII, and for these a loop is faster than a call out of JavaScript. False: nothing is written. */
function writeShortAscii(text: string): boolean {
  const { length } = text
  if (length > SHORT_TEXT_LENGTH) return false
  reserve(length + HEAD_MAX_BYTES)
  const start = at + (length < 24 ? 1 : 2)
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return false
    scratch[start + index] = unit
  }
  writeHead(3, length)
  at += length
  return true
}

/** Major type and argument in the fewest bytes. */
function writeHead(major: number, argument: number): void {
  reserve(HEAD_MAX_BYTES)
  const type = major << 5
  if (argument < 24) {
    scratch[at++] = type | argument
  } else if (argument < 0x100) {
    scratch[at++] = type | 24
    scratch[at++] = argument
  } else if (argument < 0x1_0000) {
    scratch[at++] = type | 25
    at = scratch.writeUInt16BE(argument, at)
  } else if (argument < 0x1_0000_0000) {
    scratch[at++] = type | 26
    at = scratch.writeUInt32BE(argument, at)
  } else {
    scratch[at++] = type | 27
    at = scratch.writeUInt32BE(Math.floor(argument / 0x1_0000_0000), at)
    at = scratch.writeUInt32BE(argument % 0x1_0000_0000, at)
  }
}

function writeByte(byte: number): void {
  reserve(1)
  scratch[at++] = byte
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length)
  scratch.set(bytes, at)
  at += bytes.length
}

function reserve(length: number): void {
  if (at + length <= scratch.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, at + length))
  scratch.copy(larger, 0, 0, at)
  scratch = larger
}

/** In canonical order. What was decoded comes in order already, so that is asked first. */
function sortedNames(names: string[]): string[] {
  for (let index = 1; index < names.length; index++) {
    if (compareNames(names[index - 1] as string, names[index] as string) > 0) return names.sort(compareNames)
  }
  return names
}
