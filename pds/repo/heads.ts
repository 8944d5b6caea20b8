// The head of each repo: one row of the table `repo`. Changing a head compares it with the one that was built upon.

import assert from 'node:assert/strict'
import type { CidBytes } from '../../atproto/cid.ts'
import type { Did } from '../../atproto/did.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { Database } from '../../server/sqlite.ts'

/** `id` is the repo's integer key in every table, `rootNode` the row of its tree's root. */
export type Head = {
  readonly id: number
  readonly did: Did
  readonly rev: Tid
  readonly commitCid: CidBytes
  readonly commitBytes: Uint8Array
  readonly dataCid: CidBytes
  readonly rootNode: number
}

export type Heads = {
  get(did: string): Head | undefined
  /** In order of creation, those after the repo with key `afterId`. */
  list(afterId: number, limit: number): readonly Head[]
  /** Gives the new repo's key. */
  insert(head: Omit<Head, 'id'>): number
  /** Asserts that the head is still the one whose commit is `before`. `rootNode` is left to `setRoot`. */
  advance(before: CidBytes, head: Head): void
  setRoot(id: number, rootNode: number): void
  remove(id: number): void
}

const COLUMNS = 'id, did, rev, commit_cid AS commitCid, commit_bytes AS commitBytes, data_cid AS dataCid, root_node AS rootNode'

export const createHeads = (db: Database): Heads => {
  const byDid = db.prepare<[string], Head>(`SELECT ${COLUMNS} FROM repo WHERE did = ?`)
  const page = db.prepare<[number, number], Head>(`SELECT ${COLUMNS} FROM repo WHERE id > ? ORDER BY id LIMIT ?`)
  const insert = db.prepare<[string, string, CidBytes, Uint8Array, CidBytes, number]>(
    'INSERT INTO repo (did, rev, commit_cid, commit_bytes, data_cid, root_node) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const advance = db.prepare<[string, CidBytes, Uint8Array, CidBytes, number, CidBytes]>(
    'UPDATE repo SET rev = ?, commit_cid = ?, commit_bytes = ?, data_cid = ? WHERE id = ? AND commit_cid = ?',
  )
  const setRoot = db.prepare<[number, number]>('UPDATE repo SET root_node = ? WHERE id = ?')
  const remove = db.prepare<[number]>('DELETE FROM repo WHERE id = ?')
  return {
    get: (did) => byDid.get(did),
    list: (afterId, limit) => page.all(afterId, limit),
    insert: ({ did, rev, commitCid, commitBytes, dataCid, rootNode }) =>
      Number(insert.run(did, rev, commitCid, commitBytes, dataCid, rootNode).lastInsertRowid),
    advance(before, { id, rev, commitCid, commitBytes, dataCid }) {
      const { changes } = advance.run(rev, commitCid, commitBytes, dataCid, id, before)
      assert.equal(changes, 1, 'the head is the one that was built upon')
    },
    setRoot: (id, rootNode) => void setRoot.run(rootNode, id),
    remove: (id) => void remove.run(id),
  }
}
