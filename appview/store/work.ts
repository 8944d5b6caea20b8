// The contract of a store's work part: what sign-in keeps, jobs, notices, and the outbox of records to be published. Durable once a promise resolves.

import type { HookWork } from './hooks.ts'
import type { JobWork } from './jobs.ts'
import type { SignInWork } from './kept.ts'
import type { NoticeWork } from './notices.ts'

/** Who is signed in. */
export type Session = { readonly did: string; readonly handle: string; readonly expiresMs: number }

export type OutboxState = 'pending' | 'done' | 'failed'

/**
 * A record to be published under a key fixed beforehand, so that it can never be published twice. 'put' writes over what stands there, 'delete' takes it out.
 * `since`: the leaf of what was seen to stand under that key, and gives way; of a record under a fresh key none.
 */
export type Publication = {
  readonly repo: string
  readonly collection: string
  readonly rkey: string
  readonly verb: 'create' | 'put' | 'delete'
  readonly record: Readonly<Record<string, unknown>>
  readonly since?: number
}

export type OutboxRow = Publication & {
  readonly id: number
  readonly state: OutboxState
  readonly attempts: number
  readonly cid: string | null
  readonly error: string | null
}

/** What of a repo waits to be published: how many records, the ids of the first and the last, and how often the first was tried. */
export type Unsent = {
  readonly repo: string
  readonly count: number
  readonly first: number
  readonly last: number
  readonly attempts: number
}

export type Work = SignInWork &
  JobWork &
  NoticeWork &
  HookWork & {
    /** Rejects where a record waits to be created, or was created, under that key. */
    enqueue(row: Publication): Promise<number>
    /** In the order in which they were enqueued, which is that of each repo; of these repos none. What waits of a repo waits as one: its first is given first. */
    pending(except: readonly string[], limit: number): Promise<readonly OutboxRow[]>
    /** Counts an attempt. Nothing happens where it is pending no more: somebody else was at it, too. */
    settle(id: number, outcome: { readonly state: OutboxState; readonly cid: string | null; readonly error: string | null }): Promise<void>
    /** By repo; those without anything that waits are left out. */
    unsent(): Promise<readonly Unsent[]>
    /** Newest first. */
    outbox(repo: string, limit: number): Promise<readonly OutboxRow[]>
    /** Of every repo, pending or not, by their ids behind this one. */
    outboxFrom(after: number, limit: number): Promise<readonly OutboxRow[]>
    /** All that was ever to be published under one key, in its order. */
    outboxOf(key: Pick<Publication, 'repo' | 'collection' | 'rkey'>): Promise<readonly OutboxRow[]>
    /**
     * Yields at first, and soon after a record to be published or a job may have been added, by this process or another, until the signal aborts. It wakes and
     * proves nothing, and may miss something: who does them looks besides.
     */
    waiting(signal: AbortSignal): AsyncIterable<undefined>
  }
