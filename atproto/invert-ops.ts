// Undoing a commit's operations on the tree it names, which must give the tree it says stood before.
// https://atproto.com/specs/sync#commit-validation-mst-operation-inversion

import { cidBytes, sameCidBytes } from './cid.ts'
import type { RepoOp } from './event.ts'
import type { EventRefusal } from './event-refusals.ts'
import type { Tree } from './mst.ts'

export type Inverted =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly reason: EventRefusal; readonly detail: string }

/**
 * Undoes `ops` from last to first on `tree`, having checked that each says what the tree says.
 * Each path once. Reads through the tree's source, whose throws pass through.
 */
export function invertOps(tree: Tree, ops: readonly RepoOp[]): Inverted {
  for (const op of ops) {
    const standing = tree.get(op.path)
    if (op.cid === null ? standing !== undefined : standing === undefined) return refuse('commit.op-mismatch', op)
    if (op.cid !== null && standing !== undefined && !sameCidBytes(standing, cidBytes(op.cid))) return refuse('commit.cid-mismatch', op)
  }
  const before = ops.reduceRight((after, op) => (op.prev === null ? after.remove(op.path) : after.put(op.path, cidBytes(op.prev))), tree)
  return { ok: true, tree: before }
}

const refuse = (reason: EventRefusal, op: RepoOp): Inverted => ({ ok: false, reason, detail: `${op.action} ${op.path}` })
