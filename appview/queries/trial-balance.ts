// Every account with its debit and credit, per unit, at the end of a day: what the fiscal year has brought by then, and what it began with.

import type { Caller } from '../auth/caller.ts'
import { notFound } from '../auth/access.ts'
import { addDays, dayOf, fiscalYearOf, isCivilDate, periodOfFiscalYear } from '../journal/calendar.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { trialBalance } from '../statements/trial-balance.ts'
import type { TrialBalanceRow } from '../statements/trial-balance.ts'
import type { QueryDeps } from './deps.ts'
import { entityKey } from './entities.ts'
import type { Asked, KnownAt } from './known-at.ts'
import { knownAtFor } from './known-at.ts'

export type TrialBalance = {
  readonly scope: string
  readonly entity?: string
  readonly on: string
  readonly knownAt: KnownAt
  readonly rows: readonly TrialBalanceRow[]
}
export type TrialBalanceQuery = Asked & { readonly scope: string; readonly entity?: string; readonly on?: string }

/** For the owner and the desk alone: two days of it, subtracted, would show a single act. Throws NotFound to everybody else. */
export const trialBalanceFor = async (deps: QueryDeps, caller: Caller, query: TrialBalanceQuery): Promise<TrialBalance> => {
  const entity = query.entity === undefined ? null : await entityKey(deps, query.entity)
  const sight = await deps.access.statement(caller, { scope: query.scope, entity })
  if (sight !== 'everything') throw notFound()
  if (query.on !== undefined && !isCivilDate(query.on))
    throw new XrpcError(400, 'InvalidRequest', `on: "${query.on}" is not a day; give it as YYYY-MM-DD`)
  const on = query.on ?? dayOf(new Date(deps.clock.civilMs()).toISOString())
  const knownAt = await knownAtFor(deps, sight, query, { from: on, through: on })
  const whose = { scope: query.scope, ...(entity === null ? {} : { entity }) }
  const { from } = periodOfFiscalYear(fiscalYearOf(on))
  const [within, before] = await Promise.all([
    deps.books.sums({ ...whose, from, through: on, knownAt }),
    deps.books.sums({ ...whose, through: addDays(from, -1), knownAt }),
  ])
  return { ...whose, on, knownAt, rows: trialBalance(within, before) }
}
