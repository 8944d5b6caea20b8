// The journal's documents by key, those of late kept parsed: most batches ask for the same people's again. What is remembered is dropped after a
// rollback, after a reset, and when somebody else has written to the file. During a rebuild a document is written when it is put out of memory, or at the
// end, not each time it changes; and a filter tells most keys that were never written without asking the file.

import type { Doc } from '../journal/model.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'
import { asksOf } from './sqlite-asks.ts'
import type { AskWriter } from './sqlite-asks.ts'
import { createKeyFilter } from './key-filter.ts'
import type { KeyFilter } from './key-filter.ts'

/** Takes what is put out of memory; `find` knows it until it is in the file. */
export type Elsewhere = {
  readonly put: (key: string, doc: Doc | null) => void
  readonly find: (key: string) => Doc | null | undefined
}

export type Docs = {
  readonly get: (key: string) => Doc | null
  /** Null drops it. Only inside a transaction. */
  readonly put: (key: string, doc: Doc | null) => void
  readonly forget: () => void
  /** Forgets what another connection may have changed. */
  readonly refresh: () => void
  /** From an empty table on: writes as late as it can, and elsewhere. */
  readonly hold: (elsewhere: Elsewhere) => void
  /** Gives away all that is held; `forget` ends it. */
  readonly release: () => void
}

/** Remembered text, in characters; an absent document counts as its key. */
const MAX_REMEMBERED = 8_000_000
/** What a document that was never written is taken for. */
const USUAL_SIZE = 900

type Kept = { readonly doc: Doc | null; readonly size: number; readonly isHeld: boolean }

/** `maxHeld`: text held back during a rebuild. */
export const openDocs = (db: Database, dids: Dids, maxHeld: number, asks: AskWriter): Docs => {
  const table = openTable(db, dids)
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seen = version.get()
  /** During a rebuild: where documents go, and which keys have gone there. */
  let away: { readonly store: Elsewhere; readonly keys: KeyFilter } | null = null
  const write = (key: string, doc: Doc | null): number => {
    if (away !== null) {
      away.keys.add(key)
      away.store.put(key, doc)
      return doc === null ? key.length : USUAL_SIZE
    }
    asks.set(key, asksOf(key, doc))
    if (doc !== null) return table.put(key, doc)
    table.drop(key)
    return key.length
  }
  const kept = createMemory(write)
  const keep = (key: string, one: Kept): void => kept.set(key, one, away === null ? MAX_REMEMBERED : maxHeld)
  return {
    get: (key) => {
      const known = kept.get(key)
      if (known !== undefined) return known.doc
      const sent = away?.store.find(key)
      if (sent !== undefined) {
        keep(key, { doc: sent, size: USUAL_SIZE, isHeld: false })
        return sent
      }
      const found = away?.keys.has(key) === false ? null : table.get(key)
      keep(key, found === null ? { doc: null, size: key.length, isHeld: false } : { ...found, isHeld: false })
      return found?.doc ?? null
    },
    put: (key, doc) => {
      if (away === null) keep(key, { doc, size: write(key, doc), isHeld: false })
      else keep(key, { doc, size: doc === null ? key.length : (kept.get(key)?.size ?? USUAL_SIZE), isHeld: true })
    },
    forget: () => {
      kept.clear()
      away = null
    },
    refresh: () => {
      const now = version.get()
      // What the thread of a rebuild writes was sent from here.
      if (now !== seen && away === null) kept.clear()
      seen = now
    },
    hold: (store) => {
      kept.clear()
      away = { store, keys: createKeyFilter() }
    },
    release: () => kept.flush(),
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
