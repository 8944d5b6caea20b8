// A #sync event, believed or not: it names the account's current commit and nothing else.
// Checks, in order: rev · CAR with just the commit · commit block · signature. Does not check what needs state (see verify-commit).

import type { BlockMap } from './block-map.ts'
import type { Cid } from './cid.ts'
import type { Commit } from './commit.ts'
import type { SyncEvent } from './event.ts'
import { SYNC_BLOCKS_MAX_BYTES } from './limits.ts'
import { checkCommitBlock, checkRev, readEventCar, refuse, verifySignatureOf } from './verify-commit-block.ts'
import type { Refused } from './verify-commit-block.ts'

export type VerifiedSync = {
  readonly ok: true
  readonly commit: Commit
  readonly commitCid: Cid
  readonly dataCid: Cid
  readonly blocks: BlockMap
}

/** Everything about one #sync that needs no state. */
export function verifySync(event: SyncEvent, didKey: string, nowMs: number): VerifiedSync | Refused {
  const verified = verifySyncStructure(event, nowMs)
  if (!verified.ok) return verified
  return verifySignatureOf(verified.commit, didKey) ?? verified
}

/** All but the signature. */
export function verifySyncStructure(event: SyncEvent, nowMs: number): VerifiedSync | Refused {
  const revRefusal = checkRev(event.rev, nowMs)
  if (revRefusal !== undefined) return revRefusal
  const car = readEventCar(event.blocks, { maxBytes: SYNC_BLOCKS_MAX_BYTES, maxBlocks: SYNC_MAX_BLOCKS })
  if (!car.ok) return car
  const head = checkCommitBlock(car, null, event.did, event.rev)
  if (!head.ok) return head
  if (head.blocks.size > 1) return refuse('commit.block-unexpected', `${head.blocks.size} blocks`)
  return { ok: true, commit: head.commit, commitCid: head.commitCid, dataCid: head.commit.data, blocks: head.blocks }
}

/** More than the one that is allowed, so that a second one is named for what it is. */
const SYNC_MAX_BLOCKS = 100
