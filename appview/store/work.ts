// The contract of a store's work part: who is signed in, and the outbox of records to be published. Durable once a promise resolves.

export type Session = {
  readonly id: string
  readonly did: string
  readonly handle: string
  readonly pds: string
  readonly accessJwt: string
  readonly refreshJwt: string
  readonly expiresMs: number
}

export type OutboxState = 'pending' | 'done' | 'failed'

/** A record to be published in the town's repo under a key fixed beforehand, so that it can never be published twice. */
export type OutboxRow = {
  readonly id: number
  readonly repo: string
  readonly collection: string
  readonly rkey: string
  readonly record: Readonly<Record<string, unknown>>
  readonly state: OutboxState
  readonly attempts: number
  readonly nextMs: number
  readonly cid: string | null
  readonly error: string | null
}

export type Work = {
  putSession(session: Session): Promise<void>
  session(id: string, nowMs: number): Promise<Session | null>
  dropSession(id: string): Promise<void>
  dropSessionsBefore(nowMs: number): Promise<number>
  enqueue(row: Pick<OutboxRow, 'repo' | 'collection' | 'rkey' | 'record'>): Promise<number>
  pending(nowMs: number, limit: number): Promise<readonly OutboxRow[]>
  settle(
    id: number,
    outcome: { readonly state: OutboxState; readonly nextMs: number; readonly cid: string | null; readonly error: string | null },
  ): Promise<void>
  outbox(repo: string, limit: number): Promise<readonly OutboxRow[]>
}
