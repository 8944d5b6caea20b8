// The door through which a record comes in: JSON of a stranger → bytes that may be stored, with the blobs they name.
// Checks, in order: the record key's form (as the lexicon names it) · the data model (no floats, whole links and blobs) · `$type` · the lexicon,
// where we know it · size. Does not check: that the blobs are here, that nothing stands at the path.

import { asCid, cidForCbor } from '../../atproto/cid.ts'
import { dataToJson, encodeData, InvalidData, isDataMap, jsonToData } from '../../atproto/data-model.ts'
import type { Data, DataMap } from '../../atproto/data-model.ts'
import { RECORD_MAX_BYTES } from '../../atproto/limits.ts'
import type { Nsid } from '../../atproto/nsid.ts'
import { parseRecordKey } from '../../atproto/record-key.ts'
import type { RecordKey } from '../../atproto/record-key.ts'
import { InvalidSyntax } from '../../atproto/invalid-syntax.ts'
import { isTid } from '../../atproto/tid.ts'
import type { Tid } from '../../atproto/tid.ts'
import { catalog } from '../../lexicons/catalog.ts'
import { InvalidRecord, validateRecord } from '../../lexicons/validate-record.ts'
import { invalidRequest } from '../../server/xrpc-error.ts'
import type { EncodedRecord, NamedBlob } from './write.ts'

/** `valid` when its lexicon is known and holds, `unknown` when it is not known, undefined when nobody asked. */
export type ValidationStatus = 'valid' | 'unknown' | undefined
export type CheckedRecord = { readonly record: EncodedRecord; readonly validationStatus: ValidationStatus }

/** `validate`: true demands a known lexicon, false asks nothing of it, undefined checks where it is known. Throws XrpcError InvalidRequest. */
export const encodeRecord = (collection: Nsid, json: unknown, validate: boolean | undefined): CheckedRecord => {
  const value = refusing(() => typed(collection, jsonToData(json)))
  const validationStatus = validate === false ? undefined : refusing(() => validateRecord(collection, value))
  if (validate === true && validationStatus === 'unknown') throw invalidRequest(`Lexicon not found: ${collection}`)
  const bytes = refusing(() => encodeData(value))
  if (bytes.length > RECORD_MAX_BYTES) throw invalidRequest(`The record has ${bytes.length} bytes; at most ${RECORD_MAX_BYTES} are allowed`)
  return { record: { cid: cidForCbor(bytes), bytes, blobs: namedBlobs(value) }, validationStatus }
}

/** The key a record gets: the given one if the collection allows it, else the literal its lexicon names, else a fresh TID. */
export const recordKeyFor = (collection: Nsid, given: string | undefined, nextTid: () => Tid): RecordKey => {
  const kind = keyKindOf(collection)
  const literal = kind.startsWith('literal:') ? kind.slice('literal:'.length) : undefined
  const rkey = refusing(() => parseRecordKey(given ?? literal ?? nextTid()))
  if (kind === 'tid' && !isTid(rkey)) throw invalidRequest(`Record keys of ${collection} are TIDs`)
  if (literal !== undefined && rkey !== literal) throw invalidRequest(`The only record key of ${collection} is ${literal}`)
  return rkey
}

const keyKindOf = (collection: Nsid): string => {
  const definition = catalog.getDef(collection)
  return definition?.type === 'record' ? (definition.key ?? 'any') : 'any'
}

const typed = (collection: Nsid, value: Data): DataMap => {
  if (!isDataMap(value)) throw new InvalidData('a record is a map')
  const type = value['$type'] ?? collection
  if (type !== collection) throw new InvalidData(`$type: expected ${collection}, got ${JSON.stringify(dataToJson(type))}`)
  return { ...value, $type: type }
}

const refusing = <T>(check: () => T): T => {
  try {
    return check()
  } catch (error) {
    if (error instanceof InvalidData || error instanceof InvalidRecord || error instanceof InvalidSyntax)
      throw invalidRequest(`Invalid record: ${error.message}`)
    throw error
  }
}

const namedBlobs = (value: Data): NamedBlob[] => {
  if (Array.isArray(value)) return value.flatMap(namedBlobs)
  if (!isDataMap(value)) return []
  const { $type, ref, mimeType, size } = value
  const cid = ref === undefined || $type !== 'blob' ? undefined : asCid(ref)
  if (cid !== undefined && typeof mimeType === 'string' && typeof size === 'number') return [{ cid, mimeType, sizeBytes: size }]
  return Object.values(value).flatMap(namedBlobs)
}
