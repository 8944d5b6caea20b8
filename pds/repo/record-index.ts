// The records of each repo as rows, in order of path: what getRecord and listRecords answer from, without touching the tree.

import type { CidBytes } from '../../atproto/cid.ts'
import type { Tid } from '../../atproto/tid.ts'
import type { Database } from '../../server/sqlite.ts'

/** `rev` is that of the commit that wrote the record. */
export type StoredRecord = { readonly rkey: string; readonly rev: Tid; readonly cid: CidBytes; readonly bytes: Uint8Array }

/** Newest record keys first, or oldest first when `reverse`; those beyond `cursor`, a record key. */
export type RecordRange = {
  readonly collection: string
  readonly cursor: string | undefined
  readonly limit: number
  readonly reverse: boolean
}

export type RecordIndex = {
  get(repo: number, collection: string, rkey: string): StoredRecord | undefined
  list(repo: number, range: RecordRange): readonly StoredRecord[]
  /** Collections that hold a record, in order of name. */
  collections(repo: number): readonly string[]
  put(repo: number, collection: string, record: StoredRecord): void
  delete(repo: number, collection: string, rkey: string): void
  deleteAll(repo: number): void
}

const COLUMNS = 'rkey, rev, cid, bytes'
// Above every record key, whose bytes are ASCII.
const BEYOND_ALL_KEYS = '\u{10FFFF}'

export const createRecordIndex = (db: Database): RecordIndex => {
  const select = `SELECT ${COLUMNS} FROM record WHERE repo = ? AND collection = ?`
  const one = db.prepare<[number, string, string], StoredRecord>(`${select} AND rkey = ?`)
  const ascending = db.prepare<[number, string, string, number], StoredRecord>(`${select} AND rkey > ? ORDER BY rkey LIMIT ?`)
  const descending = db.prepare<[number, string, string, number], StoredRecord>(`${select} AND rkey < ? ORDER BY rkey DESC LIMIT ?`)
  const nextCollection = db
    .prepare<[number, string], string>('SELECT collection FROM record WHERE repo = ? AND collection > ? ORDER BY collection LIMIT 1')
    .pluck()
  const put = db.prepare<[number, string, string, string, CidBytes, Uint8Array]>(
    'INSERT INTO record (repo, collection, rkey, rev, cid, bytes) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET rev = excluded.rev, cid = excluded.cid, bytes = excluded.bytes',
  )
  const remove = db.prepare<[number, string, string]>('DELETE FROM record WHERE repo = ? AND collection = ? AND rkey = ?')
  const removeAll = db.prepare<[number]>('DELETE FROM record WHERE repo = ?')
  return {
    get: (repo, collection, rkey) => one.get(repo, collection, rkey),
    list: (repo, { collection, cursor, limit, reverse }) =>
      reverse ? ascending.all(repo, collection, cursor ?? '', limit) : descending.all(repo, collection, cursor ?? BEYOND_ALL_KEYS, limit),
    collections(repo) {
      const found: string[] = []
      for (let next = nextCollection.get(repo, ''); next !== undefined; next = nextCollection.get(repo, next)) found.push(next)
      return found
    },
    put: (repo, collection, { rkey, rev, cid, bytes }) => void put.run(repo, collection, rkey, rev, cid, bytes),
    delete: (repo, collection, rkey) => void remove.run(repo, collection, rkey),
    deleteAll: (repo) => void removeAll.run(repo),
  }
}
