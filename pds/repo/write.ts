// What a caller wants written to one repo, and what came of it. Records are encoded and checked before they come here.

import type { Cid, CidBytes } from '../../atproto/cid.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import type { Tid } from '../../atproto/tid.ts'

/** A record as it is stored; `blobs` are those it names. */
export type EncodedRecord = { readonly cid: Cid; readonly bytes: Uint8Array; readonly blobs: readonly NamedBlob[] }
export type NamedBlob = { readonly cid: Cid; readonly mimeType: string; readonly sizeBytes: number }

/**
 * `create` wants nothing at the path, `update` something, `put` takes either; `delete` of nothing does nothing.
 * `swapRecord`: the record that must stand there before (null: none; undefined: whatever).
 */
export type Write = RecordWrite | DeleteWrite
export type RecordWrite = {
  readonly action: 'create' | 'update' | 'put'
  readonly path: RecordPath
  readonly record: EncodedRecord
  readonly swapRecord?: Cid | null | undefined
}
export type DeleteWrite = { readonly action: 'delete'; readonly path: RecordPath; readonly swapRecord?: Cid | undefined }

/** Why nothing was written. `name` is the XRPC error's. */
export type WriteRefusal = { readonly name: WriteRefusalName; readonly message: string }
export type WriteRefusalName =
  | 'RepoNotFound'
  | 'AccountInactive'
  | 'InvalidSwap'
  | 'RecordAlreadyExists'
  | 'RecordNotFound'
  | 'BlobNotFound'
  | 'InvalidBlob'
  | 'CommitTooLarge'
  | 'Overloaded'

/** `commit` is null when nothing changed. Answered only when it is durable. */
export type WriteOutcome =
  | { readonly ok: true; readonly commit: { readonly cid: Cid; readonly rev: Tid } | null }
  | { readonly ok: false; readonly refusal: WriteRefusal }

/** One net change of one path: what stood there and what stands there now. */
export type RecordChange = {
  readonly path: RecordPath
  readonly prev: CidBytes | undefined
  readonly record: EncodedRecord | undefined
}
