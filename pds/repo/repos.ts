// The repositories of this PDS: begun, written to, signed anew, removed, read. The parts (queue, tree nodes, records) are wired here and nowhere else.
// A write is answered when it is durable: its records, tree, head and event row are in one committed transaction.

import type { Cid } from '../../atproto/cid.ts'
import type { Did } from '../../atproto/did.ts'
import type { Keypair } from '../../atproto/keys.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Sequencer } from '../sequencer.ts'
import type { Head } from './heads.ts'
import type { Write, WriteOutcome } from './write.ts'

export type Signed = { readonly commitCid: Cid; readonly rev: Tid }

export type RepoDeps = {
  readonly db: Database
  readonly sequencer: Sequencer
  readonly clock: Clock
  /** The repo's signing key, without waiting. */
  keyOf(did: Did): Keypair
  isActive(did: Did): boolean
  readonly nodeCacheBytes?: number
}

export type Repos = {
  /** A new repo with an empty first commit, inside the caller's transaction; appends no event. */
  init(did: Did, keypair: Keypair): Signed
  /** The same data signed anew, inside the caller's transaction; appends no event. */
  resign(did: Did, keypair: Keypair): Signed
  /** Everything of this repo but its blob files, inside the caller's transaction. */
  remove(did: Did): void
  head(did: string): Head | undefined
  /** All of these or none, as one commit; the answer comes when it is durable. `swapCommit`: the head that must stand. */
  write(did: Did, writes: readonly Write[], options?: { readonly swapCommit?: Cid }): Promise<WriteOutcome>
  /** A fresh TID for a record key, greater than any given before by this process. */
  nextTid(): Tid
}
