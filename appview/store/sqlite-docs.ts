// The journal's documents by key, those of late in memory: most batches ask for the same people's again. What is remembered is dropped after a rollback,
// after a reset, and when somebody else has written to the file. During a rebuild a document is written when it is put out of memory, or at the end, not
// each time it changes, under the number that its key was given here; keys that were never written are told without asking the file.

import { eachChange, partsOf } from '../journal/doc-changes.ts'
import type { Doc, DocChanges } from '../journal/model.ts'
import type { Database, Statement } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'
import { openAbsentDocs } from './absent-docs.ts'
import { asksOf } from './sqlite-asks.ts'
import type { AskWriter } from './sqlite-asks.ts'
import { createDocMemory, isSettled } from './doc-memory.ts'
import { docOfText, textOfDoc } from './doc-text.ts'
import type { DocMemory, DocRoom, Leaving } from './doc-memory.ts'
import type { WrittenDoc } from './rebuild-messages.ts'
import { createWrittenKeys } from './written-keys.ts'

/** During a rebuild the index is missing, and rows are found by their numbers. */
export const docIndexSql = 'CREATE UNIQUE INDEX IF NOT EXISTS doc_key ON doc (key);'
export const docsSql = `CREATE TABLE doc (key TEXT NOT NULL, value TEXT NOT NULL); ${docIndexSql}`

/** Takes what is put out of memory; `find` knows it by its number until it is in the file. */
export type Elsewhere = {
  readonly put: (doc: WrittenDoc) => void
  readonly find: (number: number) => Pick<WrittenDoc, 'key' | 'text'> | undefined
}

export type Docs = {
  readonly get: (key: string) => Doc | null
  /** The same by kind and id. */
  readonly of: (kind: string, id: string) => Doc | null
  /** Null drops it. Only inside a transaction, and while nothing is held. */
  readonly put: (key: string, doc: Doc | null) => void
  /** The same of all these while they are held. */
  readonly change: (docs: DocChanges) => void
  readonly isHeld: () => boolean
  /** These are in the file as they are here; how long their texts are. */
  readonly remember: (docs: DocChanges, sizes: readonly number[]) => void
  /** What is written under this epoch is remembered here, though another handle writes it; null: nobody does. */
  readonly expect: (epoch: number | null) => void
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
  const absent = openAbsentDocs(db, dids)
  const others = openOthers(db)
  /** During a rebuild. */
  let away: Away | null = null
  const leave = (leaving: Leaving): void => away?.put(leaving)
  const room = (): DocsRoom => (away === null ? USUAL_ROOM : heldRoom)
  const ofRecords = createDocMemory(() => room().ofRecords, leave)
  const ofOthers = createDocMemory(() => room().ofOthers, leave)
  const memories = [ofRecords, ofOthers]
  const memoryOf = (id: string): DocMemory => (id.startsWith(RECORD) ? ofRecords : ofOthers)
  const clear = (): void => {
    for (const memory of memories) memory.clear()
    absent.forget()
  }
  const keep = (kind: string, id: string, text: string | null): Doc | null => {
    const doc = text === null ? null : docOfText(kind, id, text)
    memoryOf(id).keep(kind, id, doc, text ?? undefined)
    return doc
  }
  /** It is in the file as it is here. */
  const remember = (kind: string, id: string, doc: Doc | null, size?: number): void => {
    if (isSettled(doc)) memoryOf(id).drop(kind, id)
    else memoryOf(id).keep(kind, id, doc, undefined, size)
    if (doc !== null) absent.put(kind, id)
  }
  const read = (kind: string, id: string): Doc | null => {
    if (away === null) return absent.isAbsent(kind, id) ? null : keep(kind, id, table.get(`${kind}:${id}`))
    if (!away.has(kind)) return null
    const { number, text } = away.find(`${kind}:${id}`)
    // What was never written is asked for once: it is not to put out what is there.
    return number === 0 ? null : keep(kind, id, text)
  }
  const of = (kind: string, id: string): Doc | null => {
    const known = memoryOf(id).get(kind, id)
    return known === undefined ? read(kind, id) : known
  }
  return {
    get: (key) => of(...partsOf(key)),
    of,
    put: (key, doc) => {
      const [kind, id] = partsOf(key)
      asks.set(key, asksOf(key, doc))
      remember(kind, id, doc, doc === null ? table.drop(key) : table.put(key, textOfDoc(id, doc)))
    },
    change: (docs) => eachChange(docs, (kind, id, doc) => memoryOf(id).change(kind, id, doc)),
    isHeld: () => away !== null,
    remember: (docs, sizes) => {
      let nth = 0
      eachChange(docs, (kind, id, doc) => remember(kind, id, doc, sizes[nth++]))
    },
    expect: others.expect,
    forget: () => {
      clear()
      away = null
    },
    refresh: () => {
      // What the thread of a rebuild writes was sent from here.
      if (others.haveWritten() && away === null) clear()
    },
    hold: (store) => {
      clear()
      away = openAway(table, store)
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

/** Whether another handle has written since this was asked last: under the epoch expected it was a thread of this store. */
const openOthers = (db: Database) => {
  const version = db.prepare<[], number>('PRAGMA data_version').pluck()
  const epochNow = db.prepare<[], number>('SELECT epoch FROM state').pluck()
  let seen = version.get()
  let expected: number | null = null
  return {
    expect: (epoch: number | null): void => {
      expected = epoch
    },
    haveWritten: (): boolean => {
      const now = version.get()
      if (now === seen) return false
      seen = now
      return expected === null || epochNow.get() !== expected
    },
  }
}

type Away = ReturnType<typeof openAway>

/** Documents that go elsewhere, each under the number its key was given. */
const openAway = (table: ReturnType<typeof openTable>, elsewhere: Elsewhere) => {
  const keys = createWrittenKeys()
  /** Of what was written: some kinds are asked for with every act, and few books have any. */
  const kinds = new Set<string>()
  /** Number 0: was never written. */
  const find = (key: string): { readonly number: number; readonly text: string | null } => {
    let text: string | null = null
    const number = keys.find(key, (one) => {
      const there = elsewhere.find(one) ?? table.at(one)
      text = there?.text ?? null
      return there?.key === key
    })
    return { number, text }
  }
  return {
    find,
    has: (kind: string): boolean => kinds.has(kind),
    put: (leaving: Leaving): void => {
      const { number } = find(leaving.key)
      // What came and went in memory was never written.
      if (leaving.text === null && number === 0) return
      kinds.add(partsOf(leaving.key)[0])
      elsewhere.put({ ...leaving, number: number || keys.add(leaving.key), isNew: number === 0 })
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
    /** Gives its size. */
    put: (key: string, text: string): number => {
      prepared().run(dids.write(key), dids.write(text))
      return text.length
    },
    drop: (key: string): number => {
      drop.run(dids.seek(key))
      return 0
    },
  }
}
