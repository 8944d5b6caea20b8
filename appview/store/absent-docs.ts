// Which documents are not in the file, told without asking it. Record keys are TIDs, which ascend: later than the last document of its folder there is
// none. Of a kind of which there are few, what is none of them is not there. Holds as long as nobody else has written; deletions leave it true.

import type { Database } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'

export type AbsentDocs = {
  /** False where only the file can tell. */
  readonly isAbsent: (kind: string, id: string) => boolean
  /** It is there from here on. */
  readonly put: (kind: string, id: string) => void
  readonly forget: () => void
}

const TID = /^[2-7a-z]{13}$/
const TID_LENGTH = 13
const MOST_FOLDERS = 100_000
/** Of a kind with fewer documents all ids are known, once so many were asked for: a lone commit asks for few. */
const FEW = 2_000
const ASKED_OFTEN = 64

type OfKind = { asked: number; ids: Set<string> | 'many' | null; readonly folders: Map<string, string> }

export const openAbsentDocs = (db: Database, dids: Dids): AbsentDocs => {
  const lastBelow = db.prepare<[string, string], string>('SELECT key FROM doc WHERE key > ? AND key < ? ORDER BY key DESC LIMIT 1').pluck()
  const some = db.prepare<[string, string, number], string>('SELECT key FROM doc WHERE key > ? AND key < ? LIMIT ?').pluck()
  const kinds = new Map<string, OfKind>()
  let folders = 0
  const ofKind = (kind: string): OfKind => {
    const known = kinds.get(kind)
    if (known !== undefined) return known
    const made = { asked: 0, ids: null, folders: new Map<string, string>() }
    kinds.set(kind, made)
    return made
  }
  const forget = (): void => {
    kinds.clear()
    folders = 0
  }
  /** What its last document ends in, as it is stored; '' where there is none. */
  const lastOf = (kind: string, folder: string, known: Map<string, string>): string => {
    const last = known.get(folder)
    if (last !== undefined) return last
    const before = dids.seek(`${kind}:${folder}`)
    const found = lastBelow.get(before, after(before))?.slice(before.length) ?? ''
    if (folders >= MOST_FOLDERS) forget()
    folders += 1
    known.set(folder, found)
    return found
  }
  const idsOf = (kind: string): Set<string> | 'many' => {
    const keys = some.all(`${kind}:`, after(`${kind}:`), FEW)
    return keys.length === FEW ? 'many' : new Set(keys.map((key) => dids.read(key).slice(kind.length + 1)))
  }
  return {
    isAbsent: (kind, id) => {
      const one = ofKind(kind)
      const split = id.length - TID_LENGTH
      if (id.charAt(split - 1) === '/' && TID.test(id.slice(split))) return id.slice(split) > lastOf(kind, id.slice(0, split), one.folders)
      one.asked += 1
      if (one.ids === null && one.asked > ASKED_OFTEN) one.ids = idsOf(kind)
      return one.ids instanceof Set && !one.ids.has(id)
    },
    put: (kind, id) => {
      const one = kinds.get(kind)
      if (one === undefined) return
      if (one.ids instanceof Set) one.ids = one.ids.size < FEW ? one.ids.add(id) : 'many'
      const split = id.length - TID_LENGTH
      const last = one.folders.get(id.slice(0, split))
      if (last !== undefined && id.slice(split) > last && TID.test(id.slice(split))) one.folders.set(id.slice(0, split), id.slice(split))
    },
    forget,
  }
}

/** Behind all that begins with a text. */
const after = (prefix: string): string => prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
