// What stories of the books say of a folded log: it passes the audit, and its transactions are read in short.

import assert from 'node:assert/strict'
import { auditTransactions } from '../../appview/journal/audit.ts'
import type { Posting, Transaction } from '../../appview/journal/model.ts'
import { BookKeeper, type Book } from './book.ts'
import { threeTowns, type Log } from './rows.ts'

export const folded = (log: Log, through?: string): Book => {
  const book = new BookKeeper(threeTowns).fold(log.rows, 4, through).book()
  assert.deepEqual(auditTransactions(book.transactions), [])
  return book
}

const short = (entity: string): string => entity.replace(/^([PO]):did:plc:(.).*/, '$1:$2')

/** The lines in minutes as "entity scope account amount effectiveDate". */
export const minutes = (transaction: Transaction | undefined): readonly string[] =>
  (transaction?.lines ?? [])
    .filter(({ unit }) => unit === 'MIN')
    .map(({ entity, scope, account, amount, effectiveDate }: Posting) =>
      [short(entity), scope, account, amount, effectiveDate ?? ''].join(' ').trim(),
    )

export const ofKind = ({ transactions }: Book, kind: string): readonly Transaction[] => transactions.filter((one) => one.kind === kind)

export const codes = ({ refusals }: Book): readonly string[] => refusals.map(({ code }) => code)

/** Account 1310 in minutes by entity, zero left out. */
export const clearing = ({ transactions }: Book, scope: string): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { lines } of transactions)
    for (const { entity, scope: at, account, unit, amount } of lines)
      if (account === 1310 && unit === 'MIN' && at === scope) sums[short(entity)] = (sums[short(entity)] ?? 0) + amount
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0))
}
