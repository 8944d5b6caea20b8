// A record's place in its repository, "collection/rkey": the key of the tree. Always ASCII, so that order of strings is order of bytes.
// https://atproto.com/specs/repository#repository-paths

import type { Branded } from './branded.ts'
import { parseWith } from './invalid-syntax.ts'
import { isNsid } from './nsid.ts'
import type { Nsid } from './nsid.ts'
import { isRecordKey } from './record-key.ts'
import type { RecordKey } from './record-key.ts'

export type RecordPath = Branded<'RecordPath'>

/** The collection last found valid: neighbours in a tree mostly share it. */
let knownCollection = ''

export function isRecordPath(value: unknown): value is RecordPath {
  if (typeof value !== 'string') return false
  const slash = value.indexOf('/')
  return slash > 0 && isRecordKey(value.slice(slash + 1)) && isCollection(value.slice(0, slash))
}

/** Throws InvalidSyntax. */
export const parseRecordPath = (value: unknown): RecordPath => parseWith('record-path', isRecordPath, value)

export const joinPath = (collection: Nsid, rkey: RecordKey): RecordPath => `${collection}/${rkey}` as RecordPath

export function splitPath(path: RecordPath): { readonly collection: Nsid; readonly rkey: RecordKey } {
  const slash = path.indexOf('/')
  return { collection: path.slice(0, slash) as Nsid, rkey: path.slice(slash + 1) as RecordKey }
}

function isCollection(name: string): boolean {
  if (name === knownCollection) return true
  if (!isNsid(name)) return false
  knownCollection = name
  return true
}
