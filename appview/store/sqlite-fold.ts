// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and the buckets they add up to.
// Only inside the transaction of `commit`.

import type { Refusal } from '../journal/model.ts'
import type { PackedTransactions } from './packed-transactions.ts'
import type { FoldedBatch } from './rebuild-messages.ts'
import type { PackedRest } from './sqlite-commit.ts'
import { openTransactionWriter } from './sqlite-postings.ts'
import type { Tables } from './sqlite-tables.ts'

export type FoldWriter = {
  readonly write: (folded: PackedRest) => void
  /** The same of what another thread decided, but for documents and dues. */
  readonly writeBatch: (batch: FoldedBatch) => void
  /** From empty tables on: buckets and what belongs to whom are written late. Only inside a transaction. */
  readonly hold: () => void
  /** All is written, and at once from here on; nothing to do where nothing is held. */
  readonly release: () => void
}

export const openFoldWriter = (tables: Tables): FoldWriter => {
  const { db, dids, dues } = tables
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
    write: ({ dueAdd, dueRemove, refusals, transactions: packed }) => {
      for (const due of dueRemove) dues.remove(due)
      for (const due of dueAdd) dues.add(due)
      book(packed, refusals)
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
