// The journal's documents by key, those of late in memory: most batches ask for the same people's again. What is remembered is dropped after a rollback,
// after a reset, and when somebody else has written to the file. During a rebuild a document is written when it is put out of memory, or at the end, not
// each time it changes, under the number that its key was given here; keys that were never written are told without asking the file.

import type { Doc } from '../journal/model.ts'
import type { Database, Statement } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'
import { asksOf } from './sqlite-asks.ts'
import type { AskWriter } from './sqlite-asks.ts'
import { createDocMemory } from './doc-memory.ts'
import type { DocMemory, DocRoom, Leaving } from './doc-memory.ts'
import type { WrittenDoc } from './rebuild-messages.ts'
import { createWrittenKeys } from './written-keys.ts'
import type { WrittenKeys } from './written-keys.ts'

/** During a rebuild the index is missing, and rows are found by their numbers. */
export const docIndexSql = 'CREATE UNIQUE INDEX IF NOT EXISTS doc_key ON doc (key);'
export const docsSql = `CREATE TABLE doc (key TEXT NOT NULL, value TEXT NOT NULL); ${docIndexSql}`

/** Takes what is put out of memory; `find` knows it until it is in the file. */
export type Elsewhere = {
  readonly put: (doc: WrittenDoc) => void
  readonly find: (key: string) => Pick<WrittenDoc, 'number' | 'text'> | undefined
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
  let away: { readonly store: Elsewhere; readonly keys: WrittenKeys } | null = null
  /** The row of a key that is in the file under its number. */
  const findAway = (key: string): { readonly number: number; readonly text: string | null } => {
    const sent = away?.store.find(key)
    if (sent !== undefined) return sent
    let text: string | null = null
    const number = away?.keys.find(key, (one) => {
      const row = table.at(one)
      if (row?.key !== key) return false
      text = row.text
      return true
    })
    return { number: number ?? 0, text }
  }
  const leave = (leaving: Leaving): void => {
    if (away === null) return
    const { number } = findAway(leaving.key)
    // What came and went in memory was never written.
    if (leaving.text === null && number === 0) return
    away.store.put({ ...leaving, number: number || away.keys.add(leaving.key), isNew: number === 0 })
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
    if (away === null) return keep(key, table.get(key))
    const { number, text } = findAway(key)
    // What was never written is asked for once: it is not to put out what is there.
    return number === 0 ? null : keep(key, text)
  }
  const keep = (key: string, text: string | null): Doc | null => {
    const doc = text === null ? null : parseDoc(text)
    memoryOf(key).keep(key, doc, text ?? undefined)
    return doc
  }
  return {
    get: (key) => {
      const known = memoryOf(key).get(key)
      return known === undefined ? read(key) : known
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
      away = { store, keys: createWrittenKeys() }
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
  /** Prepared when it is needed: a rebuild that was broken off has left no index, until what it folded is dropped. */
  let upsert: Statement | undefined
  const prepared = (): Statement =>
    (upsert ??= db.prepare('INSERT INTO doc (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'))
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  const byNumber = db.prepare<[number], { key: string; value: string }>('SELECT key, value FROM doc WHERE rowid = ?')
  return {
    get: (key: string): string | null => {
      const value = select.get(dids.seek(key))?.value
      return value === undefined ? null : dids.read(value)
    },
    at: (number: number): { readonly key: string; readonly text: string } | null => {
      const row = byNumber.get(number)
      return row === undefined ? null : { key: dids.read(row.key), text: dids.read(row.value) }
    },
    /** Gives its text. */
    put: (key: string, doc: Doc): string => {
      const text = JSON.stringify(doc)
      prepared().run(dids.write(key), dids.write(text))
      return text
    },
    drop: (key: string): void => void drop.run(dids.seek(key)),
  }
}

const parseDoc = (value: string): Doc => JSON.parse(value)
