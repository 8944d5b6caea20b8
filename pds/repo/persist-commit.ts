// Stores one prepared commit inside an open transaction: head, records, blob references and the event row. The tree's nodes are stored
// once per repo and group (write-queue.ts), since later commits of a group replace most of what earlier ones made.

import { splitPath } from '../../atproto/record-path.ts'
import { cidBytes } from '../../atproto/cid.ts'
import type { BlobIndex } from '../blobs/blob-index.ts'
import type { Sequencer } from '../sequencer.ts'
import type { Heads } from './heads.ts'
import type { PreparedCommit } from './prepare-commit.ts'
import type { RecordIndex } from './record-index.ts'

export type CommitTables = {
  readonly heads: Heads
  readonly records: RecordIndex
  readonly blobs: BlobIndex
  readonly sequencer: Sequencer
}

/** Asserts that the head is the one the commit was prepared upon. */
export const persistCommit = ({ heads, records, blobs, sequencer }: CommitTables, commit: PreparedCommit): void => {
  const { before, head, changes, facts } = commit
  heads.advance(before.commitCid, head)
  for (const { path, prev, record } of changes) {
    const { collection, rkey } = splitPath(path)
    if (record === undefined) records.delete(head.id, collection, rkey)
    else records.put(head.id, collection, { rkey, rev: head.rev, cid: cidBytes(record.cid), bytes: record.bytes })
    const named = record?.blobs.map(({ cid }) => cidBytes(cid)) ?? []
    if (prev !== undefined || named.length > 0) blobs.name(head.id, { collection, rkey, rev: head.rev }, named)
  }
  sequencer.write(facts)
}
