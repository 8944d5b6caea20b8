// Whether a record is what its lexicon says. Takes data-model values: CIDs as multiformats CID, bytes as Uint8Array, blobs as plain {$type: 'blob'} maps.
// Unknown collections are not judged.

import { BlobRef, ValidationError } from '@atproto/lexicon'
import type { Lexicons } from '@atproto/lexicon'
import { CID } from 'multiformats/cid'
import { whatIsWrongWithBlobs } from './blob-limits.ts'
import { catalog } from './catalog.ts'

/** What is wrong with a record; the message is a sentence that names the path, like `Record/minutes can not be greater than 720`. */
export class InvalidRecord extends Error {
  override readonly name = 'InvalidRecord'
  readonly path: string

  constructor(message: string) {
    super(message)
    this.path = message.split(' ')[0] ?? ''
  }
}

/** A validator over these documents. */
export const recordValidator =
  (lexicons: Lexicons) =>
  (collection: string, value: unknown): 'valid' | 'unknown' => {
    const type = typeof value === 'object' && value !== null && '$type' in value ? value.$type : undefined
    if (type !== collection) throw new InvalidRecord(`Record/$type must be ${collection}`)
    const definition = lexicons.getDef(collection)
    if (definition?.type !== 'record') return 'unknown'
    try {
      lexicons.assertValidRecord(collection, withBlobRefs(value))
    } catch (error) {
      if (error instanceof ValidationError) throw new InvalidRecord(error.message)
      throw error
    }
    const wrong = whatIsWrongWithBlobs(lexicons, definition.record, value, 'Record')
    if (wrong !== undefined) throw new InvalidRecord(wrong)
    return 'valid'
  }

/**
 * 'valid' when the collection's lexicon is in the catalog and the record satisfies it, 'unknown' when there is no such lexicon.
 * Throws InvalidRecord when it does not satisfy it, or when `$type` is not the collection.
 */
export const validateRecord = recordValidator(catalog)

// The validator knows blobs only as BlobRef; everything else is left as it is, and nothing is copied where there is no blob.
const withBlobRefs = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || CID.asCID(value) !== null) return value
  if (Array.isArray(value)) {
    const items = value.map(withBlobRefs)
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if ('$type' in value && value.$type === 'blob') return blobRefOf(value)
  const entries = Object.entries(value).map(([key, inner]) => [key, withBlobRefs(inner), inner] as const)
  return entries.some(([, converted, inner]) => converted !== inner)
    ? Object.fromEntries(entries.map(([key, converted]) => [key, converted]))
    : value
}

const blobRefOf = (value: object): unknown => {
  const ref = 'ref' in value ? CID.asCID(value.ref) : null
  const { mimeType, size } = { mimeType: undefined, size: undefined, ...value }
  return ref !== null && typeof mimeType === 'string' && typeof size === 'number' ? new BlobRef(ref, mimeType, size) : value
}
