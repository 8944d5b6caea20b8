// Puts this PDS's events into its log: #identity, #account, #commit, #sync. Each call appends inside the caller's open transaction, so that
// an event exists exactly when what it tells of does; `published` after COMMIT lets followers see them.

import assert from 'node:assert/strict'
import { cidFromBytes, sameCidBytes } from '../atproto/cid.ts'
import { writeCar } from '../atproto/car.ts'
import type { Block } from '../atproto/car.ts'
import { toDatetime } from '../atproto/datetime.ts'
import type { Did } from '../atproto/did.ts'
import { encodeEvent } from '../atproto/encode-event.ts'
import type { CommitEvent, RepoEvent } from '../atproto/event.ts'
import type { Handle } from '../atproto/handle.ts'
import { emptyTree } from '../atproto/mst.ts'
import type { Clock } from '../server/clock.ts'
import type { EventLog } from '../server/event-log.ts'
import type { Database } from '../server/sqlite.ts'
import { createHeads } from './repo/heads.ts'
import type { Head } from './repo/heads.ts'

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
  /** What was told of an account before this seq goes. */
  forget(did: Did, before: number): void
  /** After COMMIT (harmless after ROLLBACK). */
  published(): void
}

export const createSequencer = ({ db, events, clock }: { db: Database; events: EventLog; clock: Clock }): Sequencer => {
  const heads = createHeads(db)
  const headOf = (did: Did): Head => {
    const head = heads.get(did)
    assert(head !== undefined, `the repo of ${did} is here`)
    return head
  }
  const append = (kind: RepoEvent['kind'], did: Did, make: (seq: number, time: string) => RepoEvent): number => {
    const timeMs = clock.civilMs()
    return events.append(kind, did, timeMs, (seq) => encodeEvent(make(seq, toDatetime(timeMs))).frame)
  }
  const write = (facts: CommitFacts): number => append('commit', facts.repo, (seq, time) => ({ kind: 'commit', seq, time, ...facts }))
  return {
    identity: (did, handle) => append('identity', did, (seq, time) => ({ kind: 'identity', seq, did, time, ...(handle && { handle }) })),
    account: (did, active, status) =>
      append('account', did, (seq, time) => ({ kind: 'account', seq, did, time, active, ...(status !== undefined && { status }) })),
    commit: (did) => write(firstCommit(headOf(did))),
    write,
    sync(did) {
      const head = headOf(did)
      const block = commitBlock(head)
      return append('sync', did, (seq, time) => ({ kind: 'sync', seq, did, time, rev: head.rev, blocks: writeCar(block.cid, [block]) }))
    },
    forget: (did, before) => events.forget(did, before),
    published: () => events.published(),
  }
}

const commitBlock = (head: Head): Block => ({ cid: cidFromBytes(head.commitCid), bytes: head.commitBytes })

const firstCommit = (head: Head): CommitFacts => {
  const tree = emptyTree()
  assert(sameCidBytes(head.dataCid, tree.root()), 'a first commit is empty')
  const commit = commitBlock(head)
  const nodes = [...tree.nodes()].map(({ cid, bytes }) => ({ cid: cidFromBytes(cid), bytes }))
  const blocks = writeCar(commit.cid, [commit, ...nodes])
  return { repo: head.did, rev: head.rev, since: null, commit: commit.cid, blocks, ops: [], prevData: null }
}
