// Data ↔ JSON: links as {"$link": text}, bytes as {"$bytes": base64}. https://atproto.com/specs/data-model#representing-data-in-json
// From JSON, also checks what every record must keep: `$type` a non-empty text, blobs whole.

import { asCid, parseCid } from './cid.ts'
import { DATA_MAX_DEPTH, FORBIDDEN_NAME } from './data.ts'
import type { Data } from './data.ts'
import { InvalidData } from './invalid-data.ts'
import { InvalidSyntax } from './invalid-syntax.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Base64 of RFC 4648 section 4, padded or not. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** What JSON.parse gave → data. Throws InvalidData. */
export const jsonToData = (json: unknown): Data => fromJson(json, 0)

/** Data → what JSON.stringify takes. */
export function dataToJson(data: Data): Json {
  if (typeof data !== 'object' || data === null) return data
  if (Array.isArray(data)) return data.map(dataToJson)
  if (data instanceof Uint8Array) return { $bytes: Buffer.from(data).toString('base64').replace(/=+$/, '') }
  const cid = asCid(data)
  if (cid !== undefined) return { $link: cid.toString() }
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, dataToJson(value)]))
}

function fromJson(json: unknown, depth: number): Data {
  if (depth > DATA_MAX_DEPTH) throw new InvalidData(`nested deeper than ${DATA_MAX_DEPTH}`)
  if (json === null || typeof json === 'boolean') return json
  if (typeof json === 'string') return text(json)
  if (typeof json === 'number') return integer(json)
  if (Array.isArray(json)) return json.map((item) => fromJson(item, depth + 1))
  if (typeof json === 'object') return fromObject(json, depth)
  throw new InvalidData(`a ${typeof json} has no place in data`)
}

function fromObject(json: object, depth: number): Data {
  if ('$link' in json) return link(json)
  if ('$bytes' in json) return bytes(json)
  const map: { [name: string]: Data } = {}
  for (const [name, value] of Object.entries(json)) {
    if (name === FORBIDDEN_NAME) throw new InvalidData(`a property may not be called ${FORBIDDEN_NAME}`)
    map[text(name)] = fromJson(value, depth + 1)
  }
  if ('$type' in map) checkTyped(map)
  return map
}

function link(json: { readonly $link: unknown }): Data {
  if (Object.keys(json).length !== 1) throw new InvalidData('$link is not alone')
  try {
    return parseCid(json.$link)
  } catch (error) {
    if (error instanceof InvalidSyntax) throw new InvalidData(`$link is ${error.message}`)
    throw error
  }
}

function bytes(json: { readonly $bytes: unknown }): Data {
  if (Object.keys(json).length !== 1) throw new InvalidData('$bytes is not alone')
  const base64 = json.$bytes
  if (typeof base64 !== 'string' || !BASE64.test(base64)) throw new InvalidData('$bytes is not base64')
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

function text(json: string): string {
  if (!json.isWellFormed()) throw new InvalidData('text with half a surrogate pair')
  return json
}

function integer(json: number): number {
  if (!Number.isSafeInteger(json)) throw new InvalidData(`${json} is not an integer within 2^53`)
  return json
}

function checkTyped(map: { readonly [name: string]: Data }): void {
  const type = map['$type']
  if (typeof type !== 'string' || type === '') throw new InvalidData('$type is not a text')
  if (type !== 'blob') return
  const { ref, mimeType, size } = map
  if (asCid(ref) === undefined || typeof mimeType !== 'string' || typeof size !== 'number' || size < 0)
    throw new InvalidData('a blob that is not whole')
}
