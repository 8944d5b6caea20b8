// The trial balance: every account with postings, debit or credit, per unit. Debits equal credits in each unit (I2).

import { accountOf, type AccountUnit } from '../journal/chart.ts'
import { exact } from '../journal/units.ts'
import type { Sum } from './sum.ts'

export type TrialBalanceRow = {
  readonly account: number
  readonly unit: AccountUnit
  readonly names: { readonly ja: string; readonly en: string }
  readonly debit: number
  readonly credit: number
}

const UNIT_ORDER: readonly AccountUnit[] = ['MIN', 'PT', 'JPY']

/** Rows by unit, then account; `sums` are those of everything effective through a day. */
export const trialBalance = (sums: readonly Sum[]): readonly TrialBalanceRow[] => {
  const totals = new Map<string, { account: number; unit: AccountUnit; amount: number }>()
  for (const { account, unit, amount } of sums) {
    const key = `${unit} ${account}`
    const total = totals.get(key) ?? { account, unit, amount: 0 }
    totals.set(key, { account, unit, amount: exact(total.amount + amount) })
  }
  return [...totals.values()]
    .toSorted((a, b) => UNIT_ORDER.indexOf(a.unit) - UNIT_ORDER.indexOf(b.unit) || a.account - b.account)
    .map(({ account, unit, amount }) => {
      const { ja = '', en = '' } = accountOf(account) ?? {}
      return { account, unit, names: { ja, en }, debit: Math.max(amount, 0), credit: exact(Math.max(-amount, 0)) }
    })
}
