// The documents that a commit changes as texts, as they pass from thread to thread, too; and how they are written, many at a time.

import type { Doc } from '../journal/model.ts'
import { textOfDoc } from './doc-text.ts'
import type { Ask } from './rebuild-messages.ts'
import { asksOf } from './sqlite-asks.ts'
import { insertMany } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'

export type PackedDocs = {
  readonly keys: readonly string[]
  /** Null: dropped. */
  readonly texts: readonly (string | null)[]
  /** By the place of their action, where somebody is asked. */
  readonly asks: ReadonlyMap<number, readonly Ask[]>
}

export const packDocs = (put: readonly (readonly [string, Doc | null])[]): PackedDocs => {
  const texts: (string | null)[] = []
  const asks = new Map<number, readonly Ask[]>()
  for (const [key, doc] of put) {
    const asked = asksOf(key, doc)
    if (asked.length > 0) asks.set(texts.length, asked)
    texts.push(doc === null ? null : textOfDoc(key.slice(key.indexOf(':') + 1), doc))
  }
  return { keys: put.map(([key]) => key), texts, asks }
}

const CONFLICT = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value'

/** Writes them into the file, and remembers nothing. Only inside a transaction. */
export const openDocWriter = ({ db, dids, asks: asked }: Pick<Tables, 'db' | 'dids' | 'asks'>): ((docs: PackedDocs) => void) => {
  const put = insertMany(db, 'INSERT', 'doc (key, value)', 2, CONFLICT)
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  return ({ keys, texts, asks }) => {
    asked.setAll(keys, asks)
    const rows: string[] = []
    for (const [nth, key] of keys.entries()) {
      const text = texts[nth] ?? null
      if (text === null) drop.run(dids.seek(key))
      else rows.push(dids.write(key), dids.write(text))
    }
    put(rows)
  }
}
