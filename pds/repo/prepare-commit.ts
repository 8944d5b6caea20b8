// Writes → the commit that would make them, signed; nothing is stored. Synchronous: identities are resolved and keys unlocked before.
// Checks, in order: count · swapCommit · each write against what stands (swaps, existence, blobs) · size of the commit's blocks.
// Several writes to one path become one net change; writes that change nothing make no commit.

import { BlockMap } from '../../atproto/block-map.ts'
import { writeCar } from '../../atproto/car.ts'
import { cidBytes, cidFromBytes, sameCidBytes } from '../../atproto/cid.ts'
import type { Cid, CidBytes } from '../../atproto/cid.ts'
import { signCommit } from '../../atproto/commit.ts'
import type { RepoOp } from '../../atproto/event.ts'
import type { Keypair } from '../../atproto/keys.ts'
import { COMMIT_BLOCKS_MAX_BYTES, COMMIT_MAX_OPS } from '../../atproto/limits.ts'
import type { Tree } from '../../atproto/mst.ts'
import type { RecordPath } from '../../atproto/record-path.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { CommitFacts } from '../sequencer.ts'
import type { Head } from './heads.ts'
import type { EncodedRecord, NamedBlob, RecordChange, Write, WriteRefusal, WriteRefusalName } from './write.ts'

/** A repo as it stands after everything prepared so far. */
export type RepoState = { readonly head: Head; readonly tree: Tree }

export type PreparedCommit = {
  readonly kind: 'commit'
  readonly before: Head
  readonly head: Head
  readonly tree: Tree
  readonly changes: readonly RecordChange[]
  readonly nodesCreated: readonly { readonly cid: CidBytes; readonly bytes: Uint8Array }[]
  readonly nodesRemoved: readonly CidBytes[]
  readonly facts: CommitFacts
}
export type Prepared = PreparedCommit | { readonly kind: 'unchanged' } | { readonly kind: 'refused'; readonly refusal: WriteRefusal }

export type Intent = {
  readonly writes: readonly Write[]
  readonly swapCommit: Cid | undefined
  readonly keypair: Keypair
  nextRev(after: Tid): Tid
  /** The uploaded blob of this repo with that CID. */
  blobOf(cid: CidBytes): { readonly mimeType: string; readonly sizeBytes: number } | undefined
}

export const prepareCommit = ({ head, tree }: RepoState, intent: Intent): Prepared => {
  const changes = netChanges(tree, head, intent)
  if ('name' in changes) return { kind: 'refused', refusal: changes }
  if (changes.length === 0) return { kind: 'unchanged' }

  const after = changes.reduce(
    (before, { path, record }) => (record === undefined ? before.remove(path) : before.put(path, cidBytes(record.cid))),
    tree,
  )
  const { created, removed } = after.diffNodes(tree)
  const dataCid = after.root()
  const rev = intent.nextRev(head.rev)
  const signed = signCommit({ did: head.did, data: cidFromBytes(dataCid), rev }, intent.keypair)

  // The covering proof holds every node that is new, and what undoing the ops needs beside them.
  const blocks = new BlockMap().set(signed.cid, signed.bytes)
  for (const { cid, bytes } of after.proof(changes.map(({ path }) => path))) blocks.setBytes(cid, bytes)
  for (const { record } of changes) if (record !== undefined) blocks.set(record.cid, record.bytes)
  const car = writeCar(signed.cid, blocks)
  if (car.length > COMMIT_BLOCKS_MAX_BYTES) {
    return refused(
      'CommitTooLarge',
      `The commit would take ${car.length} bytes of blocks; at most ${COMMIT_BLOCKS_MAX_BYTES} may travel at once. Write less at a time.`,
    )
  }
  return {
    kind: 'commit',
    before: head,
    head: { ...head, rev, commitCid: cidBytes(signed.cid), commitBytes: signed.bytes, dataCid },
    tree: after,
    changes,
    nodesCreated: created,
    nodesRemoved: removed,
    facts: {
      repo: head.did,
      rev,
      since: head.rev,
      commit: signed.cid,
      blocks: car,
      ops: changes.map(opOf),
      prevData: cidFromBytes(head.dataCid),
    },
  }
}

const refusal = (name: WriteRefusalName, message: string): WriteRefusal => ({ name, message })
const refused = (name: WriteRefusalName, message: string): Prepared => ({ kind: 'refused', refusal: refusal(name, message) })

/** In order of path, each path once. */
const netChanges = (tree: Tree, head: Head, intent: Intent): readonly RecordChange[] | WriteRefusal => {
  if (intent.writes.length > COMMIT_MAX_OPS) return refusal('CommitTooLarge', `Too many writes. Max: ${COMMIT_MAX_OPS}`)
  if (intent.swapCommit !== undefined && !sameCidBytes(cidBytes(intent.swapCommit), head.commitCid))
    return refusal('InvalidSwap', `Commit was at ${cidFromBytes(head.commitCid).toString()}`)
  const net = new Map<RecordPath, { readonly prev: CidBytes | undefined; readonly record: EncodedRecord | undefined }>()
  for (const write of intent.writes) {
    const earlier = net.get(write.path)
    const prev = earlier === undefined ? tree.get(write.path) : earlier.prev
    const standing = earlier === undefined ? prev : recordCidOf(earlier.record)
    const refusing = checkWrite(write, standing) ?? checkBlobs(write, intent)
    if (refusing !== undefined) return refusing
    const record = write.action === 'delete' ? undefined : write.record
    if (!same(standing, recordCidOf(record))) net.set(write.path, { prev, record })
  }
  return [...net]
    .map(([path, { prev, record }]) => ({ path, prev, record }))
    .filter(({ prev, record }) => !same(prev, recordCidOf(record)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const recordCidOf = (record: EncodedRecord | undefined): CidBytes | undefined => record && cidBytes(record.cid)

const same = (a: CidBytes | undefined, b: CidBytes | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameCidBytes(a, b)

const checkWrite = (write: Write, standing: CidBytes | undefined): WriteRefusal | undefined => {
  switch (write.action) {
    case 'create':
      return standing === undefined ? undefined : refusal('RecordAlreadyExists', `There is already a record at ${write.path}`)
    case 'delete':
      // Deleting what is not there succeeds, whatever it was to be swapped for, as in the reference.
      return standing === undefined ? undefined : checkSwap(write.swapRecord, standing)
    case 'update':
      if (standing === undefined) return refusal('RecordNotFound', `There is no record at ${write.path}`)
      return checkSwap(write.swapRecord, standing)
    case 'put':
      return checkSwap(write.swapRecord, standing)
  }
}

const checkSwap = (expected: Cid | null | undefined, standing: CidBytes | undefined): WriteRefusal | undefined => {
  if (expected === undefined || same(expected === null ? undefined : cidBytes(expected), standing)) return undefined
  return refusal('InvalidSwap', `Record was at ${standing === undefined ? 'null' : cidFromBytes(standing).toString()}`)
}

const checkBlobs = (write: Write, intent: Intent): WriteRefusal | undefined =>
  write.action === 'delete' ? undefined : write.record.blobs.map((blob) => checkBlob(blob, intent)).find((found) => found !== undefined)

const checkBlob = (blob: NamedBlob, intent: Intent): WriteRefusal | undefined => {
  const uploaded = intent.blobOf(cidBytes(blob.cid))
  const name = blob.cid.toString()
  if (uploaded === undefined) return refusal('BlobNotFound', `Could not find blob: ${name}`)
  if (uploaded.mimeType !== blob.mimeType) return refusal('InvalidBlob', `Blob ${name} is ${uploaded.mimeType}, not ${blob.mimeType}`)
  if (uploaded.sizeBytes !== blob.sizeBytes)
    return refusal('InvalidBlob', `Blob ${name} has ${uploaded.sizeBytes} bytes, not ${blob.sizeBytes}`)
  return undefined
}

const opOf = ({ path, prev, record }: RecordChange): RepoOp => ({
  action: prev === undefined ? 'create' : record === undefined ? 'delete' : 'update',
  path,
  cid: record?.cid ?? null,
  prev: prev === undefined ? null : cidFromBytes(prev),
})
