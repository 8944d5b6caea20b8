// Every account with its debit and credit, per unit, at the end of a day: the sums of all that is effective up to it.

import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import { dayOf } from '../journal/calendar.ts'
import { accountOf } from '../journal/chart.ts'
import type { Sum } from '../store/store.ts'
import type { QueryDeps } from './deps.ts'
import { entityKey } from './entities.ts'
import type { Asked, KnownAt } from './known-at.ts'
import { knownAtFor } from './known-at.ts'

export type TrialBalanceRow = {
  readonly account: number
  readonly unit: string
  readonly names: { readonly ja: string; readonly en: string }
  readonly debit: number
  readonly credit: number
}
export type TrialBalance = {
  readonly scope: string
  readonly entity?: string
  readonly on: string
  readonly knownAt: KnownAt
  readonly rows: readonly TrialBalanceRow[]
}
export type TrialBalanceQuery = Asked & { readonly scope: string; readonly entity?: string; readonly on?: string }

/** Throws NotFound for whom it does not concern. */
export const trialBalanceFor = async (deps: QueryDeps, caller: Caller, query: TrialBalanceQuery): Promise<TrialBalance> => {
  const entity = query.entity === undefined ? null : await entityKey(deps, query.entity)
  const sight = await deps.access.statement(caller, { scope: query.scope, entity })
  if (sight === 'nothing') throw notFound()
  const on = query.on ?? dayOf(new Date(deps.clock.civilMs()).toISOString())
  const knownAt = await knownAtFor(deps, sight, query, { from: on, through: on })
  const sums = await deps.books.sums({ scope: query.scope, through: on, knownAt, ...(entity === null ? {} : { entity }) })
  return { scope: query.scope, ...(entity === null ? {} : { entity }), on, knownAt, rows: rowsOf(sums) }
}

const rowsOf = (sums: readonly Sum[]): TrialBalanceRow[] => {
  const balances = new Map<string, { account: number; unit: string; amount: number }>()
  for (const { account, unit, amount } of sums) {
    const key = `${unit} ${account}`
    balances.set(key, { account, unit, amount: (balances.get(key)?.amount ?? 0) + amount })
  }
  return [...balances.values()]
    .toSorted((a, b) => (a.unit === b.unit ? a.account - b.account : a.unit < b.unit ? 1 : -1))
    .map(({ account, unit, amount }) => ({
      account,
      unit,
      names: { ja: accountOf(account)?.ja ?? '', en: accountOf(account)?.en ?? '' },
      debit: Math.max(amount, 0),
      credit: Math.max(-amount, 0),
    }))
}
