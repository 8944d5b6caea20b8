// Everything an appview stores, checked again from its bytes: every proof and what each row says of it, every repo's history, every entry, and that
// intake folds to what is there. Where the log or the directory lies beside it: that nothing of the log was left out or said otherwise, and that keys
// were named by the directory. Does not check that keys were right at their time: that is what the evidence beside each proof is for.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditReport } from '../server/audit-report.ts'
import { lockFile } from '../server/sqlite.ts'
import { StartError } from '../server/start-error.ts'
import { auditFold, auditJournal } from './audit/audit-fold.ts'
import { createLogAudit } from './audit/audit-log.ts'
import { auditRows } from './audit/audit-rows.ts'
import type { Beside } from './audit/beside.ts'
import { Found } from './audit/found.ts'
import { openMoment } from './store/open-source.ts'
import { engineOf, openStore } from './store/open-store.ts'
import type { StoreAddress } from './store/open-store.ts'
import type { Books } from './store/store.ts'

export type { Beside } from './audit/beside.ts'
export { StartError } from '../server/start-error.ts'

/** Held by whoever works in an appview's folder. */
const LOCK_FILE = 'appview.lock'

/** `folder` is the appview's data folder, or its store's file; `address` names another store of that folder. */
export const auditAppview = async (folder: string, beside: Beside = {}, address: string | null = null): Promise<AuditReport> => {
  const file = existsSync(folder) && statSync(folder).isFile() ? folder : join(folder, 'appview.sqlite')
  const store = await openStore({ address: address ?? file, folder })
  try {
    return await auditBooks(store.books, beside)
  } finally {
    await store.close()
  }
}

/**
 * The store of an appview at an address. Where nothing runs on it, as it lies there; where its appview goes on, one moment of it, for which a file needs as
 * much room again among the temporary files. Nothing is changed. Throws StartError.
 */
export const auditStore = async (where: StoreAddress): Promise<AuditReport> => {
  const isFile = engineOf(where.address) === 'sqlite'
  if (isFile && !existsSync(where.address)) throw new StartError(`there is no store ${where.address}`)
  using stack = new DisposableStack()
  const isAlone = isFile && isStopped(where.folder, stack)
  const scratch = mkdtempSync(join(tmpdir(), 'waki-audit-'))
  stack.defer(() => rmSync(scratch, { recursive: true, force: true }))
  const source = isAlone ? await openStore(where) : (await openMoment(where, scratch)).store
  try {
    if ((await source.books.state()).origin === null)
      throw new StartError(`${isFile ? where.address : 'this book'} holds no books: name the store of an appview, and its book`)
    return await auditBooks(source.books)
  } finally {
    await source.close()
  }
}

/** Nobody begins to work in the folder until the stack is disposed. */
const isStopped = (folder: string, stack: DisposableStack): boolean => {
  try {
    stack.use(lockFile(join(folder, LOCK_FILE)))
    return true
  } catch (error) {
    if (error instanceof StartError) return false
    throw error
  }
}

/** The same on an opened store. */
export const auditBooks = async (books: Books, beside: Beside = {}): Promise<AuditReport> => {
  const found = new Found('rows', 'residues', 'proofs', 'transactions', 'lines')
  const { cursor } = await books.state()
  const log = beside.log === undefined ? null : createLogAudit(beside.log, cursor.read.leaf, found)
  await found.orSay('intake', () => auditRows(books, beside, log, found))
  if (log !== null) await found.orSay('log', () => log.end(books))
  await found.orSay('journal', () => auditJournal(books, found))
  await found.orSay('books', () => auditFold(books, found))
  return found.report()
}
