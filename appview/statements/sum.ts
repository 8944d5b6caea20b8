// Sums of postings, as a store gives them: what every statement is made of. Debit +, credit −.

import { accountOf, type AccountType, type AccountUnit } from '../journal/chart.ts'
import { exact } from '../journal/units.ts'

/** `entity` is null in sums over a whole scope. A sum of 0 tells that there were postings. */
export type Sum = {
  readonly entity: string | null
  readonly account: number
  readonly unit: AccountUnit
  readonly category: string | null
  readonly amount: number
}

export type Figures = Readonly<Record<string, number>>

/** Sums by account code, of accounts of these types in one unit; `sign` −1 turns credits positive. */
export const byAccount = (sums: readonly Sum[], unit: AccountUnit, types: readonly AccountType[], sign: 1 | -1): Figures => {
  const figures: Record<string, number> = {}
  for (const sum of sums) {
    const type = accountOf(sum.account)?.type
    if (sum.unit !== unit || type === undefined || !types.includes(type)) continue
    figures[sum.account] = exact((figures[sum.account] ?? 0) + sign * sum.amount)
  }
  return figures
}

export const totalOf = (figures: Figures): number => exact(Object.values(figures).reduce((sum, amount) => sum + amount, 0))
