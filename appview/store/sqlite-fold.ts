// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and the buckets they add up to.
// Only inside the transaction of `commit`.

import type { Changes, Refusal } from '../journal/model.ts'
import { openPacker } from './packed-transactions.ts'
import type { PackedTransactions } from './packed-transactions.ts'
import type { FoldedBatch } from './rebuild-messages.ts'
import { openTransactionWriter } from './sqlite-postings.ts'
import type { Tables } from './sqlite-tables.ts'

export type FoldWriter = {
  readonly write: (changes: Changes) => void
  /** The same of what another thread decided, but for documents and dues. */
  readonly writeBatch: (batch: FoldedBatch) => void
  /** From empty tables on: buckets and what belongs to whom are written late. Only inside a transaction. */
  readonly hold: () => void
  /** All is written, and at once from here on; nothing to do where nothing is held. */
  readonly release: () => void
}

export const openFoldWriter = (tables: Tables): FoldWriter => {
  const { db, dids, docs, dues } = tables
  const pack = openPacker()
  const addRefusal = db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const transactions = openTransactionWriter(tables)
  let isHeld = false
  tables.onForget(() => {
    isHeld = false
    transactions.forget()
  })
  const book = (packed: PackedTransactions, refusals: readonly Refusal[]): void => {
    for (const refusal of refusals) {
      const { repo, uri, leaf, op, code } = refusal
      addRefusal.run(dids.write(repo), dids.write(uri), leaf, op, code, dids.write(JSON.stringify(refusal)))
    }
    transactions.write(packed)
  }
  return {
    write: (changes) => {
      for (const [key, doc] of changes.put) docs.put(key, doc)
      for (const due of changes.dueRemove) dues.remove(due)
      for (const due of changes.dueAdd) dues.add(due)
      book(pack(changes.transactions), changes.refusals)
    },
    writeBatch: (batch) => book(batch.transactions, batch.refusals),
    hold: () => {
      isHeld = true
      transactions.hold()
    },
    release: () => {
      if (!isHeld) return
      isHeld = false
      transactions.release()
    },
  }
}
