// Everything an appview stores, checked again from its bytes: every proof and what each row says of it, every repo's history, every entry, and that
// intake folds to what is there. Where the log or the directory lies beside it: that nothing of the log was left out or said otherwise, and that keys
// were named by the directory. Does not check that keys were right at their time: that is what the evidence beside each proof is for.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditReport } from '../server/audit-report.ts'
import { auditFold, auditJournal } from './audit/audit-fold.ts'
import { createLogAudit } from './audit/audit-log.ts'
import { auditRows } from './audit/audit-rows.ts'
import type { Beside } from './audit/beside.ts'
import { Found } from './audit/found.ts'
import { openStore } from './store/open-store.ts'
import type { Books } from './store/store.ts'

export type { Beside } from './audit/beside.ts'

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
