// How much of an account's repo is here, counted from its tables: what a person who moves compares with the old host before starting.

import assert from 'node:assert/strict'
import type { Database } from '../../server/sqlite.ts'

export type RepoCounts = {
  readonly blocks: number
  readonly records: number
  readonly expectedBlobs: number
  readonly importedBlobs: number
}

/** `repo` is the repo's key, `Head.id`. Reads every row of the repo: for the rare question, not for the hot path. */
export const createRepoCounts = (db: Database): ((repo: number) => RepoCounts) => {
  const count = db.prepare<{ repo: number }, RepoCounts>(`SELECT
    (SELECT count(*) FROM node WHERE repo = :repo) + (SELECT count(*) FROM record WHERE repo = :repo) + 1 AS blocks,
    (SELECT count(*) FROM record WHERE repo = :repo) AS records,
    (SELECT count(DISTINCT cid) FROM blob_ref WHERE repo = :repo) AS expectedBlobs,
    (SELECT count(*) FROM blob WHERE repo = :repo AND loose_since_ms IS NULL) AS importedBlobs`)
  return (repo) => {
    const counts = count.get({ repo })
    assert(counts, 'a count is always a row')
    return counts
  }
}
