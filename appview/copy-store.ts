// The books of one store into another, also between engines, of a stopped appview or of one that goes on: intake with its proofs as it is, what is folded made
// anew from it, the desk, the outbox and who is signed in. The copy counts only when both fold to the same bytes.

import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { systemClock } from '../server/clock.ts'
import { lockFile } from '../server/sqlite.ts'
import { StartError } from '../server/start-error.ts'
import type { IntakeRow } from './journal/model.ts'
import { RULES } from './journal/rules.ts'
import { hashOfFolded, rebuildBooks } from './rebuild.ts'
import { compareDesk, deskKinds } from './compare-desk.ts'
import { copyDesk, copyWork } from './copy-desk.ts'
import { refuseInUse } from './in-use.ts'
import { clearMoments, openMoment, openStopped } from './store/open-source.ts'
import type { Source } from './store/open-source.ts'
import { partOfBook, partOfFile } from './store/copying.ts'
import { DEFAULT_BOOK } from './store/mongo-keys.ts'
import type { Moving } from './store/moving.ts'
import { bindFolder, engineOf, erasureKeyOf, openMoving, openStore } from './store/open-store.ts'
import type { StoreAddress } from './store/open-store.ts'
import type { Books, Store } from './store/store.ts'

export { dropUnused } from './drop-book.ts'
export { StartError } from '../server/start-error.ts'
export { signOutAll } from './sign-out.ts'

const PAGE = 1_000
const FOLDER_MODE = 0o700

/** `secretFile`: where the secret of sign-in is, if not in the folder. */
export type CopySource = StoreAddress & { readonly secretFile?: string | undefined }
export type Copied = { readonly rows: number; readonly transactions: number; readonly statementsHash: string; readonly leaf: number }
export type CopyProgress = (what: 'rows' | 'folded', done: number, total: number) => void

/**
 * Into another folder: one moment of the source, whose appview may go on. Within one folder: the source is moved, and its appview has to be stopped.
 * Throws StartError when the source cannot be copied, the target holds books already, or the copy is not what the source is.
 */
export const copyStore = async (from: CopySource, to: StoreAddress, onProgress: CopyProgress = () => {}): Promise<Copied> => {
  if (engineOf(from.address) === 'sqlite' && !existsSync(from.address)) throw new StartError(`there is no store ${from.address}`)
  const isMove = resolve(from.folder) === resolve(to.folder)
  mkdirSync(to.folder, { recursive: true, mode: FOLDER_MODE })
  using _lock = lockFolder(to.folder)
  clearMoments(to.folder)
  const source = isMove ? await openStopped(from, refuseAtWork(from)) : await openMoment(from, to.folder)
  try {
    return await copyFrom(source, from, to, onProgress)
  } catch (error) {
    if (isTooLong(error)) throw new StartError(TOO_LONG)
    throw isThereAlready(error) ? partOf(to) : error
  } finally {
    await source.close()
  }
}

/** A SQLite appview is kept out by the lock of its folder; one on MongoDB may have its processes on any machine. */
const refuseAtWork =
  ({ address }: StoreAddress) =>
  async ({ leases }: Store): Promise<void> => {
    if (engineOf(address) !== 'sqlite') await refuseInUse(leases, systemClock())
  }

const copyFrom = async (source: Source, from: CopySource, to: StoreAddress, onProgress: CopyProgress): Promise<Copied> => {
  const { rules, cursor } = await source.store.books.state()
  if (rules !== RULES && cursor.read.leaf > 0)
    throw new StartError(
      'this store was folded by other rules than those of this program: start its appview with this program first, which folds it anew',
    )
  takeKey(erasureKeyOf(from), erasureKeyOf(to))
  takeSealing(from, to)
  const target = await openStore(to)
  try {
    await movingTo(to, (moving) => begin(moving, to))
    await movingTo(to, (moving) => copyIntake(source, moving, onProgress))
    await copyDesk(source.store, target)
    await copyWork(source.store, target)
    const hashes = await hashesOf(source.store.books)
    const { rows, transactions, statementsHash } = await rebuildBooks(target.books, (done, total) => onProgress('folded', done, total))
    await compare(hashes, target.books, statementsHash)
    compareDesk(await deskKinds(source.store), await deskKinds(target))
    await movingTo(to, (moving) => moving.end())
    bindFolder(to.folder, engineOf(to.address))
    return { rows, transactions, statementsHash, leaf: cursor.read.leaf }
  } finally {
    await target.close()
  }
}

const TOO_LONG =
  'MongoDB has forgotten the moment that was being copied: let it keep moments longer (db.adminCommand({setParameter: 1, minSnapshotHistoryWindowInSeconds: 3600})), or stop the appview meanwhile'

/** SnapshotTooOld. */
const isTooLong = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 239

/** What was erased is found again only under the key it was erased with; what is sealed is opened only by its own. */
const takeKey = (from: string, to: string): void => {
  if (!existsSync(to)) copyFileSync(from, to)
  else if (!readFileSync(to).equals(readFileSync(from))) throw new StartError(`${to} is the key of another store: move it away first`)
}

/** Without these nobody stays signed in, and no grant is read: keys without the secret that opens them are refused now, not when the copy is needed. */
const takeSealing = (from: CopySource, to: StoreAddress): void => {
  const [keys, secret] = [join(from.folder, 'sign-in-keys'), from.secretFile ?? join(from.folder, 'secret')]
  if (existsSync(keys) && !existsSync(secret))
    throw new StartError(
      `${secret} is not there, under which ${keys} is sealed: name the secret’s file with --secret-file, as SECRET_FILE does`,
    )
  if (existsSync(secret) && resolve(from.folder) !== resolve(to.folder)) takeKey(secret, join(to.folder, 'secret'))
  if (existsSync(keys)) takeKey(keys, join(to.folder, 'sign-in-keys'))
}

const lockFolder = (folder: string): Disposable => {
  try {
    return lockFile(join(folder, 'appview.lock'))
  } catch (error) {
    if (!existsSync(join(folder, 'appview.lock'))) throw error
    throw new StartError(
      `${folder} is in use by a running appview or another copy: stop it or let it end, or name another folder with --to-folder`,
    )
  }
}

/** Of a document or row that is there already. */
const isThereAlready = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 11_000 || String(error.code).startsWith('SQLITE_CONSTRAINT'))

const partOf = ({ address, book = DEFAULT_BOOK }: StoreAddress): StartError =>
  engineOf(address) === 'sqlite' ? partOfFile(address) : partOfBook(book)

const movingTo = async <T>(to: StoreAddress, work: (moving: Moving) => Promise<T>): Promise<T> => {
  const moving = await openMoving(to)
  try {
    return await work(moving)
  } finally {
    await moving.close()
  }
}

const begin = async (target: Moving, to: StoreAddress): Promise<void> => {
  const found = await target.begin()
  if (found === 'part') throw partOf(to)
  if (found === 'books')
    throw new StartError(
      `the store to copy to (${engineOf(to.address) === 'sqlite' ? to.address : 'on MongoDB'}) holds books already: name an empty one`,
    )
}

const copyIntake = async ({ store: { books }, erasures }: Source, target: Moving, onProgress: CopyProgress): Promise<void> => {
  const { origin, roster, left, cursor } = await books.state()
  const total = (await books.counts()).intake
  let done = 0
  let proven = 0
  for await (const rows of pagesOf(books)) {
    const leaves = [...new Set(rows.map(({ leaf }) => leaf))].filter((leaf) => leaf > proven)
    const proofs = (await Promise.all(leaves.map((leaf) => books.proof(leaf)))).filter((proof) => proof !== null)
    const heads = [...(await books.heads([...new Set(rows.map(({ repo }) => repo))])).values()]
    await target.append({ rows, proofs, heads })
    proven = leaves.at(-1) ?? proven
    done += rows.length
    onProgress('rows', done, total)
  }
  await target.settle({ origin, roster: [...roster, ...left], cursor, erasures: await erasures() })
}

/** As they are stored: without the names they are folded under. */
async function* pagesOf(books: Books): AsyncGenerator<readonly IntakeRow[]> {
  for (let after = { leaf: 0, op: 0 }; ;) {
    const page = await books.intake(after, PAGE)
    if (page.length === 0) return
    yield await Promise.all(page.map((row) => asStored(books, row)))
    after = page.at(-1) ?? after
  }
}

const asStored = async (books: Books, row: IntakeRow): Promise<IntakeRow> => {
  if (row.subject === undefined) return row
  const [stored] = await books.rows({ uri: row.uri, before: { leaf: row.leaf, op: row.op + 1 }, limit: 1 })
  return stored ?? row
}

type Hashes = { readonly intake: string; readonly folded: string }

const hashesOf = async (books: Books): Promise<Hashes> => ({ intake: await hashOfIntake(books), folded: await hashOfFolded(books) })

const compare = async (source: Hashes, target: Books, folded: string): Promise<void> => {
  if (source.intake !== (await hashOfIntake(target)))
    throw new StartError('the copy does not hold the intake of its source: delete it, and report this')
  if (source.folded !== folded)
    throw new StartError(
      'the copy folds to other books than its source has: see with `npx waki audit appview --store FILE|URI` whether the source is sound; delete the copy',
    )
}

const hashOfIntake = async (books: Books): Promise<string> => {
  const hash = createHash('sha256')
  for await (const rows of pagesOf(books))
    for (const row of rows) {
      const proof = await books.proof(row.leaf)
      hash.update(JSON.stringify(row)).update(proof === null ? '' : proof.car)
    }
  return hash.digest('hex')
}
