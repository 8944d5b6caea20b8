// Balances that follow a person: account 1310 by scope, its transfer at a move, and the companion lines of what is booked before a move that
// already stands. Public and pooled entities do not move, and are not kept here.

import { CLEARING, SCOPE_TRANSFER } from './chart.ts'
import { firstOpenDay, later } from './calendar.ts'
import type { Balance, Span } from './documents.ts'
import type { Draft, Occasion } from './draft.ts'
import type { Posting, Unit } from './model.ts'
import { movesFrom } from './residence.ts'
import { exact } from './units.ts'

const UNITS: readonly Unit[] = ['MIN', 'JPY']
const ZERO: Balance = { MIN: 0, JPY: 0 }

/** The DID of an entity that can move; undefined for M:, X: and C:. */
export const moverOf = (entity: string): string | undefined =>
  entity.startsWith('P:') || entity.startsWith('O:') ? entity.slice(2) : undefined

/** Adds the 1310 lines of a transaction to the balances of those who can move. */
export const keepBalances = (draft: Draft, lines: readonly Posting[]): void => {
  for (const { entity, scope, account, unit, amount } of lines) {
    if (account !== CLEARING || moverOf(entity) === undefined) continue
    const scopes = draft.get('balance', entity)?.scopes ?? {}
    const balance = scopes[scope] ?? ZERO
    draft.put('balance', entity, { kind: 'balance', scopes: { ...scopes, [scope]: { ...balance, [unit]: exact(balance[unit] + amount) } } })
  }
}

const transfer = (entity: string, from: string, to: string, unit: Unit, amount: number, effectiveDate?: string): readonly Posting[] => {
  const line = (scope: string, account: number, value: number): Posting => ({
    entity,
    scope,
    account,
    unit,
    amount: value,
    ...(effectiveDate === undefined ? {} : { effectiveDate }),
  })
  return [line(from, CLEARING, -amount), line(from, SCOPE_TRANSFER, amount), line(to, CLEARING, amount), line(to, SCOPE_TRANSFER, -amount)]
}

/** For what an entity gets on 1310 before moves that stand already: lines that carry it on, dated max(move, first open day). */
export const companionLines = (draft: Draft, lines: readonly Posting[], effectiveDate: string, occasion: Occasion): readonly Posting[] => {
  const holders = new Map(
    lines.filter(({ account }) => account === CLEARING).map(({ entity, scope }) => [`${entity} ${scope}`, { entity, scope }]),
  )
  return [...holders.values()].flatMap(({ entity, scope }) => {
    const did = moverOf(entity)
    const moves = did === undefined ? [] : movesFrom(draft.get('admissions', did), scope, effectiveDate)
    return moves.flatMap(({ from, to, date }) =>
      UNITS.flatMap((unit) => {
        const amount = clearingOf(lines, entity, scope, unit)
        return amount === 0 ? [] : transfer(entity, from, to, unit, amount, later(date, firstOpenDay(occasion.recordedAt)))
      }),
    )
  })
}

const clearingOf = (lines: readonly Posting[], entity: string, scope: string, unit: Unit): number =>
  lines.reduce(
    (sum, line) =>
      line.entity === entity && line.scope === scope && line.unit === unit && line.account === CLEARING ? sum + line.amount : sum,
    0,
  )

/** Transfers what a person has on 1310 in the old municipality to the new one, dated the move. */
export const postMove = (draft: Draft, did: string, before: Span, after: Span, occasion: Occasion): void => {
  draft.want([`balance:P:${did}`, `balance:O:${did}`])
  const lines = [`P:${did}`, `O:${did}`].flatMap((entity) => {
    const balance = draft.get('balance', entity)?.scopes[before.code] ?? ZERO
    return UNITS.flatMap((unit) => (balance[unit] === 0 ? [] : transfer(entity, before.code, after.code, unit, balance[unit])))
  })
  if (lines.length === 0) return
  draft.post({
    id: `${occasion.prefix}/move`,
    effectiveDate: after.from,
    recordedAt: occasion.recordedAt,
    leaf: occasion.leaf,
    op: occasion.op,
    kind: 'move',
    sources: [after.uri],
    action: null,
    rate: null,
    rateCid: null,
    lines,
  })
  keepBalances(draft, lines)
}
