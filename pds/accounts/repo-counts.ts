// How much of an account's repo is here: what a person who moves compares with the old host before starting.
// Walks the whole tree: for the rare question, not for the hot path.

import assert from 'node:assert/strict'
import type { Database } from '../../server/sqlite.ts'
import type { Head } from '../repo/heads.ts'
import type { NodeStore } from '../repo/node-store.ts'

export type RepoCounts = {
  readonly blocks: number
  readonly records: number
  readonly expectedBlobs: number
  readonly importedBlobs: number
}

type TableCounts = Omit<RepoCounts, 'blocks'>

/** Blocks are the commit, the tree's nodes and the records. */
export const createRepoCounts = (db: Database, nodes: NodeStore): ((head: Head) => RepoCounts) => {
  const count = db.prepare<{ repo: number }, TableCounts>(`SELECT
    (SELECT count(*) FROM record WHERE repo = :repo) AS records,
    (SELECT count(DISTINCT cid) FROM blob_ref WHERE repo = :repo) AS expectedBlobs,
    (SELECT count(*) FROM blob WHERE repo = :repo AND loose_since_ms IS NULL) AS importedBlobs`)
  const countNodes = (id: number): number => nodes.read(id).children.reduce((sum, child) => sum + countNodes(child.id), 1)
  return (head) => {
    const counts = count.get({ repo: head.id })
    assert(counts, 'a count is always a row')
    return { blocks: 1 + countNodes(head.rootNode) + counts.records, ...counts }
  }
}
