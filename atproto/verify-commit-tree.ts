// The tree of one commit: what its CAR shows of it is a proper tree, the ops say what it says, undoing them gives the
// tree before, each op's record is there, and nothing else is. Only nodes in the CAR are read; the rest is known by CID.

import type { BlockMap } from './block-map.ts'
import { cidBytes, cidKey, isCborCid, sameCidBytes } from './cid.ts'
import type { CidBytes } from './cid.ts'
import { decodeData, InvalidData, parseDataMap } from './data-model.ts'
import type { CommitEvent } from './event.ts'
import { invertOps } from './invert-ops.ts'
import { InvalidTree, MissingNode } from './invalid-tree.ts'
import { RECORD_MAX_BYTES } from './limits.ts'
import { emptyTree } from './mst.ts'
import { refuse } from './verify-commit-block.ts'
import type { CommitBlock, Refused } from './verify-commit-block.ts'
import { walkPartialTree } from './walk-partial-tree.ts'

/** Undefined when the event's ops, prevData and blocks hold together with the commit's tree. */
export function checkTree(event: CommitEvent, head: CommitBlock): Refused | undefined {
  const { blocks, commit } = head
  const root = cidBytes(commit.data)
  // A commit that changes nothing, such as one signed anew by another key, has no need to show its tree.
  if (event.ops.length === 0 && blocks.bytesOf(root) === undefined) return checkBefore(event, root) ?? checkNothingElse(head, new Set())
  try {
    const tree = walkPartialTree(root, (cid) => blocks.bytesOf(cid))
    const inverted = invertOps(tree.root, event.ops)
    if (!inverted.ok) return inverted
    return checkRecords(event, blocks, tree.reached) ?? checkBefore(event, inverted.before) ?? checkNothingElse(head, tree.reached)
  } catch (error) {
    if (error instanceof MissingNode) return refuse('commit.block-missing', error.message)
    if (error instanceof InvalidTree) return refuse('commit.tree-malformed', error.message)
    throw error
  }
}

/** Each op that leaves a record has its block. Adds the records to `reached`. */
function checkRecords(event: CommitEvent, blocks: BlockMap, reached: Set<string>): Refused | undefined {
  for (const { cid, path } of event.ops) {
    if (cid === null) continue
    const bytes = blocks.get(cid)
    if (bytes === undefined) return refuse('commit.block-missing', `record ${path}`)
    if (bytes.length > RECORD_MAX_BYTES) return refuse('commit.record-too-large', `${path}: ${bytes.length} bytes`)
    if (!isCborCid(cid) || !isRecord(bytes)) return refuse('commit.record-malformed', path)
    reached.add(cidKey(cidBytes(cid)))
  }
  return undefined
}

function isRecord(bytes: Uint8Array): boolean {
  try {
    parseDataMap(decodeData(bytes))
    return true
  } catch (error) {
    if (error instanceof InvalidData) return false
    throw error
  }
}

const EMPTY_ROOT = emptyTree().root()

/** A first commit says no prevData: before it there was the empty tree. */
function checkBefore(event: CommitEvent, before: CidBytes): Refused | undefined {
  const expected = event.prevData === null ? EMPTY_ROOT : cidBytes(event.prevData)
  return sameCidBytes(before, expected)
    ? undefined
    : refuse('commit.inversion', event.prevData === null ? 'not a first commit' : 'another tree')
}

function checkNothingElse(head: CommitBlock, reached: Set<string>): Refused | undefined {
  reached.add(cidKey(cidBytes(head.commitCid)))
  if (reached.size === head.blocks.size) return undefined
  return refuse('commit.block-unexpected', `${head.blocks.size - reached.size} blocks`)
}
