// A record and its place, as one host proves them: a CAR of the commit, the tree nodes on the way to the path, the record (com.atproto.sync.getRecord).
// Checks, in order: the CAR's form and the CID of every block, the commit's form, whose it is, its signature, the way through the tree, the record.
// Does not check whether the commit is the newest.

import { readCar, type CarLimits } from './car.ts'
import { cidBytes, cidFromBytes, type Cid } from './cid.ts'
import { parseCommit, verifyCommitSignature } from './commit.ts'
import type { Did } from './did.ts'
import { loadTree } from './mst.ts'
import type { RecordPath } from './record-path.ts'

/** Bytes that prove no such record. */
export class UnprovenRecord extends Error {
  override readonly name = 'UnprovenRecord'
}

export type ProofExpectation = { readonly did: Did; readonly path: RecordPath; readonly signingKey: string; readonly limits: CarLimits }

/** Throws UnprovenRecord. */
export function verifyRecordProof(car: Uint8Array, expected: ProofExpectation): { readonly cid: Cid; readonly bytes: Uint8Array } {
  try {
    return readProof(car, expected)
  } catch (error) {
    if (error instanceof UnprovenRecord) throw error
    throw new UnprovenRecord(error instanceof Error ? error.message : String(error))
  }
}

function readProof(car: Uint8Array, { did, path, signingKey, limits }: ProofExpectation) {
  const { roots, blocks } = readCar(car, limits)
  const [root] = roots
  const commitBytes = root && blocks.get(root)
  if (commitBytes === undefined) throw new UnprovenRecord('the CAR has no commit')
  const commit = parseCommit(commitBytes)
  if (commit.did !== did) throw new UnprovenRecord(`the commit is of ${commit.did}`)
  if (!verifyCommitSignature(commit, signingKey)) throw new UnprovenRecord('the commit is not signed with the key of its account')
  const found = loadTree((cid) => blocks.bytesOf(cid), cidBytes(commit.data)).get(path)
  if (found === undefined) throw new UnprovenRecord(`there is no ${path}`)
  const bytes = blocks.bytesOf(found)
  if (bytes === undefined) throw new UnprovenRecord('the record is not in the CAR')
  return { cid: cidFromBytes(found), bytes }
}
