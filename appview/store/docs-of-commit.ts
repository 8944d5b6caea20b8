// The documents that a commit changes as texts, as they pass from thread to thread, too; and how they are written, many at a time.

import type { Doc } from '../journal/model.ts'
import { textOfDoc } from './doc-text.ts'
import { packTexts, unpackTexts } from './packed-texts.ts'
import type { PackedTexts } from './packed-texts.ts'
import type { Ask } from './rebuild-messages.ts'
import { asksOf } from './sqlite-asks.ts'
import { GATHERED_LETTERS, insertMany } from './sqlite-many.ts'
import type { Tables } from './sqlite-tables.ts'

export type PackedDocs = {
  /** Of each document: its key and its text; without text it is dropped. */
  readonly texts: PackedTexts
  /** By the place of their action, where somebody is asked. */
  readonly asks: ReadonlyMap<number, readonly Ask[]>
}

export const packDocs = (put: readonly (readonly [string, Doc | null])[]): PackedDocs => {
  const asks = new Map<number, readonly Ask[]>()
  const texts: (string | null)[] = []
  for (const [nth, [key, doc]] of put.entries()) {
    const asked = asksOf(key, doc)
    if (asked.length > 0) asks.set(nth, asked)
    texts.push(key, doc === null ? null : textOfDoc(key.slice(key.indexOf(':') + 1), doc))
  }
  return { texts: packTexts(texts), asks }
}

/** How long the text of each is, in their order; 0 where it is dropped. */
export const sizesOf = ({ texts: { lengths } }: PackedDocs): readonly number[] =>
  lengths.flatMap((length, nth) => (nth % TEXTS_OF_DOC === 1 ? [Math.max(0, length)] : []))

const TEXTS_OF_DOC = 2
const CONFLICT = 'ON CONFLICT (key) DO UPDATE SET value = excluded.value'

/** Writes them into the file, and remembers nothing. Only inside a transaction. */
export const openDocWriter = ({ db, dids, asks: asked }: Pick<Tables, 'db' | 'dids' | 'asks'>): ((docs: PackedDocs) => void) => {
  const put = insertMany(db, 'INSERT', 'doc (key, value)', 2, CONFLICT)
  const drop = db.prepare('DELETE FROM doc WHERE key = ?')
  return ({ texts, asks }) => {
    const next = unpackTexts(texts)
    const keys: string[] = []
    let rows: string[] = []
    let letters = 0
    for (let key = next(); key !== null; key = next()) {
      const text = next()
      keys.push(key)
      if (text === null) drop.run(dids.seek(key))
      else {
        rows.push(dids.write(key), dids.write(text))
        letters += text.length
      }
      if (letters < GATHERED_LETTERS) continue
      put(rows)
      rows = []
      letters = 0
    }
    asked.setAll(keys, asks)
    put(rows)
  }
}
