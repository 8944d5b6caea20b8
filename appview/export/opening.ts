// Entries that only exported journals have, so that a journal of one year can stand by itself: the balances it begins with, what somebody received without
// being named, and the sums of lines that are counted but shown to nobody, since their records were withdrawn.

import { carriedTo } from '../journal/chart.ts'
import type { Posting } from '../journal/model.ts'
import { exact } from '../journal/units.ts'
import type { Sum } from '../statements/sum.ts'
import type { ExportedTransaction } from './journal-rows.ts'

/** Only what the store's own sums have in common with these. */
type Amount = Pick<Sum, 'account' | 'amount'> & { readonly unit: Posting['unit'] }
type OwnSum = Amount & { readonly entity: string }

/** Of each entity: its balances, against net assets brought forward (3110). Null where there are none. */
export const openingEntry = (sums: readonly OwnSum[], scope: string, date: string): ExportedTransaction | null => {
  const balances = new Map<string, { entity: string; account: number; unit: Posting['unit']; amount: number }>()
  for (const { entity, account, unit, amount } of sums) {
    const kept = carriedTo(account)
    const key = JSON.stringify([entity, kept, unit])
    const known = balances.get(key) ?? { entity, account: kept, unit, amount: 0 }
    balances.set(key, { ...known, amount: exact(known.amount + amount) })
  }
  const lines = [...balances.values()].filter(({ amount }) => amount !== 0).map((line) => ({ ...line, scope }))
  if (lines.length === 0) return null
  return { id: `opening/${scope}`, effectiveDate: date, recordedAt: '', kind: 'opening-balance', sources: [], lines }
}

/** What the sums of a period have beyond the lines written of it. Null where it is nothing. */
export const restEntry = (
  sums: readonly Amount[],
  written: readonly Amount[],
  whose: Pick<Posting, 'entity' | 'scope'>,
  date: string,
): ExportedTransaction | null => {
  const rest = new Map<string, Amount>()
  const add = ({ account, unit, amount }: Amount, sign: 1 | -1): void => {
    const key = `${account} ${unit}`
    rest.set(key, { account, unit, amount: exact((rest.get(key)?.amount ?? 0) + sign * amount) })
  }
  for (const sum of sums) add(sum, 1)
  for (const line of written) add(line, -1)
  const lines = [...rest.values()].filter(({ amount }) => amount !== 0).map((one) => ({ ...one, ...whose }))
  if (lines.length === 0) return null
  return { id: `withheld/${whose.scope}`, effectiveDate: date, recordedAt: '', kind: 'withheld', sources: [], lines }
}

type OwnPart = Posting & { readonly effectiveDate: string }

/** Parts of the pool of unnamed persons that are read as this entity's, day by day. */
export const poolEntries = (parts: readonly OwnPart[], entity: string): readonly ExportedTransaction[] =>
  [...Map.groupBy(parts, ({ scope, effectiveDate }) => `${effectiveDate}/${scope}`)].map(([place, lines]) => ({
    id: `unnamed/${place}`,
    effectiveDate: lines[0]?.effectiveDate ?? '',
    recordedAt: '',
    kind: 'unnamed',
    sources: [],
    lines: lines.map((line) => ({ ...line, entity })),
  }))
