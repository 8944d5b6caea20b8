// The trial balance of a fiscal year up to a day: every account with postings, debit or credit, per unit. Revenue, expense and changes of net assets are the
// year's, what came before stands as net assets brought forward. Debits equal credits in each unit (I2).

import { accountOf, carriedTo, type AccountUnit } from '../journal/chart.ts'
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

/** Rows by unit, then account; `within`: sums of what is effective from the year's first day through the day; `before`: of all that is effective before it. */
export const trialBalance = (within: readonly Sum[], before: readonly Sum[] = []): readonly TrialBalanceRow[] => {
  const totals = new Map<string, { account: number; unit: AccountUnit; amount: number }>()
  const carried = before.map((sum) => ({ ...sum, account: carriedTo(sum.account) }))
  for (const { account, unit, amount } of [...carried, ...within]) {
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
