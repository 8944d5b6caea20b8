// The contract of a store's work part: what sign-in keeps, jobs, notices, and the outbox of records to be published. Durable once a promise resolves.

import type { HookWork } from './hooks.ts'
import type { JobWork } from './jobs.ts'
import type { SignInWork } from './kept.ts'
import type { NoticeWork } from './notices.ts'

/** Who is signed in. */
export type Session = { readonly did: string; readonly handle: string; readonly expiresMs: number }

export type OutboxState = 'pending' | 'done' | 'failed'

/** A record to be published under a key fixed beforehand, so that it can never be published twice. 'put' writes over what stands there, 'delete' takes it out. */
export type Publication = {
  readonly repo: string
  readonly collection: string
  readonly rkey: string
  readonly verb: 'create' | 'put' | 'delete'
  readonly record: Readonly<Record<string, unknown>>
}

export type OutboxRow = Publication & {
  readonly id: number
  readonly state: OutboxState
  readonly attempts: number
  readonly nextMs: number
  readonly cid: string | null
  readonly error: string | null
}

export type Work = SignInWork &
  JobWork &
  NoticeWork &
  HookWork & {
    /** Rejects where a record waits to be created, or was created, under that key. */
    enqueue(row: Publication): Promise<number>
    pending(nowMs: number, limit: number): Promise<readonly OutboxRow[]>
    settle(
      id: number,
      outcome: { readonly state: OutboxState; readonly nextMs: number; readonly cid: string | null; readonly error: string | null },
    ): Promise<void>
    outbox(repo: string, limit: number): Promise<readonly OutboxRow[]>
    /**
     * Yields at first, and soon after a record to be published or a job may have been added, by this process or another, until the signal aborts. It wakes and
     * proves nothing, and may miss something: who does them looks besides.
     */
    waiting(signal: AbortSignal): AsyncIterable<undefined>
  }
