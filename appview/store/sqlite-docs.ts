// The journal's documents by key, those of late in memory: most batches ask for the same people's again. What is remembered is dropped after a rollback,
// after a reset, and when somebody else has written to the file. During a rebuild a document is written when it is put out of memory, or at the end, not
// each time it changes; and a filter tells most keys that were never written without asking the file.

import type { Doc } from '../journal/model.ts'
import type { Database } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'
import { asksOf } from './sqlite-asks.ts'
import type { AskWriter } from './sqlite-asks.ts'
import { createDocMemory } from './doc-memory.ts'
import type { DocMemory, DocRoom, Leaving } from './doc-memory.ts'
import { createKeyFilter } from './key-filter.ts'
import type { KeyFilter } from './key-filter.ts'

/** Takes what is put out of memory; `find` knows its text until it is in the file. */
export type Elsewhere = {
  readonly put: (leaving: Leaving) => void
  readonly find: (key: string) => string | null | undefined
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
  /** Gives away all that is held, at every step one of them; `forget` ends it. */
  readonly release: () => Iterable<unknown>
}

/** Documents of records are asked for within days, those of people and towns for years. */
export type DocsRoom = { readonly ofRecords: DocRoom; readonly ofOthers: DocRoom }

/** What is remembered while the file is written at once. */
const USUAL_ROOM: DocsRoom = { ofRecords: { values: 1_000_000, texts: 2_000_000 }, ofOthers: { values: 4_000_000, texts: 2_000_000 } }
const RECORD = 'at://'

/** `heldRoom`: of what is held back during a rebuild. */
export const openDocs = (db: Database, dids: Dids, heldRoom: DocsRoom, asks: AskWriter): Docs => {
  const table = openTable(db, dids)
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seen = version.get()
  /** During a rebuild: where documents go, and which keys have gone there. */
  let away: { readonly store: Elsewhere; readonly keys: KeyFilter } | null = null
  const leave = (leaving: Leaving): void => {
    // What came and went in memory was never written.
    if (away === null || (leaving.text === null && !away.keys.has(leaving.key))) return
    away.keys.add(leaving.key)
    away.store.put(leaving)
  }
  const room = (): DocsRoom => (away === null ? USUAL_ROOM : heldRoom)
  const ofRecords = createDocMemory(() => room().ofRecords, leave)
  const ofOthers = createDocMemory(() => room().ofOthers, leave)
  const memories = [ofRecords, ofOthers]
  const memoryOf = (key: string): DocMemory => (key.startsWith(RECORD, key.indexOf(':') + 1) ? ofRecords : ofOthers)
  const clear = (): void => {
    for (const memory of memories) memory.clear()
  }
  const read = (key: string): Doc | null => {
    const text = away?.store.find(key) ?? table.get(key)
    const doc = text === null ? null : parseDoc(text)
    memoryOf(key).keep(key, doc, text ?? undefined)
    return doc
  }
  return {
    get: (key) => {
      const known = memoryOf(key).get(key)
      if (known !== undefined) return known
      return away?.keys.has(key) === false ? null : read(key)
    },
    put: (key, doc) => {
      if (away !== null) return memoryOf(key).change(key, doc)
      asks.set(key, asksOf(key, doc))
      if (doc === null) table.drop(key)
      memoryOf(key).keep(key, doc, doc === null ? undefined : table.put(key, doc))
    },
    forget: () => {
      clear()
      away = null
    },
    refresh: () => {
      const now = version.get()
      // What the thread of a rebuild writes was sent from here.
      if (now !== seen && away === null) clear()
      seen = now
    },
    hold: (store) => {
      clear()
      away = { store, keys: createKeyFilter() }
    },
    *release() {
      for (const memory of memories)
        for (const leaving of memory.changed()) {
          leave(leaving)
          yield
        }
    },
  }
}

const openTable = (db: Database, dids: Dids) => {
  const select = db.prepare<[string], { value: string }>('SELECT value FROM doc WHERE key = ?')
  const upsert = db.prepare('INSERT INTO doc (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  return {
    get: (key: string): string | null => {
      const value = select.get(dids.seek(key))?.value
      return value === undefined ? null : dids.read(value)
    },
    /** Gives its text. */
    put: (key: string, doc: Doc): string => {
      const text = JSON.stringify(doc)
      upsert.run(dids.write(key), dids.write(text))
      return text
    },
    drop: (key: string): void => void drop.run(dids.seek(key)),
  }
}

const parseDoc = (value: string): Doc => JSON.parse(value)
