// The keyed hash under which a store remembers what it has erased. The key lies beside the store's file, mode 0600, and decides nothing: names in the
// books come from places in the log; with the key one can only tell whether a uri one has is one of those that were erased.

import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Database } from '../../server/sqlite.ts'
import { createOwnerFile } from '../../server/owner-file.ts'
import { StartError } from '../../server/start-error.ts'

const KEY_BYTES = 32
const ENDING = '.erasure-key'

export type ErasedNames = {
  readonly hash: (text: string) => string
  isEmpty(): boolean
  /** The name of a withdrawn record for who spoke of it at a leaf; undefined when it was not withdrawn since. */
  at(uri: string, leaf: number): string | undefined
  /** The name it was given last. */
  last(uri: string): string | undefined
  /** `rkey`: what its name ends in; of an erased account the name whole. */
  add(uri: string, leaf: number, rkey: string): void
}

/** Reads the key of a store, or makes it. Throws StartError when the store has used another one: without it some rows would lose their subject. */
export const openErasedNames = (db: Database, file: string): ErasedNames => {
  const hash = openKeyedHash(db, file)
  const since = db.prepare<[string, number], { rkey: string }>('SELECT rkey FROM erased WHERE hash = ? AND leaf >= ? ORDER BY leaf LIMIT 1')
  const last = db.prepare<[string], { rkey: string }>('SELECT rkey FROM erased WHERE hash = ? ORDER BY leaf DESC LIMIT 1')
  const some = db.prepare<[], { one: number }>('SELECT 1 AS one FROM erased LIMIT 1')
  const add = db.prepare('INSERT INTO erased VALUES (?, ?, ?)')
  const named = (uri: string, found: { rkey: string } | undefined): string | undefined =>
    found === undefined ? undefined : found.rkey.startsWith('at://') ? found.rkey : `${uri.slice(0, uri.lastIndexOf('/'))}/${found.rkey}`
  return {
    hash,
    isEmpty: () => some.get() === undefined,
    at: (uri, leaf) => named(uri, since.get(hash(uri), leaf)),
    last: (uri) => named(uri, last.get(hash(uri))),
    add: (uri, leaf, rkey) => void add.run(hash(uri), leaf, rkey),
  }
}

const openKeyedHash = (db: Database, file: string): ErasedNames['hash'] => {
  const key = file === ':memory:' ? randomBytes(KEY_BYTES) : readErasureKey(`${file}${ENDING}`)
  const hash = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  const print = hash('this store')
  const known = db.prepare<[], { print: string }>('SELECT print FROM erasure_key').get()?.print
  if (known === undefined) db.prepare('INSERT INTO erasure_key VALUES (1, ?) ON CONFLICT DO NOTHING').run(print)
  else if (known !== print) throw new StartError(`${file}${ENDING} is not the key this store was made with: bring the right one back`)
  return hash
}

/** Reads the key in a file, making it where there is none. */
export const readErasureKey = (file: string): Buffer => {
  // A store whose key is lost says so by its fingerprint; a new key is harmless to a new store.
  if (!existsSync(file)) createOwnerFile(file, randomBytes(KEY_BYTES))
  const key = readFileSync(file)
  if (key.length !== KEY_BYTES) throw new StartError(`${file} does not hold a key of ${KEY_BYTES} bytes`)
  return key
}
