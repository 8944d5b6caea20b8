// The journal's documents by key, those of late kept parsed: most batches ask for the same people's again. What is remembered is dropped after a
// rollback, after a reset, and when somebody else has written to the file.

import type { Doc } from '../journal/model.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'

export type Docs = {
  get(key: string): Doc | null
  /** Null drops it. Only inside a transaction. */
  put(key: string, doc: Doc | null): void
  forget(): void
  /** Forgets what another connection may have changed. */
  refresh(): void
}

/** Remembered text, in characters; an absent document counts as its key. */
const MAX_REMEMBERED = 8_000_000

type Kept = { readonly doc: Doc | null; readonly size: number }

export const openDocs = (db: Database, dids: Dids): Docs => {
  const select = db.prepare<[string], { value: string }>('SELECT value FROM doc WHERE key = ?')
  const upsert = db.prepare('INSERT INTO doc (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  const kept = new Map<string, Kept>()
  let size = 0
  let seen = version.get()
  const forget = (): void => {
    kept.clear()
    size = 0
  }
  // The ones kept longest go first, half of all, so that this is seldom.
  const shrink = (): void => {
    for (const [oldest, one] of kept) {
      if (size <= MAX_REMEMBERED / 2) break
      kept.delete(oldest)
      size -= one.size
    }
  }
  const keep = (key: string, doc: Doc | null, length: number): Doc | null => {
    size += length - (kept.get(key)?.size ?? 0)
    kept.delete(key)
    kept.set(key, { doc, size: length })
    if (size > MAX_REMEMBERED) shrink()
    return doc
  }
  return {
    get: (key) => {
      const known = kept.get(key)
      if (known !== undefined) return known.doc
      const value = select.get(dids.seek(key))?.value
      return value === undefined ? keep(key, null, key.length) : keep(key, parseDoc(dids.read(value)), value.length)
    },
    put: (key, doc) => {
      if (doc === null) {
        drop.run(dids.seek(key))
        keep(key, null, key.length)
        return
      }
      const value = dids.write(JSON.stringify(doc))
      upsert.run(dids.write(key), value)
      keep(key, doc, value.length)
    },
    forget,
    refresh: () => {
      const now = version.get()
      if (now !== seen) forget()
      seen = now
    },
  }
}

const parseDoc = (value: string): Doc => JSON.parse(value)
