// The operations the directory holds: take one, tell a DID's log, tell all. An operation that was taken is durable when `take` returns, and what
// it undoes is undone in the same transaction.

import assert from 'node:assert/strict'
import type { Did } from '../atproto/did.ts'
import { parseDid } from '../atproto/did.ts'
import { CHAIN_REFUSALS, decideNext } from '../atproto/plc-chain.ts'
import type { ChainRefusal, PlcEntry } from '../atproto/plc-chain.ts'
import { cidOfOperation, parseAnyOperation } from '../atproto/plc-operation.ts'
import type { AnyOperation } from '../atproto/plc-operation.ts'
import type { Clock } from '../server/clock.ts'
import type { Database } from '../server/sqlite.ts'
import { whatIsWrong } from './admission.ts'
import { RATE_LIMITS } from './limits.ts'

export type Entry = PlcEntry & { readonly seq: number; readonly did: Did }

/** `status` is the HTTP status the door answers. */
export type TakeRefusal = {
  readonly ok: false
  readonly status: 400 | 410 | 429
  readonly reason: ChainRefusal | 'operation.limits' | 'operation.rate'
  readonly message: string
}
export type TakeAnswer = { readonly ok: true } | TakeRefusal

export interface Operations {
  /** Takes an operation for this DID; one that is the newest already is taken again without effect. */
  take(did: Did, operation: AnyOperation): TakeAnswer
  /** All entries of a DID in the order they were taken; empty when it is unknown. */
  logOf(did: Did): readonly Entry[]
  /** Entries of all DIDs with seq > after (or later than the instant), oldest first. */
  export(after: { readonly seq: number } | { readonly instantMs: number }, count: number): readonly Entry[]
}

type Row = {
  readonly seq: number
  readonly did: string
  readonly cid: string
  readonly created_ms: number
  readonly nullified: number
  readonly operation: string
}

export const createOperations = (db: Database, clock: Clock): Operations => {
  const columns = 'SELECT seq, did, cid, created_ms, nullified, operation FROM operation'
  const ofDid = db.prepare(`${columns} WHERE did = ? ORDER BY seq`)
  const afterSeq = db.prepare(`${columns} WHERE seq > ? ORDER BY seq LIMIT ?`)
  const afterInstant = db.prepare(`${columns} WHERE created_ms > ? ORDER BY seq LIMIT ?`)
  const newestMs = db.prepare('SELECT coalesce(max(created_ms), 0) FROM operation').pluck()
  const insert = db.prepare('INSERT INTO operation (did, cid, created_ms, operation) VALUES (?, ?, ?, ?)')
  const nullify = db.prepare('UPDATE operation SET nullified = 1 WHERE did = ? AND cid = ?')

  const logOf = (did: Did): Entry[] => ofDid.all(did).map((row) => entryOf(parseRow(row)))

  const take = (did: Did, operation: AnyOperation): TakeAnswer => {
    const entries = logOf(did)
    const cid = cidOfOperation(operation).toString()
    if (entries.findLast((entry) => !entry.nullified)?.cid === cid) return { ok: true }
    const wrong = whatIsWrong(operation)
    if (wrong !== undefined) return { ok: false, status: 400, reason: 'operation.limits', message: wrong }
    // Times in the log never decrease, whatever the clock does between two starts.
    const nowMs = Math.max(clock.civilMs(), Number(newestMs.get()))
    const exceeded = exceededRate(entries, nowMs)
    if (exceeded !== undefined)
      return { ok: false, status: 429, reason: 'operation.rate', message: `This DID has made too many operations: ${exceeded}` }
    const answer = decideNext(did, entries, operation, nowMs)
    if (!answer.ok)
      return {
        ok: false,
        status: answer.reason === 'operation.tombstoned' ? 410 : 400,
        reason: answer.reason,
        message: CHAIN_REFUSALS[answer.reason],
      }
    if (entries.some((entry) => entry.cid === cid))
      return { ok: false, status: 400, reason: 'operation.prev-unknown', message: 'This operation has been undone' }
    insert.run(did, cid, nowMs, JSON.stringify(operation))
    for (const undone of answer.undone) assert.equal(nullify.run(did, undone).changes, 1)
    return answer
  }

  return {
    take: (did, operation) => db.transaction(take).immediate(did, operation),
    logOf,
    export: (after, count) =>
      ('seq' in after ? afterSeq.all(after.seq, count) : afterInstant.all(after.instantMs, count)).map((row) => entryOf(parseRow(row))),
  }
}

const exceededRate = (entries: readonly Entry[], nowMs: number): string | undefined =>
  RATE_LIMITS.find(({ count, withinMs }) => entries.filter((entry) => entry.createdAtMs > nowMs - withinMs).length >= count)?.text

const parseRow = (row: unknown): Row => row as Row

const entryOf = (row: Row): Entry => ({
  seq: row.seq,
  did: parseDid(row.did),
  cid: row.cid,
  createdAtMs: row.created_ms,
  nullified: row.nullified === 1,
  operation: parseAnyOperation(JSON.parse(row.operation)),
})
