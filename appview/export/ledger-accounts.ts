// The chart of accounts as plain-text accounting programs want it: five roots, the code first, Japanese names.

import { chart, type Account } from '../journal/chart.ts'
import type { AccountType } from '../journal/chart.ts'
import type { Posting } from '../journal/model.ts'
import type { ExportedTransaction } from './journal-rows.ts'

export const ledgerRoots: Readonly<Record<Exclude<AccountType, 'memo'>, string>> = {
  asset: '資産',
  liability: '負債',
  netAssets: '純資産',
  revenue: '収益',
  expense: '費用',
}

/** JPY is no money here but minutes times a rate: it stands in transactions of its own. */
export const commodityOf = (unit: Posting['unit'] | 'PT'): string => (unit === 'JPY' ? 'JPY' : `WA.${unit}`)

/** Without what stands in brackets, which these programs do not take in names. */
export const plainName = ({ code, ja }: Account): string => `${code}${ja.replace(/（.*）$/, '')}`

/** Memo accounts (対照勘定) balance each other and stand apart from everything that is counted. */
export const accountNames = (memoRoot: string): ReadonlyMap<number, string> =>
  new Map(chart.map((one) => [one.code, `${one.type === 'memo' ? memoRoot : ledgerRoots[one.type]}:${plainName(one)}`]))

export type LedgerEntry = {
  readonly date: string
  readonly entity: string
  readonly scope: string
  readonly isReference: boolean
  readonly lines: readonly Posting[]
}

/** The parts of a transaction that balance by themselves: one for each day, entity and scope, reference yen apart. */
export const ledgerEntries = ({ effectiveDate, lines }: ExportedTransaction): readonly LedgerEntry[] => {
  const parts = Map.groupBy(lines, ({ entity, scope, unit, effectiveDate: own = effectiveDate }) =>
    JSON.stringify([own, entity, scope, unit === 'JPY']),
  )
  return [...parts.values()].flatMap((part) => {
    const [first] = part
    if (first === undefined) return []
    const { entity, scope, unit } = first
    return [{ date: first.effectiveDate ?? effectiveDate, entity, scope, isReference: unit === 'JPY', lines: part }]
  })
}
