// The values of the protocol's data model, and the bounds every form of them keeps. https://atproto.com/specs/data-model

import type { Cid } from './cid.ts'
import { asCid } from './cid.ts'
import { InvalidData } from './invalid-data.ts'

/** Numbers are integers within 2^53; text is well-formed Unicode. */
export type Data = null | boolean | number | string | Uint8Array | Cid | readonly Data[] | DataMap
export type DataMap = { readonly [name: string]: Data }

/** How deep lists and maps may lie within one another, so that recursion is bounded. */
export const DATA_MAX_DEPTH = 128

/** A property of this name would change an object's prototype instead of the object. */
export const FORBIDDEN_NAME = '__proto__'

export const isDataMap = (data: Data): data is DataMap =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && !(data instanceof Uint8Array) && asCid(data) === undefined

/** A record, a commit and a payload are maps. Throws InvalidData. */
export function parseDataMap(data: Data): DataMap {
  if (isDataMap(data)) return data
  throw new InvalidData('not a map')
}
