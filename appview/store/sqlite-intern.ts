// Integer keys for the texts that stand in many rows. Ids are given in order of first use, so a rebuild gives the same ones.

import type { Database } from '../../server/sqlite.ts'

const MAX_REMEMBERED = 200_000

export type Interned = {
  /** Id of a text, made when new. Only inside a transaction. */
  id(text: string): number
  /** Id of a text, 0 when it has none. */
  find(text: string): number
  text(id: number): string
  /** Forget what is remembered: after a rollback or a reset. */
  forget(): void
}

/** How the texts are stored. */
type Coding = { readonly write: (text: string) => string; readonly seek: (text: string) => string; readonly read: (text: string) => string }

const same = (text: string): string => text
const PLAIN: Coding = { write: same, seek: same, read: same }

/** Over a table (id INTEGER PRIMARY KEY, column TEXT UNIQUE). */
export const intern = (db: Database, table: string, column: string, coding = PLAIN): Interned => {
  const select = db.prepare<[string], { id: number }>(`SELECT id FROM ${table} WHERE ${column} = ?`)
  const insert = db.prepare<[string]>(`INSERT INTO ${table} (${column}) VALUES (?)`)
  const selectText = db.prepare<[number], { text: string }>(`SELECT ${column} AS text FROM ${table} WHERE id = ?`)
  const ids = new Map<string, number>()
  const texts = new Map<number, string>()
  const remember = (text: string, id: number): number => {
    if (ids.size >= MAX_REMEMBERED) {
      ids.clear()
      texts.clear()
    }
    ids.set(text, id)
    texts.set(id, text)
    return id
  }
  const find = (text: string): number => {
    const known = ids.get(text)
    if (known !== undefined) return known
    const row = select.get(coding.seek(text))
    return row === undefined ? 0 : remember(text, row.id)
  }
  return {
    find,
    id: (text) => find(text) || remember(text, Number(insert.run(coding.write(text)).lastInsertRowid)),
    text: (id) => {
      const known = texts.get(id)
      if (known !== undefined) return known
      const text = coding.read(selectText.get(id)?.text ?? '')
      remember(text, id)
      return text
    },
    forget: () => {
      ids.clear()
      texts.clear()
    },
  }
}
