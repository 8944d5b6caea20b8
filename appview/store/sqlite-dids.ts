// DIDs stand in one table; in every other text of the file a number stands for them, "did:#12;". So a person's key can be taken out of all that is
// stored at once, and no page of an index ever held it: rows of this table are added at its end and overwritten in place, where they lie.

import type { Database } from '../../server/sqlite.ts'
import { isErased } from '../journal/erasure.ts'
import { replaceDids } from './did-texts.ts'
import { numberOf } from './number-of.ts'

export type Dids = {
  /** The text with numbers in place of DIDs, which are put into `seen`; new DIDs get theirs. Only inside a transaction. */
  readonly write: (text: string, seen?: Set<number>) => string
  /** The same to look something up by: a DID that has no number finds nothing. */
  readonly seek: (text: string) => string
  readonly read: (text: string) => string
  /** Number of a DID, made when new. Only inside a transaction. */
  readonly id: (did: string) => number
  /** Number of a DID, 0 when it has none. */
  readonly find: (did: string) => number
  readonly text: (id: number) => string
  /** The same text; of those that are equal and known here always one. */
  readonly same: (did: string) => string
  /** From here on what stood for the DID stands for the name. Only inside a transaction. */
  readonly rename: (did: string, name: string) => void
  /** All of them, for whoever reads the whole store. */
  readonly all: () => ReadonlyMap<number, string>
  /** Forget what is remembered: after a rollback. */
  readonly forget: () => void
}

export const didsSql = `
CREATE TABLE did (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, did TEXT NOT NULL);
CREATE INDEX did_number ON did (number);
`

const MAX_REMEMBERED = 500_000
const USUAL = /^did:plc:[a-z0-9]{24}$/

export const isUsualDid = (did: string): boolean => USUAL.test(did)
/** What stands for the DID of this number. */
export const storedDid = (number: number): string => `did:#${number};`

const STORED = 'did:#'
const [HASH, SEMICOLON, DIGIT_0, DIGIT_9] = [0x23, 0x3b, 0x30, 0x39]

export const openDids = (db: Database): Dids => {
  const { find, text, rename, all, add, forget } = openNames(db)
  const id = (did: string): number => find(did) || add(did)
  const same = (did: string): string => {
    const number = find(did)
    return number === 0 ? did : text(number)
  }
  /** Usual DIDs of late: they are known by their length, without looking where they end. */
  const usual = new Map<string, Usual>()
  // What is written before its erasure is not the name of anybody erased, and is kept as it is.
  const stored = (one: string, number: number): string =>
    one === 'did:#' ? 'did:##' : number === 0 && isErased(one) ? one : storedDid(number)
  const written = (one: string, seen: Set<number> | undefined): string => {
    if (one === 'did:#' || isErased(one)) return stored(one, find(one))
    const number = id(one)
    seen?.add(number)
    const text = stored(one, number)
    if (USUAL.test(one)) {
      if (usual.size >= MAX_REMEMBERED) usual.clear()
      usual.set(one, { number, text })
    }
    return text
  }
  const remembered = (did: string, seen: Set<number> | undefined): string | undefined => {
    const known = usual.get(did)
    if (known !== undefined) seen?.add(known.number)
    return known?.text
  }
  return {
    write: (plain, seen) =>
      replaceDids(
        plain,
        (one) => remembered(one, seen),
        (one) => written(one, seen),
      ),
    seek: (plain) =>
      replaceDids(
        plain,
        (one) => remembered(one, undefined),
        (one) => stored(one, find(one)),
      ),
    read: (stored) => readDids(stored, text),
    id,
    find,
    text,
    same,
    rename: (did, name) => {
      usual.clear()
      rename(did, name)
    },
    all,
    forget: () => {
      usual.clear()
      forget()
    },
  }
}

type Usual = { readonly number: number; readonly text: string }

/** A stored text as it was written, given which number stands for which DID. */
export const readDids = (stored: string, text: (id: number) => string): string => {
  let at = stored.indexOf(STORED)
  if (at < 0) return stored
  let [plain, from] = ['', 0]
  for (; at >= 0; at = stored.indexOf(STORED, Math.max(from, at + 1))) {
    const begin = at + STORED.length
    const end = endOfDigits(stored, begin)
    const isNumber = end > begin && stored.charCodeAt(end) === SEMICOLON
    if (!isNumber && stored.charCodeAt(begin) !== HASH) continue
    plain += isNumber ? stored.slice(from, at) + text(Number(stored.slice(begin, end))) : stored.slice(from, begin)
    from = isNumber ? end + 1 : begin + 1
  }
  return plain + stored.slice(from)
}

const endOfDigits = (text: string, from: number): number => {
  let end = from
  for (let code = text.charCodeAt(end); code >= DIGIT_0 && code <= DIGIT_9; code = text.charCodeAt(end)) end += 1
  return end
}

type Row = { readonly id: number; readonly did: string }

const openNames = (db: Database) => {
  const byNumber = db.prepare<[number], Row>('SELECT id, did FROM did WHERE number = ?')
  const byId = db.prepare<[number], { did: string }>('SELECT did FROM did WHERE id = ?')
  const insert = db.prepare('INSERT INTO did (number, did) VALUES (?, ?)')
  const put = db.prepare('UPDATE did SET number = ?, did = ? WHERE id = ?')
  const every = db.prepare<[], Row>('SELECT id, did FROM did')
  const ids = new Map<string, number>()
  const texts = new Map<number, string>()
  const remember = (did: string, id: number): number => {
    if (ids.size >= MAX_REMEMBERED) {
      ids.clear()
      texts.clear()
    }
    ids.set(did, id)
    texts.set(id, did)
    return id
  }
  const find = (did: string): number => {
    const known = ids.get(did)
    if (known !== undefined) return known
    const row = byNumber.all(numberOf(did)).find((one) => one.did.trimEnd() === did)
    return row === undefined ? 0 : remember(did, row.id)
  }
  const text = (id: number): string => {
    const known = texts.get(id)
    if (known !== undefined) return known
    const did = byId.get(id)?.did.trimEnd() ?? ''
    remember(did, id)
    return did
  }
  const forget = (): void => {
    ids.clear()
    texts.clear()
  }
  return {
    find,
    text,
    forget,
    add: (did: string): number => remember(did, Number(insert.run(numberOf(did), did).lastInsertRowid)),
    // As long as the DID was, so that its bytes are overwritten.
    rename: (did: string, name: string): void => {
      const id = find(did)
      if (id !== 0) put.run(numberOf(name), name.padEnd(did.length), id)
      forget()
    },
    all: (): ReadonlyMap<number, string> => new Map(every.all().map((row) => [row.id, row.did.trimEnd()])),
  }
}
