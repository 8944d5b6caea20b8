// One leaf's rows against their proof: the CAR hashes to itself, its commit is signed, its tree says of each row what the row says, and what the row
// holds is the record's block. Where a record has been deleted, its residue is held against the tree only, as far as that is still there.

import { isDeepStrictEqual } from 'node:util'
import type { BlockMap } from '../../atproto/block-map.ts'
import { readCar } from '../../atproto/car.ts'
import { cidFromBytes, parseCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { parseCommit, verifyCommitSignature } from '../../atproto/commit.ts'
import type { Commit } from '../../atproto/commit.ts'
import { dataToJson, decodeData } from '../../atproto/data-model.ts'
import { loadTree } from '../../atproto/mst.ts'
import type { Tree } from '../../atproto/mst.ts'
import { isRecordPath } from '../../atproto/record-path.ts'
import { REPO_MAX_BLOCKS, REPO_MAX_BYTES } from '../follow/limits.ts'
import type { IntakeRow } from '../journal/model.ts'
import type { Proof } from '../store/store.ts'
import type { DirectoryBeside } from './beside.ts'
import type { Found } from './found.ts'

/** A proof that can be read. The tree is partial: it reaches the paths of its rows. */
export type Proven = { readonly commit: Commit; readonly commitCid: Cid; readonly tree: Tree; readonly blocks: BlockMap }

/** Rows that a proof can speak of. */
export const provable = (rows: readonly IntakeRow[]): readonly IntakeRow[] => rows.filter(({ collection }) => collection !== '')

/** Says what is wrong with the rows of one leaf; gives their proof, null where there is none or nothing can be read from it. */
export const auditProof = (
  rows: readonly IntakeRow[],
  proof: Proof | null,
  directory: DirectoryBeside | undefined,
  found: Found,
): Proven | null => {
  const [first] = provable(rows)
  if (first === undefined) return null
  const where = `leaf ${first.leaf}`
  if (proof === null) {
    if (provable(rows).some((row) => row.residue === undefined)) found.say(where, 'its rows have no proof')
    return null
  }
  found.count('proofs')
  try {
    const proven = readProof(proof)
    if (!verifyCommitSignature(proven.commit, proof.didKey)) found.say(where, 'the signature of its commit does not verify')
    if (proof.repo !== proven.commit.did) found.say(where, 'its proof is filed under another repo')
    auditKey(where, proof, directory, found)
    for (const row of provable(rows)) auditRow(row, proven, found)
    return proven
  } catch (error) {
    found.say(where, `its proof cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

const readProof = (proof: Proof): Proven => {
  const { roots, blocks } = readCar(proof.car, { maxBytes: REPO_MAX_BYTES, maxBlocks: REPO_MAX_BLOCKS })
  const commitCid = roots[0]
  const bytes = commitCid === undefined ? undefined : blocks.get(commitCid)
  if (commitCid === undefined || bytes === undefined) throw new Error('it holds no commit')
  const commit = parseCommit(bytes)
  return { commit, commitCid, tree: loadTree((cid) => blocks.bytesOf(cid), commit.data.bytes), blocks }
}

const auditRow = (row: IntakeRow, { commit, tree, blocks }: Proven, found: Found): void => {
  const where = `leaf ${row.leaf} op ${row.op}`
  if (commit.did !== row.repo) return found.say(where, 'its commit is of another repo')
  if (row.residue === 'withdrawn') return
  const path = `${row.collection}/${row.rkey}`
  if (row.uri !== `at://${row.repo}/${path}`) found.say(where, 'its uri is not that of its record')
  const there = isRecordPath(path) ? tree.get(path) : undefined
  const cid = there === undefined ? null : cidFromBytes(there).toString()
  if (cid !== row.cid) return found.say(where, 'its commit says another thing of this record')
  if ((row.action === 'delete') !== (row.cid === null)) found.say(where, `its action is ${row.action}, its commit says otherwise`)
  if (row.residue !== undefined) return
  if (row.cid === null) {
    if (row.value !== null) found.say(where, 'a deleted record holds something')
    return
  }
  const block = blocks.get(parseCid(row.cid))
  if (block === undefined) found.say(where, 'its proof lacks the record')
  else if (!isDeepStrictEqual(dataToJson(decodeData(block)), row.value))
    found.say(where, 'what it holds is not the record its commit names')
}

/** Of each key: that the evidence has a form, and, where the directory is there, that it names the key for this DID. */
const auditKey = (where: string, { repo, didKey, evidence }: Proof, directory: DirectoryBeside | undefined, found: Found): void => {
  const named = parseEvidence(JSON.parse(evidence))
  if (named === undefined) return found.say(where, 'where its key comes from is not said')
  if (directory === undefined || named === null || named.kind !== 'plc') return
  const operations = directory.keysOf(repo)
  if (!operations.some(({ operationCid }) => operationCid === named.of)) found.say(where, 'the directory has no such operation of this DID')
  if (!operations.some((operation) => operation.didKey === didKey)) found.say(where, 'the directory never named its key for this DID')
}

const SHA256_HEX = /^[0-9a-f]{64}$/

/** null: whoever wrote it got no answer from the directory; undefined: no evidence at all. */
const parseEvidence = (value: unknown): { readonly kind: 'plc' | 'web'; readonly of: string } | null | undefined => {
  if (value === null) return null
  const { kind, operationCid, sha256 } = value as { kind?: unknown; operationCid?: unknown; sha256?: unknown }
  if (kind === 'plc' && typeof operationCid === 'string') return { kind, of: parseCid(operationCid).toString() }
  return kind === 'web' && typeof sha256 === 'string' && SHA256_HEX.test(sha256) ? { kind, of: sha256 } : undefined
}
