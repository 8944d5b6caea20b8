// Which blobs each repo has and which records name them. A blob no record names is loose: kept a while for a record to come, never served.

import type { CidBytes } from '../../atproto/cid.ts'
import type { Clock } from '../../server/clock.ts'
import type { Database } from '../../server/sqlite.ts'

export type BlobRow = { readonly mimeType: string; readonly sizeBytes: number }
export type Naming = { readonly collection: string; readonly rkey: string; readonly rev: string }
export type LooseBlob = { readonly repo: number; readonly cid: CidBytes }

export type BlobIndex = {
  find(repo: number, cid: CidBytes): BlobRow | undefined
  /** Only when a record names it. */
  named(repo: number, cid: CidBytes): BlobRow | undefined
  /** CIDs of named blobs, in their order, beyond `after`; only those named by a commit later than `since`. */
  list(repo: number, range: { readonly after: CidBytes; readonly since: string; readonly limit: number }): readonly CidBytes[]
  /** What the repo has that no record names. */
  loose(repo: number): { readonly count: number; readonly sizeBytes: number }
  /** An uploaded blob, loose from now unless a record names it. */
  add(repo: number, cid: CidBytes, row: BlobRow): void
  /** The record now names exactly these blobs; those that nobody names any more become loose. */
  name(repo: number, naming: Naming, cids: readonly CidBytes[]): void
  /** Removes the rows of blobs loose since before an instant of real time, and tells which they were. */
  removeLoose(beforeMs: number): readonly LooseBlob[]
  removeAll(repo: number): void
}

export const createBlobIndex = (db: Database, clock: Clock): BlobIndex => {
  const find = db.prepare<[number, CidBytes], BlobRow>(
    'SELECT mime_type AS mimeType, size_bytes AS sizeBytes FROM blob WHERE repo = ? AND cid = ?',
  )
  const isNamed = db.prepare<[number, CidBytes], 1>('SELECT 1 FROM blob_ref WHERE repo = ? AND cid = ? LIMIT 1').pluck()
  const list = db
    .prepare<[number, CidBytes, string, number], CidBytes>(
      'SELECT DISTINCT cid FROM blob_ref WHERE repo = ? AND cid > ? AND rev > ? ORDER BY cid LIMIT ?',
    )
    .pluck()
  const removeLoose = db.prepare<[number], LooseBlob>('DELETE FROM blob WHERE loose_since_ms < ? RETURNING repo, cid')
  const loose = db.prepare<[number], { count: number; sizeBytes: number }>(
    'SELECT count(*) AS count, ifnull(sum(size_bytes), 0) AS sizeBytes FROM blob WHERE repo = ? AND loose_since_ms IS NOT NULL',
  )
  const removeAll = ['blob', 'blob_ref'].map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE repo = ?`))
  return {
    find: (repo, cid) => find.get(repo, cid),
    named: (repo, cid) => (isNamed.get(repo, cid) === undefined ? undefined : find.get(repo, cid)),
    list: (repo, { after, since, limit }) => list.all(repo, after, since, limit),
    ...createNaming(db, clock),
    loose: (repo) => loose.get(repo) ?? { count: 0, sizeBytes: 0 },
    removeLoose: (beforeMs) => removeLoose.all(beforeMs),
    removeAll: (repo) => removeAll.forEach((one) => one.run(repo)),
  }
}

const createNaming = (db: Database, clock: Clock): Pick<BlobIndex, 'add' | 'name'> => {
  const add = db.prepare<[number, CidBytes, string, number, number]>(
    `INSERT INTO blob (repo, cid, mime_type, size_bytes, loose_since_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET mime_type = excluded.mime_type, loose_since_ms = excluded.loose_since_ms WHERE loose_since_ms IS NOT NULL`,
  )
  const unname = db
    .prepare<[number, string, string], CidBytes>('DELETE FROM blob_ref WHERE repo = ? AND collection = ? AND rkey = ? RETURNING cid')
    .pluck()
  const name = db.prepare<[number, CidBytes, string, string, string]>(
    'INSERT OR IGNORE INTO blob_ref (repo, cid, collection, rkey, rev) VALUES (?, ?, ?, ?, ?)',
  )
  const keep = db.prepare<[number, CidBytes]>('UPDATE blob SET loose_since_ms = NULL WHERE repo = ? AND cid = ?')
  const loosen = db.prepare<[number, number, CidBytes]>(
    'UPDATE blob SET loose_since_ms = ? WHERE repo = ? AND cid = ? AND NOT EXISTS (SELECT 1 FROM blob_ref WHERE blob_ref.repo = blob.repo AND blob_ref.cid = blob.cid)',
  )
  return {
    add: (repo, cid, { mimeType, sizeBytes }) => void add.run(repo, cid, mimeType, sizeBytes, clock.realMs()),
    name(repo, { collection, rkey, rev }, cids) {
      const before = unname.all(repo, collection, rkey)
      for (const cid of cids) {
        name.run(repo, cid, collection, rkey, rev)
        keep.run(repo, cid)
      }
      for (const cid of before) loosen.run(clock.realMs(), repo, cid)
    },
  }
}
