// The events of com.atproto.sync.subscribeRepos, and the one door through which a decoded payload becomes one.
// What passes has every field of the right form and size; whether it is true is for verify-commit and verify-sync.

import { asCid } from './cid.ts'
import type { Cid } from './cid.ts'
import type { Data } from './data-model.ts'
import { parseDatetime } from './datetime.ts'
import { parseDid } from './did.ts'
import type { Did } from './did.ts'
import type { EventRefusal } from './event-refusals.ts'
import { parseHandle } from './handle.ts'
import type { Handle } from './handle.ts'
import { InvalidSyntax } from './invalid-syntax.ts'
import { COMMIT_BLOCKS_MAX_BYTES, COMMIT_MAX_OPS, EVENT_TEXT_MAX_LENGTH, SEQ_MAX, SYNC_BLOCKS_MAX_BYTES } from './limits.ts'
import { parseRecordPath } from './record-path.ts'
import type { RecordPath } from './record-path.ts'
import { parseTid } from './tid.ts'
import type { Tid } from './tid.ts'

export type OpAction = 'create' | 'update' | 'delete'

/** One change of one path. `cid` is what stands there now (null: nothing), `prev` what stood there before (null: nothing said). */
export type RepoOp = { readonly action: OpAction; readonly path: RecordPath; readonly cid: Cid | null; readonly prev: Cid | null }

export type CommitEvent = {
  readonly kind: 'commit'
  readonly seq: number
  readonly repo: Did
  /** The sender's claim, as sent. */
  readonly time: string
  readonly rev: Tid
  readonly since: Tid | null
  readonly commit: Cid
  /** A CAR whose root is `commit`. */
  readonly blocks: Uint8Array
  readonly ops: readonly RepoOp[]
  /** Root of the tree before the ops; null when the event does not say. */
  readonly prevData: Cid | null
}
/** `blocks` is a CAR with just the commit. */
export type SyncEvent = {
  readonly kind: 'sync'
  readonly seq: number
  readonly did: Did
  readonly time: string
  readonly rev: Tid
  readonly blocks: Uint8Array
}
export type IdentityEvent = {
  readonly kind: 'identity'
  readonly seq: number
  readonly did: Did
  readonly time: string
  readonly handle?: Handle
}
export type AccountEvent = {
  readonly kind: 'account'
  readonly seq: number
  readonly did: Did
  readonly time: string
  readonly active: boolean
  readonly status?: string
}
export type InfoEvent = { readonly kind: 'info'; readonly name: string; readonly message?: string }
export type UnknownEvent = { readonly kind: 'unknown'; readonly t: string }

/** What stands in a log: every event with a seq. */
export type RepoEvent = CommitEvent | SyncEvent | IdentityEvent | AccountEvent
export type Event = RepoEvent | InfoEvent

/** A payload that is no event. `code` says under which refusal it is counted, `message` which field is wrong. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent'
  readonly code: EventRefusal
  constructor(code: EventRefusal, detail: string) {
    super(detail)
    this.code = code
  }
}

/** The DID an event is about. */
export const didOf = (event: RepoEvent): Did => (event.kind === 'commit' ? event.repo : event.did)

/**
 * Payload of a message frame → event. Unknown fields are dropped, an unknown `t` gives kind 'unknown'.
 * Throws InvalidEvent.
 */
export function parseEvent(t: string, payload: Data): Event | UnknownEvent {
  try {
    switch (t) {
      case '#commit':
        return parseCommitEvent(fieldsOf(payload))
      case '#sync':
        return parseSyncEvent(fieldsOf(payload))
      case '#identity':
        return parseIdentityEvent(fieldsOf(payload))
      case '#account':
        return parseAccountEvent(fieldsOf(payload))
      case '#info':
        return parseInfoEvent(fieldsOf(payload))
      default:
        return { kind: 'unknown', t }
    }
  } catch (error) {
    if (error instanceof InvalidSyntax) throw new InvalidEvent('event.malformed', `${t}: ${error.message}`)
    throw error
  }
}

type Fields = { readonly [name: string]: unknown }

function parseCommitEvent(fields: Fields): CommitEvent {
  if (fields['tooBig'] === true || fields['rebase'] === true) throw new InvalidEvent('commit.too-big', 'tooBig or rebase is true')
  const ops = fields['ops']
  if (!Array.isArray(ops)) throw malformed('ops')
  if (ops.length > COMMIT_MAX_OPS) throw new InvalidEvent('commit.too-many-ops', `${ops.length} ops`)
  return {
    kind: 'commit',
    seq: seqOf(fields),
    repo: parseDid(fields['repo']),
    time: timeOf(fields),
    rev: parseTid(fields['rev']),
    since: isAbsent(fields['since']) ? null : parseTid(fields['since']),
    commit: cidOf(fields['commit'], 'commit'),
    blocks: blocksOf(fields, COMMIT_BLOCKS_MAX_BYTES),
    ops: ops.map(parseOp),
    prevData: isAbsent(fields['prevData']) ? null : cidOf(fields['prevData'], 'prevData'),
  }
}

function parseOp(value: unknown): RepoOp {
  const fields = fieldsOf(value)
  const action = fields['action']
  if (action !== 'create' && action !== 'update' && action !== 'delete') throw malformed('ops.action')
  return {
    action,
    path: parseRecordPath(fields['path']),
    cid: isAbsent(fields['cid']) ? null : cidOf(fields['cid'], 'ops.cid'),
    prev: isAbsent(fields['prev']) ? null : cidOf(fields['prev'], 'ops.prev'),
  }
}

function parseSyncEvent(fields: Fields): SyncEvent {
  return {
    kind: 'sync',
    seq: seqOf(fields),
    did: parseDid(fields['did']),
    time: timeOf(fields),
    rev: parseTid(fields['rev']),
    blocks: blocksOf(fields, SYNC_BLOCKS_MAX_BYTES),
  }
}

function parseIdentityEvent(fields: Fields): IdentityEvent {
  const event = { kind: 'identity', seq: seqOf(fields), did: parseDid(fields['did']), time: timeOf(fields) } as const
  return isAbsent(fields['handle']) ? event : { ...event, handle: parseHandle(fields['handle']) }
}

function parseAccountEvent(fields: Fields): AccountEvent {
  const active = fields['active']
  if (typeof active !== 'boolean') throw malformed('active')
  const event = { kind: 'account', seq: seqOf(fields), did: parseDid(fields['did']), time: timeOf(fields), active } as const
  return isAbsent(fields['status']) ? event : { ...event, status: textOf(fields['status'], 'status') }
}

function parseInfoEvent(fields: Fields): InfoEvent {
  const event = { kind: 'info', name: textOf(fields['name'], 'name') } as const
  return isAbsent(fields['message']) ? event : { ...event, message: textOf(fields['message'], 'message') }
}

const malformed = (field: string): InvalidEvent => new InvalidEvent('event.malformed', `${field} is missing or has the wrong form`)

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) throw malformed('the payload')
  return value as Fields
}

function seqOf(fields: Fields): number {
  const seq = fields['seq']
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1 || seq > SEQ_MAX) throw malformed('seq')
  return seq
}

function timeOf(fields: Fields): string {
  return parseDatetime(fields['time'])
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > EVENT_TEXT_MAX_LENGTH) throw malformed(field)
  return value
}

function cidOf(value: unknown, field: string): Cid {
  const cid = asCid(value)
  if (cid === undefined) throw malformed(field)
  return cid
}

function blocksOf(fields: Fields, maxBytes: number): Uint8Array {
  const blocks = fields['blocks']
  if (!(blocks instanceof Uint8Array)) throw malformed('blocks')
  if (blocks.length > maxBytes) throw new InvalidEvent('commit.blocks-too-large', `${blocks.length} bytes`)
  return blocks
}
