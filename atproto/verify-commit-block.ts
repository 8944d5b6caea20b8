// The part that #commit and #sync share: the CAR is whole, its one root is the commit block, and that block says
// the same account and rev as the event around it.

import type { BlockMap } from './block-map.ts'
import { InvalidCar, readCar } from './car.ts'
import { sameCid } from './cid.ts'
import type { Cid } from './cid.ts'
import { InvalidCommit, parseCommit, verifyCommitSignature } from './commit.ts'
import type { Commit } from './commit.ts'
import type { Did } from './did.ts'
import type { EventRefusal } from './event-refusals.ts'
import { REV_FUTURE_TOLERANCE_MS } from './limits.ts'
import { microsOfTid } from './tid.ts'
import type { Tid } from './tid.ts'

/** `reason` is a code of event-refusals, `detail` what in this event it is about. */
export type Refused = { readonly ok: false; readonly reason: EventRefusal; readonly detail: string }
export type EventCar = { readonly ok: true; readonly root: Cid; readonly blocks: BlockMap }
export type CommitBlock = { readonly ok: true; readonly commit: Commit; readonly commitCid: Cid; readonly blocks: BlockMap }

export const refuse = (reason: EventRefusal, detail: string): Refused => ({ ok: false, reason, detail })

/** The rev may lie five minutes ahead of `nowMs`, civil time. */
export function checkRev(rev: Tid, nowMs: number): Refused | undefined {
  const aheadMs = microsOfTid(rev) / 1000 - nowMs
  return aheadMs > REV_FUTURE_TOLERANCE_MS ? refuse('commit.rev-future', `${Math.round(aheadMs)} ms ahead`) : undefined
}

/** CAR bytes → blocks, each hashing to its CID, and the one root. */
export function readEventCar(bytes: Uint8Array, limits: { readonly maxBytes: number; readonly maxBlocks: number }): EventCar | Refused {
  if (bytes.length > limits.maxBytes) return refuse('commit.blocks-too-large', `${bytes.length} bytes`)
  try {
    const { roots, blocks } = readCar(bytes, limits)
    const [root] = roots
    if (root === undefined || roots.length > 1) return refuse('commit.root-mismatch', `${roots.length} roots`)
    return { ok: true, root, blocks }
  } catch (error) {
    if (!(error instanceof InvalidCar)) throw error
    return refuse(error.reason === 'hash' ? 'commit.block-hash' : 'commit.car-malformed', error.message)
  }
}

/** The block at the CAR's root, as the commit of `did` at `rev`. `commitCid` is what the event calls it; null when it does not. */
export function checkCommitBlock(car: EventCar, commitCid: Cid | null, did: Did, rev: Tid): CommitBlock | Refused {
  if (commitCid !== null && !sameCid(car.root, commitCid)) return refuse('commit.root-mismatch', 'another root')
  const bytes = car.blocks.get(car.root)
  if (bytes === undefined) return refuse('commit.block-missing', 'the commit')
  let commit: Commit
  try {
    commit = parseCommit(bytes)
  } catch (error) {
    if (!(error instanceof InvalidCommit)) throw error
    return refuse('commit.malformed', error.message)
  }
  if (commit.did !== did) return refuse('commit.did-mismatch', commit.did)
  if (commit.rev !== rev) return refuse('commit.rev-mismatch', commit.rev)
  return { ok: true, commit, commitCid: car.root, blocks: car.blocks }
}

/** The signature alone; undefined when it verifies with `didKey`. */
export function verifySignatureOf(commit: Commit, didKey: string): Refused | undefined {
  return verifyCommitSignature(commit, didKey) ? undefined : refuse('commit.signature', `not by ${didKey}`)
}
