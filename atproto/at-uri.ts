// at://authority/collection/rkey, in the restricted form that Lexicon allows: no query, no fragment, no trailing slash.
// https://atproto.com/specs/at-uri-scheme#restricted-at-uri-syntax

import { parseAtIdentifier } from './at-identifier.ts'
import type { AtIdentifier } from './at-identifier.ts'
import type { Branded } from './branded.ts'
import type { Did } from './did.ts'
import { InvalidSyntax } from './invalid-syntax.ts'
import { isNsid } from './nsid.ts'
import type { Nsid } from './nsid.ts'
import { isRecordKey } from './record-key.ts'
import type { RecordKey } from './record-key.ts'

export type AtUri = Branded<'AtUri'>
export type AtUriParts = {
  readonly uri: AtUri
  readonly authority: AtIdentifier
  readonly collection?: Nsid
  readonly rkey?: RecordKey
}

const AT_URI_MAX_LENGTH = 8192
const SHAPE = /^at:\/\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/

/** Whole URI and its parts; a handle as authority comes back in lower case. Throws InvalidSyntax. */
export function parseAtUri(value: unknown): AtUriParts {
  const match = typeof value === 'string' && value.length <= AT_URI_MAX_LENGTH ? SHAPE.exec(value) : null
  if (match === null) throw new InvalidSyntax('at-uri', value)
  const [, host, collection, rkey] = match
  if (collection !== undefined && !isNsid(collection)) throw new InvalidSyntax('at-uri', value)
  if (rkey !== undefined && !isRecordKey(rkey)) throw new InvalidSyntax('at-uri', value)
  const authority = parseAuthority(host, value)
  const uri = ['at:/', authority, collection, rkey].filter((part) => part !== undefined).join('/') as AtUri
  return { uri, authority, ...(collection !== undefined && { collection }), ...(rkey !== undefined && { rkey }) }
}

export function isAtUri(value: unknown): value is AtUri {
  try {
    return parseAtUri(value).uri === value
  } catch (error) {
    if (error instanceof InvalidSyntax) return false
    throw error
  }
}

/** URI of a record. */
export const makeAtUri = (did: Did, collection: Nsid, rkey: RecordKey): AtUri => `at://${did}/${collection}/${rkey}` as AtUri

function parseAuthority(host: unknown, uri: unknown): AtIdentifier {
  try {
    return parseAtIdentifier(host)
  } catch (error) {
    if (error instanceof InvalidSyntax) throw new InvalidSyntax('at-uri', uri)
    throw error
  }
}
