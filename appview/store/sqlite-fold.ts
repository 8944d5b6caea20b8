// Writes what the journal decided: documents, due entries, refusals, transactions with their postings, and the buckets they add up to.
// Only inside the transaction of `commit`.

import type { Changes, Refusal } from '../journal/model.ts'
import { unpackTransactions, unpacked } from './rebuild-messages.ts'
import type { FoldedBatch, Unpacked } from './rebuild-messages.ts'
import { openBuckets } from './sqlite-buckets.ts'
import { openFlowWriter } from './sqlite-flows.ts'
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
  const addRefusal = db.prepare('INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const buckets = openBuckets(tables)
  const transactions = openTransactionWriter(tables, buckets)
  const writeFlows = openFlowWriter(tables)
  let isHeld = false
  tables.onForget(() => {
    isHeld = false
    buckets.forget()
    transactions.forget()
  })
  const book = (unpackedOnes: readonly Unpacked[], refusals: readonly Refusal[]): void => {
    for (const refusal of refusals) {
      const { repo, uri, leaf, op, code } = refusal
      addRefusal.run(dids.write(repo), dids.write(uri), leaf, op, code, dids.write(JSON.stringify(refusal)))
    }
    transactions.write(unpackedOnes)
    writeFlows(unpackedOnes)
    if (!isHeld || buckets.size() > tables.room.buckets) buckets.flush()
  }
  return {
    write: (changes) => {
      for (const [key, doc] of changes.put) docs.put(key, doc)
      for (const due of changes.dueRemove) dues.remove(due)
      for (const due of changes.dueAdd) dues.add(due)
      book(changes.transactions.map(unpacked), changes.refusals)
    },
    writeBatch: (batch) => book(unpackTransactions(batch), batch.refusals),
    hold: () => {
      isHeld = true
      transactions.hold()
    },
    release: () => {
      if (!isHeld) return
      isHeld = false
      buckets.flush()
      transactions.release()
    },
  }
}
