// Which operation may follow which in a did:plc log, with recovery: within 72 hours a more powerful rotation key may undo what a weaker one signed.
// Checks, in order: the first operation founds this DID and is signed by its own keys; prev stands and is not undone; nothing follows a tombstone;
// the signature; the recovering key is more powerful; the 72 hours. Does not check sizes and counts: a directory does, when it takes an operation.

import type { AnyOperation } from './plc-operation.ts'
import { cidOfOperation, didOfGenesis, rotationKeysOf, signerOf } from './plc-operation.ts'
import type { Did } from './did.ts'

/** One line of a DID's log. `createdAtMs` is when the directory took it. */
export type PlcEntry = { readonly operation: AnyOperation; readonly cid: string; readonly createdAtMs: number; readonly nullified: boolean }

/** Why an operation does not follow, in order of precedence. */
export const CHAIN_REFUSALS = {
  'operation.genesis-expected': 'The first operation must be a create: prev must be null',
  'operation.did-mismatch': 'The first operation does not found this DID',
  'operation.legacy-form': 'The legacy form is taken as a first operation only',
  'operation.prev-unknown': 'prev names no operation of this DID that stands',
  'operation.tombstoned': 'The DID has ended',
  'operation.signature': 'The signature is not one of a rotation key',
  'operation.key-too-weak': 'Only a key more powerful than the one that signed may undo an operation',
  'operation.too-late': 'An operation can be undone within 72 hours only',
} as const

export type ChainRefusal = keyof typeof CHAIN_REFUSALS
/** `undone`: CIDs that the operation nullifies, oldest first. */
export type ChainAnswer = { readonly ok: true; readonly undone: readonly string[] } | { readonly ok: false; readonly reason: ChainRefusal }

export const RECOVERY_WINDOW_MS = 72 * 3_600_000

/** Whether `operation`, taken at `nowMs`, may follow in the log of `did` whose entries (all of them, in the order they were taken) are given. */
export const decideNext = (did: Did, entries: readonly PlcEntry[], operation: AnyOperation, nowMs: number): ChainAnswer => {
  const standing = entries.filter((entry) => !entry.nullified)
  if (standing.length === 0) return decideGenesis(did, operation)
  if (operation.type === 'create') return refuse('operation.legacy-form')
  const at = standing.findIndex((entry) => entry.cid === operation.prev)
  const before = standing[at]
  if (before === undefined) return refuse('operation.prev-unknown')
  if (before.operation.type === 'plc_tombstone') return refuse('operation.tombstoned')
  const undone = standing.slice(at + 1)
  return decideAfter(before, undone, operation, nowMs)
}

const decideGenesis = (did: Did, operation: AnyOperation): ChainAnswer => {
  if (operation.prev !== null) return refuse('operation.genesis-expected')
  if (didOfGenesis(operation) !== did) return refuse('operation.did-mismatch')
  return signerOf(operation, rotationKeysOf(operation)) === undefined ? refuse('operation.signature') : { ok: true, undone: [] }
}

const decideAfter = (before: PlcEntry, undone: readonly PlcEntry[], operation: AnyOperation, nowMs: number): ChainAnswer => {
  const keys = rotationKeysOf(before.operation)
  const signer = signerOf(operation, keys)
  if (signer === undefined) return refuse('operation.signature')
  const disputed = undone[0]
  if (disputed === undefined) return { ok: true, undone: [] }
  const disputedSigner = signerOf(disputed.operation, keys)
  const rank = disputedSigner === undefined ? keys.length : keys.indexOf(disputedSigner)
  if (keys.indexOf(signer) >= rank) return refuse('operation.key-too-weak')
  if (nowMs - disputed.createdAtMs > RECOVERY_WINDOW_MS) return refuse('operation.too-late')
  return { ok: true, undone: undone.map((entry) => entry.cid) }
}

const refuse = (reason: ChainRefusal): ChainAnswer => ({ ok: false, reason })

/** A whole log, as a directory tells it, checked again from its first operation. Gives the first thing that is wrong with it, or undefined. */
export const auditLog = (did: Did, told: readonly PlcEntry[]): { readonly at: number; readonly what: string } | undefined => {
  let entries: PlcEntry[] = []
  for (const [at, entry] of told.entries()) {
    if (cidOfOperation(entry.operation).toString() !== entry.cid) return { at, what: 'the CID is not that of the operation' }
    if (entry.createdAtMs < (told[at - 1]?.createdAtMs ?? 0)) return { at, what: 'it is dated before the one it comes after' }
    const answer = decideNext(did, entries, entry.operation, entry.createdAtMs)
    if (!answer.ok) return { at, what: CHAIN_REFUSALS[answer.reason] }
    entries = [
      ...entries.map((one) => (answer.undone.includes(one.cid) ? { ...one, nullified: true } : one)),
      { ...entry, nullified: false },
    ]
  }
  const at = told.findIndex((entry, index) => entry.nullified !== entries[index]?.nullified)
  return at < 0 ? undefined : { at, what: 'nullified is not as the log says' }
}
