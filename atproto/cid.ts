// Content identifiers of the one form the protocol blesses: version 1, SHA-256, codec dag-cbor or raw. https://atproto.com/specs/data-model#link-and-cid-formats
// Inside we carry the 36 bytes; text is made at the door.

import { hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { InvalidSyntax } from './invalid-syntax.ts'

export type Cid = CID
/** Binary form: version, codec, hash code, hash length, digest. */
export type CidBytes = Uint8Array

export const CID_BYTES_LENGTH = 36
const CID_TEXT_LENGTH = 59
const VERSION = 1
const CBOR_CODEC = 0x71
const RAW_CODEC = 0x55
const SHA_256 = 0x12
const DIGEST_LENGTH = 32
const DIGEST_START = 4

/** CID of a block of DRISL-CBOR. */
export const cidForCbor = (bytes: Uint8Array): Cid => cidFromBytes(cborCidBytes(bytes))

/** CID of a blob. */
export const cidForRaw = (bytes: Uint8Array): Cid => cidFromBytes(hashed(RAW_CODEC, bytes))

/** The same as cidForCbor, in binary. */
export const cborCidBytes = (bytes: Uint8Array): CidBytes => hashed(CBOR_CODEC, bytes)

/** Throws InvalidSyntax. */
export function cidFromBytes(bytes: Uint8Array): Cid {
  if (!isCidBytes(bytes)) throw new InvalidSyntax('cid', bytes)
  return CID.createV1(bytes[1] === RAW_CODEC ? RAW_CODEC : CBOR_CODEC, createDigest(SHA_256, bytes.slice(DIGEST_START)))
}

/** "bafyrei…" or "bafkrei…", and nothing else. Throws InvalidSyntax. */
export function parseCid(value: unknown): Cid {
  if (typeof value !== 'string' || value.length !== CID_TEXT_LENGTH || !value.startsWith('b')) throw new InvalidSyntax('cid', value)
  let cid: CID
  try {
    cid = CID.parse(value)
  } catch {
    throw new InvalidSyntax('cid', value)
  }
  if (!isCidBytes(cid.bytes) || cid.toString() !== value) throw new InvalidSyntax('cid', value)
  return cid
}

/** The CID that `value` is, if it is one of the blessed form. */
export function asCid(value: unknown): Cid | undefined {
  const cid = value instanceof CID ? value : CID.asCID(value)
  return cid !== null && isCidBytes(cid.bytes) ? cid : undefined
}

export const cidBytes = (cid: Cid): CidBytes => cid.bytes

export const sameCid = (a: Cid, b: Cid): boolean => sameCidBytes(a.bytes, b.bytes)

export const sameCidBytes = (a: CidBytes, b: CidBytes): boolean => Buffer.compare(a, b) === 0

/** A string that is equal for equal CIDs, for maps and sets. Not for show. */
export const cidKey = (cid: CidBytes): string => asBuffer(cid).toString('latin1')

export const isCborCid = (cid: Cid): boolean => cid.code === CBOR_CODEC

/** Whether `bytes` are a binary CID of the blessed form. */
export const isCidBytes = (bytes: Uint8Array): boolean =>
  bytes.length === CID_BYTES_LENGTH &&
  bytes[0] === VERSION &&
  (bytes[1] === CBOR_CODEC || bytes[1] === RAW_CODEC) &&
  bytes[2] === SHA_256 &&
  bytes[3] === DIGEST_LENGTH

/** Whether `bytes` hash to `cid`. */
export const cidHashes = (cid: CidBytes, bytes: Uint8Array): boolean =>
  Buffer.compare(cid.subarray(4), hash('sha256', bytes, 'buffer')) === 0

/** One character a byte: made in half the time a buffer takes. */
const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'binary')

const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function hashed(codec: number, bytes: Uint8Array): CidBytes {
  const cid = Buffer.allocUnsafe(CID_BYTES_LENGTH)
  cid[0] = VERSION
  cid[1] = codec
  cid[2] = SHA_256
  cid[3] = DIGEST_LENGTH
  cid.write(sha256(bytes), DIGEST_START, 'latin1')
  return cid
}
