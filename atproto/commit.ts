// A repository's commit: who, the root of the tree, the revision, and a signature over all of it. https://atproto.com/specs/repository#commit-objects
// Parsing checks the form, field by field, and that no other field stands beside them. Does not check the signature: verifyCommitSignature does.

import { asCid, cidForCbor, isCborCid } from './cid.ts'
import type { Cid } from './cid.ts'
import { decodeData, encodeData, InvalidData, parseDataMap } from './data-model.ts'
import type { Data, DataMap } from './data-model.ts'
import { parseDid } from './did.ts'
import type { Did } from './did.ts'
import { InvalidSyntax } from './invalid-syntax.ts'
import { verifySignature } from './keys.ts'
import type { Keypair } from './keys.ts'
import { parseTid } from './tid.ts'
import type { Tid } from './tid.ts'

export type UnsignedCommit = { readonly did: Did; readonly version: 3; readonly data: Cid; readonly rev: Tid; readonly prev: Cid | null }
export type Commit = UnsignedCommit & { readonly sig: Uint8Array }
export type SignedCommit = { readonly commit: Commit; readonly cid: Cid; readonly bytes: Uint8Array }

const VERSION = 3
const SIGNATURE_BYTES = 64
const FIELDS = 6

/** Bytes that are no commit. */
export class InvalidCommit extends Error {
  override readonly name = 'InvalidCommit'
}

/** A new commit over the tree with root `data`; `prev` is null, as in every version-3 commit. */
export function signCommit(content: { readonly did: Did; readonly data: Cid; readonly rev: Tid }, keypair: Keypair): SignedCommit {
  const { did, data, rev } = content
  const unsigned: UnsignedCommit = { did, version: VERSION, data, rev, prev: null }
  const commit: Commit = { ...unsigned, sig: keypair.sign(encodeData(unsigned)) }
  const bytes = encodeData(commit)
  return { commit, cid: cidForCbor(bytes), bytes }
}

/** Throws InvalidCommit. */
export function parseCommit(bytes: Uint8Array): Commit {
  try {
    return readCommit(parseDataMap(decodeData(bytes)))
  } catch (error) {
    if (error instanceof InvalidData || error instanceof InvalidSyntax) throw new InvalidCommit(error.message)
    throw error
  }
}

/** Whether the key of `didKey` signed this commit. */
export function verifyCommitSignature(commit: Commit, didKey: string): boolean {
  const { did, version, data, rev, prev, sig } = commit
  return verifySignature(didKey, encodeData({ did, version, data, rev, prev }), sig)
}

function readCommit(map: DataMap): Commit {
  const { version, prev, sig } = map
  if (version !== VERSION) throw new InvalidCommit('not of version 3')
  if (!(sig instanceof Uint8Array) || sig.length !== SIGNATURE_BYTES) throw new InvalidCommit('the signature is not 64 bytes')
  if (Object.keys(map).length !== FIELDS) throw new InvalidCommit('a field too many or too few')
  return {
    did: parseDid(map['did']),
    version,
    data: readLink(map['data']),
    rev: parseTid(map['rev']),
    prev: prev === null ? null : readLink(prev),
    sig,
  }
}

function readLink(value: Data | undefined): Cid {
  const cid = asCid(value)
  if (cid === undefined || !isCborCid(cid)) throw new InvalidCommit('a link to no block of CBOR')
  return cid
}
