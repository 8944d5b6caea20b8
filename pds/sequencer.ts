// Puts this PDS's events into its log: #identity, #account, #commit, #sync. Each call appends inside the caller's open transaction, so that
// an event exists exactly when what it tells of does; `published` after COMMIT lets followers see them.

import assert from 'node:assert/strict'
import { cidFromBytes } from '../atproto/cid.ts'
import { writeCar } from '../atproto/car.ts'
import { toDatetime } from '../atproto/datetime.ts'
import type { Did } from '../atproto/did.ts'
import { encodeEvent } from '../atproto/encode-event.ts'
import type { CommitEvent, RepoEvent } from '../atproto/event.ts'
import type { Handle } from '../atproto/handle.ts'
import type { Clock } from '../server/clock.ts'
import type { EventLog } from '../server/event-log.ts'
import type { Database } from '../server/sqlite.ts'
import { createHeads } from './repo/heads.ts'
import { createNodeStore } from './repo/node-store.ts'

/** A commit's event without what the log adds. */
export type CommitFacts = Omit<CommitEvent, 'kind' | 'seq' | 'time'>

export type Sequencer = {
  identity(did: Did, handle?: Handle): number
  /** `status` says why an account is not active. */
  account(did: Did, active: boolean, status?: string): number
  /** The empty first commit of a new repo, as its head stands: no ops, no since, no prevData. */
  commit(did: Did): number
  /** A commit that changed records. */
  write(facts: CommitFacts): number
  /** The head as it stands, for whoever lost the thread. */
  sync(did: Did): number
  /** After COMMIT (harmless after ROLLBACK). */
  published(): void
}
