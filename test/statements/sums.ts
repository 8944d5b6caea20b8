// Sums straight from transactions, as slowly as can be: what a store's buckets must agree with.

import type { Transaction } from '../../appview/journal/model.ts'
import type { Sum } from '../../appview/statements/sum.ts'

export type Cut = {
  readonly scope: string
  readonly entity: string | null
  readonly from?: string
  readonly through?: string
  readonly knownAt: { readonly leaf: number; readonly instant: string }
}

export const isKnown = (transaction: Transaction, { leaf, instant }: Cut['knownAt']): boolean =>
  transaction.leaf === null ? transaction.recordedAt <= instant : transaction.leaf <= leaf

/** By (entity, account, unit, category); `entity` null in the cut sums the whole scope, entity by entity. */
export const sumsOf = (transactions: readonly Transaction[], cut: Cut): readonly Sum[] => {
  const sums = new Map<string, Sum>()
  for (const transaction of transactions) {
    if (!isKnown(transaction, cut.knownAt)) continue
    for (const { entity, scope, account, unit, amount, effectiveDate = transaction.effectiveDate, category = null } of transaction.lines) {
      if (scope !== cut.scope || (cut.entity !== null && entity !== cut.entity)) continue
      if ((cut.from !== undefined && effectiveDate < cut.from) || (cut.through !== undefined && effectiveDate > cut.through)) continue
      const key = [entity, account, unit, category].join(' ')
      sums.set(key, { entity, account, unit, category, amount: (sums.get(key)?.amount ?? 0) + amount })
    }
  }
  return [...sums.values()]
}
