// A #commit event, believed or not. One list of checks, each a refusal; the first that fails is the answer.
// Checks, in order: form of ops and rev · CAR · commit block · tree · ops against tree · records · inversion · nothing else in the CAR · signature.
// Does not check: whether the host speaks for the DID, whether the account is active, whether rev, since and prevData follow what
// we hold (these need state), nor what records mean.

import type { BlockMap } from './block-map.ts'
import type { Cid } from './cid.ts'
import type { Commit } from './commit.ts'
import type { CommitEvent, RepoOp } from './event.ts'
import { COMMIT_BLOCKS_MAX_BYTES, COMMIT_MAX_BLOCKS, COMMIT_MAX_OPS } from './limits.ts'
import { sameCid } from './cid.ts'
import { checkCommitBlock, checkRev, readEventCar, refuse, verifySignatureOf } from './verify-commit-block.ts'
import type { Refused } from './verify-commit-block.ts'
import { checkTree } from './verify-commit-tree.ts'

export type { Refused } from './verify-commit-block.ts'
export { verifySignatureOf } from './verify-commit-block.ts'

export type VerifiedCommit = {
  readonly ok: true
  readonly commit: Commit
  readonly commitCid: Cid
  readonly dataCid: Cid
  readonly blocks: BlockMap
}

/** Everything about one #commit that needs no state. `didKey` is the account's current signing key, `nowMs` civil time. */
export function verifyCommit(event: CommitEvent, didKey: string, nowMs: number): VerifiedCommit | Refused {
  const verified = verifyCommitStructure(event, nowMs)
  if (!verified.ok) return verified
  return verifySignatureOf(verified.commit, didKey) ?? verified
}

/** All but the signature, which `verifySignatureOf` checks (again, after a refreshed identity). */
export function verifyCommitStructure(event: CommitEvent, nowMs: number): VerifiedCommit | Refused {
  const formRefusal = checkForm(event) ?? checkRev(event.rev, nowMs)
  if (formRefusal !== undefined) return formRefusal
  const car = readEventCar(event.blocks, { maxBytes: COMMIT_BLOCKS_MAX_BYTES, maxBlocks: COMMIT_MAX_BLOCKS })
  if (!car.ok) return car
  const head = checkCommitBlock(car, event.commit, event.repo, event.rev)
  if (!head.ok) return head
  const treeRefusal = checkTree(event, head)
  if (treeRefusal !== undefined) return treeRefusal
  return { ok: true, commit: head.commit, commitCid: head.commitCid, dataCid: head.commit.data, blocks: head.blocks }
}

/** What the event says of itself. A first commit has neither since nor prevData. */
function checkForm(event: CommitEvent): Refused | undefined {
  if (event.ops.length > COMMIT_MAX_OPS) return refuse('commit.too-many-ops', `${event.ops.length} ops`)
  const paths = new Set<string>()
  for (const op of event.ops) {
    if (paths.has(op.path)) return refuse('commit.duplicate-path', op.path)
    paths.add(op.path)
  }
  for (const op of event.ops) {
    const refusal = checkOpForm(op)
    if (refusal !== undefined) return refusal
  }
  if (event.prevData === null && event.since !== null) return refuse('commit.prev-data-missing', `since ${event.since}`)
  if (event.since !== null && event.since >= event.rev) return refuse('commit.rev-order', `${event.rev} since ${event.since}`)
  return undefined
}

function checkOpForm(op: RepoOp): Refused | undefined {
  if ((op.action === 'delete') !== (op.cid === null)) return refuse('commit.op-form', `${op.action} ${op.path}`)
  if (op.action === 'create' && op.prev !== null) return refuse('commit.prev-unexpected', op.path)
  if (op.action !== 'create' && op.prev === null) return refuse('commit.prev-missing', `${op.action} ${op.path}`)
  if (op.cid !== null && op.prev !== null && sameCid(op.cid, op.prev)) return refuse('commit.op-unchanged', op.path)
  return undefined
}
