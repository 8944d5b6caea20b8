// The journal's documents by key, those of late kept parsed: most batches ask for the same people's again. What is remembered is dropped after a
// rollback, after a reset, and when somebody else has written to the file. During a rebuild a document is written when it is put out of memory, or at the
// end, not each time it changes; and a filter tells most keys that were never written without asking the file.

import type { Doc } from '../journal/model.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'
import { createKeyFilter } from './key-filter.ts'
import type { KeyFilter } from './key-filter.ts'

export type Docs = {
  readonly get: (key: string) => Doc | null
  /** Null drops it. Only inside a transaction. */
  readonly put: (key: string, doc: Doc | null) => void
  readonly forget: () => void
  /** Forgets what another connection may have changed. */
  readonly refresh: () => void
  /** From an empty table on: writes as late as it can. Only inside a transaction. */
  readonly hold: () => void
  /** Writes all, and at once from here on. */
  readonly release: () => void
}

/** Remembered text, in characters; an absent document counts as its key. */
const MAX_REMEMBERED = 8_000_000
/** What a document that was never written is taken for. */
const USUAL_SIZE = 900

type Kept = { readonly doc: Doc | null; readonly size: number; readonly isHeld: boolean }

/** `maxHeld`: text held back during a rebuild. `onWritten` is told of each document that goes into the file. */
export const openDocs = (db: Database, dids: Dids, maxHeld: number, onWritten: (key: string, doc: Doc | null) => void): Docs => {
  const table = openTable(db, dids)
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seen = version.get()
  /** Of a rebuild: which keys may be in the file. */
  let filter: KeyFilter | null = null
  const write = (key: string, doc: Doc | null): number => {
    onWritten(key, doc)
    if (doc === null) {
      if (filter?.has(key) !== false) table.drop(key)
      return key.length
    }
    filter?.add(key)
    return table.put(key, doc)
  }
  const kept = createMemory(write)
  const keep = (key: string, one: Kept): void => kept.set(key, one, filter === null ? MAX_REMEMBERED : maxHeld)
  return {
    get: (key) => {
      const known = kept.get(key)
      if (known !== undefined) return known.doc
      const found = filter?.has(key) === false ? null : table.get(key)
      keep(key, found === null ? { doc: null, size: key.length, isHeld: false } : { ...found, isHeld: false })
      return found?.doc ?? null
    },
    put: (key, doc) => {
      if (filter === null) keep(key, { doc, size: write(key, doc), isHeld: false })
      else keep(key, { doc, size: doc === null ? key.length : (kept.get(key)?.size ?? USUAL_SIZE), isHeld: true })
    },
    forget: () => {
      kept.clear()
      filter = null
    },
    refresh: () => {
      const now = version.get()
      if (now !== seen) kept.clear()
      seen = now
    },
    hold: () => {
      kept.clear()
      filter = createKeyFilter()
    },
    release: () => {
      if (filter === null) return
      kept.flush()
      filter = null
      kept.shrink(MAX_REMEMBERED)
    },
  }
}

/** Documents in memory; one that is held back is written before it goes. `write` gives the length of its text. */
const createMemory = (write: (key: string, doc: Doc | null) => number) => {
  const kept = new Map<string, Kept>()
  let size = 0
  // The ones kept longest go first, half of all, so that this is seldom.
  const shrink = (most: number): void => {
    if (size <= most) return
    for (const [oldest, one] of kept) {
      if (size <= most / 2) break
      if (one.isHeld) write(oldest, one.doc)
      kept.delete(oldest)
      size -= one.size
    }
  }
  return {
    get: (key: string): Kept | undefined => kept.get(key),
    set: (key: string, one: Kept, most: number): void => {
      size += one.size - (kept.get(key)?.size ?? 0)
      kept.delete(key)
      kept.set(key, one)
      shrink(most)
    },
    shrink,
    flush: (): void => {
      size = 0
      for (const [key, { doc, isHeld, size: known }] of kept) {
        const length = isHeld ? write(key, doc) : known
        if (isHeld) kept.set(key, { doc, size: length, isHeld: false })
        size += length
      }
    },
    clear: (): void => {
      kept.clear()
      size = 0
    },
  }
}

const openTable = (db: Database, dids: Dids) => {
  const select = db.prepare<[string], { value: string }>('SELECT value FROM doc WHERE key = ?')
  const upsert = db.prepare('INSERT INTO doc (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  return {
    get: (key: string): { readonly doc: Doc; readonly size: number } | null => {
      const value = select.get(dids.seek(key))?.value
      return value === undefined ? null : { doc: parseDoc(dids.read(value)), size: value.length }
    },
    /** Gives the length of its text. */
    put: (key: string, doc: Doc): number => {
      const value = dids.write(JSON.stringify(doc))
      upsert.run(dids.write(key), value)
      return value.length
    },
    drop: (key: string): void => void drop.run(dids.seek(key)),
  }
}

const parseDoc = (value: string): Doc => JSON.parse(value)
