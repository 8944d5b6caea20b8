// Undoing a commit's operations on the tree it names, which must give the tree it says stood before.
// https://atproto.com/specs/sync#commit-validation-mst-operation-inversion

import { cidBytes, sameCidBytes } from './cid.ts'
import type { CidBytes } from './cid.ts'
import type { RepoOp } from './event.ts'
import type { EventRefusal } from './event-refusals.ts'
import { putKey, removeKey } from './mst-edit.ts'
import type { Node } from './mst-node.ts'
import { findKey } from './mst-walk.ts'

/** `before` is the root of the tree without the operations. */
export type Inverted =
  | { readonly ok: true; readonly before: CidBytes }
  | { readonly ok: false; readonly reason: EventRefusal; readonly detail: string }

/**
 * Undoes `ops` from last to first on the tree under `root`, having checked that each says what the tree says. Each path once.
 * Throws MissingNode and InvalidTree where the tree, which may be partial, does not reach.
 */
export function invertOps(root: Node, ops: readonly RepoOp[]): Inverted {
  for (const op of ops) {
    const standing = findKey(root, op.path)
    if (op.cid === null ? standing !== undefined : standing === undefined) return refuse('commit.op-mismatch', op)
    if (op.cid !== null && standing !== undefined && !sameCidBytes(standing, cidBytes(op.cid))) return refuse('commit.cid-mismatch', op)
  }
  const before = ops.reduceRight(
    (after, { path, prev }) => (prev === null ? removeKey(after, path) : putKey(after, path, cidBytes(prev))),
    root,
  )
  return { ok: true, before: before.cid }
}

const refuse = (reason: EventRefusal, op: RepoOp): Inverted => ({ ok: false, reason, detail: `${op.action} ${op.path}` })
