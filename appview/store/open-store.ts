// Opens a store by its address: a SQLite file, or the books in a MongoDB. The MongoDB driver is loaded only where it is used.
// An appview's folder is bound to the engine it began with, since keys beside the store and what is in it belong together.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metrics } from '../../server/metrics.ts'
import { StartError } from '../../server/start-error.ts'
import type { OnLost } from './mongo-lost.ts'
import type { Moving } from './moving.ts'
import { openSqliteMoving } from './sqlite-moving.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

export type Engine = 'sqlite' | 'mongodb'

export type StoreAddress = {
  /** A file, or mongodb://… */
  readonly address: string
  /** Where the key of a store on MongoDB lies; beside the file of one on SQLite. */
  readonly folder: string
  /** Under which several appviews have their books in one MongoDB database. */
  readonly book?: string | undefined
}

const BOOK = /^[a-z0-9][a-z0-9-]{0,39}$/
const KEY_FILE = 'appview.mongodb.erasure-key'
export const DEFAULT_FILE = 'appview.sqlite'
const BOUND_FILE = 'store.json'
const FILE_MODE = 0o600

/** Throws StartError for an address of something else. */
export const engineOf = (address: string): Engine => {
  if (/^mongodb(?:\+srv)?:\/\//.test(address)) return 'mongodb'
  if (/^[a-z+]+:\/\//i.test(address))
    throw new StartError(
      `the store ${address.slice(0, address.indexOf(':'))}:// is none Waki knows: name a file, or mongodb://host/database?replicaSet=name`,
    )
  return 'sqlite'
}

/** Where the key lies under which a store hashes what it has erased. */
export const erasureKeyOf = ({ address, folder }: StoreAddress): string =>
  engineOf(address) === 'sqlite' ? `${address}.erasure-key` : join(folder, KEY_FILE)

/** Who is told how a database does, and of a command to it that is never answered: the process is to end then, since much may wait for that. */
export type Watched = { readonly metrics?: Metrics; readonly onLost?: OnLost }

/** Throws StartError with a sentence that says what to do when the store cannot be opened. `watched`: told how the database does. */
export const openStore = async (where: StoreAddress, watched: Watched = {}): Promise<Store> => {
  const { address, book } = where
  if (engineOf(address) === 'sqlite') return openSqliteStore(address)
  if (book !== undefined && !BOOK.test(book))
    throw new StartError(`STORE_BOOK ${book} cannot be a book's name: small letters, digits and hyphens, at most 40`)
  const { openMongoStore } = await import('./mongo-store.ts')
  return openMongoStore({ uri: address, keyFile: erasureKeyOf(where), watched, ...(book === undefined ? {} : { book }) })
}

/** What moving a store needs of one that exists. */
export const openMoving = async (where: StoreAddress): Promise<Moving> => {
  const { address, book } = where
  if (engineOf(address) === 'sqlite') return openSqliteMoving(address)
  const { openMongoMoving } = await import('./mongo-moving.ts')
  return openMongoMoving({ uri: address, keyFile: erasureKeyOf(where), ...(book === undefined ? {} : { book }) })
}

/** Opens an appview's own store; refuses when its folder began on the other engine. */
export const openBoundStore = async (where: StoreAddress, watched?: Watched): Promise<Store> => {
  const engine = engineOf(where.address)
  const bound = boundEngine(where.folder)
  if (bound !== undefined && bound !== engine) throw new StartError(refusal(where.folder, bound, engine))
  const store = await openStore(where, watched)
  if (bound === undefined) bindFolder(where.folder, engine)
  return store
}

const NAMES: Readonly<Record<Engine, string>> = { sqlite: 'SQLite', mongodb: 'MongoDB' }

const refusal = (folder: string, bound: Engine, asked: Engine): string => {
  const [from, to] = [bound === 'sqlite' ? join(folder, DEFAULT_FILE) : 'mongodb://…', asked === 'sqlite' ? 'FILE' : 'mongodb://…']
  return `${folder} holds the books of an appview on ${NAMES[bound]}, and STORE names one on ${NAMES[asked]}: move them with \`npx waki store copy --from ${from} --to ${to} --folder ${folder}\`, or start it on its own store`
}

/** The engine a folder is bound to: what it says, or what lies in it. */
const boundEngine = (folder: string): Engine | undefined => {
  const file = join(folder, BOUND_FILE)
  if (existsSync(file)) return parseEngine(JSON.parse(readFileSync(file, 'utf8')))
  return existsSync(join(folder, DEFAULT_FILE)) ? 'sqlite' : undefined
}

const parseEngine = ({ engine }: { readonly engine?: unknown }): Engine => (engine === 'mongodb' ? 'mongodb' : 'sqlite')

/** From here on the folder belongs to a store on this engine. */
export const bindFolder = (folder: string, engine: Engine): void => {
  if (!existsSync(folder)) throw new StartError(`there is no folder ${folder}: name the appview's own with --folder`)
  const file = join(folder, BOUND_FILE)
  writeFileSync(`${file}.next`, `${JSON.stringify({ engine })}\n`, { mode: FILE_MODE })
  renameSync(`${file}.next`, file)
}
